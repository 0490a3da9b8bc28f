"""From a score per token to the words that carry a concern. Standard library only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from classifiers import Span
from classifiers.mapped import Mapped
from classifiers.windows import sentence_starts


def runs(scores: Sequence[float], least: float, gap: int) -> list[tuple[int, int]]:
    """Half-open runs of tokens scoring at least ``least``; runs no more than ``gap`` tokens apart are one."""
    found: list[tuple[int, int]] = []
    for i, score in enumerate(scores):
        if score < least:
            continue
        if found and i - found[-1][1] <= gap:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


def spans(
    label: str,
    p: float,
    scores: Sequence[float],
    offsets: Sequence[tuple[int, int]],
    words: Mapped,
    settings: Mapping[str, float],
) -> list[Span]:
    """The spans of one concern of probability ``p``, in the original text, by ``start``, without overlap.

    ``scores`` (0…1) and ``offsets`` (into ``words.text``) are per token. Where no token is sure, those near the surest
    count. ``settings``: ``least`` score, ``gap`` in tokens, ``relative`` share of the best score in the unsure case,
    ``sentence``, how far (0…1) a token goes along with its sentence.
    """
    if not scores:
        return []
    scores = with_sentence(scores, offsets, words.text, settings["sentence"])
    best = max(scores)
    least = min(settings["least"], best * settings["relative"])
    pieces: list[tuple[int, int, float]] = []
    for a, b in runs(scores, least, int(settings["gap"])):
        begin, end = whole_words(words.text, offsets[a][0], offsets[b - 1][1])
        score = sum(scores[a:b]) / (b - a)
        pieces += [(s, e, score) for s, e in own_runs(words, begin, end)]
    found: list[Span] = []
    for start, end, score in sorted(pieces):
        if found and start < found[-1].end:
            start = found[-1].end
        if start < end:
            found.append(Span(start, end, label, round(p * score, 4)))
    return found


def with_sentence(scores: Sequence[float], offsets: Sequence[tuple[int, int]], text: str, weight: float) -> list[float]:
    """Scores drawn towards the mean of their sentence: people mark clauses, not words here and there."""
    starts = sentence_starts(text)
    sentences = [bisect_right(starts, begin) for begin, _ in offsets]
    sums: dict[int, list[float]] = {}
    for sentence, score in zip(sentences, scores, strict=True):
        sums.setdefault(sentence, []).append(score)
    means = {sentence: sum(some) / len(some) for sentence, some in sums.items()}
    return [(1 - weight) * score + weight * means[s] for s, score in zip(sentences, scores, strict=True)]


def whole_words(text: str, begin: int, end: int) -> tuple[int, int]:
    """Widen a range so that it cuts no word, and takes the mark that ends its sentence."""
    while begin > 0 and text[begin - 1].isalnum() and text[begin].isalnum():
        begin -= 1
    while end < len(text) and (text[end].isalnum() and text[end - 1].isalnum()):
        end += 1
    return begin, end


def own_runs(words: Mapped, begin: int, end: int) -> list[tuple[int, int]]:
    """``words.text[begin:end]`` in the original, cut wherever a line that is not the writer's own lies between."""
    found, start = [], begin
    for i in range(begin, end + 1):
        if i == end or words.text[i] == "\n":
            place = words.original(start, i)
            if place:
                found.append(place)
            start = i + 1
    return found
