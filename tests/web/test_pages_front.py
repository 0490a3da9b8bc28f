"""The front page for one person or another, where the service is set up in one way or another; and the error pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import NotNow
from app.store import people
from app.web.templating import FRAGMENT
from tests.fakes import ScriptedJudge
from tests.web.conftest import STING, read, sign_in
from tests.web.phrases import PhraseJudge
from tests.web_app import Service, service


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that change nothing."""
    with service(tmp_path_factory.mktemp("box"), check_requests_per_minute=1000) as s:
        yield s


def test_a_wording_shows_what_goes(tmp_path: Path) -> None:
    with service(tmp_path, judge=PhraseJudge()) as s:
        fragment = read(s, "The loop reads it twice, and you just slapped this together. Please read it once.")
    assert "One way to say it" in fragment
    assert "goes: </span>, and you just slapped this together</del>. Please read it once." in fragment
    assert 'data-copy="The loop reads it twice. Please read it once."' in fragment


def test_a_wording_is_used_undone_edited_or_left(tmp_path: Path) -> None:
    text, wording = "It leaks, and you just slapped this together. Please close it.", "It leaks. Please close it."
    with service(tmp_path, judge=PhraseJudge()) as s:
        shown = s.client.post("/", data={"text": text}).text
        for button in ("Use this wording", "Edit first", "Keep mine"):
            assert button in shown
        fields = {"text": wording, "before": text}
        used = s.client.post("/", data={**fields, "do": "use"}).text
        assert f"{wording}</textarea>" in used
        assert "That wording is in the box." in used
        assert "Nothing here that may land harder" in used
        assert f">\n{text}</textarea>" in used.split("That wording is in the box.")[0], "so that it can be undone"
        undone = s.client.post("/", data={"text": text, "do": "undo"}).text
        assert "One way to say it" in undone
        edited = s.client.post("/", data={**fields, "do": "edit"}).text
        assert "It is in the box. Change it as you like" in edited
        kept = s.client.post("/", data={**fields, "do": "keep"}, headers={"Accept": FRAGMENT}).text
        assert "Kept as you wrote it." in kept
        counted = s.client.get("/metrics").text
        assert all(f'tactful_feedback_total{{answer="{name}"}} 1.0' in counted for name in ("used", "edited", "kept"))


def test_a_persons_own_norms_apply_and_nothing_else_silences(open_house: Service, anna: int) -> None:
    client = open_house.client
    client.post("/me/norms", data={"on": ["hostility"]})
    client.post("/me/pause", data={"pause": "week"})
    client.post("/me/reading", data={"on": "false"})
    assert "switched off" in read(open_house, STING)
    assert "<mark>mess</mark>" in read(open_house, "A {hostility:mess}.")


def test_hostility_names_people_to_turn_to(tmp_path: Path) -> None:
    norms = tmp_path / "norms.toml"
    norms.write_text(
        '[conduct]\ncode_of_conduct = "https://example.org/conduct"\ncontacts = [{name = "Ines", how = "ines@example.org"}]\n'
    )
    with service(tmp_path, norms=norms) as s:
        assert "Ines (ines@example.org)" in read(s, "A {hostility:mess}.")
        assert "Ines" not in read(s, STING)
        page = s.client.get("/norms").text
        assert "https://example.org/conduct" in page
        assert "Ines: ines@example.org" in page


def test_strangers_from_elsewhere_are_asked_to_sign_in(tmp_path: Path) -> None:
    with service(tmp_path, client_host="203.0.113.9") as s:
        assert "Sign in to try a comment" in s.client.get("/").text
        answer = s.client.post("/", data={"text": STING})
        assert answer.status_code == 401
        assert "<mark>" not in answer.text
        sign_in(s, s.person())
        assert "<mark>" in s.client.post("/", data={"text": STING}).text


def test_unfit_weights_are_said_and_the_text_stays_in_the_box(tmp_path: Path) -> None:
    with service(tmp_path, judge=UnfitJudge()) as s:
        answer = s.client.post("/", data={"text": STING})
        assert answer.status_code == 503
        assert "Nothing can be judged at the moment." in answer.text
        assert STING in answer.text


class UnfitJudge(ScriptedJudge):
    def __init__(self) -> None:
        super().__init__(fit=False)

    async def judge(self, texts):
        raise NotNow("unfit")


def test_too_much_at_once_is_a_sentence_with_its_end(tmp_path: Path) -> None:
    with service(tmp_path, check_requests_per_minute=1) as s:
        read(s, STING)
        answer = s.client.post("/", data={"text": STING}, headers={"Accept": FRAGMENT})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert "<html" not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/inbox/abc", 404), ("/history?before=x", 422)])
def test_errors_are_pages_with_a_sentence(open_house: Service, anna: int, path: str, status: int) -> None:
    answer = open_house.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<p class="calm">' in answer.text
    assert 'href="/inbox"' in answer.text


def test_a_form_from_another_site_is_refused(open_house: Service, anna: int) -> None:
    for headers in ({"Origin": "https://evil.example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        for path in ("/", "/me/forget", "/me/reading", "/me/norms", "/sign-in", "/sign-out", "/me/clients"):
            answer = open_house.client.post(path, data={"on": "false"}, headers=headers)
            assert answer.status_code == 403
            assert "nothing was changed" in answer.text
    with open_house.store.read() as c:
        assert people.profile(c, anna).person.opted_in  # type: ignore[union-attr]
