"""How far above its threshold something was heard, coarse enough to be counted without telling one comment from another."""

from __future__ import annotations

from typing import Final, Literal

Band = Literal["below", "low", "mid", "high"]

#: By which factor the odds exceed what was asked for; probabilities cannot be compared across labels, odds can.
MID_FROM: Final = 2.0
HIGH_FROM: Final = 8.0


def band(p: float, threshold: float) -> Band:
    """The band of probability ``p`` relative to ``threshold``; a threshold above 1 is never reached."""
    if p < threshold:
        return "below"
    excess = _odds(p) / _odds(threshold)
    return "high" if excess >= HIGH_FROM else "mid" if excess >= MID_FROM else "low"


def _odds(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)  # rounded probabilities reach 0 and 1
    return p / (1 - p)
