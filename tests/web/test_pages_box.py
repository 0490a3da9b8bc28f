"""The box for everybody: every state of the verdict, as a page and as a fragment; and the norms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.store.tables import metadata
from tests.web.conftest import STING, read
from tests.web_app import Service, service


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, as they change nothing."""
    with service(tmp_path_factory.mktemp("box"), check_requests_per_minute=1000) as s:
        yield s


def test_the_page_is_a_box_and_says_what_it_is_for(box: Service) -> None:
    page = box.client.get("/")
    assert page.status_code == 200
    assert '<textarea id="text" name="text"' in page.text
    assert "Nothing you write here is kept." in page.text
    assert "Nobody is read who has not asked for it." in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_without_scripts_the_page_comes_back_with_the_verdict_and_the_text(box: Service) -> None:
    page = box.client.post("/", data={"text": STING}).text
    assert "<mark>you never ran it</mark>" in page
    assert "“you never ran it” can read as a guess" in page
    assert 'href="https://www.mediawiki.org/wiki/Wikimedia_Technical_Engagement/Team_Social_Norms"' in page
    assert STING in page.split("<textarea")[1].split("</textarea>")[0]


def test_the_fragment_is_the_verdict_alone(box: Service) -> None:
    fragment = read(box, STING)
    assert "<mark>you never ran it</mark>" in fragment
    assert "<html" not in fragment
    asked_otherwise = box.client.post("/?fragment=1", data={"text": STING})
    assert asked_otherwise.text == fragment


def test_silences_are_calm_sentences(box: Service) -> None:
    assert "Nothing here that may land harder than you mean." in read(box, "Fine.")
    assert "a language that is not known here" in read(box, "{foreign}")
    assert "Write a comment" in read(box, " \n ")


def test_what_was_done_well_is_named(box: Service) -> None:
    fragment = read(box, "{clarification:What made you choose a lock}?")
    assert "You asked before you judged." in fragment
    assert "Nothing here that may land" in fragment


def test_text_is_only_ever_text(box: Service) -> None:
    fragment = read(box, '<script>alert(1)</script> {hostility:<img src=x onerror=alert(1)>} " onfocus=x')
    assert "<script" not in fragment
    assert "<mark>&lt;img src=x onerror=alert(1)&gt;</mark>" in fragment
    page = box.client.post("/", data={"text": "</textarea><script>alert(1)</script>"}).text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "text", ["שלום {hostility:עולם} ככה", "\u202e{hostility:reversed}\u202c", "a\x00{hostility:b}", "🙂🙂"]
)
def test_any_unicode_is_shown(box: Service, text: str) -> None:
    assert 'dir="auto"' in read(box, text) or "Nothing here" in read(box, text)


def test_line_ends_of_forms_do_not_move_the_marks(box: Service) -> None:
    assert "<mark>a\nb</mark>" in read(box, "one\r\n\r\n{hostility:a\r\nb}")


def test_sixty_thousand_characters_are_read_and_one_more_is_not(box: Service) -> None:
    longest = "{hostility:words}" + "x" * (60_000 - 17)
    assert "<mark>words</mark>" in read(box, longest)
    answer = box.client.post("/", data={"text": longest + "x"})
    assert answer.status_code == 413
    assert "longer than the 60,000 characters" in answer.text


def test_nothing_is_stored(box: Service) -> None:
    def rows() -> dict[str, int]:
        with box.store.read() as c:
            return {n: c.scalar(sa.select(sa.func.count()).select_from(t)) for n, t in metadata.tables.items()}

    before = rows()
    read(box, STING)
    assert rows() == before


def test_all_norms_are_shown_with_their_source(box: Service) -> None:
    page = box.client.get("/norms").text
    norms = box.state.norms
    assert (len(norms.concerns), len(norms.strengths)) == (8, 7)
    for norm in (*norms.concerns.values(), *norms.strengths.values()):
        assert f'id="{norm.label}"' in page
    assert "These norms start a conversation, they do not end it." in page
