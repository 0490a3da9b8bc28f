"""The labels, in the one order that every file, head and manifest uses. Standard library only."""

from __future__ import annotations

from typing import Final

CONCERNS: Final[tuple[str, ...]] = (
    "belittling",
    "feigned_surprise",
    "well_actually",
    "backseat_driving",
    "subtle_ism",
    "bare_opposition",
    "assumption",
    "hostility",
)
"""What a private suggestion may help with."""

STRENGTHS: Final[tuple[str, ...]] = (
    "appreciation",
    "apology",
    "forgiveness",
    "mentoring",
    "support",
    "alternative",
    "clarification",
)
"""What people do well: recognised, never nudged."""

LABELS: Final[tuple[str, ...]] = CONCERNS + STRENGTHS
