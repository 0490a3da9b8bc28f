"""Nothing that a figure or a threshold is taken on was trained on. Needs the data folder in TACTFUL_SETS."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

import pytest

from classifiers import corpus, harmless

MANIFEST = json.loads((Path(str(resources.files("classifiers") / "weights" / "tone")) / "manifest.json").read_text())


def _sets() -> Path:
    folder = os.environ.get("TACTFUL_SETS")
    if not folder:
        pytest.skip("TACTFUL_SETS does not name the folder with the evaluation sets")
    return Path(folder)


def _learnt(sets: Path | None) -> list[corpus.Example]:
    """Everything that the shipped weights were trained on, as ``classifiers.train`` gathers it."""
    held = tuple(MANIFEST["held_out"])
    keys = corpus.forbidden(sets, held)
    names = [name.removesuffix(".jsonl") for name in MANIFEST["data"] if name.startswith("t")]
    assert not set(names) & set(held)
    found = corpus.without(corpus.own(names), keys)
    if sets is not None:
        quiet = corpus.harmless(sets) + corpus.labelled(sets)
        found += corpus.without(quiet, keys) + corpus.without(corpus.side_tasks(sets), keys)
        if MANIFEST["training"].get("real"):
            found += corpus.real(sets)
    return found


def test_held_out_writers_and_false_alarms_were_not_learnt() -> None:
    learnt = {corpus.key(e.text) for e in _learnt(None)}
    held = {corpus.key(e.text) for e in corpus.own(MANIFEST["held_out"])}
    alarms = {corpus.key(row["text"]) for row in corpus.rows(corpus.DATA / "false_alarms.jsonl")}
    assert held
    assert alarms
    assert not learnt & held
    assert not learnt & alarms


def test_pools_and_reported_real_comments_were_not_learnt() -> None:
    sets = _sets()
    learnt = {corpus.key(e.text) for e in _learnt(sets)}
    trained_on = (
        frozenset(corpus.key(e.text) for e in corpus.real(sets)) if MANIFEST["training"].get("real") else frozenset()
    )
    pool = harmless.pool(sets, trained_on=trained_on)
    assert len(pool) > 4000
    assert not learnt & {corpus.key(text) for text in pool}
    reported = {corpus.key(e.text) for e in corpus.real(sets, None)} - trained_on
    assert not learnt & reported


def test_only_permissive_real_comments_may_be_learnt() -> None:
    sets = _sets()
    licences = {row["licence"] for row in corpus.rows(sets / "norms/real_dev.jsonl")}
    assert licences > corpus.PERMISSIVE
    for example in corpus.real(sets):
        assert example.origin.rsplit(":", 1)[1] in corpus.PERMISSIVE


def test_labelled_comments_come_from_permissive_sets_and_nothing_measured_is_among_them() -> None:
    sets = _sets()
    found = corpus.labelled(sets)
    assert len(found) == len(list(corpus.rows(corpus.DATA / "real_labels.jsonl")))
    assert {e.origin.removeprefix("labelled:") for e in found} == set(corpus.LABELLED)
    measured = {corpus.key(text) for text in harmless.pool(sets)} | {
        corpus.key(e.text) for e in corpus.real(sets, None)
    }
    assert not measured & {corpus.key(e.text) for e in found}
    assert all(e.text[start:end].strip() for e in found for start, end in e.spans)


def test_the_halves_of_the_pool_do_not_meet() -> None:
    sets = _sets()
    first, second = ({corpus.key(t) for t in harmless.pool(sets, part)} for part in (0, 1))
    assert first
    assert second
    assert not first & second


def test_folds_of_the_benchmark_leave_every_training_source() -> None:
    from benchmarks.toxicr import training_texts

    sets = _sets()
    rows = list(corpus.rows(sets / "eval/toxicr_dedup.jsonl.gz"))
    for fold in ("g0", "g7"):
        tested = {corpus.key(row["text"]) for row in rows if row["split"] == fold}
        assert not tested & {corpus.key(text) for text in training_texts(sets, fold)}


def test_two_texts_are_the_same_but_for_case_spacing_and_signs() -> None:
    assert corpus.key("Please, fix  this!") == corpus.key("please fix\nTHIS")
    assert corpus.key("Please fix this") != corpus.key("Please fix that")
    assert corpus.key("...") != corpus.key("!")
