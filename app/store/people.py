"""People, their accounts on platforms, and what they chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.domain import Account, Person, TactfulError
from app.store.tables import accounts, people


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with what only they see: addresses and channels beside the choices that the policy needs."""

    person: Person
    email: str | None  # none for somebody who came by proving an account on a platform
    is_admin: bool
    email_on: bool
    chat_sealed: str | None
    chat_confirmed: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """An account proposed for, or confirmed by, a person."""

    id: int
    account: Account
    confirmed: bool
    #: when the platform refused the token that was kept for it
    token_ended_at: datetime | None = None


def add(c: Connection, email: str, now: datetime, *, is_admin: bool = False) -> int:
    """A new person, opted out. Raises ``TactfulError`` if the address is known or is none."""
    address = normal_email(email)
    if find(c, address) is not None:
        raise TactfulError(f"{address} is here already.")
    return int(
        c.scalar(sa.insert(people).values(email=address, created_at=now, is_admin=is_admin).returning(people.c.id)) or 0
    )


def newcomer(c: Connection, account: Account, now: datetime) -> int:
    """A new person without an e-mail address, who proved that ``account`` is theirs; opted out like everybody."""
    person_id = int(c.scalar(sa.insert(people).values(created_at=now).returning(people.c.id)) or 0)
    propose(c, person_id, account, now)
    confirm(c, person_id, bindings(c, person_id)[0].id, now)
    return person_id


def normal_email(email: str) -> str:
    address = email.strip().lower()
    name, at, host = address.partition("@")
    if (
        not (address.isascii() and name and at and host)
        or any(ch.isspace() or not ch.isprintable() or ch in ",;<>" for ch in address)
        or len(address) > 254
        or "@" in host
    ):
        raise TactfulError("That does not look like an e-mail address. It should read like name@example.org.")
    return address


def find(c: Connection, email: str) -> int | None:
    found = c.scalar(sa.select(people.c.id).where(people.c.email == email.strip().lower()))
    return int(found) if found is not None else None


def profile(c: Connection, person_id: int) -> Profile | None:
    row = c.execute(sa.select(people).where(people.c.id == person_id)).mappings().first()
    return _profile(row) if row else None


def _profile(row: RowMapping) -> Profile:
    person = Person(
        id=row["id"],
        opted_in=row["opted_in_at"] is not None,
        timezone=row["timezone"],
        norms_off=frozenset(row["norms_off"]),
        daily_budget=row["daily_budget"],
        weekly_budget=row["weekly_budget"],
        quiet_from=_time(row["quiet_from"]),
        quiet_until=_time(row["quiet_until"]),
        snoozed_until=row["snoozed_until"],
        experiment=row["experiment_on"],
        language_model_host=row["language_model_host"] or "",
    )
    return Profile(
        person=person,
        email=row["email"],
        is_admin=row["is_admin"],
        email_on=row["email_on"],
        chat_sealed=row["chat_sealed"],
        chat_confirmed=row["chat_confirmed_at"] is not None,
    )


def _time(value: str | None) -> time | None:
    return time.fromisoformat(value) if value else None


def change(c: Connection, person_id: int, **values: object) -> None:
    """Set columns of one person; the caller has validated them."""
    c.execute(sa.update(people).where(people.c.id == person_id).values(**values))


def opt_in(c: Connection, person_id: int, now: datetime) -> None:
    change(c, person_id, opted_in_at=now)


def opt_out(c: Connection, person_id: int) -> None:
    change(c, person_id, opted_in_at=None)


def forget(c: Connection, person_id: int) -> None:
    """Everything that hangs on the person goes with the row; counts that name nobody stay."""
    c.execute(sa.delete(people).where(people.c.id == person_id))


def first_admin(c: Connection, email: str, now: datetime) -> int | None:
    """The administrator who has never signed in, made where there is none; ``None`` once one has signed in."""
    if c.scalar(sa.select(sa.exists().where(people.c.is_admin, people.c.signed_in_at.is_not(None)))):
        return None
    found = c.scalar(sa.select(people.c.id).where(people.c.is_admin).order_by(people.c.id))
    return int(found) if found is not None else add(c, email, now, is_admin=True)


def signed_in(c: Connection, person_id: int, now: datetime) -> None:
    first = (people.c.id == person_id) & people.c.signed_in_at.is_(None)
    c.execute(sa.update(people).where(first).values(signed_in_at=now))


# --- accounts ---------------------------------------------------------------------------------------------------------


def propose(c: Connection, person_id: int, account: Account, now: datetime) -> None:
    """Inert until the person confirms it signed in. Proposing twice changes only the label."""
    same = (accounts.c.person_id == person_id) & _is(account)
    if c.execute(sa.update(accounts).where(same).values(login=account.login)).rowcount == 0:
        c.execute(
            sa.insert(accounts).values(
                person_id=person_id,
                platform=account.platform,
                server=account.server,
                number=account.id,
                login=account.login,
                proposed_at=now,
            )
        )


def bindings(c: Connection, person_id: int) -> list[Binding]:
    rows = c.execute(sa.select(accounts).where(accounts.c.person_id == person_id).order_by(accounts.c.id)).mappings()
    return [
        Binding(
            r["id"],
            Account(r["platform"], r["server"], r["number"], r["login"]),
            r["confirmed_at"] is not None,
            r["token_ended_at"],
        )
        for r in rows
    ]


def confirm(c: Connection, person_id: int, binding_id: int, now: datetime) -> None:
    """Raises ``TactfulError`` when somebody else has confirmed this account before."""
    try:
        with c.begin_nested():
            mine = (accounts.c.id == binding_id) & (accounts.c.person_id == person_id)
            c.execute(sa.update(accounts).where(mine).values(confirmed_at=now))
    except sa.exc.IntegrityError:
        raise TactfulError(
            "Somebody else has confirmed this account before. Nothing was changed; an administrator can help to sort it out."
        ) from None


def unbind(c: Connection, person_id: int, binding_id: int) -> None:
    c.execute(sa.delete(accounts).where((accounts.c.id == binding_id) & (accounts.c.person_id == person_id)))


def owner(c: Connection, account: Account) -> Person | None:
    """Whoever confirmed this account, with what they chose."""
    row = (
        c.execute(
            sa.select(people)
            .join(accounts, accounts.c.person_id == people.c.id)
            .where(_is(account), accounts.c.confirmed_at.is_not(None))
        )
        .mappings()
        .first()
    )
    return _profile(row).person if row else None


def consent(c: Connection, account: Account) -> bool | None:
    """The one look-up a hook makes before anything is written: has whoever confirmed this account opted in?

    ``None`` where nobody confirmed it. Two columns by an index, since it is asked of every comment on a forge.
    """
    query = (
        sa.select(people.c.id, people.c.opted_in_at)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(_is(account), accounts.c.confirmed_at.is_not(None))
    )
    row = c.execute(query).first()
    return None if row is None else row.opted_in_at is not None


def called(c: Connection, platform: str, server: str, login: str) -> list[Account]:
    """Confirmed accounts of opted-in people that were last seen under this login: candidates, until a number is read."""
    query = (
        sa.select(accounts.c.number)
        .join(people, people.c.id == accounts.c.person_id)
        .where(accounts.c.platform == platform, accounts.c.server == server, accounts.c.login == login)
        .where(accounts.c.confirmed_at.is_not(None), people.c.opted_in_at.is_not(None))
    )
    return [Account(platform, server, number, login) for number in c.scalars(query)]


def opted_in_at(c: Connection, person_id: int) -> datetime | None:
    return c.scalar(sa.select(people.c.opted_in_at).where(people.c.id == person_id))


def binding_of(c: Connection, account: Account) -> int | None:
    found = c.scalar(sa.select(accounts.c.id).where(_is(account), accounts.c.confirmed_at.is_not(None)))
    return int(found) if found is not None else None


def _is(account: Account) -> sa.ColumnElement[bool]:
    conditions: Iterable[sa.ColumnElement[bool]] = (
        accounts.c.platform == account.platform,
        accounts.c.server == account.server,
        accounts.c.number == account.id,
    )
    return sa.and_(*conditions)


def lock(c: Connection, person_id: int) -> None:
    """Until the transaction ends, nobody else decides anything for this person."""
    c.execute(sa.update(people).where(people.c.id == person_id).values(id=person_id))
