"""A judge whose curves are those of the shipped weights, without the weights; projects with histories to replay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from app.domain import Verdict
from app.project_settings import Mode, as_json, start
from app.store import histories, projects
from app.store.histories import monday
from app.web.state import State
from app.wiring import utc_now
from classifiers.labels import CONCERNS
from classifiers.shipped import WEIGHTS, load
from classifiers.tolerance import threshold
from classifiers.vectors import Vectors
from tests.fakes import ScriptedJudge

CURVES = json.loads((WEIGHTS / "manifest.json").read_text(encoding="utf-8"))["tolerance"]
SHIPPED = load()
assert SHIPPED is not None


class CurvedJudge(ScriptedJudge):
    """Scores as the scripted one; thresholds and the model's name are the shipped ones."""

    def __init__(self) -> None:
        super().__init__()
        self.model = SHIPPED.model
        self.classifier.model = SHIPPED.model
        self.asked: list[str] = []

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        self.asked += texts
        return await super().judge(texts)

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        return {label: threshold(CURVES[label], value) for label, value in tolerances.items()}


def project(state: State, name: str = "octo/parser", mode: Mode = Mode.ON, maintainer: int | None = None) -> int:
    now = utc_now()
    with state.store.begin() as c:
        number = projects.add(
            c, "github", "github.com", name, as_json(start(state.norms, mode)), projects.ADMINISTRATOR, "A test.", now
        )
        if maintainer is not None:
            projects.name_maintainer(c, number, maintainer, projects.ADMINISTRATOR, now)
    state.in_force.look_again()
    return number


def scores(count: int, seed: int = 3, rate: float = 0.02) -> Vectors:
    """Made-up comments that score as the shipped ones do, a share ``rate`` of them stinging."""
    chance = np.random.default_rng(seed)
    quiet = SHIPPED.harmless[chance.integers(0, len(SHIPPED.harmless), count)]
    stings = SHIPPED.labelled[SHIPPED.truth.any(axis=1)]
    sting = chance.random(count) < rate
    quiet[sting] = stings[chance.integers(0, len(stings), int(sting.sum()))]
    return quiet


def fill(
    state: State,
    number: int,
    count: int,
    weeks: int,
    *,
    source: str = histories.LIVE,
    people: int = 12,
    now: datetime | None = None,
) -> None:
    """A history of whole weeks before this one, so many people behind each."""
    made = np.array_split(scores(count), weeks)
    today = (now or utc_now()).date()
    with state.store.begin() as c:
        for back, rows in enumerate(made, 1):
            week = monday(today - timedelta(weeks=back))
            histories.add(
                c, number, week, state.judge.model, "12345678", source, [row.astype("<u2").tobytes() for row in rows]
            )
            for person in range(people if source != histories.FILE else 0):
                c.execute(
                    histories.contributors.insert().values(
                        key=f"{number}:{week}:{person}", project_id=number, week=week, contributor=f"{week}:{person}"
                    )
                )


assert len(CONCERNS) == SHIPPED.harmless.shape[1]
