"""What connecting would do, as values: nothing is asked of any server here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.crypto import hash_token
from app.domain import Server
from app.platforms.gerrit import remarks
from app.platforms.gerrit.plan import DRAFTS, PUBLISHED, Call, Plan, Wish, connecting, rotating
from app.platforms.gerrit.survey import Group, Reader, Rights, Site, remote_path
from app.platforms.gerrit.versions import Version, abilities

US = "https://tactful.example.org"
SITE = Site("3.13.5", "All-Projects", "All-Users", ())
READER = Reader("tactful", 1000005, frozenset(), True, (), None)
RIGHTS = Rights(True, frozenset(), Group("abc", "Administrators"), Group("def", "Service Users"), True, {})
SERVER = Server("gerrit", "review", "https://review.example.org", "tactful", "its token")
MAY_PUSH = frozenset({"All-Projects", "All-Users"})
SSH_KEY = "ssh-ed25519 AAAA tactful"


def remote(secret: str, name: str = PUBLISHED, **other: Any) -> dict[str, Any]:
    events = ["comment-added"] if name == PUBLISHED else ["batch-ref-updated", "ref-updated"]
    return {"url": f"{US}/webhooks/gerrit/{secret}", "events": events, "sslVerify": True, **other}


def both(secret: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {("All-Projects", PUBLISHED): remote(secret), ("All-Users", DRAFTS): remote(secret, DRAFTS)}


def ids(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


def test_everything_is_missing_at_first() -> None:
    plan = connecting(SITE, READER, RIGHTS, Wish(SERVER, US, "fresh"))
    assert ids(plan) == ["server", "rule", f"remote {PUBLISHED}", f"remote {DRAFTS}"]
    assert plan.server == replace(SERVER, paths=(hash_token("fresh"),))
    assert [step.id for step in plan.steps if step.ask] == ["rule"]
    assert plan.steps[2].needs == ("rule",)
    rule = plan.steps[1]
    assert isinstance(rule.do, Call)
    assert rule.undo is not None
    assert (rule.do.body, rule.undo.body) == (
        {
            "add": {
                "refs/meta/config": {"permissions": {"push": {"rules": {"abc": {"action": "ALLOW", "force": False}}}}}
            }
        },
        {
            "remove": {
                "refs/meta/config": {"permissions": {"push": {"rules": {"abc": {"action": "ALLOW", "force": False}}}}}
            }
        },
    )
    written = plan.steps[2].do
    assert isinstance(written, Call)
    assert written.body == {"url": f"{US}/webhooks/gerrit/fresh", "events": ["comment-added"], "sslVerify": True}


def test_no_step_shows_the_secret() -> None:
    plan = connecting(SITE, READER, RIGHTS, Wish(SERVER, US, "fresh-secret"))
    assert "fresh-secret" not in repr(plan) + "".join(step.what + step.why + step.undo_says for step in plan.steps)
    assert "its token" not in repr(plan)


def test_where_all_is_there_only_the_server_is_kept() -> None:
    known = replace(SERVER, paths=(hash_token("held"),))
    plan = connecting(SITE, READER, replace(RIGHTS, remotes=both("held")), Wish(SERVER, US, "fresh", known))
    assert ids(plan) == ["server"]
    assert (plan.secret, plan.server.paths) == ("held", known.paths)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": f"{US}/webhooks/gerrit/unknown"},
        {"events": ["patchset-created"]},
        {"sslVerify": False},
    ],
)
def test_a_remote_that_is_not_as_it_should_be_is_written_again(wrong: dict[str, Any]) -> None:
    known = replace(SERVER, paths=(hash_token("held"),))
    remotes = {**both("held"), ("All-Projects", PUBLISHED): remote("held", **wrong)}
    plan = connecting(
        SITE, READER, replace(RIGHTS, may_push=MAY_PUSH, remotes=remotes), Wish(SERVER, US, "fresh", known)
    )
    assert ids(plan) == ["server", f"remote {PUBLISHED}"]
    assert plan.secret == "held"
    assert not plan.steps[1].ask


def test_somebody_elses_remote_is_asked_about_and_comes_back() -> None:
    theirs = {"url": "https://elsewhere.example.org", "maxTries": 3}
    rights = replace(RIGHTS, may_push=MAY_PUSH, remotes={("All-Users", DRAFTS): theirs})
    step = connecting(SITE, READER, rights, Wish(SERVER, US, "fresh")).steps[-1]
    assert step.ask
    assert step.undo == Call("administrator", "PUT", remote_path("All-Users", DRAFTS), theirs)


def test_without_the_plugin_nothing_is_granted_and_no_address_is_open() -> None:
    for state in (None, False):
        plan = connecting(SITE, READER, replace(RIGHTS, webhooks=state), Wish(SERVER, US, "fresh"))
        assert (ids(plan), plan.secret, plan.server.paths) == (["server"], None, ())


def test_a_stream_needs_its_capability_and_its_key() -> None:
    wish = Wish(replace(SERVER, ssh="review.example.org:29418"), US, "fresh", public_key=SSH_KEY)
    rights = replace(RIGHTS, webhooks=None)
    plan = connecting(SITE, READER, rights, wish)
    assert ids(plan) == ["server", "streamer", "ssh key"]
    assert [step.ask for step in plan.steps] == [False, True, False]
    able = replace(READER, capabilities=frozenset({"streamEvents"}), ssh_keys=frozenset({"ssh-ed25519 AAAA"}))
    assert ids(connecting(SITE, able, rights, wish)) == ["server"]


def test_while_an_address_is_changed_two_are_open() -> None:
    known = replace(SERVER, paths=(hash_token("held"),))
    rights = replace(RIGHTS, may_push=MAY_PUSH, remotes=both("held"))
    plan = rotating(SITE, rights, known, US, "fresh")
    assert plan.server.paths == (hash_token("fresh"), hash_token("held"))
    assert ids(plan) == ["server", f"remote {PUBLISHED}", f"remote {DRAFTS}"]


def test_versions() -> None:
    assert Version.parse("3.13.5-rc1-12-gabc") == Version(3, 13)
    assert Version.parse("(dev)") is None
    assert [a.has for a in abilities(Version(3, 8))] == [False] * 4
    assert [a.has for a in abilities(Version(3, 13))] == [True, True, True, False]
    assert [a.has for a in abilities(Version(4, 0))] == [True] * 4
    assert [a.has for a in abilities(None)] == [None] * 4


def test_what_is_wrong_is_said() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    weak = Reader("tactful", 5, frozenset({"readAs"}), False, ("All-Projects",), now + timedelta(days=3))
    said = [(r.ok, r.says) for r in remarks.on_reader(weak, now, True)]
    assert [ok for ok, _ in said] == [True, False, False, None, False]
    assert "readAs" in said[1][1]
    assert "Read on refs/*" in said[2][1]
    assert "--allow" in said[3][1]
    assert "2026-03-07" in said[4][1]
    [http] = [r for r in remarks.on_site(SITE, replace(SERVER, url="http://review.example.org"), US) if r.ok is False]
    assert "tokens travel in the open" in http.says
    [mixed] = [r for r in remarks.on_site(SITE, SERVER, "http://tactful.example.org") if r.ok is False]
    assert "TACTFUL_BASE_URL" in mixed.says


@pytest.mark.parametrize(
    ("remotes", "fits", "says"),
    [
        ({}, frozenset(), "is missing"),
        ({("All-Projects", PUBLISHED): {"url": "https://x"}}, frozenset(), "points somewhere else"),
        ({("All-Projects", PUBLISHED): remote("s")}, frozenset(), "an address that is closed"),
        (
            {("All-Projects", PUBLISHED): remote("s", events=["x"])},
            frozenset({PUBLISHED}),
            "does not send all it should",
        ),
        ({("All-Projects", PUBLISHED): remote("s", sslVerify=False)}, frozenset({PUBLISHED}), "check our certificate"),
        ({("All-Projects", PUBLISHED): remote("s")}, frozenset({PUBLISHED}), "as it should be"),
    ],
)
def test_each_way_a_webhook_can_be_wrong(remotes: dict[tuple[str, str], Any], fits: frozenset[str], says: str) -> None:
    found = list(remarks.on_events(SITE, replace(RIGHTS, remotes=remotes), SERVER, US, fits))
    assert says in found[0].says
