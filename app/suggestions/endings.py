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

# A question behind an order, or behind the end of the talk, would not be meant.
_CLOSED: Final = re.compile(
    r"\b(?:don't|do not|not to|stop|quit|no need to) (?:\w+ )?"
    r"(?:ask|ping|re-?(?:open|base|submit|send|file)|argue|bother|bring|come back|spend)\b"
    r"|\b(?:won't|will not|not going to|no intention (?:of|to)) (?:\w+ )?(?:discuss|debat|argu|explain|repeat|go into)\w*\b"
    r"|\block(?:ing|ed)? (?:the|this|it)\b|\b(?:settled|final|outcome|conclusion|decided|respect|hop(?:e|ed|ing)|prefer)\b"
    r"|\bclos(?:e|ed|es|ing)\b|\bend of (?:story|discussion)\b|\bmove on\b|\bsee you\b|\btold you\b|\bstill no\b"
    r"|\b(?:take|put) (?:that|it) (?:back|into)\b|\bnothing to add\b|\bsame for\b|\bno \w+ will change\b"
    r"|\bone more\b.*\band\b|\b(?:next|out|regards)\W*$|^\W*\S+ (?:group|board|committee)\b",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE: Final = re.compile(
    r"(?:^|[.!?,;:\n]\s)\W*(?:(?:please|just|so|and|then|now|but|kindly)\s+)*([a-z]+)\b(?!')", re.IGNORECASE
)
_ORDERS: Final = listed("abandon undo redo revert withdraw start come back again")
_OBSERVES: Final = re.compile(
    r"\b(?:don't|do not) like\b|please,? no\b|\b(?:nac?k|veto\w*|objections?)\b|(?<!\w)-[12]\b"
    r"|\btoo (?:many|much|few|little|long|big|large|complex|complicated|deep)\b|\b(?:ship|merge) it\b|\blgtm\b"
    r"|(?<!\w)\+[12]\b|^\W*some(?:one|body)\b|\?|\bnot in this\b|\bdon't ask me\b|\bsome(?:one|body) else\b"
    r"|\b(?:whole|only) feedback\b|\bif i (?:were|was)\b",
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
_THREAT: Final = re.compile(rf"\b(?:{THREAT.pattern}|or bust\b)", re.IGNORECASE)


def _open(text: str, _: str) -> bool:
    ordered = any(is_base(verb) or verb.lower() in _ORDERS for verb in _CLAUSE.findall(text))
    return not (ordered or _CLOSED.search(text))


def _option(text: str, after: str) -> bool:
    return not (_OBSERVES.search(text) or _THREAT.search(text) or is_base(first_word(after)))


ENDINGS: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {
        "open": _open,
        "worded": lambda text, _: bool(_WORDED.search(text)) and not _NOTHING.search(text),
        "option": _option,
    }
)
"""By the name of the frame, whether it fits a text, of which the second argument is what follows the marked sentence."""
