"""Hand-made stand-ins: a judge that hears what a test writes into the text, and a channel that remembers what it sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from app.domain import Address, Receipt, ReceiptStatus, Span, Suggestion, Verdict
from classifiers.labels import CONCERNS, STRENGTHS

MARK = re.compile(r"\{(\w+)(?::([^}]*))?\}")


class ScriptedClassifier:
    """Hears ``{belittling:so simple}`` as belittling carried by those words, and ``{foreign}`` as an unknown language."""

    model = "scripted-1"

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Verdict:
        marks = {m.group(1): m for m in MARK.finditer(text)}
        if "foreign" in marks:
            return Verdict(self.model, known_language=False)
        return Verdict(
            self.model,
            {label: 0.97 if label in marks else 0.01 for label in CONCERNS},
            {label: 0.9 if label in marks else 0.02 for label in STRENGTHS},
            tuple(
                Span(m.start(2) if m.group(2) else m.start(), m.end(2) if m.group(2) else m.end(), label, 0.97)
                for label, m in sorted(marks.items(), key=lambda item: item[1].start())
                if label in CONCERNS
            ),
        )

    def threshold(self, label: str, tolerance: float) -> float:
        if label not in CONCERNS:
            raise KeyError(label)
        return 1.01 if tolerance == 0 else 0.9


class ScriptedJudge:
    """The same behind the service's asynchronous door."""

    def __init__(self, *, fit: bool = True) -> None:
        self.classifier = ScriptedClassifier()
        self.fit = fit
        self.meaning = None
        self.model = self.classifier.model
        self.why_not = "" if fit else "The weights do not score here as they did when exported."

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        await asyncio.sleep(0)
        return self.classifier.judge(texts)

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        return {label: self.classifier.threshold(label, value) for label, value in tolerances.items()}

    async def close(self) -> None:
        return None


class RememberingChannel:
    """Answers with the receipts it was given, then with SENT."""

    name = "email"

    def __init__(self, *receipts: ReceiptStatus, idempotent: bool = False) -> None:
        self.receipts = list(receipts)
        self.idempotent = idempotent
        self.sent: list[tuple[Address, str, Suggestion]] = []

    async def deliver(
        self,
        suggestion: Suggestion,
        to: Address,
        message_id: str,
        url: str,
        *,
        text: str | None = None,
        afterwards: str = "",
    ) -> Receipt:
        self.sent.append((to, message_id, suggestion))
        return Receipt(self.receipts.pop(0) if self.receipts else ReceiptStatus.SENT)
