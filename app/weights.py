"""What the shipped weights give: a judge, and what wordings are made with."""

from __future__ import annotations

from app.judge import BatchedJudge
from app.suggestions import OURS, Meaning, Rewording
from app.suggestions.editor import LearnedEditor
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
    """What wordings are made with where the editor's weights are; its second head reads what all sources offer."""
    from classifiers.editor import OnnxEditor  # as above

    editor = OnnxEditor.load()
    return Rewording((*OURS, LearnedEditor(editor)) if editor else OURS, meaning=meaning, fluency=editor)
