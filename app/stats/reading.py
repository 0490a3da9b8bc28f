"""What released documents say: numbers by norm and period, rates, the experiment, and how far each may be off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from app.stats.documents import Released
from app.stats.effect import CONFIDENCE, Arm, Count, Effect, Needed, compare, needed
from app.stats.periods import Period
from app.stats.shares import ALL, ARMS, OUTCOMES, PEOPLE, TRENDS

_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A published number of people, and half the width of its interval at 95 % (the noise alone)."""

    value: int
    margin: float

    @property
    def low(self) -> float:
        return max(self.value - self.margin, 0.0)

    @property
    def high(self) -> float:
        return self.value + self.margin


def number(released: Released, kind: str, label: str | None = None) -> Shown | None:
    """People of a kind and label in a period; without ``label``, all pools of the kind together. ``None``: too few."""
    pools = [one for one in released.pools if one.kind == kind and label in (None, one.label)]
    if not pools:
        return None
    noise = math.sqrt(sum(pool.cells for pool in pools)) * released.sigma
    return Shown(sum(pool.value for pool in pools), _Z * noise)


def labels_of(released: Iterable[Released], kind: str) -> list[str]:
    """The labels of a kind that any of these documents has a number for."""
    found = {pool.label for one in released for pool in one.pools if pool.kind == kind}
    return sorted(found)


def helpful(released: Iterable[Released], label: str | None = None) -> Arm | None:
    """Of the people who answered, how many said *helpful* rather than *wrong*, where both can be told."""
    yes, no = Count(0, 0), Count(0, 0)
    for one in released:
        helped, wrong = (_count(one, kind, label) for kind in ("helpful", "wrong"))
        if helped is not None and wrong is not None and _where(one, "helpful", label) == _where(one, "wrong", label):
            yes, no = yes + helped, no + wrong
    return Arm(yes, no) if yes.variance else None


def _where(released: Released, kind: str, label: str | None) -> set[tuple[int, str, int]]:
    """What a number is made of: only numbers made of the same can be set against each other."""
    pools = (one for one in released.pools if one.kind == kind and label in (None, one.label))
    return {(pool.project, pool.label, pool.cells) for pool in pools}


def _count(released: Released, kind: str, label: str | None) -> Count | None:
    pools = [one for one in released.pools if one.kind == kind and label in (None, one.label)]
    variance = released.sigma**2 * sum(pool.cells for pool in pools)
    return Count(sum(pool.value for pool in pools), variance) if pools else None


# --- the experiment -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One of the two questions (``edited``: changed before publication; ``softer``: heard less when published)."""

    about: str
    label: str  # a norm, or all together
    spoken: Arm
    held: Arm

    @property
    def effect(self) -> Effect:
        return compare(self.spoken, self.held)


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is known so far, and what is missing. ``since`` is the first period that counts."""

    since: Period
    weeks: int
    questions: tuple[Question, ...]
    missing: Needed


def experiment(released: Sequence[Released], hold_out: float) -> Experiment | None:
    """Added up over all periods with an experiment. An arm is told of once at least k people surely stand behind it."""
    with_arms = [one for one in released if one.arms]
    if not with_arms:
        return None
    labels = {pool.label for one in with_arms for pool in one.arms}
    found = []
    for yes, no in OUTCOMES:
        for label in [None, *sorted(labels - {ALL})]:
            arms = [_arm(with_arms, arm, yes, no, label) for arm in ARMS]
            if arms[0] is not None and arms[1] is not None:
                found.append(Question(yes, label or ALL, arms[0], arms[1]))
    weeks = sum(one.period.weeks for one in with_arms)
    counts = [_sum(with_arms, f"{arm}_{outcome}", None) for arm in ARMS for outcome in OUTCOMES[0]]
    people = max(sum(count.value for count in counts), 0.0)
    sigma = math.sqrt(sum(count.variance for count in counts) / len(counts))
    edited = next((one.spoken.share for one in found if one.about == "edited" and one.label == ALL), 0.5)
    return Experiment(
        with_arms[0].period, weeks, tuple(found), needed(hold_out, sigma, 1, people, weeks, min(max(edited, 0.1), 0.9))
    )


def _arm(released: Sequence[Released], arm: str, yes: str, no: str, label: str | None) -> Arm | None:
    counts = [_sum(released, f"{arm}_{outcome}", label) for outcome in (yes, no)]
    # Somebody counts at most once a period in an arm: k of them make at most k a period.
    noise = math.sqrt(sum(count.variance for count in counts))
    cells = sum(pool.kind in (f"{arm}_{yes}", f"{arm}_{no}") for one in released for pool in one.arms)
    least = sum(one.k for one in released) + cells + max(_z(one) for one in released) * noise
    return Arm(counts[0], counts[1]) if counts[0].value + counts[1].value >= least else None


def _z(released: Released) -> float:
    """How many deviations above k its own numbers had to lie."""
    return (released.least - released.k - 1) / released.sigma


def _sum(released: Iterable[Released], kind: str, label: str | None) -> Count:
    pools = [(one, pool) for one in released for pool in one.arms if pool.kind == kind and label in (None, pool.label)]
    return Count(sum(pool.value for _, pool in pools), sum(one.sigma**2 * pool.cells for one, pool in pools))


# --- sentences --------------------------------------------------------------------------------------------------------------


def trend(released: Released) -> dict[str, Shown]:
    """Whether people's own rates of notes fell, rose or stayed; only quarters know."""
    return {kind: shown for kind in TRENDS if (shown := number(released, kind, ALL)) is not None}


def people(released: Released) -> Shown | None:
    return number(released, PEOPLE, ALL)
