"""The tables of projects: settings and their versions, what is counted, released and proposed.

Nothing here joins a maintainer's page to a person: what a maintainer reads (``project_versions``, ``audit``, ``releases``,
``histories``, ``norm_versions``, ``calibrations``) has no column that leads to one. What does lead to one (``tallies``,
``effects``, ``my_weeks``) goes with the person and is read only by them or, added up with noise, by the releases.

A ``week`` is its Monday (UTC) as ISO 8601. A ``role`` is "administrator", "maintainer" or "command line". Plain text in
``why``, ``note``, ``toml`` and ``answer`` is what a maintainer or administrator wrote in that office, for others to read.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import JSON

from app.store.tables import Id, Moment, _id, _person, metadata


def _project(nullable: bool = False, primary_key: bool = False) -> Column[int]:
    return Column("project_id", Id, ForeignKey("projects.id"), nullable=nullable, primary_key=primary_key)


def _person_key() -> Column[int]:
    return Column("person_id", Id, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


def _week(primary_key: bool = False) -> Column[str]:
    return Column("week", String(10), nullable=False, primary_key=primary_key)


projects = Table(
    "projects",
    metadata,
    _id(),
    Column("platform", String(20), nullable=False),
    Column("server", String(253), nullable=False),
    Column("name", String(300), nullable=False),  # a repository, an organisation, or a Gerrit project's path
    Column("created_at", Moment, nullable=False),
    Column("shadow_since", Moment),  # of the trial under way; none where the project is not in shadow mode
    UniqueConstraint("platform", "server", "name"),
    sqlite_autoincrement=True,
)

maintainers = Table(
    "maintainers", metadata, _project(primary_key=True), _person_key(), Column("named_at", Moment, nullable=False)
)

# Immutable; the newest of a project is in force. ``settings`` is ``project_settings.Settings`` as JSON.
project_versions = Table(
    "project_versions",
    metadata,
    _id(),
    _project(),
    Column("at", Moment, nullable=False),
    Column("role", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Index("ix_project_versions_project", "project_id", "id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("role", String(20), nullable=False),
    Column("act", String(300), nullable=False),  # in our words: which setting, from what to what
    _project(nullable=True),
    Index("ix_audit_project", "project_id", "id"),
)

# --- histories: scores without text, author or link ---------------------------------------------------------------------

# Without an id of its own: nothing may ever point at a row.
histories = Table(
    "histories",
    metadata,
    _project(nullable=True),
    _week(),
    Column("model", String(80), nullable=False),
    Column("norms_version", String(16), nullable=False),
    Column("source", String(10), nullable=False),  # live, shadow, file
    Column("vector", LargeBinary, nullable=False),  # the concerns' scores in the labels' order, 2 bytes each
    Index("ix_histories_project_week", "project_id", "week"),
)

# How many people stand behind a week, by digests that change with the week, so that no one is followed through them.
contributors = Table(
    "contributors",
    metadata,
    Column("key", String(64), primary_key=True),  # keyed digest of (project, week, person): one row each
    _project(nullable=True),
    _week(),
    Column("contributor", String(64), nullable=False),  # keyed digest of (week, person): the same in every project
    Index("ix_contributors_project_week", "project_id", "week"),
)

imports = Table(
    "imports",
    metadata,
    _project(primary_key=True),
    Column("file_digest", String(64), primary_key=True),
    Column("lines_done", Integer, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
)

# Blind calibration: the text was held in memory; only its score and the answer are here.
calibrations = Table(
    "calibrations",
    metadata,
    _id(),
    _project(),
    Column("label", String(30), nullable=False),
    Column("model", String(80), nullable=False),
    Column("p", Float, nullable=False),
    Column("answer", String(12), nullable=False),  # yes, no, unsure
    Column("at", Moment, nullable=False),
    Index("ix_calibrations_project_label", "project_id", "label"),
)

# --- counts that go with the person, and releases that do not -----------------------------------------------------------

tallies = Table(
    "tallies",
    metadata,
    _project(primary_key=True),
    _week(primary_key=True),
    _person_key(),
    Column("kind", String(30), primary_key=True),
    Column("label", String(30), primary_key=True),
    Column("count", Integer, nullable=False),
)

my_weeks = Table(
    "my_weeks",
    metadata,
    _person_key(),
    _week(primary_key=True),
    Column("kind", String(30), primary_key=True),
    Column("label", String(30), primary_key=True),
    Column("count", Integer, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    _id(),
    _project(nullable=True),
    Column("period_start", String(10), nullable=False),  # ISO dates, half-open
    Column("period_end", String(10), nullable=False),
    Column("epsilon", Float, nullable=False),
    Column("delta", Float, nullable=False, server_default="0"),
    Column("k", Integer, nullable=False),
    Column("cells", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("project_id", "period_start", "period_end"),
    sqlite_autoincrement=True,
)

effects = Table(
    "effects",
    metadata,
    _id(),
    _project(),
    _week(),
    _person(),
    Column("context", String(64), nullable=False, unique=True),  # keyed digest of what it is about: counted once
    Column("label", String(30), nullable=False),
    Column("arm", String(10), nullable=False),  # spoken, held_out
    Column("edited", Boolean),
    Column("band_first", String(10), nullable=False),
    Column("band_published", String(10)),
    Index("ix_effects_project_label", "project_id", "label"),
)

# --- norms that a team owns, and texts that people gave -----------------------------------------------------------------

norm_versions = Table(
    "norm_versions",
    metadata,
    _id(),
    _project(nullable=True),  # none: the norms of the whole service
    Column("at", Moment, nullable=False),
    Column("role", String(20), nullable=False),
    Column("toml", Text, nullable=False),  # in the shape of app/norms.toml; says only what differs
    Column("note", Text, nullable=False, server_default=""),
    Column("review_on", String(10)),  # an ISO date
    Column("reminded_at", Moment),
    Index("ix_norm_versions_project", "project_id", "id"),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,
    _id(),
    _project(nullable=True),
    Column("label", String(30)),  # none: a new norm
    Column("kind", String(20), nullable=False),  # feedback, wording, new, removal
    Column("sealed", Text, nullable=False),
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    _person(nullable=True),  # none where anonymous: then not even the database knows
    Column("state", String(20), nullable=False),
    Column("answer", Text),
    Column("at", Moment, nullable=False),
    Column("answered_at", Moment),
    sqlite_autoincrement=True,
)

given = Table(
    "given",
    metadata,
    _id(),
    _person(nullable=True),
    Column("sealed", Text, nullable=False),
    Column("labels", JSON, nullable=False, default=list),
    Column("licence", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("given_on", String(10), nullable=False),  # the day only
    sqlite_autoincrement=True,
)

# One answer of each person about a norm and band in a quarter, the latest, under a digest that differs with each of them:
# what calibration learns from, once the quarter is over and at least k people stand behind it.
answerers = Table(
    "answerers",
    metadata,
    Column("digest", String(64), primary_key=True),  # keyed digest of (quarter, label, band, person)
    Column("quarter", String(7), nullable=False),  # 2026-Q1
    Column("label", String(30), nullable=False),
    Column("band", String(10), nullable=False),
    Column("answer", String(10), nullable=False),
    Index("ix_answerers_quarter", "quarter", "label", "band"),
)

#: Off until their person says yes; columns of ``people``.
CONSENTS = ("statistics_on", "tuning_on", "experiment_on", "my_month_on")
