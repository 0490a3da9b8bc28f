"""Candidates by small change: the few words that only sting go, the sentence around them stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.edits import marks_of
from app.suggestions.protect import protected, touches
from app.suggestions.sentences import listed, sentences

__all__ = ["SofterWords"]

_WHOLE_SENTENCES: Final = frozenset({"feigned_surprise", "backseat_driving", "bare_opposition"})
"""What carries these is a sentence, not a word in it."""
_ADVERBS: Final = listed(
    "obviously clearly simply just honestly literally seriously frankly evidently apparently merely surely really actually"
    " trivially basically even"
)
_STRONG: Final = listed(
    "damn damned goddamn fucking fuckin freaking bloody stupid silly dumb idiotic ridiculous pathetic lazy braindead lame"
    " crappy shitty utter utterly complete completely total totally absolute absolutely blatantly"
)
_EVERYBODY: Final = r"everyone|everybody|anyone|anybody|any \w+|every \w+|even an? \w+"
_SEES: Final = r"knows|can see|sees|should know|would know|could tell you"
_GONE: Final = (
    r"(?:on earth|the hell|the fuck|the heck|in the world)",
    rf"(?:as )?(?:{_EVERYBODY})(?: with \w+ \w+)? (?:{_SEES}),?(?: that)?",
    r"(?:for (?:god|christ|heaven)'?s sake|ffs|lol|smh|jfc|genius|buddy|pal|my friend|dude|sweetheart|honey)",
    r"(?:it(?:'s| is) (?:so |really |very |pretty )?(?:simple|easy|trivial|obvious|basic|not (?:that )?hard)[:;,-]+)",
    *sorted(_ADVERBS | _STRONG),
)
_IS: Final = r"(?P<stays>\b(?:is|are|was|were|looks|it's|that's|this is) (?:such )?)"
_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        rf"{_IS}(?:an? |just |utter |complete |total |absolute |such )*(?:garbage|trash|crap|shit|bullshit|nonsense|joke"
        r"|disgrace|train ?wreck|mess)(?= *(?:[.,;!?]|$))": "hard to build on",
        rf"{_IS}(?:so |just |\w+ly )*(?:horrible|terrible|awful|disgusting|hideous|atrocious"
        r"|abysmal|insane|crazy|moronic|brain-?dead|retarded|stupid|idiotic|ridiculous|pathetic)(?= *(?:[.,;!?]|$))": (
            "hard to work with"
        ),
        r"(?:my|your|his|her|somebody's|someone's) (?:grand(?:mother|ma|father|pa|mom)|granny|nana|mother|mom|mum|wife"
        r"|girlfriend|sister|aunt|kid|dad)": "somebody new to it",
        r"(?:hey|hi|hello) (?:guys|gents|boys|lads)": "hi all",
        r"(?:you )?guys": "everybody",
        r"man-?hours": "hours",
        r"manpower": "people",
    }
)
_DELETED: Final = re.compile(rf"(?<![\w'\u2019-])(?:{'|'.join(_GONE)})(?![\w'\u2019-])[,]?", re.IGNORECASE)


class SofterWords:
    """Takes adverbs, oaths and names out of the marked sentences, or puts plain words in the place of a picture."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        if concern.label in _WHOLE_SENTENCES:
            return ()
        marks = marks_of(text, concern)
        guarded = protected(text)
        edits: list[Edit] = []
        for unit in sentences(text, guarded):
            if any(a < unit.end and b > unit.start for a, b in marks):
                edits += _softer(text, unit.start, unit.end)
        free = tuple(edit for edit in edits if not touches(guarded, edit.start, edit.end))
        return (Candidate(free, Source.SOFTER),) if free else ()


def _softer(text: str, start: int, end: int) -> list[Edit]:
    found: list[Edit] = []
    for pattern, instead in _INSTEAD.items():
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text[start:end], re.IGNORECASE):
            a, b = start + match.start() + len(match.groupdict().get("stays") or ""), start + match.end()
            words = instead[0].upper() + instead[1:] if text[a].isupper() else instead
            found.append(Edit(a, b, words))
    pictures = [(edit.start, edit.end) for edit in found]
    for match in _DELETED.finditer(text, start, end):
        edit = _without(text, start, end, *match.span())
        found += [edit] if not any(edit.start < b and a < edit.end for a, b in pictures) else []
    apart: list[Edit] = []
    for edit in sorted(found, key=lambda edit: (edit.start, -edit.end)):
        if not apart or edit.start >= apart[-1].end:
            apart.append(edit)
    return apart


def _without(text: str, start: int, end: int, a: int, b: int) -> Edit:
    """The edit that takes ``text[a:b]`` out of its sentence, with one space or a comma before it."""
    before = text[start:a].rstrip()
    after = b + len(text[b:end]) - len(text[b:end].lstrip())
    if not before:
        capital = text[a].isupper() and text[after : after + 1].islower()
        return Edit(a, after + 1, text[after].upper()) if capital else Edit(a, after, "")
    if before[-1] == "," and (after >= end or text[after] in ".!?,;:"):
        return Edit(start + len(before) - 1, after, "")
    return Edit(start + len(before), after, "" if after >= end or text[after] in ".!?,;:" else " ")
