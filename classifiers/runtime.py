"""The classifier as the service runs it: onnxruntime and tokenizers, one thread a session, no torch, no network."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

# Read when they are imported: without these, onnxruntime makes a device id and reports its use, and the tokenizer's
# library could ask its hub.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classifiers import Span, Unfit, Verdict
from classifiers.labels import CONCERNS, LABELS, STRENGTHS
from classifiers.language import is_english
from classifiers.manifest import Manifest
from classifiers.mapped import Mapped
from classifiers.marking import spans
from classifiers.text import has_words, own_words
from classifiers.tolerance import sigmoid, threshold
from classifiers.vocabulary import special
from classifiers.windows import windows

MOST_CHARACTERS: Final = 60_000
"""Characters read of one text; what lies beyond is not judged."""
FAR: Final = 0.25
"""No probability of a golden text may be further from its value at export than this."""
_WHOLE = "whole"
_CLS, _SEP, _PAD = "[CLS]", "[SEP]", "[PAD]"
_SPECIAL: Final = {_CLS: "<s>", _SEP: "</s>", _PAD: "<pad>"}  # MPNet, as a second judge, has other names


@dataclass(frozen=True, slots=True)
class _Part:
    """One window of one text: the text's number, token ids with the special ones, character ranges without them."""

    text: int
    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text's own words and the windows to judge."""

    words: Mapped
    parts: list[_Part] = field(default_factory=list)
    known: bool = True


@dataclass(frozen=True, slots=True)
class _Heard:
    """Scores of one window: labels (15,), tokens (T, 8)."""

    part: _Part
    labels: NDArray[np.float32]
    tokens: NDArray[np.float32]


def tokenizer(path: Path) -> Tokenizer:
    return Tokenizer.from_file(str(path))


def session(path: Path) -> onnxruntime.InferenceSession:
    """The network in ``path``, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A spinning thread burns the core that the next request needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


class OnnxClassifier:
    """Implements :class:`classifiers.Classifier`. Thread-safe: nothing is written after loading."""

    def __init__(self, folder: Path, *, batch: int = 1) -> None:
        """Load the weights in ``folder`` without checking their golden scores; see :meth:`load`."""
        self._manifest = Manifest.load(folder)
        self._tokenizer = tokenizer(folder / "tokenizer.json")
        vocabulary = self._tokenizer.get_vocab()
        self._special = {name: special(vocabulary, other, name) for name, other in _SPECIAL.items()}
        self._batch = batch
        self._session = session(folder / "model.onnx")
        takes = {value.name for value in self._session.get_overridable_initializers()}
        # What is asked besides, where the layers above the embeddings are not needed.
        self._lower = {_WHOLE: np.array(False)} if _WHOLE in takes else {}

    @classmethod
    def load(cls, folder: Path | None = None, *, check_golden: bool = True) -> OnnxClassifier:
        """Load weights from ``folder``, by default those in the package.

        Raises :class:`Unfit` when a file is not the one exported, or when this machine scores the golden texts otherwise
        than the one that exported them did (integer kernels are known to compute garbage silently on some processors).
        """
        if folder is None:
            folder = Path(str(resources.files("classifiers") / "weights" / "tone"))
        classifier = cls(folder)
        if check_golden:
            classifier.check_golden()
        return classifier

    def check_golden(self) -> None:
        """Compare this machine's scores with those recorded at export. Raises :class:`Unfit`.

        What counts is the mean over the texts of the largest difference. Processors round differently, and where one value
        falls to the other side of an integer step, a doubtful probability moves by a tenth (seen between AVX2 and AMX);
        a kernel that computes garbage moves them all.
        """
        golden = self._manifest.golden
        apart = []
        for verdict, (_, expected) in zip(self.judge([text for text, _ in golden]), golden, strict=True):
            heard = {**verdict.concerns, **verdict.strengths}
            apart.append(max(abs(heard.get(label, math.nan) - p) for label, p in expected.items()))
        if not (float(np.mean(apart)) <= self._manifest.margin and max(apart) <= FAR):
            raise Unfit(
                f"{self.model} scores known texts {max(apart):.3f} away from their values at export: this processor or this "
                "onnxruntime computes it wrongly. Try another onnxruntime, or run python -m classifiers.export here."
            )

    @property
    def model(self) -> str:
        """Name, version and digest of the weights."""
        return self._manifest.model

    @property
    def curves(self) -> Mapping[str, tuple[tuple[float, float], ...]]:
        """Per concern, the measured ``(tolerance per 1,000, threshold)`` points."""
        return self._manifest.curves

    def threshold(self, label: str, tolerance: float) -> float:
        """The probability from which the concern ``label`` counts as heard, at ``tolerance`` false nudges per 1,000."""
        return threshold(self._manifest.curves[label], tolerance)

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Judge ``texts``, one verdict each, in order.

        Of a text, 60,000 characters and at most 24 windows are read (see ``classifiers.windows``), so that 64 texts
        of any length take seconds, not minutes. What is not read is not judged.
        """
        read = [self._read(number, text) for number, text in enumerate(texts)]
        heard = self._scores([part for one in read for part in one.parts])
        return [self._verdict(one, heard.get(number, [])) for number, one in enumerate(read)]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Uncalibrated scores, shape (texts, labels), for calibration and figures; NaN where nothing was judged."""
        read = [self._read(number, text) for number, text in enumerate(texts)]
        heard = self._scores([part for one in read for part in one.parts])
        found = np.full((len(texts), len(LABELS)), np.nan)
        for number, windows_heard in heard.items():
            found[number] = np.max([one.labels for one in windows_heard], axis=0)
        return found

    @property
    def meaning_threshold(self) -> float | None:
        """The similarity from which two texts count as saying the same; ``None`` where these weights do not tell."""
        told = any(output.name == "meaning" for output in self._session.get_outputs())
        return self._manifest.meaning if told else None

    def meanings(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the encoder makes of each text, shape (texts, width): the mean of its windows, of length 1 (0 without words).

        Only for weights with a ``meaning_threshold``.
        """
        found = []
        for number, text in enumerate(texts):
            parts = self._read(number, text).parts
            seen = [self._session.run(["meaning"], self._tensors([part]) | self._lower)[0][0] for part in parts]
            mean = np.sum(seen, axis=0) if seen else np.zeros(1, np.float32)
            found.append(mean / max(float(np.linalg.norm(mean)), 1e-9))
        width = max((len(one) for one in found), default=1)
        return np.array([one if len(one) == width else np.zeros(width) for one in found], np.float32)

    def _read(self, number: int, text: str) -> _Read:
        """What is to be judged in ``text``: its own words, and the windows they are judged in."""
        words = own_words(text[:MOST_CHARACTERS])
        if not has_words(words):
            return _Read(words)
        if not is_english(words.text):
            return _Read(words, known=False)
        encoded = self._tokenizer.encode(words.text, add_special_tokens=False)
        cls, sep = self._special[_CLS], self._special[_SEP]
        parts = [
            _Part(number, [cls, *encoded.ids[begin:end], sep], encoded.offsets[begin:end])
            for begin, end in windows(words.text, encoded.offsets)
            if begin < end
        ]
        return _Read(words, parts)

    def _scores(self, parts: list[_Part]) -> dict[int, list[_Heard]]:
        """Run the network over windows of like length together; what was heard in each, by number of the text."""
        heard: dict[int, list[_Heard]] = {}
        order = sorted(parts, key=lambda part: len(part.ids))
        for first in range(0, len(order), self._batch):
            batch = order[first : first + self._batch]
            labels, tokens = self._session.run(["labels", "tokens"], self._tensors(batch))
            for row, part in enumerate(batch):
                heard.setdefault(part.text, []).append(_Heard(part, labels[row], tokens[row, 1 : len(part.ids) - 1]))
        return heard

    def _tensors(self, batch: list[_Part]) -> dict[str, NDArray[np.int64]]:
        size = max(len(part.ids) for part in batch)
        ids = np.full((len(batch), size), self._special[_PAD], dtype=np.int64)
        mask = np.zeros((len(batch), size), dtype=np.int64)
        for row, part in enumerate(batch):
            ids[row, : len(part.ids)] = part.ids
            mask[row, : len(part.ids)] = 1
        return {"ids": ids, "mask": mask}

    def _verdict(self, read: _Read, heard: list[_Heard]) -> Verdict:
        if not read.known:
            return Verdict(self.model, known_language=False)
        if not heard:
            return Verdict(self.model, dict.fromkeys(CONCERNS, 0.0), dict.fromkeys(STRENGTHS, 0.0))
        settings = self._manifest.marking
        best = np.max([one.labels for one in heard], axis=0)
        p = [
            round(sigmoid(slope * float(score) + intercept), 4)
            for score, slope, intercept in zip(best, self._manifest.slopes, self._manifest.intercepts, strict=True)
        ]
        found: list[Span] = []
        for index, label in enumerate(CONCERNS):
            if p[index] >= settings["negligible"]:
                # The window that speaks loudest for the concern shows where it is.
                loudest = max(heard, key=lambda one: float(one.labels[index]))
                marks = [sigmoid(float(x)) for x in loudest.tokens[:, index]]
                found += spans(label, p[index], marks, loudest.part.offsets, read.words, settings)
        return Verdict(
            self.model,
            dict(zip(CONCERNS, p, strict=False)),
            dict(zip(STRENGTHS, p[len(CONCERNS) :], strict=True)),
            tuple(sorted(found, key=lambda span: (span.start, span.end, span.label))),
        )
