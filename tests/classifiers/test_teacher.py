"""What a larger network says, and the texts it is asked about."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from classifiers.corpus import Example, key
from classifiers.labels import CONCERNS, LABELS
from classifiers.mixing import LONGEST, fragments, mixed
from classifiers.teacher import Teacher

SAID = np.full(len(LABELS), 0.5, dtype=np.float32)


def test_a_teacher_is_mixed_with_what_is_known_and_speaks_alone_where_nothing_is(tmp_path: Path) -> None:
    Teacher({key("No, you."): SAID}, 1.0).save(tmp_path / "said.npz")
    teacher = Teacher.load(tmp_path / "said.npz", 0.4)
    labels = [1.0, 0.0, math.nan, *[0.0] * (len(LABELS) - 3)]
    aims = teacher.aims("no you", labels)
    assert aims[:3] == pytest.approx([0.8, 0.2, 0.5])
    assert teacher.aims("Another text.", labels)[:2] == [1.0, 0.0]


def test_two_teachers_meet_between_what_they_say_and_one_speaks_alone_where_the_other_is_silent() -> None:
    quiet = np.full(len(LABELS), 0.1, dtype=np.float32)
    one = Teacher({"a": 1 - quiet, "b": quiet}, 1.0)
    both = one.beside(Teacher({"a": quiet, "c": quiet}, 1.0), 0.5)
    assert set(both.said) == {"a", "b"}
    assert both.said["a"] == pytest.approx(SAID, abs=1e-4)
    assert both.said["b"] == pytest.approx(quiet)
    assert one.beside(Teacher({"a": SAID}, 1.0), 0.0).said["a"] == pytest.approx(1 - quiet, abs=1e-4)


def test_mixtures_carry_no_label_and_are_the_same_for_the_same_seed() -> None:
    own = [Example("You never read. Look again!", {"hostility": 1.0}), Example("Fine.", {})]
    real = [Example("nit: rename", {}), Example("x" * (LONGEST + 1), {})]
    found = mixed(own, real, 60, seed=5)
    assert [e.text for e in found] == [e.text for e in mixed(own, real, 60, seed=5)]
    assert len(found) == 60
    assert not any(e.labels for e in found)
    assert any("nit: rename" in e.text for e in found)
    assert not any("xxx" in e.text for e in found)
    assert any(e.text.lower().startswith("you never read") for e in found)


def test_fragments_are_scraps_of_harmless_lines_that_refuse_nothing() -> None:
    real = [Example("please clean up the parser before the merge, no hurry", {}), Example("!!", {})]
    found = fragments(real, 30, seed=5)
    assert len(found) == 30
    assert [e.text for e in found] == [e.text for e in fragments(real, 30, seed=5)]
    for example in found:
        assert example.text in real[0].text
        assert len(example.text.split()) <= 4
        assert "no" not in example.text.split()
        assert dict(example.labels) == dict.fromkeys(CONCERNS, 0.0)
    assert fragments([], 5, seed=1) == []


def test_mixtures_need_no_real_lines() -> None:
    assert [e.text.lower().rstrip(".") for e in mixed([Example("Fine.", {})], [], 2, seed=1)] == ["fine", "fine"]
