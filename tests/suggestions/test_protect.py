import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suggestions.clauses import without_clause
from app.suggestions.protect import protected, quoted, touches
from app.suggestions.sentences import sentences
from tests.suggestions.hostile import HOSTILE, sanity_guard


@pytest.mark.parametrize(
    "part",
    [
        "`foo bar`",
        "``a ` b``".replace(" ` ", " "),
        "parseHtml",
        "XmlReader",
        "snake_case",
        "os.path.join",
        "std::move",
        "node->next",
        "call(x)",
        "--no-verify",
        "-x",
        "--depth=1",
        "/etc/hosts",
        "./run.sh",
        "../up",
        "src/app/main.py",
        "app/main.py",
        "*.toml",
        ".env",
        "https://example.org/a?b=c",
        "www.example.org",
        "me@example.org",
        "@octocat",
        "@team/reviewers",
        "#1234",
        "org/repo#12",
        "v1.2.3",
        "3.11",
        "200 ms",
        "16 MiB",
        "90%",
        "5°C",
        "-2",
        "+1",
        "0x1F",
        "2025-11-24",
        "deadbee1",
        "$HOME",
        "${X}",
        "<kbd>",
        "<!-- note -->",
        "[docs](https://x.org/y)",
        "![pic](a.png)",
        '"works on my machine"',
        "“so they said”",
    ],
)
def test_facts_and_other_peoples_words_are_protected_whole(part: str) -> None:
    text = f"See {part} here"
    start = text.index(part)
    assert any(a <= start and start + len(part) <= b for a, b in protected(text)), protected(text)


@pytest.mark.parametrize(
    "text", ["You never test, do you? It's so simple.", "and/or, e.g. this one - or that", "Well... no!"]
)
def test_plain_words_are_not(text: str) -> None:
    assert protected(text) == ()


@pytest.mark.parametrize(
    "block",
    [
        "> they wrote this\n",
        "```\nmy code\n```\n",
        "```suggestion\nuse this\n```\n",
        "| a | b |\n",
        "Signed-off-by: A <a@b.c>\n",
    ],
)
def test_blocks_are_protected_as_a_run(block: str) -> None:
    text = f"Before.\n\n{block}\nAfter."
    start = text.index(block)
    assert any(a <= start and start + len(block.rstrip()) <= b for a, b in quoted(text))
    assert any(a <= start and start + len(block.rstrip()) <= b for a, b in protected(text))


def test_offsets_are_code_points() -> None:
    text = "👩🏽‍💻 été: `x` 𝒳 @you"
    assert [text[a:b] for a, b in protected(text)] == ["`x`", "@you"]


@given(st.text(alphabet=st.sampled_from("ab1 .,:/\\`\"'*_#@<>()[]{}|-+=$%\n\té👍"), max_size=200))
def test_protected_parts_are_in_order_apart_and_inside(text: str) -> None:
    at = 0
    for start, end in protected(text):
        assert at <= start < end <= len(text)
        at = end


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), max_size=6), st.integers(0, 50), st.integers(0, 50))
def test_touching_is_sharing_a_character(steps: list[tuple[int, int]], start: int, end: int) -> None:
    spans, at = [], 0
    for gap, length in steps:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    shared = any(a <= i < b for a, b in spans for i in range(start, end))
    assert touches(tuple(spans), start, end) is shared


class Counted(str):
    """Counts the searches for a piece of text."""

    searches = 0

    def find(self, *args: object) -> int:
        Counted.searches += 1
        return super().find(*args)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "searches"), [("<!--" * 15_000, 3), ("<!-- a -->" * 100, 201), ("`<!--` " * 100, 101)]
)
def test_html_comments_are_searched_for_once_each(text: str, searches: int) -> None:
    Counted.searches = 0
    protected(Counted(text))
    assert Counted.searches == searches


def test_an_open_html_comment_hides_the_rest_unless_it_is_code() -> None:
    assert protected("Look <!-- here. And there.") == ((5, 26),)
    assert protected("Write `<!--` here. And there.") == ((6, 12),)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_is_read_in_time(piece: str) -> None:
    text = (piece * 60_000)[:60_000]
    with sanity_guard():
        protected(text)
        sentences(text)


@pytest.mark.parametrize("sign", [".", " ", "\n", "-", ","])
def test_a_long_run_before_a_word_is_cut_in_time(sign: str) -> None:
    text = "This is fine" + sign * 60_000 + "x"
    with sanity_guard():
        sentences(text)
        without_clause(text, 0, len(text), len(text) - 1, len(text))
        without_clause(text + " y", 0, len(text) + 2, len(text) + 1, len(text) + 2)
