from pathlib import Path

import numpy as np

from app.domain import Concern
from app.norms import load
from app.suggestions.candidates import Source
from app.suggestions.editor import LearnedEditor
from app.suggestions.edits import apply
from classifiers.editor import OnnxEditor, Tags
from classifiers.tags import DELETE, KEEP, changed, changes, words
from classifiers.text import own_words

NAMES = [KEEP, DELETE, "KEEP|please", "DELETE|please", "DELETE|could we"]


def scores(*rows: dict[str, float]) -> np.ndarray:
    """One row a token, tags that are not named at -4."""
    return np.array([[row.get(name, -4.0) for name in NAMES] for row in rows], dtype=np.float32)


def decoded(text: str, offsets: list[tuple[int, int]], found: np.ndarray, boldness: float = 0.0) -> str:
    own = words(own_words(text), text)
    tags = Tags(NAMES)
    stays = [not word.own for word in own]
    names = tags.decode(tags.by_word(found, offsets, own), stays, boldness)
    out, last = "", 0
    for change in changes(text, own, names):
        out += text[last : change.start] + change.text
        last = change.end
    return out + text[last:]


KEPT, GONE = {KEEP: 3.0}, {DELETE: 3.0}


def test_words_go_where_their_tokens_say_so_and_phrases_come_in() -> None:
    text = "Just rename it."
    offsets = [(0, 4), (5, 11), (12, 14), (14, 15)]
    assert decoded(text, offsets, scores({"DELETE|please": 3.0}, KEPT, KEPT, KEPT, KEPT)) == "Please rename it."
    assert decoded(text, offsets, scores(GONE, KEPT, KEPT, KEPT, KEPT)) == "Rename it."


def test_the_first_token_of_a_word_speaks_for_it() -> None:
    text = "obviously it leaks"
    offsets = [(0, 3), (3, 6), (6, 9), (10, 12), (13, 18)]
    assert decoded(text, offsets, scores(GONE, KEPT, KEPT, KEPT, KEPT, KEPT)) == "it leaks"
    assert decoded(text, offsets, scores(KEPT, GONE, GONE, KEPT, KEPT, KEPT)) == text


def test_a_lone_doubt_in_the_middle_does_not_tear_a_clause() -> None:
    text = "you lazy useless fool of a man it leaks"
    offsets = [(w.start, w.end) for w in words(own_words(text), text)]
    doubt = {KEEP: 0.4, DELETE: 0.0}
    found = scores(GONE, GONE, GONE, doubt, GONE, GONE, GONE, KEPT, KEPT, KEPT)
    assert decoded(text, offsets, found) == "it leaks"


def test_boldness_deletes_more() -> None:
    text = "so it leaks"
    offsets = [(0, 2), (3, 5), (6, 11)]
    unsure = {KEEP: 1.0, DELETE: 0.0}
    found = scores(unsure, KEPT, KEPT, KEPT)
    assert decoded(text, offsets, found) == text
    assert decoded(text, offsets, found, 4.0) == "it leaks"


def test_code_and_quotes_stay_whatever_the_tags_say() -> None:
    text = "Call `run()` now"
    own = own_words(text)
    offsets = [(w.start, w.end) for w in words(own, text)]
    assert decoded(text, offsets, scores(GONE, GONE, GONE, KEPT)) == "`run()`"


def test_at_most_two_phrases_come_where_words_go() -> None:
    text = "a b c d"
    offsets = [(0, 1), (2, 3), (4, 5), (6, 7)]
    each = {"DELETE|please": 3.0}
    assert decoded(text, offsets, scores(each, each, each, each, KEPT)) == "please please"


def test_without_weights_there_is_no_editor(tmp_path: Path) -> None:
    assert OnnxEditor.load(tmp_path) is None


def test_the_shipped_editor_edits() -> None:
    editor = OnnxEditor.load()
    if editor is None:
        return  # no weights are shipped yet
    text = "You obviously never tested this. The loop in `run()` ends too late."
    for way in editor.edits(text):
        at = 0
        for change in way:
            assert at <= change.start <= change.end <= len(text)
            at = change.end
    assert editor.edits("") == []
    kept = (text.index("never"), text.index(" The"))
    for way in editor.edits(text, [kept]):
        assert text[slice(*kept)].lower() in changed(text, way).lower()  # what comes to open a sentence is a capital


def test_the_shipped_editor_reads_what_is_odd() -> None:
    editor = OnnxEditor.load()
    assert editor is not None
    good, poor = "Please close the file before you return.", "Please the file before you."
    assert editor.oddness(good, [(0, 0)]) < editor.threshold <= editor.oddness(poor, [(7, 7)])
    assert editor.oddness(poor, []) == 0.0
    assert editor.oddness("", [(0, 0)]) == 0.0


def test_what_the_editor_offers_are_candidates_of_the_walk() -> None:
    class Fixed:
        def edits(self, text: str, fixed: object):
            own = words(own_words(text), text)
            return [changes(text, own, [DELETE, *(KEEP,) * len(own)])]

    norms = load()
    text = "Obviously it leaks."
    [one] = LearnedEditor(Fixed()).candidates(text, Concern("belittling", 0.9, 0.5), norms)
    assert one.source is Source.EDITOR
    assert apply(text, one.edits) == "It leaks."
