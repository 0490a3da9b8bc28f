"""The plugin's file with its two lines filled in: as a string, whatever the address, and never half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain import ConfigurationError
from app.gerrit_plugin import PLACES, filled_in


def test_both_lines_are_filled_in() -> None:
    source = filled_in("https://tactful.example.org", "review.example.org")
    assert 'const SERVICE = "https://tactful.example.org";\n' in source
    assert 'const SERVER = "review.example.org";\n' in source
    assert PLACES[0].read_text("utf-8").count("\n") == source.count("\n")


def test_an_address_stays_a_string(tmp_path: Path) -> None:
    file = tmp_path / "tactful.js"
    file.write_text('const SERVICE = "";\nconst SERVER = "";\n')
    hostile = 'x"; alert(1); "\\ \u2028 ü'
    line = filled_in(hostile, "name", (file,)).splitlines()[0]
    assert json.loads(line.removeprefix("const SERVICE = ").removesuffix(";")) == hostile
    assert line.isascii()


@pytest.mark.parametrize("text", ["", 'const SERVICE = "";\n', 'const SERVICE = "";\n' * 2 + 'const SERVER = "";\n'])
def test_a_file_that_is_not_as_it_is_known_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tactful.js"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="has no line"):
        filled_in("https://tactful.example.org", "name", (file,))


def test_where_it_is_not_installed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not installed"):
        filled_in("https://tactful.example.org", "name", (tmp_path / "nothing.js",))
