"""Arms, their difference, and what is missing to know."""

from __future__ import annotations

import math
import random

import pytest

from app.stats.arms import change_key, held_out, softer
from app.stats.effect import Arm, Count, compare, needed
from app.stats.shares import plain_order

ORDER = plain_order(b"test")


def test_the_arm_is_the_same_every_time_and_its_share_as_chosen() -> None:
    changes = [change_key("github", "github.com", f"octo/parser#{number}") for number in range(4000)]
    arms = [held_out(ORDER, 7, change, 0.2) for change in changes]
    assert arms == [held_out(ORDER, 7, change, 0.2) for change in changes]
    assert sum(arms) / len(arms) == pytest.approx(0.2, abs=0.03)
    assert arms != [held_out(ORDER, 8, change, 0.2) for change in changes]
    wider = [held_out(ORDER, 7, change, 0.4) for change in changes]
    assert all(after for before, after in zip(arms, wider, strict=True) if before)


def test_no_share_or_no_change_holds_nothing_out() -> None:
    assert not held_out(ORDER, 7, "github:github.com:octo/parser#1", 0.0)
    assert not held_out(ORDER, 7, "", 0.5)


def test_a_change_has_one_key_however_its_host_is_written() -> None:
    assert change_key("github", "GitHub.com", "Octo/Parser#1") == change_key("github", "github.com", "octo/parser#1")
    assert change_key("gerrit", "g", "Platform~1") != change_key("gerrit", "g", "platform~1")


def test_softer_means_a_lower_band() -> None:
    assert softer("high", "mid")
    assert not softer("low", "low")
    assert not softer("below", "low")


def test_intervals_cover_the_truth_noise_included() -> None:
    chance = random.Random(11)
    covered, runs, sigma = 0, 1500, 12.0
    for _ in range(runs):
        true = {"spoken": (300, 0.6), "held": (200, 0.45)}
        arms = {}
        for name, (people, share) in true.items():
            yes = sum(chance.random() < share for _ in range(people))
            counts = (yes + chance.gauss(0, sigma), people - yes + chance.gauss(0, sigma))
            arms[name] = Arm(*(Count(value, sigma**2) for value in counts))
        effect = compare(arms["spoken"], arms["held"])
        covered += effect.low <= 0.15 <= effect.high
    assert 0.93 <= covered / runs <= 0.98


def test_what_is_missing_shrinks_with_people_and_grows_with_noise() -> None:
    little, much = needed(0.5, 0.0, 1, 0, 0), needed(0.5, 40.0, 12, 0, 0)
    assert little.people == pytest.approx(785, rel=0.02)  # the textbook's: 392 an arm for .1 at 80 %
    assert much.people > little.people
    assert little.weeks is None
    halfway = needed(0.5, 0.0, 1, 400, 8)
    assert halfway.more_people == halfway.people - 400
    assert halfway.weeks == math.ceil(halfway.more_people / 50)
    assert needed(0.5, 0.0, 1, 10_000, 8).weeks == 0
