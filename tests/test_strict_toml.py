import pytest

from app.domain import ConfigurationError
from app.strict_toml import TomlFile

LAYOUTS = '''# a comment that names missing = 1

top = 1
[first]
says = """
says = "not this one"
"""
ways = [
  "one",  # wrong = 2
  "two",
]
source = { name = "n", url = "u" }
first.dotted = true

[[first.people]]
name = "a"
[[first.people]]
name = "b"

[second]
people = [
  { name = "a" },

  { name = "b", how = "c" },
]
"quoted key" = 5
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 3),
        (("first",), 4),
        (("first", "says"), 5),
        (("first", "ways"), 8),
        (("first", "ways", 0), 9),
        (("first", "ways", 1), 10),
        (("first", "source"), 12),
        (("first", "source", "url"), 12),
        (("first", "first", "dotted"), 13),
        (("first", "people", 0, "name"), 16),
        (("first", "people", 1), 17),
        (("first", "people", 1, "name"), 18),
        (("second",), 20),
        (("second", "people", 0), 22),
        (("second", "people", 1, "how"), 24),
        (("second", "quoted key"), 26),
    ],
)
def test_a_key_is_found_on_its_own_line(path: tuple[str | int, ...], line: int) -> None:
    assert TomlFile("x.toml", LAYOUTS).line(path) == line
    assert TomlFile("x.toml", LAYOUTS.replace("\n", "\r\n")).line(path) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb\n", 2), ("a = 1\na = 2\n", 2), ('\n\na = "x\n', 3), ("a = [\n1,\n", 2), ('a = """\nx\ny', 3)],
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"^x\.toml, line {line}: this is not TOML"):
        TomlFile("x.toml", text).parse()
