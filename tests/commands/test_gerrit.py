"""``tactful gerrit`` where no Gerrit is needed: what is refused before anything is asked of one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli, wiring
from app.commands.gerrit_asking import address, networks
from app.domain import Server, TactfulError
from app.gerrit_plugin import filled_in
from app.settings import load
from app.store import servers

SERVER = Server("gerrit", "review", "https://review.example.org", "tactful", "its token", paths=("a hash",))


def tactful(*arguments: str, **environment: str) -> str:
    """What is printed, and the error for people, if it ended in one."""
    done = CliRunner().invoke(cli.app, list(arguments), env=environment)
    if isinstance(done.exception, TactfulError):
        return f"{done.output}{done.exception}"
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.output


@pytest.fixture
def connected() -> Server:
    store = wiring.open_store(load())
    with store.begin() as c:
        servers.save(c, store.vault, SERVER, wiring.utc_now())
    store.close()
    return SERVER


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("connect", "gerrit.example.org"), "should look like https://"),
        (("connect", "ftp://gerrit.example.org"), "should look like https://"),
        (("connect", "https://user:password@gerrit.example.org"), "should look like https://"),
        (("connect", "https://gerrit.example.org", "--name", "My Server"), "--name"),
        (("connect", "https://gerrit.example.org"), "TACTFUL_GERRIT_ADMIN_TOKEN"),
        (("connect", "https://gerrit.example.org", "--token-file", "/nowhere"), "/nowhere could not be read"),
        (("connect", "https://gerrit.example.org", "--undo", "--dry-run"), "Nothing is connected"),
        (("doctor",), "No Gerrit is connected"),
        (("doctor", "review"), "review is not connected here. Connected: none."),
        (("plugin", "review"), "review is not connected here"),
        (("rotate", "review"), "review is not connected here"),
        (("drafts", "review", "on"), "review is not connected here"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments: tuple[str, ...], says: str) -> None:
    assert says in tactful("gerrit", *arguments)


def test_no_token_is_taken_as_an_argument() -> None:
    assert "No such option" in tactful("gerrit", "connect", "https://gerrit.example.org", "--token", "secret")


def test_a_token_comes_from_a_file_or_the_environment_and_the_reader_must_be_named(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret\n")
    for given in ({"TACTFUL_GERRIT_ADMIN_TOKEN": "secret"}, {}):
        more = () if given else ("--token-file", str(file))
        said = tactful("gerrit", "connect", "https://gerrit.example.org", *more, **given)
        assert "--reader" in said
        assert "secret" not in said


def test_what_is_allowed_to_send(tmp_path: Path) -> None:
    file = tmp_path / "networks"
    file.write_text("# Gerrit\n192.0.2.7, 10.0.0.0/8\n\n2001:db8::1 # and its spare\n")
    assert networks([str(file), "198.51.100.1"]) == ("192.0.2.7/32", "10.0.0.0/8", "2001:db8::1/128", "198.51.100.1/32")
    assert networks(["any"]) == ()
    for nonsense in ("gerrit.example.org", "300.1.1.1", "/nowhere", str(tmp_path)):
        with pytest.raises(TactfulError, match="--allow"):
            networks([nonsense])


def test_an_address_is_kept_in_one_form() -> None:
    assert address(" https://Gerrit.example.org/review/ ") == "https://gerrit.example.org/review"
    for nonsense in ("https://", "https://h:99999", "https://h/?q", "https://h/#x", "//h"):
        with pytest.raises(TactfulError):
            address(nonsense)


def test_the_plugin_is_printed_or_written(connected: Server, tmp_path: Path) -> None:
    text = filled_in(load().address, "review")
    assert tactful("gerrit", "plugin", "review") == text
    assert 'const SERVER = "review";' in text
    assert "Copy it" in tactful("gerrit", "plugin", "review", "--to", str(tmp_path / "tactful.js"))
    assert (tmp_path / "tactful.js").read_text() == text
    assert "could not be written" in tactful("gerrit", "plugin", "review", "--to", "/nowhere/tactful.js")


def test_list_and_doctor_know_what_is_connected(connected: Server) -> None:
    assert "review  https://review.example.org  read by tactful, webhooks, no drafts" in tactful("gerrit", "list")
    assert "connected: review" in tactful("doctor")
    store = wiring.open_store(load())
    with store.begin() as c:
        servers.change(c, "gerrit", "review", paths=[])
    store.close()
    assert "nothing is heard from review" in tactful("doctor")


def test_drafts_on_says_what_it_means(connected: Server) -> None:
    assert "can do everything that person can do" in tactful("gerrit", "drafts", "review", "on")
    assert "drafts allowed" in tactful("gerrit", "list")
    assert "Nobody's drafts" in tactful("gerrit", "drafts", "review", "off")
    assert "no drafts" in tactful("gerrit", "list")


def test_a_server_that_is_away_is_a_sentence(connected: Server) -> None:
    away = {"TACTFUL_GERRIT_ADMIN_TOKEN": "secret", "TACTFUL_GERRIT_READER_TOKEN": "secret"}
    said = tactful("gerrit", "connect", "http://127.0.0.1:9", "--name", "other", "--reader", "tactful", **away)
    assert "does not answer at that address" in said
    assert "secret" not in said
    assert not any(name.startswith("TACTFUL_GERRIT_") and name != "TACTFUL_GERRIT_LIB" for name in os.environ)
