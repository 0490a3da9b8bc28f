"""A tokenizer without the word pieces that English in Latin letters never uses. A quarter fewer rows to ship."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any


def keeps(piece: str) -> bool:
    """Whether a word piece can occur in the text that ``classifiers.text`` hands on."""
    return piece.isascii() and not piece.startswith("[unused")


def special(vocabulary: Mapping[str, int], *names: str) -> int:
    """The id of the special token that goes by the first of ``names`` that is there: MPNet says ``<pad>``, BERT ``[PAD]``."""
    return next(vocabulary[name] for name in names if name in vocabulary)


def prune(tokenizer: str, used: Container[str] | None = None) -> tuple[str, list[int]]:
    """Return the smaller ``tokenizer.json`` and, for each new row, the old one. Greedy WordPiece stays exact.

    With ``used``, of longer pieces only those are kept: rarer words are read in smaller ones.
    """
    data: dict[str, Any] = json.loads(tokenizer)
    old: dict[str, int] = data["model"]["vocab"]

    def wanted(piece: str) -> bool:
        short = len(piece.removeprefix("##")) == 1 or piece[0] in "[<"
        return keeps(piece) and (used is None or short or piece in used)

    kept = sorted((index, piece) for piece, index in old.items() if wanted(piece))
    new = {piece: i for i, (_, piece) in enumerate(kept)}
    data["model"]["vocab"] = new
    for token in data["added_tokens"]:
        token["id"] = new[token["content"]]
    for token in data.get("post_processor", {}).get("special_tokens", {}).values():
        token["ids"] = [new[piece] for piece in token["tokens"]]
    processor = data.get("post_processor") or {}
    for side in ("sep", "cls"):
        if side in processor:
            processor[side] = [processor[side][0], new[processor[side][0]]]
    data["truncation"] = data["padding"] = None
    return json.dumps(data, ensure_ascii=False), [index for index, _ in kept]
