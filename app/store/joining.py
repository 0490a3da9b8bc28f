"""Two persons become one, because somebody who is signed in as one of them and proved an account of the other said so."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain import TactfulError
from app.store import people, tallies
from app.store.access_tables import codes, links, sessions
from app.store.tables import accounts, metadata

#: Ways in end with the person they belong to: none of them was asked whether it may open the other one's, too.
WAYS_IN = (links, codes, sessions)


def join(c: Connection, emptied: int, into: int) -> None:
    """Everything of ``emptied`` belongs to ``into`` from now on; ``emptied``, with its choices and ways in, is gone.

    What ``into`` chose stays as it is, whether anything is read, too. Raises ``TactfulError``, and changes nothing, where
    ``emptied`` is an administrator: nobody becomes one, or stops being one, by the way.
    """
    for person_id in sorted(
        (emptied, into)
    ):  # always in this order, so that two at once wait and do not block each other
        people.lock(c, person_id)
    gone = people.profile(c, emptied)
    if emptied == into or gone is None or people.profile(c, into) is None:
        raise TactfulError("There is nothing to join any more. Nothing was changed.")
    if gone.is_admin:
        raise TactfulError(
            "That account belongs to an administrator of this Tactful, who stays a person of their own. Nothing was changed."
        )
    for table in WAYS_IN:
        c.execute(sa.delete(table).where(table.c.person_id == emptied))
    _one_binding_each(c, emptied, into)
    for table in metadata.sorted_tables:
        if "person_id" in table.c:
            _one_row_each(c, table, emptied, into)
            c.execute(sa.update(table).where(table.c.person_id == emptied).values(person_id=into))
    # What was counted under a yes that ``into`` did not give goes.
    tallies.agree(c, into, tallies.chosen(c, into))
    people.forget(c, emptied)


def _one_row_each(c: Connection, table: sa.Table, emptied: int, into: int) -> None:
    """Where a table holds one row a person (a choice, an office, a week's count), that of ``into`` stays."""
    key = table.primary_key.columns
    if "person_id" not in key:
        return
    mine = table.alias("mine")
    same = [table.c[column.name] == mine.c[column.name] for column in key if column.name != "person_id"]
    both = sa.exists().where(mine.c.person_id == into, *same)
    c.execute(sa.delete(table).where(table.c.person_id == emptied, both))


def _one_binding_each(c: Connection, emptied: int, into: int) -> None:
    """Where both have the same account, the confirmed binding stays, with the key that hangs on it."""
    theirs, mine = accounts.alias("theirs"), accounts.alias("mine")
    same = sa.and_(*(theirs.c[name] == mine.c[name] for name in ("platform", "server", "number")))
    both = sa.select(theirs.c.id, theirs.c.confirmed_at, mine.c.id.label("mine")).join(mine, same)
    for row in c.execute(both.where(theirs.c.person_id == emptied, mine.c.person_id == into)).all():
        goes = row.mine if row.confirmed_at is not None else row.id
        c.execute(sa.delete(accounts).where(accounts.c.id == goes))
