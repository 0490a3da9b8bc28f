"""A marked sentence put into a frame of its norm: "What made you …?", filled with the comment's own clause.

The clause stays as it stands in the text; only what comes before and after it changes. Texts are in ``norms.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.edits import POINT_ITSELF, apply, marks_of, without_marks
from app.suggestions.guard import BOUNDS, substantial
from app.suggestions.protect import Spans, protected, touches
from app.suggestions.sentences import Sentence, first_word, is_sentence, leans_back, listed, sentences, words
from app.suggestions.verbs import base_of, is_base, is_choice

__all__ = ["Frames"]

_AND: Final = r"(?:so |and |but |oh |wow |wait |ok |well )*"
_SOFT: Final = (
    r"(?:(?:really|actually|even|ever|just|simply|clearly|obviously|apparently|probably|evidently|seriously|always|once"
    r"|also|at least|all|still) )*"
)
_TO: Final = r"(?:bother(?:ed)? (?:to |with )?|care(?:d)? to |manage(?:d)? to |think (?:to |of )|get around to )?"
_GUESS: Final = r"it (?:looks|seems) (?:like|as if|as though) |(?:looks|seems) like |i (?:see|guess|bet) (?:that )?"
_OPENS: Final = rf"\W*{_AND}(?:{_SOFT}|{_GUESS})"
_NOT: Final = r"(?:didn't|did not|haven't|have not|hadn't|never|couldn't be bothered to)"
_UNDONE: Final = (
    rf"{_OPENS}you(?:'ve| have)? {_SOFT}{_NOT} {_SOFT}{_TO}{_SOFT}",
    rf"{_OPENS}(?:did|have|haven't|didn't) you {_SOFT}{_TO}{_SOFT}",
    rf"{_OPENS}(?:next time )?(?:try|maybe try|how about) (?:actually |to )+",
)
_WHO: Final = r"(?:you|anyone|anybody|someone|somebody|one)"
_WHY: Final = (rf"{_OPENS}why (?:on earth |the hell |in the world )?(?:did|would|do) {_WHO} {_SOFT}",)
_DID: Final = (rf"{_OPENS}you(?:'ve| have)? {_SOFT}",)
_FORGOT: Final = (
    rf"{_OPENS}you(?:'ve| have| must have)? {_SOFT}(?:forgot|forgotten|neglected|failed|omitted) (?:again )?to ",
)
_ORDER: Final = (
    rf"{_OPENS}(?:you|they|we) {_SOFT}(?:should|must|need to|have to|ought to|want to) {_SOFT}",
    rf"{_OPENS}(?:why don't you|why not|please) {_SOFT}",
    rf"{_OPENS}",
)
_OATH: Final = (rf"\W*{_AND}(?:for (?:god|christ|heaven|fuck)'?s sake,? |just |will you |would you )*",)
_THING: Final = re.compile(
    r"(?:(?:never|haven't|hasn't|have not|don't|doesn't|do not|didn't|did not|hadn't|nobody|no one|not)\b[^.?!,;`]{0,40}?"
    r"\b(?:heard (?:of|about)|seen|used|opened|tried|knows?(?: about| of)?|known|knew|met|come across|show(?:ed|n) you"
    r"|told you about|taught you|familiar with|mentioned|worked with)"
    r"|\bask(?:s|ed|ing)? (?:me |us |here )?(?=what\b|how\b)"
    r"|\bfirst time (?:that )?(?:you|they|anybody|anyone)(?:'ve|'re| have)? (?:hear|heard|hearing|saw|see) (?:of|about))\b"
    r"\s*(?P<article>(?:an?|the)\s)?(?!that\b|this\b|it\b|so\b)(?=\S)",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(r"(?:what|how)\b", re.IGNORECASE)
_IGNORANT: Final = re.compile(
    r"\b(?:kn[eo]wn?|heard?|hearing|seen|ask\w*|news|learn\w*|taught|familiar|first time)\b", re.I
)
_CODE: Final = re.compile(r"`[^`\n]+`")
_SIGHS: Final = listed(
    "wow huh hm hmm oh lol ah wait interesting jeez geez sigh whoa ouch what really seriously hold on"
)
_CALM: Final = listed("please grow shut wake get go come learn look guess imagine do don't be")
"""What "please" does not make friendlier, or is no request."""
_ASIDE: Final = re.compile(
    r"\W*(?:well,? )?(?:actually|technically(?: speaking)?|strictly speaking|to be (?:precise|exact|pedantic|fair)|pedantically"
    r"|um,? actually|for the record)[,:]? ",
    re.IGNORECASE,
)
_AFTERWARDS: Final = re.compile(r"\s+(?:before|yet|either|at all|until now|or what)$", re.IGNORECASE)
_ENDS: Final = re.compile(r"[,;:.?!…]+(?=\s|$)|\s[-–—]+\s|\s\(|\s(?:and|but|so|because|since|or|as if|like you)\b")
_JOINT: Final = re.compile(r"[\s,;:.?!…()–—-]*(?:(?:and|but|so)\b,?\s*)?", re.IGNORECASE)
_MAY_LOWER: Final = listed(
    "a an and as for if in it it's on so that that's the there there's these this those to we when you"
)


@dataclass(frozen=True, slots=True)
class _Fit:
    """``word`` and then the kept ``[start, end)`` of a sentence fill the frame (offsets into the sentence)."""

    start: int
    end: int
    word: str = ""


class Frames:
    """Offers each marked sentence in the frames of its norm that fit it; other marked words are deleted beside it."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        frames = norms[concern.label].frames
        marks = marks_of(text, concern)
        if not frames or not marks:
            return ()
        guarded = protected(text)
        units = sentences(text, guarded)
        found = []
        marked = [unit for unit in units if any(a < unit.end and b > unit.start for a, b in marks)]
        sighs = [(unit.start, unit.end) for unit in units if set(words(text[unit.start : unit.end])) <= _SIGHS]
        for unit in marked:
            others = [(a, b) for a, b in sorted({*marks, *sighs}) if b <= unit.start or a >= unit.end]
            beside = without_marks(text, others) if others and concern.label not in POINT_ITSELF else ()
            for name, frame in frames.items():
                edits = _framed(text, unit, name, frame, guarded)
                if edits and beside is not None and (whole := _in_order([*edits, *beside])):
                    found.append(Candidate(whole, Source.FRAME, (unit.start, unit.end)))
        if "open" in frames and marked:
            last = marked[-1]
            found.append(Candidate((_opened(text, last, frames["open"]),), Source.FRAME, (last.start, last.end)))
        if "lead" in frames and (led := _led(text, units, marks, frames["lead"])):
            found.append(led)
        return found


def _in_order(edits: list[Edit]) -> tuple[Edit, ...] | None:
    edits.sort(key=lambda edit: (edit.start, edit.end))
    return None if any(b.start < a.end for a, b in pairwise(edits)) else tuple(edits)


def _framed(text: str, unit: Sentence, name: str, frame: str, guarded: Spans) -> list[Edit] | None:
    """The edits that put one sentence into one frame, or ``None`` where it does not fit."""
    said = text[unit.start : unit.end].replace("\u2019", "'")
    frame = frame if _opens_large(said) else frame[0].lower() + frame[1:]
    if name not in _SHAPES:
        return None
    fit = _SHAPES[name](said)
    if fit is None or fit.start >= fit.end:
        return None
    before, after = re.split(r"\{\w+\}", frame)
    kept = text[unit.start + fit.start : unit.start + fit.end]
    head = before + fit.word
    start = unit.start + fit.start
    if not before and kept[0].islower() and not touches(guarded, start, start + 1) and _opens_large(said):
        head, start = kept[0].upper(), start + 1
    elif before.endswith(": ") and first_word(kept) in _MAY_LOWER and kept[0].isupper():
        head, start = before + kept[0].lower(), start + 1
    return _close(text, unit, [Edit(unit.start, start, head)], unit.start + fit.end, after)


def _close(text: str, unit: Sentence, edits: list[Edit], at: int, after: str) -> list[Edit] | None:
    """End the frame at ``at``; what follows in the sentence becomes one of its own, or the frame does not fit."""
    rest = text[at : unit.end]
    skipped = _JOINT.match(rest)
    begin = at + (skipped.end() if skipped else 0)
    if not after:
        return edits
    if not words(text[begin : unit.end]) and "`" not in text[begin : unit.end]:
        return [*edits, Edit(at, unit.end, after)]
    rest = text[begin : unit.end]
    if re.match(r"(?:because|since|as if|like you)\b.*\byou", rest, re.IGNORECASE | re.DOTALL):
        return [*edits, Edit(at, unit.end, after)]  # the reason that was guessed
    if not is_sentence(rest, opened=True) or leans_back(rest) or not rest[0].isalpha():
        return None
    return [*edits, Edit(at, begin + 1, f"{after} {rest[0].upper()}")]


def _opened(text: str, unit: Sentence, frame: str) -> Edit:
    """The frame said after a sentence that stays."""
    stop = "" if text[unit.start : unit.end].rstrip(")]*_\"'”’")[-1:] in (".", "!", "?", "…") else "."
    return Edit(unit.end, unit.end, f"{stop} {frame[0].upper()}{frame[1:]}")


def _led(text: str, units: Sequence[Sentence], marks: list[tuple[int, int]], frame: str) -> Candidate | None:
    """The marked words deleted, and the first sentence that is left led in by the frame, where little else is left."""
    edits = without_marks(text, marks)
    gone = edits or ()
    rest = [u for u in units if not any(edit.start <= u.start and u.end <= edit.end for edit in gone)]
    if not edits or not rest:
        return None
    left = apply(text, edits)
    if len(left) >= len(text) * BOUNDS.shortest or not substantial(left, protected(left)):
        return None
    if any(edit.start < rest[0].end and edit.end > rest[0].start for edit in edits):
        return None
    first = rest[0]
    said = text[first.start : first.end]
    before = frame.partition("{rest}")[0]
    before = before if _opens_large(text[units[0].start :]) else before[0].lower() + before[1:]
    at, head = first.start, before
    if first_word(said) in _MAY_LOWER and said[0].isupper():
        at, head = first.start + 1, before + said[0].lower()
    whole = _in_order([*edits, Edit(first.start, at, head)])
    return Candidate(whole, Source.FRAME, (first.start, first.end)) if whole else None


def _opens_large(said: str) -> bool:
    letter = next((char for char in said if char.isalpha()), "A")
    return letter.isupper()


def _ends(said: str, at: int) -> int:
    end = _ENDS.search(said, at)
    return end.start() if end else len(said)


def _any(verb: str) -> bool:
    return base_of(verb) is not None


def _chosen(verb: str) -> bool:
    return is_choice(base_of(verb) or "be")


def _was_chosen(verb: str) -> bool:
    """In the past: "you use" may be about anybody, "you used" is about what they did."""
    return not is_base(verb) and _chosen(verb)


def _doing(openings: Sequence[str], fits: Callable[[str], bool] = _any) -> Callable[[str], _Fit | None]:
    """After one of ``openings`` a verb that ``fits``."""
    patterns = [re.compile(rf"(?:{opening})(?P<verb>[a-z]+)\b(?!')", re.IGNORECASE) for opening in openings]

    def fit(said: str) -> _Fit | None:
        for pattern in patterns:
            match = pattern.match(said)
            verb = base_of(match["verb"]) if match else None
            if match and verb and fits(match["verb"]):
                return _Fit(match.end(), _ends(said, match.end()), verb)
        return None

    return fit


def _thing(said: str) -> _Fit | None:
    """What is not known, with its article; where that cannot be taken out, the one piece of code that ends the sentence."""
    match = _THING.search(said)
    if match is not None:
        start = match.start("article") if match["article"] else match.end()
        end = _ends(said, start)
        late = _AFTERWARDS.search(said, start, end)
        end = late.start() if late else end
        if 1 <= len(_CODE.sub("it", said[start:end]).split()) <= 7 and words(said[start:end].replace("`", "a")):
            return _Fit(start, end)
    code = list(_CODE.finditer(said))
    alone = len(code) == 1 and not words(said[code[0].end() :])
    return _Fit(*code[0].span()) if alone and _IGNORANT.search(said) else None


def _bare_thing(said: str) -> _Fit | None:
    """The same without its article, as in a heading."""
    fit = _thing(said)
    article = re.match(r"(?:an?|the)\s", said[fit.start : fit.end], re.IGNORECASE) if fit else None
    return _Fit(fit.start + article.end(), fit.end) if fit and article else fit


def _request(verb: str) -> bool:
    return is_base(verb) and verb.lower() not in _CALM


def _aside(said: str) -> _Fit | None:
    match = _ASIDE.match(said)
    return _Fit(match.end() if match else 0, len(said))


_ASKED_WHY: Final = _doing(_WHY, _chosen)
_TOLD: Final = _doing(_DID, _was_chosen)
_SHAPES: Final[Mapping[str, Callable[[str], _Fit | None]]] = MappingProxyType(
    {
        "undone": _doing(_UNDONE),
        "chose": lambda said: _ASKED_WHY(said) or _TOLD(said),
        "forgot": _doing(_FORGOT, is_base),
        "order": _doing(_ORDER, is_base),
        "please": _doing(_OATH, _request),
        "thing": _bare_thing,
        "pointer": lambda said: None if (fit := _thing(said)) and _QUESTION.match(said, fit.start) else fit,
        "explain": _thing,
        "aside": _aside,
    }
)
