"""No page, endpoint or file tells an administrator or a maintainer anything about a person.

Somebody with every consent is planted into a project: names, words and numbers that occur nowhere else. Then every route
of the application, whoever wrote it, is asked as a maintainer of that project and as an administrator, with forms filled
in and with the planted numbers in the address; none of what was planted may be in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from starlette.routing import BaseRoute

from app import github_apps
from app.domain import Account, Key, Silence, Verdict
from app.github_app import GitHubApp
from app.project_settings import Mode, as_json, start
from app.stats.documents import as_json as as_released
from app.store import access, given, histories, people, projects, proposals, releases, tokens
from app.store import project_tables as tables
from app.store.given import Text
from app.store.proposals import Kind, Said
from app.store.tables import people as people_table
from app.web import session
from app.wiring import utc_now
from classifiers.labels import CONCERNS
from tests.web.notes import note, silence
from tests.web.quick import pages
from tests.web.test_pages_give_retro import _release
from tests.web_app import Service

PERSON, COMMENT, NOTE = 734512907, 612873401, 598114273
EMAIL, LOGIN, ACCOUNT = "zebulon.quartz@example.org", "zq-planted", 480151623
WORDS, CLIENT = "unmistakable xyzzyplugh", "quartz laptop"
TEXT = f"The lock is never freed, and {{assumption:{WORDS}}}. Please free it."
THREAD_NUMBER = 77665544
PLANTED = {
    "e-mail address": EMAIL,
    "its first half": "zebulon",
    "login": LOGIN,
    "account": str(ACCOUNT),
    "words": WORDS,
    "a word": "xyzzyplugh",
    "client": CLIENT,
    "person's id": str(PERSON),
    "comment's id": str(COMMENT),
    "note's id": str(NOTE),
    "address of the comment": str(THREAD_NUMBER),
}
FORM = {
    "why": "A test.",
    "note": "A test.",
    "text": "A test of a page.",
    "answer": "helpful",
    "act": "save",
    "kind": "wording",
    "mode": "on",
    "on": "true",
    "mine": "true",
    "pause": "hour",
    "platform": "github",
    "server": "github.com",
    "daily": "1",
    "weekly": "1",
    "timezone": "UTC",
    "tolerance_hostility": "0.7",
    "label": "hostility",
    "hold_out": "10",
    "public_stats": "yes",
}
numbered = count(1)


@dataclass(frozen=True)
class House:
    service: Service
    project: int

    def headers(self, role: str) -> dict[str, str]:
        """A new officer's session: so that a route which ends one, or the person, does not end the walk."""
        state, now = self.service.state, utc_now()
        with state.store.begin() as c:
            person = people.add(c, f"officer{next(numbered)}@example.net", now, is_admin=role == projects.ADMINISTRATOR)
            if role == projects.MAINTAINER:
                projects.name_maintainer(c, self.project, person, projects.ADMINISTRATOR, now)
        return self.session(person)

    def session(self, person: int) -> dict[str, str]:
        state = self.service.state
        with state.store.begin() as c:
            token = access.new_session(c, person, utc_now())
        return {"Cookie": f"{session.COOKIE}={session._signer(state).sign(token).decode()}"}

    def ask(self, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None) -> httpx.Response:
        self.service.client.cookies.clear()
        return self.service.client.request(method, path, headers=headers, data=form, follow_redirects=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("offices")
    with pages(folder, anonymous_check="on") as s:
        state, now = s.state, utc_now()
        with state.store.begin() as c:
            project = projects.add(
                c, "github", "github.com", "octo", as_json(start(state.norms, Mode.ON)), "administrator", "Added.", now
            )
            consents = dict.fromkeys(tables.CONSENTS, True)
            row = {"id": PERSON, "email": EMAIL, "created_at": now, "opted_in_at": now, "norms_off": [], **consents}
            c.execute(sa.insert(people_table).values(**row))
            account = Account("github", "github.com", ACCOUNT, LOGIN)
            people.propose(c, PERSON, account, now)
            people.confirm(c, PERSON, people.bindings(c, PERSON)[0].id, now)
            access.new_client(c, PERSON, CLIENT, ("check",), now)
            binding = people.bindings(c, PERSON)[0].id
            tokens.keep(c, state.store.vault, binding, Key("", "", WORDS, now + timedelta(days=1)), now, now)
        github_apps.save(state.store, GitHubApp("github.com", "https://github.com", 7, "ours", "", "", "", ""), now)
        state.in_force.look_again()
        _plant(s, project)
        yield House(s, project)


def _plant(s: Service, project: int) -> None:
    """Notes, silences, and a row in every table that leads to a person."""
    state, now = s.state, utc_now()
    url = f"https://github.com/octo/parser/pull/{THREAD_NUMBER}"
    with state.store.begin() as c:  # numbers that occur nowhere else
        for table, first in (("comments", COMMENT), ("suggestions", NOTE)):
            c.execute(
                sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
                {"name": table, "seq": first - 1},
            )
    assert note(state, PERSON, TEXT, now - timedelta(days=2), number=1, url=url) == NOTE
    for number, reason in enumerate((Silence.SHADOW, Silence.HOLD_OUT, Silence.DAILY_BUDGET), 2):
        silence(state, PERSON, reason, now - timedelta(days=number), number=number)
    _figures(s, project)


def _figures(s: Service, project: int) -> None:
    """What the statistics, the tuning, the norms and the queue of given texts are made of."""
    state, now = s.state, utc_now()
    week = (now - timedelta(days=now.weekday() + 7)).date().isoformat()
    common = {"person_id": PERSON, "week": week, "label": "hostility"}
    scores = dict.fromkeys(CONCERNS, 0.5)
    text = Text(TEXT, ("assumption",), (WORDS,), "Did it run?")
    with state.store.begin() as c:
        c.execute(sa.insert(tables.tallies).values(project_id=project, kind="nudged", count=1, **common))
        c.execute(sa.insert(tables.my_weeks).values(kind="nudged", count=1, **common))
        c.execute(
            sa.insert(tables.effects).values(
                project_id=project, context="c", arm="spoken", band_first="high", edited=True, **common
            )
        )
        histories.record(
            c, state.store.vault, PERSON, project, Verdict(state.judge.model, scores), "v", now, shadow=False
        )
        releases.keep(c, {project: as_released(_release(project, 1))}, project, now)
        unnamed = Said("Say hello first.", why="It is nice.", title="Hello")
        proposals.add(c, state.store.vault, project, Kind.NEW, None, unnamed, PERSON, now)
        given.give(c, state.store.vault, text, PERSON, now)


def _routes(found: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, those of included routers too."""
    for route in found:
        inside = getattr(route, "original_router", None)
        if inside is None:
            yield route
        else:
            yield from _routes(inside.routes)


def _paths(path: str, project: int) -> list[str]:
    """The addresses to ask: with the project's number, and wherever another may stand with each planted one."""
    filled = path.replace("/projects/{number:int}", f"/projects/{project}")
    names = re.findall(r"\{\w+(?::\w+)?\}", filled)
    if not names:
        return [filled]
    for name in names:
        if not name.endswith(":int}"):
            filled = filled.replace(name, "hostility")
    found = [re.sub(r"\{\w+:int\}", str(number), filled) for number in (project, PERSON, COMMENT, NOTE)]
    return list(dict.fromkeys(found))


def _may_open(route: BaseRoute, role: str) -> bool:
    """Pages that an officer may read at all: not somebody's own note, not a link of an e-mail."""
    path: str = route.path  # type: ignore[attr-defined]
    theirs = path in ("/static", "/inbox/{number:int}", "/inbox/{number:int}/apply", "/unsubscribe/{signed}")
    theirs |= path == "/gerrit/{server}/tactful.js"  # no server is connected here
    theirs |= path == "/v1/notes"  # for a client's token: it tells its own person
    theirs |= path in ("/github/registered", "/github/signed-in")  # one comes back there, and from GitHub
    service_wide = path in ("/norms/edit", "/github") and role == projects.MAINTAINER
    return "GET" in (getattr(route, "methods", None) or ()) and not theirs and not service_wide


@pytest.mark.parametrize("role", [projects.MAINTAINER, projects.ADMINISTRATOR])
def test_no_answer_names_anybody(house: House, role: str) -> None:
    told: list[str] = []
    opened: set[str] = set()
    reading = house.headers(role)
    for route in _routes(house.service.app.routes):
        pattern: str = route.path  # type: ignore[attr-defined]
        for method in sorted(getattr(route, "methods", None) or {"GET"}):
            for path in _paths(pattern, house.project):
                # Somebody new for each act: it may end their session, or them.
                headers = house.headers(role) if method == "POST" else reading
                answer = house.ask(method, path, headers, FORM if method == "POST" else None)
                if answer.status_code == 200:
                    opened.add(f"{method} {pattern}")
                seen = (answer.text + str(answer.headers) + str(answer.url)).replace(path, "").casefold()
                told += [f"{method} {path}: {what}" for what, planted in PLANTED.items() if planted.casefold() in seen]
    assert told == []
    every = {f"GET {route.path}" for route in _routes(house.service.app.routes) if _may_open(route, role)}  # type: ignore[attr-defined]
    assert every - opened == set(), "the walk must have seen the pages"
    assert "POST /projects/{number:int}/settings" in opened


def test_what_was_planted_is_there_for_its_person(house: House) -> None:
    """Or the walk would look for what is nowhere."""
    headers = house.session(PERSON)
    seen = "".join(house.ask("GET", path, headers, None).text for path in ("/inbox", "/me", "/history", "/me/download"))
    assert [what for what, planted in PLANTED.items() if planted not in seen] == []


def test_what_a_maintainer_reads_has_no_column_that_leads_to_a_person() -> None:
    for table in (
        tables.projects,
        tables.project_versions,
        tables.audit,
        tables.histories,
        tables.contributors,
        tables.calibrations,
        tables.imports,
        tables.releases,
        tables.norm_versions,
    ):
        leads = [key.column.table.name for key in table.foreign_keys]
        assert set(leads) <= {"projects"}, table.name
        assert not {"person_id", "comment_id", "sealed"} & set(table.c.keys()), table.name


def test_a_stranger_to_a_project_is_answered_as_if_it_were_not_there(house: House) -> None:
    state = house.service.state
    with state.store.begin() as c:
        nobody = people.add(c, "nobody@example.net", utc_now())
    headers = house.session(nobody)
    for method, path in (
        ("GET", ""),
        ("GET", "/settings.toml"),
        ("GET", "/tuning"),
        ("POST", "/settings"),
        ("POST", "/back/1"),
        ("POST", "/maintainers"),
    ):
        form = {"email": "x@example.org", "act": "name", "why": "x"} if method == "POST" else None
        answer = house.ask(method, f"/projects/{house.project}{path}", headers, form)
        assert answer.status_code == 404, path
    maintainer = house.headers(projects.MAINTAINER)
    form = {"email": "x@example.org", "act": "name"}
    assert house.ask("POST", f"/projects/{house.project}/maintainers", maintainer, form).status_code == 404
    assert house.ask("POST", "/projects", maintainer, {**FORM, "name": "x"}).status_code == 404
