"""The classifier as the service meets it: batched off the event loop, and silent where its weights are unfit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain import NotNow, Verdict
from app.suggestions.candidates import Meaning
from classifiers import Classifier
from classifiers.batching import Batcher, Busy


class Judge(Protocol):
    """What the walk and the pages need. ``fit`` is false when the weights failed their golden check, ``why_not`` says how."""

    @property
    def fit(self) -> bool: ...
    @property
    def why_not(self) -> str: ...
    @property
    def model(self) -> str: ...

    @property
    def meaning(self) -> Meaning | None:
        """How near texts are in what they say, where the weights tell."""

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """One verdict per text, in order. Raises ``NotNow`` when the weights are unfit."""

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        """label → probability from which it counts; ``tolerances`` in false nudges per 1,000 harmless comments."""

    async def close(self) -> None: ...


class BatchedJudge:
    """Joins concurrent callers into batches. Without a classifier nothing is judged, and it is said why."""

    def __init__(self, classifier: Classifier | None, why_not: str = "", meaning: Meaning | None = None) -> None:
        self.meaning = meaning
        self._classifier = classifier
        self._batcher = Batcher(classifier) if classifier else None
        self._thresholds: dict[tuple[str, float], float] = {}
        self._why_not = why_not

    @property
    def why_not(self) -> str:
        return self._why_not

    @property
    def fit(self) -> bool:
        return self._classifier is not None

    @property
    def model(self) -> str:
        return self._classifier.model if self._classifier else "none"

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        if self._batcher is None:
            raise NotNow(f"Nothing can be judged at the moment: {self._why_not}")
        try:
            return await self._batcher.judge(texts)
        except Busy:
            raise NotNow(
                "More comments are waiting to be judged than there is room for. Try again in a moment.", 2
            ) from None

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        if self._classifier is None:
            return dict.fromkeys(tolerances, 1.01)
        for key in tolerances.items():
            if key not in self._thresholds:
                self._thresholds[key] = self._classifier.threshold(*key)
        return {label: self._thresholds[label, tolerance] for label, tolerance in tolerances.items()}

    async def close(self) -> None:
        if self._batcher is not None:
            await self._batcher.close()
