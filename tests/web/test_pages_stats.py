"""The statistics page and its files: who may look, rich, poor and empty; one's own month; what one agrees to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from app.domain import Silence
from app.project_settings import Mode, as_json, start
from app.stats.documents import Released
from app.stats.documents import as_json as document
from app.stats.periods import Period, finished, period_of
from app.stats.pools import OTHER, Pool
from app.stats.shares import ALL, EFFECTS, PEOPLE
from app.store import projects, releases, tallies
from app.store.project_tables import effects, my_weeks
from app.store.project_tables import tallies as tallies_table
from app.store.tallies import Consents
from app.web.state import State
from app.wiring import utc_now
from classifiers.labels import CONCERNS, STRENGTHS
from tests.web.conftest import sign_in
from tests.web.notes import note, silence
from tests.web.quick import pages
from tests.web_app import Service


def project(state: State, *, public: bool = True, hold_out: float = 0.0, name: str = "octo/parser") -> int:
    settings = replace(start(state.norms, Mode.ON), public_stats=public, hold_out=hold_out)
    with state.store.begin() as c:
        return projects.add(
            c, "github", "github.com", name, as_json(settings), projects.ADMINISTRATOR, "A test.", utc_now()
        )


def released(number: int, period: Period, pools: list[Pool], *, arms: int = 0, detail: str = "norms") -> Released:
    cells = [Pool(number, kind, ALL, arms * (3 if kind.endswith(("edited", "softer")) else 2), 1) for kind in EFFECTS]
    return Released(
        project=number,
        period=period,
        cadence="monthly",
        detail=detail,
        epsilon=0.62,
        epsilon_of_a_year=3.0,
        delta=1e-5 / 12,
        delta_of_a_year=1e-5,
        k=10,
        rho=0.0176,
        sigma=18.5,
        most=12,
        least=113,
        pools=tuple(pools),
        arms=tuple(cells) if arms else (),
    )


def rich(state: State, number: int, *, months: int = 6, arms: int = 300) -> None:
    """A large project: every norm has a number, and the experiment an answer."""
    periods = finished("monthly", utc_now().date() - timedelta(weeks=5 * (months + 1)), utc_now().date())[-months:]
    for at, period in enumerate(periods):
        pools = [Pool(number, PEOPLE, ALL, 640 + 9 * at, 1)]
        for place, label in enumerate(CONCERNS[:6]):
            count = 330 - 31 * place - 6 * at
            pools += [
                Pool(number, kind, label, int(count * share), 1)
                for kind, share in (("nudged", 1.0), ("edited", 0.62), ("helpful", 0.58), ("wrong", 0.36))
            ]
        pools.append(Pool(number, "nudged", OTHER, 190, 2))
        pools += [Pool(number, "strength", label, 410 - 40 * p, 1) for p, label in enumerate(STRENGTHS)]
        keep(state, released(number, period, pools, arms=arms))


def keep(state: State, one: Released) -> None:
    with state.store.begin() as c:
        assert releases.keep(c, {one.project: document(one)}, one.project, utc_now())


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Service]:
    with pages(tmp_path) as s:
        yield s


@pytest.fixture
def get(open_house: Service) -> Callable[..., str]:
    def got(path: str, status: int = 200) -> str:
        answer = open_house.client.get(path, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer.text

    return got


def test_public_statistics_are_for_everybody_and_others_for_those_in_office(
    open_house: Service, get: Callable[..., str]
) -> None:
    shown, hidden = project(open_house.state), project(open_house.state, public=False, name="octo/other")
    for path in ("stats", "stats.csv", "stats.json", "stats/badge.svg", "stats/atom.xml"):
        get(f"/projects/{shown}/{path}")
        get(f"/projects/{hidden}/{path}", 303)
    anna = open_house.person()
    sign_in(open_house, anna)
    get(f"/projects/{hidden}/stats", 404)
    with open_house.store.begin() as c:
        projects.name_maintainer(c, hidden, anna, projects.ADMINISTRATOR, utc_now())
    get(f"/projects/{hidden}/stats")


def test_an_empty_page_says_when_the_first_numbers_come(open_house: Service, get: Callable[..., str]) -> None:
    page = get(f"/projects/{project(open_house.state)}/stats")
    assert "Nothing is released yet." in page
    assert "The first numbers come on" in page
    assert "<svg" not in page


def test_a_poor_page_says_how_many_people_it_would_take(open_house: Service, get: Callable[..., str]) -> None:
    number = project(open_house.state)
    keep(open_house.state, released(number, period_of(utc_now().date() - timedelta(weeks=6), "monthly"), []))
    page = get(f"/projects/{number}/stats")
    assert "too few people took part" in page
    assert "from about 113 people on" in page


def test_a_rich_page_has_charts_tables_and_the_price_under_each(open_house: Service, get: Callable[..., str]) -> None:
    number = project(open_house.state, hold_out=0.3)
    rich(open_house.state, number)
    page = get(f"/projects/{number}/stats")
    charts = page.count('<svg class="chart"')
    assert charts >= 5
    assert page.count("<table") == charts
    assert page.count("ε = 0.62 for this release, ε = 3 for a whole year") == charts
    assert "This is an experiment." in page
    assert "changed their words before publication where something was said" in page
    assert "too few people</span>" in page  # a dash that is read out


def test_the_experiment_is_unsure_while_few_stand_behind_it(open_house: Service, get: Callable[..., str]) -> None:
    number = project(open_house.state, hold_out=0.3)
    rich(open_house.state, number, months=2, arms=12)
    page = get(f"/projects/{number}/stats")
    assert "Too few people stand behind it" in page
    assert "counts are needed" in page


def test_files_hold_the_same_numbers(open_house: Service, get: Callable[..., str]) -> None:
    number = project(open_house.state)
    rich(open_house.state, number)
    rows = list(csv.DictReader(io.StringIO(get(f"/projects/{number}/stats.csv"))))
    held = json.loads(get(f"/projects/{number}/stats.json"))
    assert len(rows) == len(held["numbers"]) == 6 * (1 + 4 * 6 + 1 + 7)
    assert {row["people"] for row in rows} == {str(row["people"]) for row in held["numbers"]}
    assert not any(kind.startswith(("spoken", "held")) for kind in {row["kind"] for row in rows})
    assert held["cannot_say"]


def test_badge_and_feed_are_well_formed(open_house: Service, get: Callable[..., str]) -> None:
    number = project(open_house.state)
    assert "too few to tell" in get(f"/projects/{number}/stats/badge.svg")
    rich(open_house.state, number)
    badge = ElementTree.fromstring(get(f"/projects/{number}/stats/badge.svg"))
    assert badge.attrib["aria-label"].startswith("Tactful: good conduct: ")
    feed = ElementTree.fromstring(get(f"/projects/{number}/stats/atom.xml"))
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 6


# --- what one agrees to, and one's own month ------------------------------------------------------------------------------


def test_everything_is_off_until_somebody_says_so(open_house: Service, anna: int, get: Callable[..., str]) -> None:
    with open_house.store.read() as c:
        assert tallies.chosen(c, anna) == Consents()
    assert 'name="to" value="statistics" aria-describedby="agree-statistics">' in get("/me")
    open_house.client.post("/me/agree", data={"to": ["statistics", "my_month"]})
    with open_house.store.read() as c:
        assert tallies.chosen(c, anna) == Consents(statistics=True, my_month=True)
    assert 'name="to" value="statistics" aria-describedby="agree-statistics" checked>' in get("/me")


def test_what_was_counted_goes_when_a_consent_ends(open_house: Service, anna: int) -> None:
    number = project(open_house.state)
    agreed = Consents(statistics=True, experiment=True, my_month=True)
    with open_house.store.begin() as c:
        tallies.agree(c, anna, agreed)
        tallies.add(c, agreed, number, anna, "2026-03-02", [("nudged", "hostility")])
        values = {"week": "2026-03-02", "context": "0" * 64, "label": "hostility", "arm": "held", "band_first": "low"}
        c.execute(sa.insert(effects).values(project_id=number, person_id=anna, **values))
    open_house.client.post("/me/agree", data={})
    with open_house.store.read() as c:
        for table in (tallies_table, my_weeks, effects):
            assert c.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_my_month_names_what_went_well_first(open_house: Service, anna: int, get: Callable[..., str]) -> None:
    now = utc_now()
    note(open_house.state, anna, "{clarification} What made you {hostility:do this}?", now, number=1)
    silence(open_house.state, anna, Silence.BELOW_TOLERANCE, now, number=2)
    page = get("/me/month")
    assert "You asked before you judged, once." in page
    assert "2 of your comments were read, and a note was written once." in page
    assert page.index("What you did well") < page.index("What was said") < page.index("What you changed")


def test_older_months_come_from_the_weeks_kept_on_request_and_can_be_forgotten(
    open_house: Service, anna: int, get: Callable[..., str]
) -> None:
    old = period_of(utc_now().date() - timedelta(days=200), "monthly").start
    agreed = Consents(my_month=True)
    with open_house.store.begin() as c:
        tallies.agree(c, anna, agreed)
        for _ in range(3):
            tallies.add(c, agreed, None, anna, old.isoformat(), [("read", ""), ("strength", "support")])
    assert "You stood by somebody, 3 times." in get(f"/me/month?of={old.isoformat()}")
    assert json.loads(get("/me/month.json"))["months"][0]["strengths"] == {"support": 3}
    open_house.client.post("/me/month/forget")
    assert "Nothing is held of this month." in get(f"/me/month?of={old.isoformat()}")
    assert json.loads(get("/me/month.json"))["months"] == []


def test_a_month_that_is_no_date_is_a_sentence(open_house: Service, anna: int, get: Callable[..., str]) -> None:
    assert "A month is asked for by a date" in get("/me/month?of=march", 400)
    assert str(utc_now().year) in get("/me/month?of=9999-01-01")
