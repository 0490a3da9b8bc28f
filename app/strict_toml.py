"""TOML read strictly: what is not understood is refused, with the file, the line and the names that are allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain import ConfigurationError

__all__ = ["Table", "TomlFile", "closest"]

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)\s*$")
_WEB = re.compile(r"https?://[^\s<>\"]+")

Key = str | int


def closest(name: str, allowed: Sequence[str]) -> str:
    """A sentence that offers the allowed name nearest to ``name``, with a space before it; empty where none is near."""
    near = difflib.get_close_matches(name, allowed, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The text of a TOML file under the name that errors call it by."""

    name: str
    text: str

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Raises ``ConfigurationError`` where there is no readable UTF-8 file."""
        try:
            # tomllib wants the newlines as they are in the file.
            return cls(str(path), path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{path} is not UTF-8 text. Save it as UTF-8 and start again.") from error
        except OSError as error:
            why = error.strerror or "unknown reason"
            raise ConfigurationError(f"Could not read {path} ({why}). Check the name and who may read it.") from error

    def parse(self) -> Table:
        """The top of the file. Raises ``ConfigurationError`` where it is not TOML."""
        try:
            return Table(self, (), tomllib.loads(self.text))
        except tomllib.TOMLDecodeError as error:
            where = _AT_LINE.search(str(error))
            last = self.text.rstrip("\n").count("\n") + 1
            line = int(where[1]) if where and where[1] else last
            what = _AT_LINE.sub("", str(error))
            raise ConfigurationError(f"{self.name}, line {line}: this is not TOML ({what}). Mend the line.") from error

    def line(self, path: Sequence[Key]) -> int:
        """The line, from 1, where the key or array item at ``path`` begins.

        A statement ends with its line, or with the bracket that closes its arrays. So the file is read from the top,
        one more line each time and open arrays closed for it, until the key appears: its statement began right after
        the last line up to which the file could be read.
        """
        lines = self.text.replace("\r\n", "\n").split("\n")
        begins = 1
        for end in range(1, len(lines) + 1):
            for data in _readable("\n".join(lines[:end])):
                if _holds(data, path):
                    return begins
                begins = end + 1
        return begins


def _readable(head: str) -> Iterator[object]:
    for closing in ("", "\n]", "\n]]"):
        try:
            yield tomllib.loads(head + closing)
        except tomllib.TOMLDecodeError:
            continue
        return


def _holds(data: object, path: Sequence[Key]) -> bool:
    for key in path:
        if isinstance(data, list):
            data = dict(enumerate(data))
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. Every getter takes the value to use where the key is absent."""

    file: TomlFile
    path: tuple[Key, ...]
    values: Mapping[str, object]

    def refuse(self, key: Key | None, why: str) -> ConfigurationError:
        """The error for ``key`` of this table (or the table itself): file, line, the key in full, and ``why``."""
        path = self.path if key is None else (*self.path, key)
        dotted = ".".join(str(part) for part in path)
        where = f"{self.file.name}, line {self.file.line(path)}"
        return ConfigurationError(f'{where}: "{dotted}" {why} Nothing of this file is in use until then.')

    def only(self, allowed: Sequence[str]) -> None:
        """Refuse the first key that is not in ``allowed``."""
        for key in self.values:
            if key not in allowed:
                raise self.refuse(key, f"is not known here.{closest(key, allowed)} Allowed: {', '.join(allowed)}.")

    def table(self, key: str) -> Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(key, "must be a table.")
        return Table(self.file, (*self.path, key), value)

    def tables(self, key: str) -> list[Table] | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(key, "must be a list of tables.")
        return [Table(self.file, (*self.path, key, i), item) for i, item in enumerate(value)]

    def text(self, key: str, default: str) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.refuse(key, "must be text in quotes.")
        if key in self.values and not value.strip():
            raise self.refuse(key, "must not be empty.")
        return value

    def link(self, key: str, default: str) -> str:
        """An address for a web page; empty where there is none. Only http and https, because pages link to it."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or (value and not _WEB.fullmatch(value)):
            raise self.refuse(key, "must be an address that begins with https:// or http://.")
        return value

    def texts(self, key: str, default: tuple[str, ...], count: int) -> tuple[str, ...]:
        value = self.values.get(key, default)
        if key not in self.values:
            return default
        if not isinstance(value, list) or len(value) != count:
            raise self.refuse(key, f"must be a list of {count} texts.")
        for i, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                raise Table(self.file, (*self.path, key), {}).refuse(i, "must be text in quotes, and not empty.")
        return tuple(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.values.get(key, default)
        # A bool is an int to Python, and nan compares false with everything.
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.refuse(key, f"must be a number from {low:g} to {high:g}.")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "must be true or false.")
        return value
