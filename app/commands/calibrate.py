"""``tactful project calibrate``: a blind calibration at the terminal. Of each text only its score and the answer are kept."""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom
from typing import Annotated, Final

import typer

from app.commands.project import Name, desk, project_of
from app.commands.replay import load_classifier
from app.domain import TactfulError
from app.in_force import Rules
from app.project_settings import Mode
from app.store import histories
from app.store.histories import BlindAnswer
from app.tuning import blind
from app.tuning.blind import Question
from app.wiring import utc_now
from classifiers import Classifier
from classifiers.vectors import pack, unpack

MEANS: Final = {"y": "yes", "n": "no", "?": "unsure"}


def calibrate(
    name: Name,
    file: Annotated[
        Path, typer.Argument(help='A text a line, or JSON Lines: {"text": "…"}. It is read, and not kept.')
    ],
) -> None:
    """Would this sting? Up to 60 texts near the thresholds, one at a time; the answers count in the expected share."""
    with desk() as at:
        rules, classifier = at.find(name), load_classifier()
        asked = questions(rules, _read(file), classifier)
        kept = 0
        for number, question in enumerate(asked, 1):
            typer.echo(f"\nText {number} of {len(asked)}\n\n{question.text}\n")
            said = _ask()
            if said == "stop":
                break
            answer = BlindAnswer(question.label, question.p, said)
            with at.store.begin() as c:
                histories.keep_answer(c, project_of(rules).id, classifier.model, answer, utc_now())
            kept += 1
    typer.echo(f"\nAnswers kept: {kept}. The texts are not.")


def questions(rules: Rules, texts: list[str], classifier: Classifier) -> list[Question]:
    """Raises ``TactfulError`` where none of ``texts`` is near a threshold."""
    chance = SystemRandom()
    pairs = zip(drawn := blind.some(texts, chance), classifier.judge(drawn), strict=True)
    known = [(text, pack(verdict.concerns)) for text, verdict in pairs if verdict.known_language]
    norms = rules.settings.norms
    thresholds = {label: classifier.threshold(label, norm.tolerance) for label, norm in norms.items()}
    on = [label for label, norm in norms.items() if norm.mode is not Mode.OFF]
    found = blind.questions([text for text, _ in known], unpack(row for _, row in known), thresholds, on, chance)
    if not found:
        raise TactfulError(blind.NOTHING_NEAR)
    return found


def _read(file: Path) -> list[str]:
    try:
        return blind.texts_in(file.read_text("utf-8", "replace"))
    except OSError as error:
        raise TactfulError(f"{file} could not be read: {error.strerror}. Nothing was kept.") from None


def _ask() -> str:
    """*yes*, *no*, *unsure*, or *stop*, also where the input ends."""
    while True:
        try:
            said = input("Would this sting?  y yes · n no · ? can't tell · q stop  ").strip().lower()
        except EOFError:
            return "stop"
        if said == "q":
            return "stop"
        if said in MEANS:
            return MEANS[said]
