"""Candidates of a language model, only if wanted: what it is told, and what of its answer can be used. Pure but for ``ask``.

Protected parts never leave: they are sent as ``[[1]]``, ``[[2]]`` … and put back. An answer without each of them once and
in order is not used. The guard then looks at it as at any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.protect import Spans, protected

__all__ = ["SCHEMA", "Ask", "LanguageModel"]

Ask = Callable[[Sequence[Mapping[str, str]]], str | None]
"""Messages with ``role`` and ``content`` in, the answer's text out; ``None`` where there is none. Never raises."""

SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"wording": {"type": "string"}},
    "required": ["wording"],
    "additionalProperties": False,
}
MOST_CHARACTERS: Final = 4_000
"""Code points of a comment that is sent: a longer one takes longer than anybody waits."""

_PLACE: Final = re.compile(r"\[\[(\d+)\]\]")
_PIECES: Final = re.compile(r"\s+|\w+(?:['\u2019]\w+)*|[^\w\s]")
_TASK: Final = (
    "You reword code review comments. Say the same thing without what may hurt: keep every fact, request, vote, question and"
    " negation, add nothing new, change as little as you can. Keep marks such as [[1]] exactly as they are and in order."
    ' Answer with JSON: {"wording": "the whole comment, reworded"}.'
)


class LanguageModel:
    """Asks once, with the norm that was touched and its example."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        if len(text) > MOST_CHARACTERS or "[[" in text:
            return ()
        kept = protected(text)
        answer = self._ask(_messages(_masked(text, kept), concern, norms))
        edits = _edits(text, kept, _wording(answer)) if answer else ()
        return (Candidate(edits, Source.MODEL),) if edits else ()


def _messages(masked: str, concern: Concern, norms: Norms) -> list[dict[str, str]]:
    norm = norms[concern.label]
    shots = [
        message
        for example in norm.examples[:1]
        if example.instead
        for message in (
            {"role": "user", "content": example.said},
            {"role": "assistant", "content": json.dumps({"wording": example.instead}, ensure_ascii=False)},
        )
    ]
    task = {"role": "system", "content": f"{_TASK} What matters here: {norm.norm}"}
    return [task, *shots, {"role": "user", "content": masked}]


def _masked(text: str, kept: Spans) -> str:
    parts, at = [], 0
    for number, (start, end) in enumerate(kept, 1):
        parts += [text[at:start], f"[[{number}]]"]
        at = end
    return "".join([*parts, text[at:]])


def _wording(answer: str) -> str:
    """The wording in an answer; empty where it is not of the shape that was asked for."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    wording = found.get("wording") if isinstance(found, dict) else None
    return wording if isinstance(wording, str) else ""


def _edits(text: str, kept: Spans, wording: str) -> tuple[Edit, ...]:
    """What ``wording``, with its marks, changes in ``text``; nothing where a mark is missing, doubled or moved."""
    if [int(number) for number in _PLACE.findall(wording)] != list(range(1, len(kept) + 1)):
        return ()
    before = _tokens(text, kept)
    places = [match.span() for match in _PLACE.finditer(wording)]
    after = _tokens(wording.strip(), tuple(places)) if wording == wording.strip() else ()
    if not after:
        return ()
    parts = iter(text[start:end] for start, end in kept)
    new = [next(parts) if _PLACE.fullmatch(token) else token for token in (wording[a:b] for a, b in after)]
    old = [text[a:b] for a, b in before]
    edits = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            start = before[i][0] if i < len(before) else len(text)
            edits.append(Edit(start, before[j - 1][1] if j > i else start, "".join(new[k:m])))
    return tuple(edits)


def _tokens(text: str, whole: Spans) -> Spans:
    """Words, signs and spaces as ranges, each of ``whole`` as one."""
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in (*whole, (len(text), len(text))):
        found += [match.span() for match in _PIECES.finditer(text, at, start)]
        found += [(start, end)] if end > start else []
        at = end
    return tuple(found)
