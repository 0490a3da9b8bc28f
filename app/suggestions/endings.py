"""What may be said after a comment that stays as it is: a question, an offer. English, cautious, no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from app.suggestions.sentences import first_word, listed
from app.suggestions.shapes import THREAT
from app.suggestions.verbs import is_base

__all__ = ["ENDINGS"]

_SETTLED: Final = re.compile(
    r"\b(?:again|clos(?:ed|ing)|abandon\w*|reject\w*|decided|decision|overruled|final|won't|will not|not going to|end of"
    r"|discuss\w*|move on|drop it|stays|interested|conclusion|same (?:there|as)|close (?:it|this|the)"
    r"|take \w+(?: \w+)? out|revert\w*|no from me|respect|been over|told you|(?:i|i've|we|we've) said)\b",
    re.IGNORECASE,
)
_CLOSED: Final = re.compile(
    r"\b(?:don't|do not|not to|stop|quit|no need to) (?:\w+ )?(?:ask|ping|re-?open|argue|bother|bring|come back)\w*\b"
    r"|\b(?:won't|will not|not going to|no intention (?:of|to)) (?:\w+ )?(?:discuss|debat|argu|explain|repeat|go into)\w*\b"
    r"|\block(?:ing|ed)? (?:the|this|it)\b|\b(?:settled|final)\b|\bend of (?:story|discussion)\b|\bdrop it\b|\bmove on\b"
    r"|\btake (?:that|it) back\b|\bany amount of\b|\bnothing to add\b|\bship it\b|\bnot put it into\b"
    r"|\b(?:answer|position)\b.*\b(?:same|known)\b|\bnext\W*$",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE: Final = re.compile(
    r"(?:^|[.!?,;:\n]\s)\W*(?:(?:please|just|so|and|then|now|but|kindly)\s+)*([a-z]+)\b(?!')", re.IGNORECASE
)
_TOLD: Final = listed("abandon undo redo revert withdraw start come back again")
_OBSERVES: Final = re.compile(
    r"\b(?:don't|do not) like\b|please,? no\b|\b(?:nac?k|veto\w*|objections?)\b|(?<!\w)-[12]\b"
    r"|\btoo (?:many|much|few|little|long|big|large|complex|complicated|deep)\b|\b(?:ship|merge) it\b",
    re.IGNORECASE,
)
_WORDED: Final = re.compile(
    r"\b(?:description|title|subject|docs?|readme|changelog|release notes|commit (?:message|body)|cover letter|headings?|typos?"
    r"|spell\w*|branch name|file name|adr|doc ?string|comment in|label)\b",
    re.IGNORECASE,
)
_NOTHING: Final = re.compile(
    r"\bnothing to (?:fix|change|do)\b|\bno (?:need|change)\b|\b(?:chat|call|slack|stand-?up|joke)\b", re.IGNORECASE
)
_THREAT: Final = re.compile(rf"\b{THREAT.pattern}", re.IGNORECASE)


def _told(text: str) -> bool:
    """Whether it tells somebody what to do: a question about the need would come too late."""
    return any(is_base(verb) or verb.lower() in _TOLD for verb in _CLAUSE.findall(text))


def _closed(text: str) -> bool:
    """Whether it ends the talk: a question or an offer behind it would not be meant."""
    return _CLOSED.search(text) is not None


def _option(text: str, after: str) -> bool:
    return not (_OBSERVES.search(text) or _THREAT.search(text) or is_base(first_word(after)))


ENDINGS: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {
        "open": lambda text, _: not (_closed(text) or _told(text) or _SETTLED.search(text)),
        "settled": lambda text, _: bool(_told(text) or _SETTLED.search(text)) and not _closed(text),
        "worded": lambda text, _: bool(_WORDED.search(text)) and not _NOTHING.search(text),
        "option": _option,
    }
)
"""By the name of the frame, whether it fits a text, of which the second argument is what follows the marked sentence."""
