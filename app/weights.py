"""What the shipped weights give: a judge, and what wordings are made with."""

from __future__ import annotations

from app.judge import BatchedJudge
from app.suggestions import OURS, Meaning, Rewording
from classifiers import Unfit


def load_judge() -> BatchedJudge:
    """The shipped weights; a judge that is not fit, and says why, where they do not score as recorded."""
    from classifiers import meaning
    from classifiers.runtime import OnnxClassifier  # here, so that commands without a model start at once

    try:
        classifier = OnnxClassifier.load()
        return BatchedJudge(classifier, meaning=meaning.of(classifier))
    except Unfit as error:
        return BatchedJudge(None, str(error))


def learned(meaning: Meaning | None) -> Rewording:
    """What wordings are made with: where the editor's weights are, they read what all sources offer.

    Its own edits are not offered: of those that passed every other check, a reader found a third to be English (``CARD.md``).
    """
    from classifiers.editor import OnnxEditor  # as above

    return Rewording(OURS, meaning=meaning, fluency=OnnxEditor.load())
