"""Gathering a retrospective of a project: from versions, releases and open proposals, on the caller's connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from app import team_norms
from app.crypto import Vault
from app.domain import TactfulError
from app.in_force import Rules
from app.project_changes import with_changes
from app.retro import Change, Figures, Open, Retro
from app.stats import reading
from app.stats.documents import Released
from app.stats.documents import from_json as released_from_json
from app.stats.shares import ALL, COUNTED
from app.store import projects, proposals, releases
from app.store.proposals import Kind, Proposal, State
from app.team_norms import Team

LOOK_BACK: Final = timedelta(days=90)
"""How far a retrospective reaches where nobody says."""
MOST_CHANGES: Final = 200


def since_day(value: str, now: datetime) -> date:
    """The day that a person typed; empty: ``LOOK_BACK`` ago. Raises ``TactfulError`` for what is no day of the past."""
    if not value:
        return (now - LOOK_BACK).date()
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise TactfulError("A date reads like 2026-09-01. Try again with one.") from None
    if day > now.date():
        raise TactfulError("That day is still to come. Choose one that has been.")
    return day


def gather(c: Connection, vault: Vault, rules: Rules, since: date, now: datetime) -> Retro:
    """The report of ``rules.project`` from ``since`` until now."""
    assert rules.project is not None, "a retrospective is of a project"
    project, team = rules.project, Team.of(rules)
    documents = [released_from_json(one) for one in releases.of(c, project.id, since)]
    waiting = [one for one in proposals.of(c, vault, project.id) if one.state is State.OPEN]
    return Retro(
        project=project.name,
        since=since,
        until=now.date(),
        titles={label: norm.title for label, norm in rules.words.all().items()},
        settings=_settings(c, rules, since),
        norms=_norms(c, team, since),
        figures=_figures(documents),
        proposals=tuple(_open(one, team) for one in waiting),
        effect=_effect(documents, rules.settings.hold_out),
    )


def _settings(c: Connection, rules: Rules, since: date) -> tuple[Change, ...]:
    assert rules.project is not None, "a retrospective is of a project"
    found = projects.versions(c, rules.project.id, MOST_CHANGES)
    return tuple(
        Change(version.at.date(), version.role, version.why, tuple(str(change) for change in differing or ()))
        for version, differing in with_changes(found, rules.words)
        if version.at.date() >= since
    )


def _norms(c: Connection, team: Team, since: date) -> tuple[Change, ...]:
    return tuple(
        Change(
            told.version.at.date(),
            told.version.role,
            told.version.note,
            tuple(f"{change.title} – {change.in_words()}" for change in told.changes),
        )
        for told in team_norms.history(c, team, MOST_CHANGES)
        if told.version.at.date() >= since
    )


def _open(proposal: Proposal, team: Team) -> Open:
    said, norm = proposal.said, team.words.all().get(proposal.label or "")
    title = f"“{norm.title}”" if norm else "a norm that is gone"
    about = {
        Kind.FEEDBACK: f"On {title}",
        Kind.WORDING: f"Other words for {title}",
        Kind.NEW: f"A new norm, “{said.title}”",
        Kind.REMOVAL: f"To do without {title}",
    }[proposal.kind]
    return Open(proposal.at.date(), about, said.text, said.why)


def _figures(documents: Sequence[Released]) -> Figures:
    if not documents:
        return Figures()
    counts: Counter[tuple[str, str]] = Counter()
    for released in documents:
        for pool in released.pools:
            if pool.kind in COUNTED:
                counts[pool.kind, pool.label] += pool.value
    newest = documents[-1]
    return Figures(
        periods=tuple(one.period.title for one in documents),
        counts=dict(counts),
        k=max(one.k for one in documents),
        epsilon=newest.epsilon,
        epsilon_a_year=newest.epsilon_of_a_year,
    )


def _effect(documents: Sequence[Released], hold_out: float) -> str:
    """What the experiment says about all norms together, in a sentence; empty where nothing is known yet."""
    found = reading.experiment(documents, hold_out) if documents else None
    for question in found.questions if found else ():
        if question.about == "edited" and question.label == ALL:
            effect = question.effect
            return (
                f"An experiment: {question.spoken.share:.0%} of those who got a note changed their words before publication, "
                f"and {question.held.share:.0%} of those about whom nothing was said. The difference lies between "
                f"{effect.low * 100:+.0f} and {effect.high * 100:+.0f} points (95 %)"
                + ("." if effect.known else ", so it is not known yet whether it helps.")
            )
    return ""
