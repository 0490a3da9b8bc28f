"""The quick first look and the whole network in one ONNX graph. Needs the ``train`` extra.

The graph reads the embeddings, asks the gate (:class:`classifiers.model.Gate`), and runs the layers above only where the
gate is unsure, and never where only the meaning is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import onnx.compose
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper

WHOLE: Final = "whole"
"""The optional input that says whether the layers above may be asked; true where it is left out."""
HEARD: Final = ("labels", "tokens")
EMBEDDED: Final = "embedded"
UNHEARD: Final = -20.0
"""The score of every token where nothing was heard."""
_GATE, _DEEP = "gate/", "deep/"


def joined(deep: ModelProto, gate: ModelProto) -> ModelProto:
    """``deep`` (ids, mask → labels, tokens, meaning, embedded) behind ``gate`` (embedded, mask → said, unsure)."""
    first = onnx.compose.add_prefix_graph(gate.graph, _GATE)
    _rename(first.node, {_GATE + EMBEDDED: EMBEDDED, f"{_GATE}mask": "mask"})
    below = _leading_to(("meaning", EMBEDDED), deep.graph.node)
    above = [node for node in deep.graph.node if not set(node.output) & below]
    _rename(above, {name: _DEEP + name for name in HEARD})
    heard = [value for value in deep.graph.output if value.name in HEARD]
    # A branch keeps its own weights: onnxruntime's optimiser looks for them there.
    used = {name for node in above for name in node.input}
    own, shared = ([i for i in deep.graph.initializer if (i.name in used) is inside] for inside in (True, False))
    branches = {
        "then_branch": helper.make_graph(
            above, "deep", [], [_named(value, _DEEP + value.name) for value in heard], own
        ),
        "else_branch": _quiet(heard),
    }
    graph = helper.make_graph(
        [
            *(node for node in deep.graph.node if set(node.output) & below),
            *first.node,
            helper.make_node("And", [WHOLE, f"{_GATE}unsure"], ["ask"]),
            helper.make_node("If", ["ask"], HEARD, name="cascade", **branches),
        ],
        "tone",
        [*deep.graph.input, helper.make_tensor_value_info(WHOLE, TensorProto.BOOL, [])],
        [value for value in deep.graph.output if value.name != EMBEDDED],
        [*shared, *first.initializer, helper.make_tensor(WHOLE, TensorProto.BOOL, [], [True])],
    )
    return helper.make_model(graph, opset_imports=deep.opset_import, ir_version=deep.ir_version)


def flat(model: ModelProto) -> tuple[list[NodeProto], list[TensorProto]]:
    """All nodes and weights, those of the branches too."""
    graphs = [model.graph, *(a.g for node in model.graph.node for a in node.attribute if a.HasField("g"))]
    return [node for graph in graphs for node in graph.node], [i for graph in graphs for i in graph.initializer]


def _quiet(heard: Sequence[onnx.ValueInfoProto]) -> GraphProto:
    """What the gate said, and no word marked."""
    width = heard[1].type.tensor_type.shape.dim[2].dim_value
    value = helper.make_tensor("", TensorProto.FLOAT, [1], [UNHEARD])
    nodes = [
        helper.make_node("Identity", [f"{_GATE}said"], ["quiet/labels"]),
        helper.make_node("Shape", ["ids"], ["quiet/size"]),
        helper.make_node("Constant", [], ["quiet/width"], value_ints=[width]),
        helper.make_node("Concat", ["quiet/size", "quiet/width"], ["quiet/shape"], axis=0),
        helper.make_node("ConstantOfShape", ["quiet/shape"], ["quiet/tokens"], value=value),
    ]
    return helper.make_graph(nodes, "quiet", [], [_named(value, f"quiet/{value.name}") for value in heard])


def _leading_to(wanted: Iterable[str], nodes: Iterable[NodeProto]) -> set[str]:
    """The names of all values that ``wanted`` are made from, and of themselves."""
    maker = {name: node for node in nodes for name in node.output}
    found: set[str] = set()
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name not in found and name in maker:
            found |= set(maker[name].output)
            open_names += maker[name].input
    return found


def _rename(nodes: Iterable[NodeProto], names: Mapping[str, str]) -> None:
    for node in nodes:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def _named(value: onnx.ValueInfoProto, name: str) -> onnx.ValueInfoProto:
    found = onnx.ValueInfoProto()
    found.CopyFrom(value)
    found.name = name
    return found
