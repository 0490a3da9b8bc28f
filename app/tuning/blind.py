"""Blind calibration: which texts to ask about, and what the answers say. Pure; texts pass through and are kept nowhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal

import numpy as np

from app.bands import band
from app.domain import TactfulError
from app.tuning.calibration import Calibration, Known
from app.tuning.replay import Ints, Replay, binned, limit
from classifiers.labels import CONCERNS
from classifiers.tolerance import logit
from classifiers.vectors import WHOLE, Vectors

Answer = Literal["yes", "no", "unsure"]
ANSWERS: Final[tuple[Answer, ...]] = ("yes", "no", "unsure")
MOST_TEXTS: Final = 60
MOST_SCORED: Final = 500
"""Of a larger collection so many are scored, drawn by lot."""
MOST_CHARACTERS: Final = 2000
"""A longer text is not asked about: nobody judges sixty of them."""
MOST_HEARD: Final = 0.5
"""The part of a band's nudges that feedback may speak for: those who answer are not everybody."""
REACH: Final = 4.0
"""How far from a threshold a text may be, in log-odds: a factor of about 50 either way."""


NOTHING_NEAR: Final = (
    "None of these texts is near a threshold, so there is nothing to ask. Nothing was kept; try a larger file."
)


@dataclass(frozen=True, slots=True)
class Question:
    """``label`` is the concern near whose threshold the text is, ``p`` its score."""

    text: str = field(repr=False)
    label: str
    p: float


def texts_in(content: str) -> list[str]:
    """A text a line, or JSON Lines with ``text``; each once. Raises ``TactfulError`` for a line that is neither."""
    found: dict[str, None] = {}
    for line in content.splitlines():
        text = line.strip()
        if text.startswith("{"):
            try:
                text = json.loads(text)["text"]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise TactfulError(
                    'A line of the file begins like JSON and is not {"text": "…"}. Nothing was kept.'
                ) from None
        if isinstance(text, str) and text.strip():
            found[text.strip()] = None
    return list(found)


def some(texts: list[str], chance: Random) -> list[str]:
    """As many as are scored for one calibration."""
    return texts if len(texts) <= MOST_SCORED else chance.sample(texts, MOST_SCORED)


def questions(
    texts: Sequence[str], scores: Vectors, thresholds: Mapping[str, float], on: Collection[str], chance: Random
) -> list[Question]:
    """Up to 60, the nearest to the thresholds, every norm in its turn, in an order that tells nothing of the scores."""
    near: dict[str, list[tuple[float, int]]] = {label: [] for label in CONCERNS if label in on}
    for row, text in enumerate(texts):
        if not text.strip() or len(text) > MOST_CHARACTERS:
            continue
        for label in near:
            p = float(scores[row, CONCERNS.index(label)]) / WHOLE
            if thresholds[label] <= 1 and abs(apart := logit(p) - logit(thresholds[label])) <= REACH:
                near[label].append((abs(apart), row))
    queues = [(label, iter(sorted(found))) for label, found in near.items() if found]
    asked: dict[str, Question] = {}
    while queues and len(asked) < MOST_TEXTS:
        for label, queue in list(queues):
            found = next((row for _, row in queue if texts[row].strip() not in asked), None)
            if found is None:
                queues.remove((label, queue))
            elif len(asked) < MOST_TEXTS:
                p = float(scores[found, CONCERNS.index(label)]) / WHOLE
                asked[texts[found].strip()] = Question(texts[found].strip(), label, p)
    shuffled = list(asked.values())
    chance.shuffle(shuffled)
    return shuffled


def known(calibration: Calibration, answers: Sequence[tuple[str, float, str]]) -> Known:
    """``answers``: (label, score, answer). *Can't tell* says nothing either way."""
    return Known(*(_counted(calibration, answers, which) for which in ("yes", "no")))


def _counted(calibration: Calibration, answers: Sequence[tuple[str, float, str]], which: str) -> Ints:
    chosen = [(CONCERNS.index(label), round(p * WHOLE)) for label, p, answer in answers if answer == which]
    labels = np.array([label for label, _ in chosen], dtype=np.int64)
    scores = np.array([score for _, score in chosen], dtype=np.int64)
    return binned(scores, labels, calibration.edges)


def with_feedback(
    known: Known,
    calibration: Calibration,
    replay: Replay,
    taken: Mapping[tuple[str, str], tuple[int, int]],
    thresholds: Mapping[str, float],
) -> Known:
    """``taken``: by (label, band) how often a note was called helpful, and wrong. Spread over the band as nudges are."""
    right, wrong = known.right.copy(), known.wrong.copy()
    said = binned(replay.score, replay.label, calibration.edges)
    for (label, name), (helpful, mistaken) in taken.items():
        if label not in CONCERNS or label not in thresholds:
            continue
        index = CONCERNS.index(label)
        middles = [max(int(edge), limit(thresholds[label])) / WHOLE for edge in calibration.edges[index]]
        room = np.where([band(p, thresholds[label]) == name for p in middles], said[index], 0)
        if room.sum() and helpful + mistaken:
            spread = room * (min(1.0, MOST_HEARD * room.sum() / (helpful + mistaken)) / room.sum())
            right[index] += np.floor(spread * helpful).astype(np.int64)
            wrong[index] += np.floor(spread * mistaken).astype(np.int64)
    return Known(right, wrong)
