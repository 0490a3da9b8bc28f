"""Which sentence fits which frame, and the words of it that fill it. English, cautious, no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.suggestions.sentences import first_word, is_sentence, listed, words
from app.suggestions.verbs import base_of, is_base, is_choice

__all__ = ["FACT", "SHAPES", "TAG", "THING", "THREAT", "Fit"]

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
_OUTSIDE: Final = (
    r"(?:haven't|havent|have not|haven't|didn't|didnt|did not|don't|dont|do not|never|no idea|passing|drive-?by|outsider"
    r"|not (?:my|an?|on|following|familiar|from)|only (?:saw|read|skimmed)|without (?:having )?(?:read|look|open|clon)\w*)"
)
_ORDER: Final = (
    rf"[^.?!;:]*\b{_OUTSIDE}\b[^.?!;:]*?,? (?:but|so|still|however),? (?:you|y'all|u|they|we)(?: guys| people| lot| all)? {_SOFT}"
    rf"(?:should|must|need to|have to|ought to|want to) {_SOFT}",
    rf"{_OPENS}(?:you|they|we) {_SOFT}(?:should|must|need to|have to|ought to|want to) {_SOFT}",
    rf"{_OPENS}(?:why don't you|why not|please) {_SOFT}",
    rf"[^.?!;:`]{{0,80}}\bi(?:'d| would) {_SOFT}(?:say (?:that )?|suggest (?:to )?)?",
    rf"{_OPENS}",
)
_OATH: Final = (rf"\W*{_AND}(?:for (?:god|christ|heaven|fuck)'?s sake,? |just |will you |would you )*",)
_THING: Final = re.compile(
    r"(?:(?:never|haven't|hasn't|have not|don't|doesn't|do not|didn't|did not|hadn't|nobody|no one|not)\b[^.?!,;`]{0,40}?"
    r"\b(?:heard (?:of|about)|seen|used|opened|tried|knows?(?: about| of)?|known|knew|met|come across|show(?:ed|n) you"
    r"|told you about|taught you|familiar with|mentioned|worked with)"
    r"|\bask(?:s|ed|ing)? (?:me |us |here )?(?=what\b|how\b)"
    r"|\bfirst time (?:that )?(?:you|they|anybody|anyone)(?:'ve|'re| have)? (?:hear|heard|hearing|saw|see) (?:of|about))\b"
    r"\s*(?P<article>(?:an?|the)\s)?(?!that\b|this\b|it\b|so\b|(?:what|how) to (?:say|think|put)\b)(?=\S)",
    re.IGNORECASE,
)
_NEWS: Final = re.compile(
    r"(?:^|\band |\bthat |, )\W*(?P<thing>(?:`[^`\n]+`|[\w'-]+)(?: [\w'-]+){0,3}?) (?:(?:is|are|comes?|being) (?:as )?(?:still )?"
    r"(?:an? )?(?:news|new to|revelation|surprise|mystery)|(?:doesn't|does not|don't) ring a bell)\b",
    re.IGNORECASE,
)
_FACT: Final = re.compile(
    r"\b(?:kn[eo]wn?|knows|knowing|reali[sz]\w*|aware|heard|learn(?:ed|t)|told (?:you|him|her|them|us)|occur(?:red)? to \w+"
    r"|discover\w*|notic\w+|no idea|a clue) that (?P<fact>[^?!;]+)",
    re.IGNORECASE,
)
_PERSONAL: Final = re.compile(r"\b(?:you|your|yours|we|our|i|my|me)\b", re.IGNORECASE)
TAG: Final = re.compile(
    r"\W*(?:(?:have|had|did|do|are|is|has)(?:n't| not)? (?:we|you|they|it|that)|yes|right|huh|eh)\b[\w ]*\W*$"
    r"|\W*(?:obviously|clearly|imo|imho|done|problem solved|full stop|period)\W*$",
    re.IGNORECASE,
)
"""What turns a sentence into a taunt at its end: ", have we?"."""
_QUESTION: Final = re.compile(r"(?:what|how)\b", re.IGNORECASE)
_IGNORANT: Final = re.compile(
    r"\b(?:kn[eo]wn?|heard?|hearing|seen|ask\w*|news|learn\w*|taught|familiar|first time)\b", re.I
)
_CODE: Final = re.compile(r"`[^`\n]+`")
_CALM: Final = listed("please grow shut wake get go come learn look guess imagine do don't be let")
"""What "please" does not make friendlier, or is no request."""
_DECISIONS: Final = listed("ship merge close be")
"""What nobody would be helped with, or is nothing to do."""
THREAT: Final = re.compile(
    r"or (?:else\b|i\b|i'\w+|we\b|you\b|(?:get|go|leave|find|let|stop|give|step|shut|forget) )", re.IGNORECASE
)
_UNTIL: Final = re.compile(
    rf"{_OPENS}if (?P<what>this|that|it|the \w+)(?: isn't| is not|'s not|s not) (?P<done>(?:\w+ed|done|gone|in)\b"
    r"(?: (?:by|before|today|tonight|until|this|within|in)\b(?: (?:the |end of |of )*[\w:]+)?)?)",
    re.IGNORECASE,
)
_AFTERWARDS: Final = re.compile(r"\s+(?:before|yet|either|at all|until now|or what|when you \w+)$", re.IGNORECASE)
_STOPS: Final = re.compile(r"[,;:.?!…]+(?=\s|$)|\s[-–—]+\s|\s\(")
_ENDS: Final = re.compile(rf"{_STOPS.pattern}|\s(?:and|but|so|because|since|or|as if|like you)\b")


@dataclass(frozen=True, slots=True)
class Fit:
    """``word`` and then the kept ``[start, end)`` of a sentence fill the frame (offsets into the sentence).

    ``ends``: what follows in the sentence is no point of its own, and goes.
    """

    start: int
    end: int
    word: str = ""
    ends: bool = False


def _ends(said: str, at: int, *, asked: bool = False) -> int:
    """Where the clause ends; where something is ``asked`` for, a second request goes along with the first."""
    for end in _ENDS.finditer(said, at):
        if not (asked and end[0].strip() == "and" and is_base(first_word(said[end.end() :]))):
            return end.start()
    return len(said)


def _any(verb: str) -> bool:
    return base_of(verb) is not None


def _chosen(verb: str) -> bool:
    return is_choice(base_of(verb) or "be")


def _was_chosen(verb: str) -> bool:
    """In the past: "you use" may be about anybody, "you used" is about what they did."""
    return not is_base(verb) and _chosen(verb)


def _doing(openings: Sequence[str], fits: Callable[[str], bool] = _any) -> Callable[[str], Fit | None]:
    """After one of ``openings`` a verb that ``fits``."""
    patterns = [re.compile(rf"(?:{opening})(?P<verb>[a-z]+)\b(?!')", re.IGNORECASE) for opening in openings]

    def fit(said: str) -> Fit | None:
        for pattern in patterns:
            match = pattern.match(said)
            verb = base_of(match["verb"]) if match else None
            if match and verb and fits(match["verb"]):
                return Fit(match.end(), _ends(said, match.end(), asked=is_base(match["verb"])), verb)
        return None

    return fit


def _thing(said: str) -> Fit | None:
    """What is not known, with its article; where that cannot be taken out, the one piece of code that ends the sentence."""
    match = _THING.search(said)
    if match is not None:
        start = match.start("article") if match["article"] else match.end()
        stop = _ends(said, start)
        if re.search(r"\bbetween\b", said[start:stop]) and said[stop:].startswith(" and"):
            stop = _ends(said, stop + len(" and"))
        late = _AFTERWARDS.search(said, start, stop)
        end = late.start() if late else stop
        if 1 <= len(_CODE.sub("it", said[start:end]).split()) <= 8 and words(said[start:end].replace("`", "a")):
            return Fit(start, end, ends=late is not None and not words(said[stop:]))
    news = _NEWS.search(said)
    if news is not None and words(news["thing"])[:1] not in (["it"], ["that"], ["this"], ["which"]):
        return Fit(*news.span("thing"), ends=True)
    code = list(_CODE.finditer(said))
    alone = len(code) == 1 and not words(said[code[0].end() :])
    return Fit(*code[0].span()) if alone and _IGNORANT.search(said) else None


def _fact(said: str) -> Fit | None:
    """What somebody did not know, where it is a sentence about things."""
    match = _FACT.search(said)
    if match is None:
        return None
    stop = _STOPS.search(said, match.start("fact"))
    end = stop.start() if stop else len(said)
    fact = said[match.start("fact") : end]
    fits = is_sentence(fact, opened=True) and len(words(fact)) >= 3 and not _PERSONAL.search(fact)
    return Fit(match.start("fact"), end) if fits else None


def _bare_thing(said: str) -> Fit | None:
    """The same without its article, as in a heading."""
    fit = _thing(said)
    article = re.match(r"(?:an?|the)\s", said[fit.start : fit.end], re.IGNORECASE) if fit else None
    return Fit(fit.start + article.end(), fit.end) if fit and article else fit


def _request(verb: str) -> bool:
    return is_base(verb) and verb.lower() not in _CALM


def _helps(verb: str) -> bool:
    return is_base(verb) and verb.lower() not in _DECISIONS


def _due(said: str) -> Fit | None:
    match = _UNTIL.match(said)
    return Fit(match.start("done"), match.end("done"), f"{match['what'].lower()} be ", ends=True) if match else None


_ASKED_WHY: Final = _doing(_WHY, _chosen)
_TOLD: Final = _doing(_DID, _was_chosen)
THING: Final = _bare_thing
FACT: Final = _fact
"""What somebody is said not to know: a thing, and that something is so."""
SHAPES: Final[Mapping[str, Callable[[str], Fit | None]]] = MappingProxyType(
    {
        "undone": _doing(_UNDONE),
        "chose": lambda said: _ASKED_WHY(said) or _TOLD(said),
        "forgot": _doing(_FORGOT, is_base),
        "order": _doing(_ORDER, _helps),
        "please": _doing(_OATH, _request),
        "thing": THING,
        "pointer": lambda said: None if (fit := _thing(said)) and _QUESTION.match(said, fit.start) else fit,
        "explain": _thing,
        "fact": FACT,
        "due": _due,
    }
)
