"""Whose pending reviews are asked for when. A round is leased, so that several replicas never ask for one person twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain import Account
from app.store import insert_or_ignore
from app.store.tables import accounts, people, platform_tokens, rounds


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's round, ours until ``until``. ``failures`` counts those in a row so far."""

    account_id: int
    person_id: int
    account: Account
    active_at: datetime
    failures: int
    begun_at: datetime
    until: datetime


def enrol(c: Connection, platform: str, now: datetime) -> None:
    """Whoever ticked it since takes part, and is asked at once."""
    begin = (sa.literal(now, rounds.c.due_at.type), sa.literal(now, rounds.c.active_at.type))
    new = _unknown(platform).add_columns(accounts.c.platform, *begin)
    c.execute(insert_or_ignore(c, rounds).from_select(["account_id", "platform", "due_at", "active_at"], new))


def is_new(c: Connection, platform: str) -> bool:
    """Whether there is anybody to enrol; writes nothing."""
    return bool(c.scalar(sa.select(_unknown(platform).exists())))


def is_due(c: Connection, platform: str, now: datetime) -> bool:
    """Whether there is anything to claim: asked often, and writes nothing."""
    return bool(c.scalar(sa.select(_claimable(platform, now).exists())))


def claim(c: Connection, platform: str, now: datetime, most: int, lease: timedelta) -> list[Turn]:
    """At most ``most`` rounds that are due, the longest overdue first. A lease that ran out counts as none."""
    chosen = _claimable(platform, now).order_by(rounds.c.due_at, rounds.c.account_id).limit(most)
    ids = c.scalars(chosen.with_for_update(of=rounds, skip_locked=True)).all()
    if not ids:
        return []
    c.execute(sa.update(rounds).where(rounds.c.account_id.in_(ids)).values(leased_until=now + lease))
    query = sa.select(rounds, accounts).join(accounts, accounts.c.id == rounds.c.account_id)
    rows = c.execute(query.where(rounds.c.account_id.in_(ids)).order_by(rounds.c.due_at, rounds.c.account_id))
    return [
        Turn(
            r["account_id"],
            r["person_id"],
            Account(r["platform"], r["server"], r["number"], r["login"]),
            r["active_at"],
            r["failures"],
            now,
            now + lease,
        )
        for r in rows.mappings()
    ]


def done(c: Connection, turn: Turn, due_at: datetime, soon_at: datetime, failures: int, active_at: datetime) -> bool:
    """Give a round back, due again at ``due_at``, or at ``soon_at`` where something was heard meanwhile.

    False where the lease ran out and the round is another's: nothing is changed then.
    """
    stirred = rounds.c.active_at > turn.begun_at
    values = {
        "leased_until": None,
        "failures": failures,
        "due_at": sa.case((stirred & (soon_at < due_at), soon_at), else_=due_at),
        "active_at": sa.case((stirred, rounds.c.active_at), else_=active_at),
    }
    mine = (rounds.c.account_id == turn.account_id) & (rounds.c.leased_until == turn.until)
    return c.execute(sa.update(rounds).where(mine).values(values)).rowcount == 1


def stir(c: Connection, account: Account, now: datetime, soon_at: datetime) -> None:
    """They are at work: their next round comes by ``soon_at``. Nothing where they do not take part."""
    theirs = sa.select(accounts.c.id).where(
        accounts.c.platform == account.platform,
        accounts.c.server == account.server,
        accounts.c.number == account.id,
    )
    sooner = sa.case((rounds.c.due_at > soon_at, soon_at), else_=rounds.c.due_at)
    c.execute(sa.update(rounds).where(rounds.c.account_id.in_(theirs)).values(active_at=now, due_at=sooner))


def _claimable(platform: str, now: datetime) -> sa.Select[Any]:
    free = rounds.c.leased_until.is_(None) | (rounds.c.leased_until <= now)
    return (
        sa.select(rounds.c.account_id)
        .join(accounts, accounts.c.id == rounds.c.account_id)
        .join(people, people.c.id == accounts.c.person_id)
        .join(platform_tokens, platform_tokens.c.account_id == rounds.c.account_id)
        .where(rounds.c.platform == platform, rounds.c.due_at <= now, free)
        .where(accounts.c.confirmed_at.is_not(None), people.c.opted_in_at.is_not(None))
    )


def _unknown(platform: str) -> sa.Select[Any]:
    """Accounts whose token is kept, and who do not take part yet."""
    takes_part = sa.exists().where(rounds.c.account_id == platform_tokens.c.account_id)
    return (
        sa.select(accounts.c.id)
        .join(platform_tokens, platform_tokens.c.account_id == accounts.c.id)
        .where(accounts.c.platform == platform, ~takes_part)
    )
