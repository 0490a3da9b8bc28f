"""What a decision, an answer or a publication adds to the counts of people who agreed to be counted. Numbers, no words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.bands import Band, band
from app.checking import strong
from app.crypto import Vault
from app.domain import Silence, Silent, Speak, Verdict
from app.stats import arms
from app.stats.periods import week_of
from app.store import effects, tallies
from app.store.comments import Kept

#: Answers that say what somebody did with a note, as they are counted.
COUNTED: Final = {"helpful": "helpful", "wrong": "wrong", "used": "edited", "edited": "edited"}


def held_out(vault: Vault, person_id: int, place: tuple[str, str, str], share: float) -> bool:
    """Whether nothing is said about a change (platform, server, change): of people who agreed to the experiment only."""
    return arms.held_out(vault.digest, person_id, arms.change_key(*place) if place[2] else "", share)


def decided(
    c: Connection,
    vault: Vault,
    kept: Kept,
    project_id: int | None,
    verdict: Verdict,
    outcome: Speak | Silent,
    now: datetime,
    *,
    first: bool,
) -> None:
    """A comment was read. ``first``: it had not been decided about in other words before."""
    agreed = tallies.consents(c, kept.person_id)
    if not agreed.any_counted:
        return
    counted = [("read", ""), *(("strength", label) for label in strong(verdict))] if first else []
    if isinstance(outcome, Speak):
        counted.append(("nudged", outcome.concern.label))
    tallies.add(c, agreed, project_id, kept.person_id, week_of(now), counted)
    concern = outcome.concern
    told = isinstance(outcome, Speak) or outcome.reason is Silence.HOLD_OUT
    if told and concern is not None and project_id is not None and not kept.comment.published:
        effects.opened(
            c,
            vault,
            project_id,
            kept.person_id,
            week_of(now),
            f"comment:{kept.id}",
            concern.label,
            effects.SPOKEN if isinstance(outcome, Speak) else effects.HELD,
            band(concern.p, concern.threshold),
        )


def answered(c: Connection, project_id: int | None, person_id: int, label: str, answer: str, now: datetime) -> None:
    """Somebody answered a note, or used its wording."""
    if answer in COUNTED:
        agreed = tallies.consents(c, person_id)
        tallies.add(c, agreed, project_id, person_id, week_of(now), [(COUNTED[answer], label)])


def published(
    c: Connection,
    vault: Vault,
    project_id: int | None,
    person_id: int,
    about: str,
    label: str,
    *,
    held: bool,
    first: Band,
    last: Band,
    edited: bool,
    now: datetime,
) -> None:
    """A client says how a text that was heard above its threshold at first went out."""
    agreed = tallies.consents(c, person_id)
    if first == "below" or project_id is None or not agreed.any_counted:
        return
    arm = effects.HELD if held else effects.SPOKEN
    effects.opened(c, vault, project_id, person_id, week_of(now), about, label, arm, first)
    news = effects.settled(c, vault, person_id, about, edited=edited, published=last)
    if news is not None and not held:
        counted = [("nudged", label), *([("edited", label)] if edited else [])]
        tallies.add(c, agreed, project_id, person_id, week_of(now), counted)
