import json
from pathlib import Path

import pytest

from classifiers import corpus, pairs
from classifiers.pairs import Pair, coverage, phrases, rewritten, spelling, tag_names, tagged, token_tags
from classifiers.tags import DELETE, KEEP


def tags_of(text: str, rewrite: str, *listed: str) -> tuple[str | None, ...]:
    return tagged(Pair("x", text, rewrite), spelling(listed)).tags


def test_a_pair_becomes_a_tag_a_word_and_one_for_the_end() -> None:
    assert tags_of("the loop, you fool, leaks", "the loop leaks") == (
        *(KEEP, KEEP), *(DELETE,) * 4, KEEP, KEEP,
    )  # fmt: skip
    assert tags_of("Just rename it.", "Please rename it.", "please") == ("DELETE|please", KEEP, KEEP, KEEP, KEEP)
    assert tags_of("rename it", "rename it please", "please") == (KEEP, KEEP, "KEEP|please")


def test_where_only_an_unknown_word_would_do_nothing_is_taught() -> None:
    tags = tags_of("Are you mad? The loop leaks.", "Please weigh this. The loop leaks.", "please")
    assert None in tags[:4]
    assert tags[4:] == (KEEP,) * 5


def test_code_is_kept_by_what_it_says_not_by_its_place() -> None:
    found = tagged(Pair("x", "Obviously `a()` leaks, so call `b()`.", "`a()` leaks, so call `b()`."), {})
    assert found.tags == (DELETE, *(KEEP,) * 8)
    assert rewritten(found) == "`a()` leaks, so call `b()`."


def test_phrases_are_those_inserted_more_than_once_as_spelt_inside_a_sentence() -> None:
    taught = [
        Pair("1", "Rename it.", "Please rename it."),
        Pair("2", "Now move it.", "Please move it."),
        Pair("3", "It leaks.", "I think it leaks."),
        Pair("4", "It ends.", "I think it ends."),
        Pair("5", "It ends.", "Perhaps it ends."),
    ]
    assert sorted(phrases(taught)) == ["I think", "please"]
    assert phrases(taught, 1) == ["I think"] or phrases(taught, 1) == ["please"]
    assert tag_names(["please"]) == [KEEP, DELETE, "KEEP|please", "DELETE|please"]


def test_the_first_token_of_a_word_has_its_tag() -> None:
    found = tagged(Pair("x", "Reinitialise it", "Please reinitialise it"), spelling(["please"]))
    offsets = [(0, 2), (2, 12), (13, 15)]
    assert token_tags(found, offsets) == ["KEEP|please", KEEP, KEEP, KEEP]


def test_invented_rewrites_and_held_out_writers_teach_nothing(tmp_path: Path) -> None:
    rows = [
        {"id": "t1-1", "text": "a b", "labels": ["hostility"], "spans": [], "rewrite": "a"},
        {"id": "t1-2", "text": "a b", "labels": ["hostility"], "spans": [], "rewrite": "c", "invented": True},
        {"id": "t1-3", "text": "fine", "labels": [], "spans": [], "rewrite": ""},
    ]
    (tmp_path / "t1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "t8.jsonl").write_text("")
    assert [pair.id for pair in pairs.pairs(["t1"], tmp_path)] == ["t1-1"]
    assert [pair.id for pair in pairs.pairs(["t1"], tmp_path, harmless=True)] == ["t1-1", "t1-3"]
    assert pairs.learnt_from(tmp_path) == ["t1"]


def test_pairs_said_whole_are_reproduced_but_for_signs_and_capitals() -> None:
    """On real pairs of two writers: the words come out as they were written."""
    taught = pairs.pairs(["t1", "t2"])
    known = spelling(phrases(taught, 200))
    found = [tagged(pair, known) for pair in taught[:120]]
    assert any(one.exact for one in found)
    for one in found:
        assert len(one.tags) == len(one.words) + 1
        if one.exact:
            assert corpus.key(rewritten(one)) == corpus.key(one.pair.rewrite), one.pair.id
    assert coverage(found)["pairs"] == 120


@pytest.mark.parametrize("harmless", [False, True])
def test_the_command_writes_what_training_reads(
    harmless: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pairs"
    pairs.write(folder, ["t1"], 20, harmless=harmless)
    names = json.loads((folder / "tags.json").read_text())
    assert names[:2] == [KEEP, DELETE]
    for line in (folder / "pairs.jsonl").read_text().splitlines():
        row = json.loads(line)
        assert len(row["tags"]) == len(row["words"]) + 1
        assert {name for name in row["tags"] if name is not None} <= set(names)
