"""Whether an answer holds anything that is not known yet. Most hold nothing, and then nothing is written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from app.platforms import Pending
from app.store.comments import Draft

MOST_THREADS: Final = 8
"""Asked for by name in one round; others that are open are found by search."""


def threads(drafts: Iterable[Draft], recent: Iterable[str]) -> list[str]:
    """Which to ask for by name: first where something is held, whose end would be missed otherwise; then where they were
    at work.
    """
    return list(dict.fromkeys([*(draft.thread for draft in drafts), *recent]))[:MOST_THREADS]


def news(found: Iterable[Pending], drafts: Iterable[Draft], digest: Callable[[str], str]) -> Iterator[Pending]:
    """Those in which something came, changed, or went. ``digest`` is ``Vault.digest``."""
    known = {draft.ref: draft for draft in drafts}
    for pending in found:
        there = {comment.ref: digest(comment.text) for comment in pending.comments}
        differs = any(ref not in known or known[ref].digest != d for ref, d in there.items())
        ended = {draft.ref for draft in known.values() if draft.thread == pending.thread} - there.keys()
        if differs or (ended if pending.whole else ended & pending.out):
            yield pending
