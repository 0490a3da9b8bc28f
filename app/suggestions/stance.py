"""What a comment asks, forbids, votes and denies, found by the words that say so. English, cautious, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain import Edit
from app.suggestions.edits import apply
from app.suggestions.protect import Spans, touches
from app.suggestions.sentences import sentences

__all__ = ["asked", "duties", "mended", "names", "negations", "openers", "questions", "votes"]

_NEGATION: Final = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without)\b|\b\w{1,10}n['\u2019]t\b", re.IGNORECASE
)
_VOTE: Final = re.compile(
    r"\b(?:n?ack|nak|veto|lgtm|reject|refuse|approve|merge|revert|block)(?:s|d|ed|ing|er)?\b", re.IGNORECASE
)
_DUTY: Final = re.compile(
    r"\b(?:must|shall|should|please|pls)\b"
    r"|(?:^|[.,;:!?] |\b(?:so|and|but) )(?:don['\u2019]t|do not)\b"
    r"|\bI(?:['\u2019](?:m|ll)| am| will)? (?:not|won['\u2019]t|can['\u2019]t|cannot|don['\u2019]t|do not)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ASKED: Final = re.compile(
    r"\b(i|you|we|they|he|she|it|somebody|someone|anybody|anyone)"
    r"\b(?: \w+ly| just| really| also| still)? (must|shall|should|may|might|can|could|will|would|need|have|ought)\b",
    re.IGNORECASE,
)
_OPENER: Final = re.compile(
    r"(?:^|(?<=[.!?:,;] )|(?<=[\n]))(could|would|can|shall|may) (you|we|i)\b|\bwhat made you\b|\bwould it help\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<=[\w,;] )[A-Z][\w'\u2019]*")
_NO_NAME: Final = re.compile(r"I(?:['\u2019]\w+)?")


def negations(text: str) -> list[str]:
    return [found.lower() for found in _NEGATION.findall(text)]


def votes(text: str) -> list[str]:
    """Votes and what is done with a change, in order."""
    return [found.lower() for found in _VOTE.findall(text)]


def duties(text: str) -> int:
    """How often something is demanded, asked for, forbidden or refused."""
    return len(_DUTY.findall(text))


def asked(text: str) -> list[tuple[str, str]]:
    """Who must, should, may or can; but for questions that ask somebody to do something (see ``openers``)."""
    return [(who.lower(), what.lower()) for who, what in _ASKED.findall(_OPENER.sub("", text))]


def openers(text: str) -> list[str]:
    """The openings of questions that ask somebody for something: "Could you …", "What made you …"."""
    return [match[0].lower() for match in _OPENER.finditer(text)]


def questions(text: str, kept: Spans | None = None) -> int:
    """How many sentences ask."""
    return sum(text[unit.start : unit.end].rstrip(")*_\"'").endswith("?") for unit in sentences(text, kept))


def names(text: str, kept: Spans) -> set[str]:
    """Words with a capital inside a sentence, beside the protected parts, which are compared as they are."""
    found = (match for match in _NAME.finditer(text) if not touches(kept, *match.span()))
    return {match[0] for match in found if not _NO_NAME.fullmatch(match[0])}


def mended(text: str, edits: Sequence[Edit], kept: Spans) -> str:
    """``text`` without the sentences that go entirely; a single letter in their place is the next one's capital."""
    gone = [
        Edit(unit.start, unit.end, "")
        for unit in sentences(text, kept)
        if any(edit.start <= unit.start and unit.end <= edit.end and len(edit.text) <= 1 for edit in edits)
    ]
    return apply(text, gone)
