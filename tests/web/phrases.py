"""A judge that hears a few phrases as they are, so that pages look in tests as they do to people, wordings included."""

from __future__ import annotations

from typing import ClassVar

from app.domain import Span, Verdict
from classifiers.labels import CONCERNS, STRENGTHS
from tests.fakes import ScriptedClassifier, ScriptedJudge


class Phrases(ScriptedClassifier):
    HEARD: ClassVar = {"so simple": "belittling", "you just slapped this together": "assumption", "mess": "hostility"}

    def _one(self, text: str) -> Verdict:
        spans = tuple(
            Span(text.index(phrase), text.index(phrase) + len(phrase), label, 0.97)
            for phrase, label in self.HEARD.items()
            if phrase in text
        )
        labels = {span.label for span in spans}
        return Verdict(
            self.model,
            {label: 0.97 if label in labels else 0.01 for label in CONCERNS},
            {label: 0.9 if label == "clarification" and "What made you" in text else 0.02 for label in STRENGTHS},
            tuple(sorted(spans, key=lambda span: span.start)),
        )


class PhraseJudge(ScriptedJudge):
    def __init__(self) -> None:
        super().__init__()
        self.classifier = Phrases()
