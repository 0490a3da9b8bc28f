"""The learned editor: a tag for every word, keep or delete, and known phrases to insert. onnxruntime, no torch, no network.

``weights/editor/model.onnx`` takes ``ids`` and ``mask`` (int64, (1, T)) and gives ``tags`` (1, T, tags), scores in the order
of ``tags.json``, and ``odd`` (1, T), the logit that a token stands beside a joint nobody would write; tokens are those of
``tokenizer.json`` beside it. ``fluency.json`` holds the threshold (see :mod:`classifiers.fluency`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.joints import beside
from classifiers.runtime import MOST_CHARACTERS, session, tokenizer
from classifiers.tags import Change, Word, changes, split, tag, words
from classifiers.text import own_words
from classifiers.windows import LONGEST

BOLDNESS: Final = (0.0, 1.0, 2.0, -1.0, 3.5)
"""Logits by which deleting is helped: each gives one candidate, the plain reading first."""
TURN: Final = 1.5
"""Logits that each change between keeping and deleting must be worth: people mark clauses, not words here and there."""
MOST_PHRASES: Final = 2
"""Phrases inserted where one run of words goes: more would be a text of its own."""

Floats = NDArray[np.float32]


class OnnxEditor:
    """Thread-safe: nothing is written after loading."""

    def __init__(self, folder: Path) -> None:
        """Load ``model.onnx``, ``tags.json``, ``tokenizer.json`` and, where it was set, ``fluency.json`` from ``folder``."""
        self._tags = Tags(json.loads((folder / "tags.json").read_text(encoding="utf-8")))
        self.phrases = sorted({phrase for phrase in self._tags.phrases if phrase})
        self._tokenizer = tokenizer(folder / "tokenizer.json")
        vocabulary = self._tokenizer.get_vocab()
        self._cls, self._sep = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._session = session(folder / "model.onnx")
        known = folder / "fluency.json"
        set_at = json.loads(known.read_text(encoding="utf-8"))["threshold"] if known.is_file() else 1.0
        self.threshold = float(set_at)
        """The oddness from which a text reads as nobody would write it."""

    @classmethod
    def load(cls, folder: Path | None = None) -> OnnxEditor | None:
        """The editor in ``folder``, by default that in the package; ``None`` where there is none."""
        place = folder or Path(str(resources.files("classifiers") / "weights" / "editor"))
        return cls(place) if (place / "model.onnx").is_file() else None

    def edits(self, text: str, fixed: Sequence[tuple[int, int]] = ()) -> list[tuple[Change, ...]]:
        """Ways to change ``text``, each once, the plain reading first; none for a text longer than one window.

        What lies in ``fixed`` (code points, half-open) stays.
        """
        own = own_words(text[:MOST_CHARACTERS])
        found = words(own, text)
        encoded = self._tokenizer.encode(own.text, add_special_tokens=False)
        if not found or len(encoded.ids) > LONGEST - 2:
            return []
        scores = self._run("tags", encoded.ids)[0]
        each = self._tags.by_word(scores[1:], encoded.offsets, found)
        stays = [not word.own or any(word.begin < b and word.finish > a for a, b in fixed) for word in found]
        ways = [changes(text, found, self._tags.decode(each, stays, boldness)) for boldness in BOLDNESS]
        return [way for way in dict.fromkeys(ways) if way]

    def oddness(self, text: str, places: Sequence[tuple[int, int]]) -> float:
        """How oddly ``text`` reads where it was changed: the probability (0…1) at the worst token beside ``places``.

        ``places`` are code points, half-open. Of a text longer than one window only the beginning is read.
        """
        own = own_words(text[:MOST_CHARACTERS])
        encoded = self._tokenizer.encode(own.text, add_special_tokens=False)
        near = [i for i in beside(own, encoded.offsets, places) if i < LONGEST - 2]
        if not near:
            return 0.0
        scores = self._run("odd", encoded.ids[: LONGEST - 2])[0]
        return float(1 / (1 + np.exp(-max(scores[1 + i] for i in near))))

    def _run(self, output: str, pieces: Sequence[int]) -> Floats:
        ids = np.array([[self._cls, *pieces, self._sep]], dtype=np.int64)
        [found] = self._session.run([output], {"ids": ids, "mask": np.ones_like(ids)})
        return np.asarray(found, dtype=np.float32)


class Tags:
    """The tags that a network knows, and what its scores say by them. Pure."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names`` in the order of the network's last dimension, as in ``tags.json``."""
        plans = [split(name) for name in names]
        self.phrases = [phrase for _, phrase in plans]
        self._keeping = np.array([kept for kept, _ in plans])
        # Of a sign that the tokenizer does not know: it stays.
        self._plain = np.where([kept and not phrase for kept, phrase in plans], 0.0, -np.inf).astype(np.float32)

    def by_word(self, scores: Floats, offsets: Sequence[tuple[int, int]], found: Sequence[Word]) -> Floats:
        """Log-probabilities per word and for the end, (words + 1, tags), from scores per token and for the one that ends.

        A word's tag is read at its first token: nothing was taught at the others.
        """
        logs = scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)
        each = np.empty((len(found) + 1, scores.shape[-1]), dtype=np.float32)
        for i, word in enumerate(found):
            first = next((t for t, (a, b) in enumerate(offsets) if a < word.end and b > word.start), None)
            each[i] = self._plain if first is None else logs[first]
        each[-1] = logs[len(offsets)]
        return each

    def decode(self, each: Floats, stays: Sequence[bool], boldness: float) -> list[str]:
        """The cheapest tags: one a word and one for the end, with few turns; ``stays`` are the words that must."""
        keep = np.logaddexp.reduce(each[:, self._keeping], axis=-1)
        gone = np.logaddexp.reduce(each[:, ~self._keeping], axis=-1) + boldness
        gone[[*stays, True]] = -np.inf
        kept = _smooth(keep, gone)
        tags, inserted = [], 0
        for i, keeps in enumerate(kept):
            inserted = 0 if keeps or (i and kept[i - 1]) else inserted
            best = int(np.argmax(np.where(self._keeping == keeps, each[i], -np.inf)))
            phrase = self.phrases[best] if inserted < MOST_PHRASES else ""
            inserted += bool(phrase)
            tags.append(tag(keeps, phrase))
        return tags


def _smooth(keep: Floats, gone: Floats) -> list[bool]:
    """Which words stay: the best sequence of the two where each turn costs ``TURN`` (Viterbi 1967)."""
    best = (float(keep[0]), float(gone[0]))
    back: list[tuple[bool, bool]] = []
    for stay, go in zip(keep[1:], gone[1:], strict=True):
        from_kept, from_gone = best[0] >= best[1] - TURN, best[1] < best[0] - TURN
        back.append((from_kept, from_gone))
        best = (
            float(stay) + max(best[0], best[1] - TURN),
            float(go) + max(best[1], best[0] - TURN),
        )
    state = best[0] >= best[1]
    path = [state]
    for from_kept, from_gone in reversed(back):
        state = from_kept if state else from_gone
        path.append(state)
    return path[::-1]
