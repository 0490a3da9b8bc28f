"""Projects: which one a comment belongs to, who maintains what, versions that stay, and what is in force everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import norms
from app.crypto import Vault
from app.domain import TactfulError
from app.in_force import InForce
from app.project_changes import put_in_force
from app.project_settings import Mode, NormSetting, as_json, start
from app.store import Store, people, projects
from app.store.project_tables import audit, norm_versions
from app.store.projects import COMMAND_LINE, Project, most_specific

NORMS = norms.load()
SETTINGS = as_json(start(NORMS, Mode.ON))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = Store.open(url, vault)
    yield opened
    opened.close()


def add(store: Store, name: str, now: datetime, platform: str = "github", server: str = "github.com") -> int:
    with store.begin() as c:
        return projects.add(c, platform, server, name, SETTINGS, COMMAND_LINE, "Added.", now)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("octo/parser", "octo/parser"),
        ("Octo/Parser", "octo/parser"),
        ("octo/parsers", "octo"),
        ("octo/other", "octo"),
        ("octopus/parser", None),
        ("octo", "octo"),
        ("else", None),
    ],
)
def test_the_longest_name_that_holds_a_comment_is_meant(name: str, found: str | None, now: datetime) -> None:
    known = [Project(i, "github", "github.com", n, now) for i, n in enumerate(("octo", "octo/parser"))]
    assert getattr(most_specific(known, "github", "github.com", name), "name", None) == found
    assert most_specific(known, "github", "ghe.example.org", name) is None
    assert most_specific(known, "gerrit", "github.com", name) is None


def test_gerrit_projects_hold_their_children_and_tell_capitals_apart(now: datetime) -> None:
    known = [Project(1, "gerrit", "g", "platform", now), Project(2, "gerrit", "g", "platform/build", now)]

    def of(name: str) -> int | None:
        return getattr(most_specific(known, "gerrit", "g", name), "id", None)

    assert (of("platform/build/make"), of("platform/art"), of("Platform/art")) == (2, 1, None)


def test_a_name_is_taken_once_and_must_be_one(store: Store, now: datetime) -> None:
    add(store, "octo/parser", now)
    with pytest.raises(TactfulError, match="here already"):
        add(store, "Octo/parser/", now)
    for bad in ("", "two words", "a//b", "x" * 301):
        with pytest.raises(TactfulError, match="named like"):
            add(store, bad, now)


def test_versions_stay_and_the_newest_is_in_force(store: Store, now: datetime) -> None:
    number = add(store, "octo", now)
    live = InForce(store, NORMS, fresh_s=0)
    rules = live.of(number)
    assert rules is not None
    after = replace(rules.settings, norms={**rules.settings.norms, "hostility": NormSetting(Mode.ON, 1.5)})
    with store.begin() as c:
        put_in_force(c, rules, after, projects.MAINTAINER, "  Too\nquiet. ", now)
        [second, first] = projects.versions(c, number)
        assert (second.role, second.why, first.settings) == ("maintainer", "Too quiet.", SETTINGS)
        [act, _] = projects.acts(c, number)
        assert act.act == "settings: Stay on the same side, tolerance: 0.3 → 1.5"
    now_in_force = live.of(number)
    assert now_in_force is not None
    assert now_in_force.norms.tolerances()["hostility"] == 1.5
    with store.begin() as c:
        with pytest.raises(TactfulError, match="changed by somebody else meanwhile"):
            put_in_force(c, rules, rules.settings, projects.MAINTAINER, "Late.", now)
        with pytest.raises(TactfulError, match="in force already"):
            put_in_force(c, now_in_force, after, projects.MAINTAINER, "Again.", now)
        with pytest.raises(TactfulError, match="in a sentence"):
            put_in_force(c, now_in_force, rules.settings, projects.MAINTAINER, "  ", now)


def test_a_trial_begins_with_shadow_and_ends_with_it(store: Store, now: datetime) -> None:
    number = add(store, "octo", now)
    for days, mode, since in ((1, Mode.SHADOW, 1), (2, Mode.SHADOW, 1), (3, Mode.ON, None), (4, Mode.SHADOW, 4)):
        at = now + timedelta(days=days)
        with store.begin() as c:
            projects.new_version(c, number, as_json(start(NORMS, mode)), COMMAND_LINE, "Try.", at)
            project = projects.get(c, number)
        assert project is not None
        assert project.shadow_since == (now + timedelta(days=since) if since else None)


def test_maintainers_of_a_project_look_after_those_under_it(store: Store, now: datetime) -> None:
    octo, parser = add(store, "octo", now), add(store, "octo/parser", now)
    with store.begin() as c:
        mia, pia = people.add(c, "mia@example.org", now), people.add(c, "pia@example.org", now)
        projects.name_maintainer(c, octo, mia, COMMAND_LINE, now)
        projects.name_maintainer(c, octo, mia, COMMAND_LINE, now)
        projects.name_maintainer(c, parser, pia, COMMAND_LINE, now)
        of = {number: projects.get(c, number) for number in (octo, parser)}
        may = {(p, n) for p in (mia, pia) for n, project in of.items() if project and projects.maintains(c, p, project)}
        assert may == {(mia, octo), (mia, parser), (pia, parser)}
        projects.dismiss_maintainer(c, octo, mia, COMMAND_LINE, now)
        assert projects.maintained_by(c, mia) == frozenset()
        people.forget(c, pia)
        assert projects.maintainer_addresses(c, parser) == []
        said = c.scalars(sa.select(audit.c.act).order_by(audit.c.id)).all()
    assert said == ["project added"] * 2 + ["maintainer named"] * 2 + ["maintainer dismissed"]


def test_another_replica_follows_within_five_seconds(store: Store, now: datetime) -> None:
    number = add(store, "octo", now)
    clock = [0.0]
    other = InForce(store, NORMS, clock=lambda: clock[0])
    before = other.of(number)
    assert before is not None
    with store.begin() as c:
        projects.new_version(c, number, as_json(start(NORMS, Mode.OFF)), COMMAND_LINE, "Off.", now)
    assert other.of(number) is before
    clock[0] = 4.9
    after = other.of(number)
    assert after is not None
    assert after.mode is Mode.OFF
    clock[0] = 9.9
    assert other.of(number) is after, "nothing new, nothing read again"


def test_settings_and_words_come_from_the_most_specific_project(store: Store, now: datetime) -> None:
    octo, parser = add(store, "octo", now), add(store, "octo/parser", now)
    words = '[concerns.hostility]\ntitle = "{}"\n'
    with store.begin() as c:
        for project_id, title in ((None, "Service"), (octo, "Octo")):
            c.execute(
                sa.insert(norm_versions).values(
                    project_id=project_id, at=now, role=COMMAND_LINE, toml=words.format(title), note=""
                )
            )
        projects.new_version(c, parser, as_json(start(NORMS, Mode.OFF)), COMMAND_LINE, "Off.", now)
    live = InForce(store, NORMS)
    at = {name: live.at("github", "github.com", name) for name in ("octo/parser", "octo/other", "else/where")}
    assert {name: (r.mode, r.norms["hostility"].title) for name, r in at.items()} == {
        "octo/parser": (Mode.OFF, "Octo"),
        "octo/other": (Mode.ON, "Octo"),
        "else/where": (Mode.ON, "Service"),
    }


def test_norms_that_cannot_be_read_leave_those_above_them_in_force(store: Store, now: datetime) -> None:
    with store.begin() as c:
        c.execute(sa.insert(norm_versions).values(at=now, role=COMMAND_LINE, toml="nonsense", note=""))
    assert InForce(store, NORMS).service().norms == NORMS


def test_while_the_database_is_away_the_last_known_stays(store: Store, now: datetime) -> None:
    number = add(store, "octo", now)
    clock = [0.0]
    live = InForce(store, NORMS, clock=lambda: clock[0])
    known = live.of(number)
    away = Store(sa.create_engine("sqlite:////nowhere/at/all.db"), store.vault)
    live._store = away
    clock[0] = 100.0
    assert live.of(number) is known
