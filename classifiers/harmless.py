"""Real comments without a concern: what a false nudge is counted on. One half sets thresholds, the other gives figures."""

from __future__ import annotations

from pathlib import Path

from classifiers.corpus import DATA, key, real, rows
from classifiers.labels import CONCERNS

_POOLS = ("eval/clearcrc.jsonl.gz", "eval/nova_review_categories.jsonl.gz")


def half(text: str) -> int:
    """0 for the half that sets thresholds, 1 for the half that figures are taken on; fixed by the text alone."""
    return int(key(text)[:4], 16) % 2


def pool(sets: Path, part: int | None = None, *, trained_on: frozenset[str] = frozenset()) -> list[str]:
    """Texts of the pool, each once; ``part`` is a :func:`half`, ``trained_on`` holds keys to leave out.

    ClearCRC and Nova were not made by our guide. Of their comments, those in which a model heard the most were read by it,
    shuffled among others and without their scores (``pool_labels.jsonl``): the few that do carry a concern ("Do not
    merge this.") are no harmless ones and stay out.
    """
    texts = [row["text"] for name in _POOLS for row in rows(sets / name)]
    texts += [e.text for e in real(sets, None) if not any(e.labels[c] for c in CONCERNS)]
    concerned = {key(e.text) for e in real(sets, None) if any(e.labels[c] for c in CONCERNS)}
    read = {row["key"] for row in rows(DATA / "pool_labels.jsonl") if set(row["labels"]) & set(CONCERNS)}
    seen = concerned | read | trained_on
    found = []
    for text in texts:
        k = key(text)
        if k not in seen:
            seen.add(k)
            if part is None or half(text) == part:
                found.append(text)
    return found
