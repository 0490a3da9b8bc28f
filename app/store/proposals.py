"""What people say about a norm and propose for it. Sealed; without a person where somebody wished so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.crypto import Vault
from app.domain import TactfulError
from app.store.project_tables import proposals


class Kind(StrEnum):
    FEEDBACK = "feedback"
    WORDING = "wording"
    NEW = "new"
    REMOVAL = "removal"


class State(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ANSWERED = "answered"  # a remark that asked for no change


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote. ``text`` is the remark, the wording or the new norm; ``why`` belongs to a proposal.

    ``part`` is of a wording, ``title`` of a new norm. ``name`` is how they sign; empty: not at all.
    """

    text: str
    why: str = ""
    part: str = ""
    title: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``label`` is ``None`` for a new norm. ``person_id`` is ``None`` unless signed. ``answer`` is the maintainers'."""

    id: int
    project_id: int | None
    label: str | None
    kind: Kind
    said: Said
    state: State
    answer: str
    at: datetime
    answered_at: datetime | None
    person_id: int | None


def add(
    c: Connection,
    vault: Vault,
    project_id: int | None,
    kind: Kind,
    label: str | None,
    said: Said,
    person_id: int,
    now: datetime,
) -> int:
    """Keep it open. Without a ``name`` it is anonymous: neither the person nor more than the day is written down."""
    signed = bool(said.name)
    at = now if signed else now.replace(hour=0, minute=0, second=0, microsecond=0)
    row = sa.insert(proposals).values(
        project_id=project_id,
        label=label,
        kind=kind.value,
        sealed=vault.seal(json.dumps({key: getattr(said, key) for key in Said.__slots__}), at),
        anonymous=not signed,
        person_id=person_id if signed else None,
        state=State.OPEN.value,
        at=at,
    )
    return int(c.scalar(row.returning(proposals.c.id)) or 0)


def of(
    c: Connection, vault: Vault, project_id: int | None, label: str | None = None, limit: int = 200
) -> list[Proposal]:
    """Those of a place, the open ones first, then the newest; with ``label`` those about that norm."""
    query = sa.select(proposals).where(_of(project_id))
    if label is not None:
        query = query.where(proposals.c.label == label)
    order = ((proposals.c.state != State.OPEN.value), proposals.c.id.desc())
    return [_proposal(vault, row) for row in c.execute(query.order_by(*order).limit(limit)).mappings()]


def waiting(c: Connection, project_id: int | None) -> int:
    """How many of a place wait for an answer."""
    query = sa.select(sa.func.count()).where(_of(project_id), proposals.c.state == State.OPEN.value)
    return c.scalar(query.select_from(proposals)) or 0


def get(c: Connection, vault: Vault, project_id: int | None, proposal_id: int) -> Proposal | None:
    query = sa.select(proposals).where(_of(project_id), proposals.c.id == proposal_id)
    row = c.execute(query).mappings().first()
    return _proposal(vault, row) if row else None


def answer(c: Connection, proposal_id: int, state: State, reason: str, now: datetime) -> None:
    """Raises ``TactfulError`` where the reason is missing or somebody answered before."""
    said = " ".join(reason.split())
    if not said or len(said) > 1000:
        raise TactfulError("Give a reason in a sentence or two (up to 1,000 characters). Nothing was changed.")
    mine = (proposals.c.id == proposal_id) & (proposals.c.state == State.OPEN.value)
    values = {"state": state.value, "answer": said, "answered_at": now}
    if c.execute(sa.update(proposals).where(mine).values(**values)).rowcount == 0:
        raise TactfulError("This was answered before, or taken back. Nothing was changed.")


def take_back(c: Connection, person_id: int, proposal_id: int) -> bool:
    """Gone, where it is theirs and still open."""
    mine = (proposals.c.id == proposal_id) & (proposals.c.person_id == person_id)
    return c.execute(sa.delete(proposals).where(mine, proposals.c.state == State.OPEN.value)).rowcount == 1


def _of(project_id: int | None) -> sa.ColumnElement[bool]:
    return proposals.c.project_id.is_(None) if project_id is None else proposals.c.project_id == project_id


def _proposal(vault: Vault, row: RowMapping) -> Proposal:
    return Proposal(
        id=row["id"],
        project_id=row["project_id"],
        label=row["label"],
        kind=Kind(row["kind"]),
        said=Said(**json.loads(vault.open(row["sealed"]))),
        state=State(row["state"]),
        answer=row["answer"] or "",
        at=row["at"],
        answered_at=row["answered_at"],
        person_id=row["person_id"],
    )
