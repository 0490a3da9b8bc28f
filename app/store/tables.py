"""The tables. Columns named ``sealed`` hold ciphertext; no other column ever holds what somebody wrote.

Those of projects are in ``project_tables``, those of ways in in ``access_tables``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import JSON

# One convention, so that migrations can name what they change on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ``sqlite_autoincrement``: an id that was seen outside (in a link, a Message-ID, a workflow) never comes to mean another row.
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER key


class Moment(TypeDecorator[datetime]):
    """A time in UTC with its zone; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True)


def _person(nullable: bool = False) -> Column[int]:
    return Column("person_id", Id, ForeignKey("people.id", ondelete="CASCADE"), nullable=nullable, index=True)


def _comment() -> Column[int]:
    return Column("comment_id", Id, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False)


meta = Table("meta", metadata, Column("key", String(40), primary_key=True), Column("sealed", Text, nullable=False))

people = Table(
    "people",
    metadata,
    _id(),
    Column("email", String(254), unique=True),  # none for somebody who came by proving an account on a platform
    Column("is_admin", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("signed_in_at", Moment),  # the first time; until then the first administrator's link is printed
    Column("opted_in_at", Moment),
    Column("timezone", String(64), nullable=False, server_default="UTC"),
    Column("norms_off", JSON, nullable=False, default=list),
    Column("daily_budget", Integer, nullable=False, server_default="3"),
    Column("weekly_budget", Integer, nullable=False, server_default="10"),
    Column("quiet_from", String(5)),
    Column("quiet_until", String(5)),
    Column("snoozed_until", Moment),
    Column("email_on", Boolean, nullable=False, server_default=false()),
    Column("chat_sealed", Text),
    Column("chat_confirmed_at", Moment),
    # What somebody agrees to beyond being read, each on its own.
    Column("statistics_on", Boolean, nullable=False, server_default=false()),
    Column("tuning_on", Boolean, nullable=False, server_default=false()),
    Column("experiment_on", Boolean, nullable=False, server_default=false()),
    Column("my_month_on", Boolean, nullable=False, server_default=false()),
    Column("language_model_host", String(253)),  # where a language model may see their words
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _person(),
    Column("platform", String(20), nullable=False),
    Column("server", String(253), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("login", String(100), nullable=False, server_default=""),
    Column("proposed_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("token_ended_at", Moment),  # a token that was kept for it is refused there, and was forgotten here
    # Several people may be proposed for an account; only one can have confirmed it (see the index).
    UniqueConstraint("person_id", "platform", "server", "number"),
    sqlite_autoincrement=True,
)
Index(
    "uq_accounts_confirmed",
    accounts.c.platform,
    accounts.c.server,
    accounts.c.number,
    unique=True,
    sqlite_where=accounts.c.confirmed_at.is_not(None),
    postgresql_where=accounts.c.confirmed_at.is_not(None),
)

platform_tokens = Table(
    "platform_tokens",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("expires_at", Moment),  # when it is of no use any more, not even to be refreshed
    Column("busy_until", Moment),  # one replica refreshes it
)

rounds = Table(  # when somebody's pending reviews are asked for next, and until when a process has that in hand
    "rounds",
    metadata,
    Column(
        "account_id", Id, ForeignKey("platform_tokens.account_id", ondelete="CASCADE"), primary_key=True
    ),  # the round ends with the token
    Column("platform", String(20), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("active_at", Moment, nullable=False),  # the last sign that they are at work
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Index("ix_rounds_platform_due", "platform", "due_at"),
)

servers = Table(
    "servers",
    metadata,
    _id(),
    Column("platform", String(20), nullable=False),
    Column("name", String(253), nullable=False),
    Column("url", String(500), nullable=False),
    Column("username", String(100), nullable=False),
    Column("sealed", Text, nullable=False),  # the token of the account that reads
    Column("paths", JSON, nullable=False, default=list),
    Column("networks", JSON, nullable=False, default=list),
    Column("drafts_allowed", Boolean, nullable=False, server_default=false()),
    Column("ssh", String(260), nullable=False, server_default=""),
    Column("ssh_host_key", Text, nullable=False, server_default=""),
    Column("caught_up_to", Moment),
    Column("looked_at", Moment),  # when its log of deliveries was last gone through
    Column("busy_until", Moment),  # one replica goes through it
    Column("connected_at", Moment, nullable=False),
    UniqueConstraint("platform", "name"),
)

installations = Table(
    "installations",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("server", String(253), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("status", String(20), nullable=False),
    Column("changed_at", Moment, nullable=False),
)

comments = Table(
    "comments",
    metadata,
    _id(),
    _person(),
    Column("platform", String(20), nullable=False),
    Column("server", String(253), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("key", String(100), nullable=False),
    Column("project", String(300), nullable=False),
    Column("thread", String(400), nullable=False),
    Column("url", Text, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("event_at", Moment, nullable=False),  # of the newest event seen: forges deliver out of order
    Column("received_at", Moment, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("sealed", Text),  # the text; gone after its time
    Column("gone_at", Moment),  # deleted there: a tombstone, so that a late "created" revives nothing
    UniqueConstraint("platform", "server", "kind", "key"),
    sqlite_autoincrement=True,
)

judgements = Table(
    "judgements",
    metadata,
    _id(),
    _comment(),
    Column("digest", String(64), nullable=False),
    Column("model", String(80), nullable=False),
    Column("known_language", Boolean, nullable=False),
    Column("concerns", JSON, nullable=False),
    Column("strengths", JSON, nullable=False),
    Column("spans", JSON, nullable=False),  # offsets and labels, no words
    Column("judged_at", Moment, nullable=False, index=True),
    UniqueConstraint("comment_id", "digest"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _comment(),
    _person(),
    Column("digest", String(64), nullable=False),
    Column("reason", String(30)),  # None: spoken
    Column("label", String(30)),
    Column("p", Float),
    Column("threshold", Float),
    Column("norms_version", String(16), nullable=False),
    Column("decided_at", Moment, nullable=False),
    UniqueConstraint("comment_id", "digest"),
    Index("ix_decisions_person_decided", "person_id", "decided_at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    _id(),
    _comment(),
    _person(),
    Column("digest", String(64), nullable=False),
    Column("label", String(30), nullable=False),
    Column("sealed", Text),  # the whole suggestion; gone with the text
    Column("created_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("answer", String(10)),
    UniqueConstraint("comment_id", "digest"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("suggestion_id", Id, ForeignKey("suggestions.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("detail", String(200), nullable=False, server_default=""),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("suggestion_id", "channel"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("label", String(30), primary_key=True),
    Column("band", String(10), primary_key=True),
    Column("answer", String(10), primary_key=True),
    Column("count", Integer, nullable=False),
)

feedback_contexts = Table(
    "feedback_contexts",
    metadata,
    Column("digest", String(64), primary_key=True),  # of (context, answer): the same answer counts once
    Column("at", Moment, nullable=False, index=True),
)

seen = Table(
    "seen",
    metadata,
    Column("delivery", String(80), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

executors = Table(
    "executors",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("beat_at", Moment, nullable=False),
)
