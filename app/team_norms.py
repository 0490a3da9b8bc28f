"""What a team does with its norms: change them, answer what people propose, and read back what changed.

For pages and commands alike. Each function is one transaction's work on the caller's connection; whoever changed
something tells ``InForce`` to look again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from app.domain import ConfigurationError, TactfulError
from app.in_force import Rules
from app.norm_changes import Change, changes
from app.norm_edits import Addition, Edit, Removal, Wording, edited
from app.norms import Norms, overlay
from app.store import norm_versions, projects, proposals
from app.store.norm_versions import NormVersion
from app.store.proposals import Kind, Proposal, State

REVIEW_AFTER: Final = timedelta(days=180)
"""The day of the next review that is offered when the norms change."""

_FIRST: Final = """# The norms of {name}, where they differ from those above them. In the shape of Tactful's norms.toml:
#
# [concerns.hostility]
# title = "…"
#
# [written.a_name]        a norm as text only: people read it, nothing listens for it
# title = "…"
# norm = "…"
"""


@dataclass(frozen=True, slots=True)
class Team:
    """A place where norms live: the whole service (``project_id`` is ``None``) or a project.

    ``under`` are the norms that its own text stands on, ``words`` what is in force with it.
    """

    project_id: int | None
    name: str
    under: Norms
    words: Norms

    @classmethod
    def of(cls, rules: Rules) -> Team:
        assert rules.under is not None, "InForce knows what a text stands on"
        project = rules.project
        return cls(
            project.id if project else None, project.name if project else "everybody here", rules.under, rules.words
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A version with what it says differently from the one before; ``unreadable`` where it is of another release."""

    version: NormVersion
    changes: tuple[Change, ...]
    unreadable: bool = False


def text_of(c: Connection, team: Team) -> tuple[str, NormVersion | None]:
    """The team's own text, as people edit it, and the version it is of."""
    current = norm_versions.newest(c, team.project_id)
    return (current.toml, current) if current else (_FIRST.format(name=team.name), None)


def difference(c: Connection, team: Team, toml: str) -> tuple[Change, ...]:
    """What would change. Raises ``ConfigurationError`` where ``toml`` is not a text of norms."""
    current = norm_versions.newest(c, team.project_id)
    return changes(
        overlay(team.under, current.toml if current else "", "the norms"), overlay(team.under, toml, "the norms")
    )


def change(
    c: Connection,
    team: Team,
    toml: str,
    *,
    note: str,
    review_on: date | None,
    role: str,
    now: datetime,
    after: int | None,
) -> int:
    """A new version on top of ``after``; its number. Raises ``TactfulError`` where nothing would change."""
    current = norm_versions.newest(c, team.project_id)
    unchanged = not difference(c, team, toml) and (current.review_on if current else None) == review_on
    if unchanged and toml == (current.toml if current else ""):
        raise TactfulError("Nothing differs from the norms in force, so there is no new version.")
    number = norm_versions.add(
        c, team.project_id, toml=toml, role=role, note=note, review_on=review_on, now=now, after=after
    )
    projects.note(c, role, f"norms changed: version {number}", team.project_id, now)
    return number


def history(c: Connection, team: Team, limit: int = 20, *, before: int | None = None) -> list[Told]:
    """The newest first; with ``before`` the versions earlier than that one."""
    found = norm_versions.versions(c, team.project_id, limit + 1, up_to=before - 1 if before is not None else None)
    texts = [_read(team.under, version.toml) for version in found]
    texts += [team.under] if len(found) <= limit else []
    told = [
        Told(version, changes(was, now) if was and now else (), unreadable=not (was and now))
        for version, now, was in zip(found, texts, texts[1:], strict=False)
    ]
    return told[:limit]


def _read(under: Norms, toml: str) -> Norms | None:
    try:
        return overlay(under, toml, "the norms")
    except ConfigurationError:
        return None


# --- proposals --------------------------------------------------------------------------------------------------------


def edit_of(proposal: Proposal) -> Edit | None:
    """What accepting it would change; ``None`` for a remark."""
    said = proposal.said
    match proposal.kind:
        case Kind.WORDING:
            return Wording(proposal.label or "", said.part, said.text)
        case Kind.NEW:
            return Addition(said.title, said.text)
        case Kind.REMOVAL:
            return Removal(proposal.label or "")
    return None


def check(team: Team, edit: Edit | None) -> None:
    """Raises ``TactfulError`` where the norms could not take it, so that nobody proposes what nobody can accept."""
    if edit is None:
        return
    if isinstance(edit, Wording | Removal) and not _there(team, edit.label):
        raise TactfulError("There is no such norm here. Nothing was kept; open the norm and try again.")
    edited(team.words, "", edit)


def _there(team: Team, label: str) -> bool:
    norm = team.words.all().get(label)
    return norm is not None and norm.on


def accept(
    c: Connection, team: Team, proposal: Proposal, *, reason: str, role: str, now: datetime, text: str | None = None
) -> int:
    """Make a new version of what was proposed, with ``text`` in its place where maintainers worded it differently.

    Its number. Raises ``TactfulError`` where it was answered before or no longer fits.
    """
    edit = edit_of(proposal)
    if edit is None:
        raise TactfulError("A remark asks for no change; answer it instead.")
    if text is not None and isinstance(edit, Wording):
        edit = replace(edit, text=text)
    elif text is not None and isinstance(edit, Addition):
        edit = replace(edit, norm=text)
    if not isinstance(edit, Addition) and not _there(team, edit.label):
        raise TactfulError("That norm is no longer one here. Nothing was changed; the proposal can be declined.")
    current = norm_versions.newest(c, team.project_id)
    proposals.answer(c, proposal.id, State.ACCEPTED, reason, now)
    toml = edited(team.under, current.toml if current else "", edit)
    review_on = current.review_on if current and current.review_on else (now + REVIEW_AFTER).date()
    return change(
        c, team, toml, note=f"Proposed, and accepted: {reason}"[:1000], review_on=review_on, role=role, now=now,
        after=current.id if current else None,
    )  # fmt: skip


def decline(c: Connection, team: Team, proposal: Proposal, *, reason: str, role: str, now: datetime) -> None:
    """Answer it, with the reason; a remark is answered and neither accepted nor declined."""
    state = State.ANSWERED if proposal.kind is Kind.FEEDBACK else State.DECLINED
    proposals.answer(c, proposal.id, state, reason, now)
    projects.note(c, role, f"proposal {proposal.id} about the norms {state.value}", team.project_id, now)
