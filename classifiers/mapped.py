"""Text that remembers where each of its characters came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Mapped:
    """A text rewritten from an original.

    Character ``i`` of ``text`` stands for the original's ``starts[i]:ends[i]`` (code points, half-open). Both lists never
    decrease. ``own[i]`` is false where the character is a stand-in for something the writer did not say in words of
    their own (code, a quote, an address).
    """

    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)

    @classmethod
    def build(cls, pieces: Iterable[tuple[str, int, int, bool]]) -> Mapped:
        """Join ``(text, start, end, own)`` pieces. Own words as long as what they stand for map to it one by one; every
        character of another piece maps to the whole of ``start:end``."""
        parts: list[str] = []
        mapped = cls()
        for text, start, end, own in pieces:
            parts.append(text)
            alike = own and len(text) == end - start
            mapped.starts += range(start, end) if alike else [start] * len(text)
            mapped.ends += range(start + 1, end + 1) if alike else [end] * len(text)
            mapped.own += [own] * len(text)
        mapped.text = "".join(parts)
        return mapped

    def substitute(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str | None], own: bool) -> Mapped:
        """Rewrite each match as ``replace(match)``; ``None`` leaves it. A match must not be empty."""
        result, last = Mapped(), 0
        parts: list[str] = []
        for match in pattern.finditer(self.text):
            new = replace(match)
            if new is None or match.start() == match.end():
                continue
            a, b = match.span()
            self._copy(result, parts, last, a)
            parts.append(new)
            result.starts += [self.starts[a]] * len(new)
            result.ends += [self.ends[b - 1]] * len(new)
            result.own += [own] * len(new)
            last = b
        if not parts and last == 0:
            return self
        self._copy(result, parts, last, len(self.text))
        result.text = "".join(parts)
        return result

    def _copy(self, into: Mapped, parts: list[str], a: int, b: int) -> None:
        parts.append(self.text[a:b])
        into.starts += self.starts[a:b]
        into.ends += self.ends[a:b]
        into.own += self.own[a:b]

    def original(self, a: int, b: int) -> tuple[int, int] | None:
        """Where ``text[a:b]`` lies in the original, cut to the writer's own words; ``None`` if there are none."""
        while a < b and not (self.own[a] and not self.text[a].isspace()):
            a += 1
        while a < b and not (self.own[b - 1] and not self.text[b - 1].isspace()):
            b -= 1
        return (self.starts[a], self.ends[b - 1]) if a < b else None
