"""Blind calibration as pages: one text at a time, of each only score and answer, and a curve where there is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain import Verdict
from app.store.histories import BlindAnswer, keep_answer
from app.store.project_tables import calibrations
from app.tuning import refit
from classifiers.labels import CONCERNS
from tests.web.conftest import sign_in
from tests.web.quick import pages
from tests.web.tuned import CurvedJudge, project
from tests.web_app import Service

TEXTS = [f"planted words number {n}" for n in range(70)]


class NearJudge(CurvedJudge):
    """Everything is near the threshold of hostility."""

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        self.asked += texts
        p = self.thresholds({"hostility": 0.3})["hostility"]
        return [
            Verdict(self.model, {label: p if label == "hostility" else 0.0 for label in CONCERNS}, {}) for _ in texts
        ]

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        return super().thresholds(tolerances)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with pages(tmp_path, NearJudge()) as s:
        yield s


@pytest.fixture
def number(house: Service) -> int:
    person = house.person()
    sign_in(house, person)
    return project(house.state, maintainer=person)


def begin(house: Service, number: int, texts: list[str]) -> str:
    file = {"file": ("mine.txt", "\n".join(texts).encode(), "text/plain")}
    answer = house.client.post(f"/projects/{number}/calibration", files=file)
    assert answer.status_code == 200, answer.text
    return answer.text


def answer(house: Service, number: int, page: str, says: str) -> str:
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket, page
    form = {"ticket": ticket.group(1), "answer": says}
    return house.client.post(f"/projects/{number}/calibration/answer", data=form).text


def rows(house: Service) -> list[tuple[str, str]]:
    with house.store.read() as c:
        return list(c.execute(sa.select(calibrations.c.label, calibrations.c.answer).order_by(calibrations.c.id)))


def test_one_at_a_time_up_to_sixty_and_only_score_and_answer_are_kept(house: Service, number: int) -> None:
    page = begin(house, number, TEXTS)
    assert "Text 1 of 60" in page
    for says in ("yes", "no", "unsure"):
        assert page.count("planted words number") == 1
        page = answer(house, number, page, says)
    assert "Text 4 of 60" in page
    assert rows(house) == [("hostility", "yes"), ("hostility", "no"), ("hostility", "unsure")]
    with house.store.read() as c:
        for table in sa.inspect(house.store.engine).get_table_names():
            assert "planted" not in str(c.execute(sa.text(f'SELECT * FROM "{table}"')).all())


def test_a_page_sent_twice_answers_once(house: Service, number: int) -> None:
    page = begin(house, number, TEXTS)
    answer(house, number, page, "yes")
    answer(house, number, page, "no")
    assert rows(house) == [("hostility", "yes")]


def test_an_answer_to_texts_that_are_gone_is_not_counted_and_said_to_be(house: Service, number: int) -> None:
    page = begin(house, number, TEXTS)
    house.state.sittings._under_way.clear()  # as after two hours, a restart, or in another replica
    assert "the last answer was not counted" in answer(house, number, page, "yes")
    assert rows(house) == []


def test_stopping_lets_the_texts_go_and_keeps_the_answers(house: Service, number: int) -> None:
    page = answer(house, number, begin(house, number, TEXTS), "yes")
    page = answer(house, number, page, "stop")
    assert "planted" not in page
    assert "1 answers so far" in page
    assert len(rows(house)) == 1


def test_a_file_that_is_no_use_is_a_sentence(house: Service, number: int) -> None:
    address = f"/projects/{number}/calibration"
    assert house.client.post(address, files={"file": ("x.txt", b'{"no": "text"}', "text/plain")}).status_code == 400
    assert house.client.post(address, files={"file": ("x.txt", b"", "text/plain")}).status_code == 400
    large = house.client.post(address, files={"file": ("x.txt", b"x" * 1_000_001, "text/plain")})
    assert large.status_code == 400
    assert "at most 1 MB" in large.text
    assert rows(house) == []


@pytest.mark.skipif(not refit.possible(), reason='scikit-learn is not here: pip install "tactful[tuning]"')
def test_enough_answers_draw_both_curves(house: Service, number: int) -> None:
    with house.store.begin() as c:
        for n in range(40):
            said = BlindAnswer("hostility", 0.02 + n / 42, "yes" if n > 22 or n == 11 else "no")
            keep_answer(c, number, house.state.judge.model, said, house.state.now())
    page = house.client.get(f"/projects/{number}/calibration").text
    assert "40 clear answers" in page
    assert page.count("<polyline") == 2
    house.client.post(f"/projects/{number}/calibration/forget")
    assert "Nobody has answered yet" in house.client.get(f"/projects/{number}/calibration").text
