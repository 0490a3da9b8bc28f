"""Real comments without a concern: what a false nudge is counted on. One half sets thresholds, the other gives figures."""

from __future__ import annotations

from pathlib import Path

from classifiers.corpus import key, real, rows
from classifiers.labels import CONCERNS

_POOLS = ("eval/clearcrc.jsonl.gz", "eval/nova_review_categories.jsonl.gz")


def half(text: str) -> int:
    """0 for the half that sets thresholds, 1 for the half that figures are taken on; fixed by the text alone."""
    return int(key(text)[:4], 16) % 2


def pool(sets: Path, part: int | None = None, *, trained_on: frozenset[str] = frozenset()) -> list[str]:
    """Texts of the pool, each once; ``part`` is a :func:`half`, ``trained_on`` holds keys to leave out.

    ClearCRC and Nova were not labelled by our guide: a few of their comments do carry a concern ("Do not merge this."),
    so a false nudge counted on them may be a right one. They stay in: the figures err on the strict side.
    """
    texts = [row["text"] for name in _POOLS for row in rows(sets / name)]
    texts += [e.text for e in real(sets, None) if not any(e.labels[c] for c in CONCERNS)]
    concerned = {key(e.text) for e in real(sets, None) if any(e.labels[c] for c in CONCERNS)}
    seen = concerned | trained_on
    found = []
    for text in texts:
        k = key(text)
        if k not in seen:
            seen.add(k)
            if part is None or half(text) == part:
                found.append(text)
    return found
