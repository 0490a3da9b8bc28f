"""The project's own comments keep the format that their README promises."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from classifiers import corpus
from classifiers.labels import CONCERNS, LABELS, STRENGTHS


@pytest.mark.parametrize("name", corpus.writers())
def test_rows_are_well_formed(name: str) -> None:
    seen = set()
    for row in corpus.rows(corpus.DATA / f"{name}.jsonl"):
        assert row["id"] not in seen
        seen.add(row["id"])
        assert row["text"].strip()
        assert set(row["labels"]) <= set(LABELS)
        assert all(words in row["text"] for words in row["spans"]), row["id"]
        concerned = bool(set(row["labels"]) & set(CONCERNS))
        assert concerned == bool(row["spans"]), row["id"]
        if row.get("rewrite"):
            assert concerned, row["id"]
            assert set(row["rewrite_labels"]) <= set(STRENGTHS), row["id"]


def test_the_false_alarms_are_many_and_harmless() -> None:
    rows = list(corpus.rows(corpus.DATA / "false_alarms.jsonl"))
    assert len({corpus.key(row["text"]) for row in rows}) >= 600
    assert not any(set(row.get("labels", ())) & set(CONCERNS) for row in rows)


def test_writers_do_not_copy_each_other() -> None:
    texts = [e.text for name in corpus.writers() for e in corpus.own([name], rewrites=False) if len(e.text) > 60]
    assert len({corpus.key(text) for text in texts}) >= len(texts) - 5


def test_labels_are_the_guides() -> None:
    assert len(CONCERNS) == 8
    assert len(STRENGTHS) == 7
    assert json.loads((corpus.DATA.parent / "weights/tone/manifest.json").read_text())["labels"] == list(LABELS)


@pytest.mark.parametrize("name", ["real_labels", "pool_labels"])
def test_labels_of_other_peoples_comments_hold_no_text(name: str) -> None:
    found = list(corpus.rows(corpus.DATA / f"{name}.jsonl"))
    assert len({row["key"] for row in found}) == len(found) > 200
    for row in found:
        assert set(row) <= {"key", "labels", "spans"}
        assert len(row["key"]) == 24
        assert set(row["labels"]) <= set(LABELS)
        for start, end in row.get("spans", []):
            assert 0 <= start < end
            assert set(row["labels"]) & set(CONCERNS)


def test_of_a_line_of_a_long_comment_the_concerns_are_known_and_the_strengths_are_not(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    for name in corpus.LABELLED:
        rows = [{"text": "Thanks!\nYou never test.", "labels": {"uncivil": 1}}] if name == "vcu_incivility" else []
        with gzip.open(tmp_path / "train" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    known = [{"key": corpus.key("You never test."), "labels": ["assumption"], "spans": [[0, 15]]}]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in known), encoding="utf-8")
    [line] = corpus.labelled(tmp_path, tmp_path / "labels.jsonl")
    assert (line.text, line.spans, line.auxiliary) == ("You never test.", ((0, 15),), {})
    assert line.labels == {label: float(label == "assumption") for label in CONCERNS}
