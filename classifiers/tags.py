"""A rewriting as one tag a word: keep it or delete it, and perhaps insert a known phrase before it. Standard library only.

In the manner of LaserTagger (Malmi et al. 2019), from the paper: nothing is generated, so nothing can be made up beyond the
list of phrases. Words are those of ``classifiers.text.own_words``; what is not the writer's own is always kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from classifiers.mapped import Mapped

__all__ = ["DELETE", "KEEP", "Change", "Word", "changed", "changes", "join", "landed", "split", "tag", "words"]

KEEP: Final = "KEEP"
DELETE: Final = "DELETE"

_WORD: Final = re.compile(r"\w+(?:'\w+)*|\.{2,}|-{2,}|[^\w\s]")
_CLOSING: Final = frozenset(".,;:?!)]}%")
_OPENING: Final = frozenset("([{")
_STOPS: Final = frozenset(".?!") | {"...", ".."}
_HANGING: Final = frozenset(",;:-(") | {"--"}
_SMALL: Final = frozenset(
    """
    a an and are as at but can could did do does for from have how if in is it it's let's maybe on or please should so that
    that's the then there there's these they this those to was we were what when where which why with would you
    """.split()  # noqa: SIM905  words read better than a list of them
)
"""Words that may lose their capital when something comes before them; any other could be a name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign. ``[start, end)`` in the own words, ``[begin, finish)`` in the original text (code points).

    ``key`` is what it is compared by: words without their case, what is not the writer's own by what stands there.
    """

    text: str
    key: str
    start: int
    end: int
    begin: int
    finish: int
    own: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Replace ``[start, end)`` of the original text (code points) by ``text``."""

    start: int
    end: int
    text: str


def words(own: Mapped, original: str) -> list[Word]:
    """The words of ``own``, which was read from ``original``; one sign that reads as several ("¼") is one."""
    found: list[Word] = []
    for match in _WORD.finditer(own.text):
        a, b = match.span()
        begin, finish = own.starts[a], own.ends[b - 1]
        if found and begin < found[-1].finish:
            continue
        mine = all(own.own[a:b])
        key = match[0].casefold() if mine else original[begin:finish]
        found.append(Word(match[0], key, a, b, begin, finish, mine))
    return found


def tag(kept: bool, phrase: str = "") -> str:
    """The name of a tag, as ``tags.json`` lists them: ``KEEP``, ``DELETE``, ``KEEP|phrase``, ``DELETE|phrase``."""
    return (KEEP if kept else DELETE) + (f"|{phrase}" if phrase else "")


def split(name: str) -> tuple[bool, str]:
    """Whether a tag keeps its word, and what it inserts before it."""
    kind, _, phrase = name.partition("|")
    return kind == KEEP, phrase


def join(parts: Sequence[str]) -> str:
    """Words and signs with spaces where English has them."""
    text = ""
    for part in parts:
        near = not text or part[:1] in _CLOSING or text[-1] in _OPENING
        text += part if near else f" {part}"
    return text


class Edit(Protocol):
    """Replace ``[start, end)`` of a text (code points) by ``text``."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


def changed(original: str, made: Sequence[Edit]) -> str:
    """``original`` after edits that are in order and apart."""
    parts, at = [], 0
    for one in made:
        parts += [original[at : one.start], one.text]
        at = one.end
    return "".join([*parts, original[at:]])


def landed(made: Sequence[Edit]) -> list[tuple[int, int]]:
    """Where edits stand in the text that they make (code points, half-open); empty where they only delete."""
    moved, places = 0, []
    for one in made:
        start = one.start + moved
        places.append((start, start + len(one.text)))
        moved += len(one.text) - (one.end - one.start)
    return places


def changes(original: str, found: Sequence[Word], tags: Sequence[str]) -> tuple[Change, ...]:
    """What ``tags``, one a word and one for the end, do to ``original``: in order and apart, with capitals, spaces and
    signs repaired. A tag that would delete what is not the writer's own keeps it."""
    page = _Page(original)
    gone: list[Word] = []
    phrases: list[str] = []
    for word, name in zip([*found, None], tags, strict=True):
        kept, phrase = split(name)
        phrases += [phrase] if phrase else []
        if word is not None and word.own and not kept:
            gone.append(word)
            continue
        if gone or phrases:
            page.change(gone, join(phrases), word)
        else:
            page.keep(word)
        gone, phrases = [], []
    return page.changes()


class _Page:
    """The new text as it is written: pieces of the original, by where they stood there, and new ones between them."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._pieces: list[tuple[str, int, int]] = []  # new ones have no place: start and end are -1
        self._last: Word | None = None

    def keep(self, word: Word | None) -> None:
        """Everything up to the end of ``word``, or of the text, as it is."""
        self._copy(self._at, word.begin if word else len(self._original))
        if word is not None:
            self._copy(word.begin, word.finish)
        self._last = word

    def change(self, gone: list[Word], new: str, then: Word | None) -> None:
        """After the last word that stays, ``gone`` goes, ``new`` comes, and ``then`` (or the end) follows."""
        end = then.begin if then else len(self._original)
        left = self._original[self._at : gone[0].begin if gone else end]
        right = self._original[gone[-1].finish : end] if gone else ""
        opens = self._last is None or self._last.text in _STOPS or "\n" in left
        first = gone[0] if gone else then
        capital = opens and first is not None and self._original[first.begin].isupper()
        comes = new or (then.text if then else "")
        if self._last and self._last.own and self._last.text in _HANGING and (not comes or comes[0] in _CLOSING):
            self._pieces.pop()
            if self._pieces and not self._pieces[-1][0].strip(" "):
                self._pieces.pop()
        if new:
            self._write(_lead(left, new, fresh=not self._pieces) + (new[0].upper() + new[1:] if capital else new))
            self._write(_trail(left, right, new, gone, then))
        elif then is not None and then.own and self._last and self._last.text in _STOPS and then.text[0] in _CLOSING:
            self._last = Word(self._last.text, "", 0, 0, then.begin, then.finish, True)  # one stop is enough
            return
        else:
            self._write(_gap(left, right, self._last, then))
        if then is not None:
            self._follow(then, _letter(then, self._original[then.begin], new, opens=opens, capital=capital, gone=gone))
        self._last = then

    def changes(self) -> tuple[Change, ...]:
        """The differences from the original."""
        found: list[Change] = []
        at, new = 0, ""
        for text, start, end in [*self._pieces, ("", len(self._original), len(self._original))]:
            if start < 0:
                new += text
                continue
            if new != self._original[at:start]:
                found.append(Change(at, start, new))
            at, new = end, ""
        return tuple(found)

    @property
    def _at(self) -> int:
        return self._last.finish if self._last else 0

    def _copy(self, start: int, end: int) -> None:
        if start < end:
            self._pieces.append((self._original[start:end], start, end))

    def _write(self, new: str) -> None:
        if new:
            self._pieces.append((new, -1, -1))

    def _follow(self, word: Word, letter: str) -> None:
        same = letter == self._original[word.begin]
        self._write("" if same else letter)
        self._copy(word.begin if same else word.begin + 1, word.finish)


def _letter(then: Word, letter: str, new: str, *, opens: bool, capital: bool, gone: list[Word]) -> str:
    """The first letter of the word that follows a change."""
    if not then.own or not letter.isalpha():
        return letter
    if (new and new[-1] in _STOPS) or (not new and gone and capital and then.text.islower()):
        return letter.upper()
    return letter.lower() if new and opens and then.key in _SMALL else letter


def _lead(left: str, new: str, *, fresh: bool) -> str:
    """The space before new words."""
    if new[0] in _CLOSING:
        return ""
    return left if left.strip() or left[-1:].isspace() or fresh else left + " "


def _trail(left: str, right: str, new: str, gone: list[Word], then: Word | None) -> str:
    """The space after new words."""
    after = right if gone else left if new[0] in _CLOSING else ""
    return after if "\n" in after or then is None else "" if then.text[0] in _CLOSING else " "


def _gap(left: str, right: str, last: Word | None, then: Word | None) -> str:
    """The space that stays where words went."""
    if then is None:
        return left if left.strip() else ""
    if "\n" in right and last is None:
        return right.lstrip("\n ")
    if "\n" in right and "\n" in left:  # whole lines went: the wider gap stays, and the mark of the line that follows
        wider = max(left, right, key=lambda gap: gap[: len(gap) - len(gap.lstrip())].count("\n"))
        return wider[: len(wider) - len(wider.lstrip())] + right.lstrip()
    if "\n" in right and then.text[0] in _CLOSING:
        return ""
    if "\n" in right or last is None or "\n" in left or left.strip():
        return right if "\n" in right else left
    return "" if then.text[0] in _CLOSING or last.text in _OPENING else left or right
