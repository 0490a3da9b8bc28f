"""Histories at hand for the tuning page: read once, then only what is new; what is believed about them drawn once.

A process keeps its own. What is kept are scores without text, author or link, as they are in the database.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from sqlalchemy import Connection

from app.store import Store, feedback, histories
from app.tuning import blind
from app.tuning.beliefs import Beliefs, believe
from app.tuning.calibration import Calibration, Counts, Known, calibrate
from app.tuning.replay import History, Replay
from classifiers import shipped as on_disk
from classifiers.labels import CONCERNS
from classifiers.shipped import Reference
from classifiers.tolerance import GRID
from classifiers.vectors import Vectors

Source = Literal["own", "file", "reference"]
SOURCES: Final[tuple[Source, ...]] = ("own", "file", "reference")
MOST_KEPT: Final = 24
MOST_WEEKS: Final = 104
"""Two years; what people wrote before says little about how they write now."""


class Weights(Protocol):
    """What is asked of the classifier in use: which it is, and its thresholds (see ``app.judge.Judge``)."""

    @property
    def model(self) -> str: ...
    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]: ...


@dataclass(frozen=True, eq=False)
class _Known:
    parts: Mapping[str, Vectors]
    history: History


class Replays:
    """Asked from any thread. ``shipped`` stands in for the reference that came with the weights."""

    def __init__(self, store: Store, judge: Weights, shipped: Reference | None = None) -> None:
        self._store = store
        self._judge = judge
        self._shipped = shipped
        self._lock = threading.Lock()
        self._histories: OrderedDict[tuple[int, Source], _Known] = OrderedDict()
        self._counted: dict[tuple[int, histories.Kind], tuple[object, dict[str, int]]] = {}
        self._beliefs: OrderedDict[tuple[object, ...], Beliefs | None] = OrderedDict()
        self._calibration: tuple[str, Calibration | None] | None = None

    def reference(self) -> Reference | None:
        """The scores that shipped with the weights in use; none for other weights."""
        if self._shipped is None:
            self._shipped = on_disk.load()
        return self._shipped if self._shipped is not None and self._shipped.model == self._judge.model else None

    def sizes(self, project_id: int, k: int, now: datetime) -> dict[Source, int]:
        """Comments that each source holds."""
        shipped = self.reference()
        with self._store.read() as c:
            mark = histories.mark(c, project_id)
            own, file = (self._sizes(c, project_id, kind, mark, k, now) for kind in ("own", "file"))
        return {
            "own": sum(own.values()),
            "file": sum(file.values()),
            "reference": len(shipped.history) if shipped else 0,
        }

    def _sizes(
        self, c: Connection, project_id: int, kind: histories.Kind, mark: object, k: int, now: datetime
    ) -> dict[str, int]:
        """As ``histories.sizes``; counted anew only where something was added or taken away."""
        key, state = (project_id, kind), (self._judge.model, mark)
        known = self._counted.get(key)
        if known is None or known[0] != state:
            known = (state, histories.counted(c, project_id, self._judge.model, kind))
            with self._lock:
                self._counted[key] = known
        return histories.readable(c, project_id, kind, known[1], k, now)

    def history(self, project_id: int, source: Source, k: int, now: datetime) -> History:
        """What there is to replay; of weeks that were read before only those are read again that grew."""
        if source == "reference":
            shipped = self.reference()
            everybody: tuple[int, Source] = (0, source)
            if everybody not in self._histories and shipped is not None:
                self._keep(everybody, _Known({}, History.timeless(shipped.history)))
            found = self._histories.get(everybody)
            return found.history if found else History.of({})
        key: tuple[int, Source] = (project_id, source)
        before = self._histories.get(key)
        parts = before.parts if before else {}
        with self._store.read() as c:
            sizes = self._sizes(c, project_id, source, histories.mark(c, project_id), k, now)
            sizes = {week: sizes[week] for week in sorted(sizes)[-MOST_WEEKS:]}
            if before is not None and {week: len(rows) for week, rows in parts.items()} == sizes:
                return before.history
            stale = [week for week, size in sizes.items() if week not in parts or len(parts[week]) != size]
            fresh = histories.vectors(c, project_id, self._judge.model, source, stale)
        whole = {week: fresh[week] if week in fresh else parts[week] for week in sizes}
        known = _Known(whole, History.of(whole))
        self._keep(key, known)
        return known.history

    def _keep(self, key: tuple[int, Source], known: _Known) -> None:
        with self._lock:
            self._histories[key] = known
            self._histories.move_to_end(key)
            while len(self._histories) > MOST_KEPT:
                self._histories.popitem(last=False)

    # --- shares -----------------------------------------------------------------------------------------------------

    def calibration(self) -> Calibration | None:
        """That of the weights in use; ``None`` where nothing was shipped for them."""
        known = self._calibration
        if known is None or known[0] != self._judge.model:
            shipped = self.reference()
            grid = {t: self._judge.thresholds(dict.fromkeys(CONCERNS, t)) for t in GRID}
            known = (self._judge.model, calibrate(shipped, grid) if shipped else None)
            self._calibration = known
        return known[1]

    def answers(self, project_id: int) -> list[histories.BlindAnswer]:
        """What was answered in blind calibrations of this project, with the weights in use."""
        with self._store.read() as c:
            return histories.answers(c, project_id, self._judge.model)

    def beliefs(
        self,
        project_id: int,
        history: History,
        in_force: Replay,
        thresholds: Mapping[str, float],
        now: datetime,
        *,
        answers: bool = True,
    ) -> Beliefs | None:
        """What may be true of this history. ``in_force`` and ``thresholds``: of the settings that feedback was given under.

        Without ``answers`` those of blind calibrations are left out.
        """
        calibration = self.calibration()
        if calibration is None:
            return None
        with self._store.read() as c:
            blind_answers = histories.answers(c, project_id, self._judge.model) if answers else []
            voices = feedback.by_band(c, now)
        key = (
            project_id,
            id(history),
            len(blind_answers),
            tuple(sorted(voices.items(), key=str)),
            *thresholds.values(),
        )
        with self._lock:
            if key in self._beliefs:
                self._beliefs.move_to_end(key)
                return self._beliefs[key]
        said = [(a.label, a.p, a.answer) for a in blind_answers]
        known: Known = blind.known(calibration, said)
        taken = {cell: (v.helpful, v.wrong) for cell, v in voices.items()}
        known = blind.with_feedback(known, calibration, in_force, taken, thresholds)
        found = believe(calibration, Counts.of(calibration, history.scores), known)
        with self._lock:
            self._beliefs[key] = found
            while len(self._beliefs) > MOST_KEPT:
                self._beliefs.popitem(last=False)
        return found
