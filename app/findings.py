"""What a look at a set-up found, for the commands and pages that tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``ok`` is None for a remark: not wrong, and worth knowing."""

    ok: bool | None
    about: str
    says: str
