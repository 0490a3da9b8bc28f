"""People's own tokens on Gerrit: what an answer must look like, who is refused, and that nothing without an end is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain import Account, Key, NotNow, Server
from app.platforms.gerrit.client import Client, GerritRefused
from app.platforms.gerrit.keys import LIFE, GerritKeys
from app.platforms.gerrit.personal import PersonalClient
from app.platforms.keys import KeyRefused, KeyUnknown

pytestmark = pytest.mark.anyio

SERVER = Server("gerrit", "review.example.org", "https://review.example.org", "bot", "t")
KEY = Key("rita", "tactful-pair-1", "secret")
RITA: dict[str, Any] = {"_account_id": 1000001, "name": "Rita Reviewer", "username": "rita"}
DETAIL, TOKENS, INFO = "GET accounts/self/detail", "GET accounts/self/tokens", "GET config/server/info"


class Answers:
    """A client that answers what it was given; an exception is raised. What was asked is in ``asked``."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.bodies: list[Mapping[str, Any]] = []

    def __call__(self, url: str, username: str, token: str) -> Client:
        assert (url, username, token) == (SERVER.url, KEY.username, KEY.token)
        answers = self

        class Scripted(PersonalClient):
            async def ask(self, method: str, path: str, body: Any = None, parameters: Any = None) -> Any:
                call = f"{method} {path}"
                answers.asked.append(call)
                if body is not None:
                    answers.bodies.append(body)
                answer = next((a for known, a in answers.answers.items() if call.startswith(known)), None)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        return Scripted(url, username, token)


def keys(**answers: Any) -> tuple[GerritKeys, Answers]:
    said = Answers({{"detail": DETAIL, "tokens": TOKENS, "info": INFO}.get(k, k): v for k, v in answers.items()})
    return GerritKeys(said), said


async def test_the_holder_is_who_gerrit_says() -> None:
    it, _ = keys(detail={**RITA, "email": "rita@example.org", "tags": []})
    holder = await it.prove(SERVER, KEY)
    assert holder.account == Account("gerrit", SERVER.name, 1000001)
    assert (holder.account.login, holder.name) == ("rita", "Rita Reviewer")


async def test_names_are_one_line_of_what_can_be_shown() -> None:
    it, _ = keys(detail={**RITA, "name": " Rita\n\u202e <b>\x00" + "x" * 500})
    name = (await it.prove(SERVER, KEY)).name
    assert name.startswith("Rita <b>x")
    assert len(name) <= 100
    assert name.isprintable()
    it, _ = keys(detail={**RITA, "name": {"a": 1}})
    assert (await it.prove(SERVER, KEY)).name == "rita"


@pytest.mark.parametrize(
    "detail",
    [
        None,
        [],
        "rita",
        {},
        {**RITA, "_account_id": "1000001"},
        {**RITA, "_account_id": True},
        {**RITA, "_account_id": -1},
        {**RITA, "_account_id": 2**63},
        {**RITA, "username": "owen"},
        {**RITA, "username": 5},
        {**RITA, "tags": "SERVICE_USER"},
        {**RITA, "tags": ["SERVICE_USER"]},
        {**RITA, "inactive": True},
        {**RITA, "inactive": "no"},
    ],
)
async def test_anything_else_is_refused(detail: Any) -> None:
    it, _ = keys(detail=detail)
    with pytest.raises(KeyRefused, match="Nothing was kept"):
        await it.prove(SERVER, KEY)


async def test_an_unknown_token_is_told_from_a_gerrit_that_is_away() -> None:
    it, _ = keys(detail=GerritRefused(401, "GET"))
    with pytest.raises(KeyUnknown):
        await it.prove(SERVER, KEY)
    it, _ = keys(detail=NotNow("away"))
    with pytest.raises(NotNow):
        await it.prove(SERVER, KEY)


@pytest.mark.parametrize("answer", [{"administrateServer": True}, {"administrateServer": "yes"}, [], "true"])
async def test_administrators_are_refused_and_what_is_not_understood_is_too(answer: Any) -> None:
    it, _ = keys(**{"GET accounts/self/capabilities": answer})
    with pytest.raises(KeyRefused):
        await it.refuse_powerful(SERVER, KEY)
    it, _ = keys(**{"GET accounts/self/capabilities": {}})
    await it.refuse_powerful(SERVER, KEY)


async def test_our_own_token_ends_by_itself(now: datetime) -> None:
    it, said = keys(
        info={"auth": {"max_token_lifetime": 0}}, **{"PUT accounts/self/tokens/": {"id": "x", "token": "new"}}
    )
    key = await it.exchange(SERVER, KEY, now)
    assert key.token == "new"
    assert key.token_id.startswith("tactful-drafts-")
    assert key.token_id in said.asked[-1]
    assert said.bodies == [{"lifetime": f"{30 * 24 * 60}m"}]
    assert key.ends_at == now + LIFE - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("most", "minutes"), [(600, 599), (10**9, 43200), ("60", 43200), (True, 43200), (-5, 43200), (1.5, 43200)]
)
async def test_it_lives_no_longer_than_gerrit_allows(now: datetime, most: Any, minutes: int) -> None:
    it, said = keys(info={"auth": {"max_token_lifetime": most}}, **{"PUT accounts/self/tokens/": {"token": "new"}})
    await it.exchange(SERVER, KEY, now)
    assert said.bodies == [{"lifetime": f"{minutes}m"}]


async def test_where_tokens_end_too_soon_to_be_renewed_none_is_made(now: datetime) -> None:
    it, said = keys(info={"auth": {"max_token_lifetime": 120}}, **{"PUT accounts/self/tokens/": {"token": "new"}})
    with pytest.raises(KeyRefused, match="too short"):
        await it.exchange(SERVER, KEY, now)
    assert said.bodies == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (GerritRefused(404, "PUT"), "came with 3.13"),
        (GerritRefused(400, "PUT"), "as many as it may"),
        (GerritRefused(403, "PUT"), "refused this with 403"),
        ({"token": ""}, "not expected"),
        ({"token": 5}, "not expected"),
        ("ok", "not expected"),
    ],
)
async def test_where_no_token_is_made_it_says_why(now: datetime, answer: Any, words: str) -> None:
    it, _ = keys(info={}, **{"PUT accounts/self/tokens/": answer})
    with pytest.raises(KeyRefused, match=words):
        await it.exchange(SERVER, KEY, now)


async def test_a_token_that_ends_by_itself_is_deleted() -> None:
    it, said = keys(tokens=[{"id": "other"}, {"id": KEY.token_id, "expiration": "2026-11-25 22:46:19.157000000"}])
    assert await it.end(SERVER, KEY)
    assert said.asked[-1] == f"DELETE accounts/self/tokens/{KEY.token_id}"


@pytest.mark.parametrize(
    "tokens",
    [
        [{"id": KEY.token_id}],  # an HTTP password is a token without an end
        [{"id": "other", "expiration": "2026-11-25"}],
        {"id": KEY.token_id, "expiration": "2026-11-25"},
        [None, 5, [KEY.token_id]],
        None,
        GerritRefused(404, "GET"),
        NotNow("away"),
    ],
)
async def test_nothing_else_is_ever_deleted(tokens: Any) -> None:
    it, said = keys(tokens=tokens)
    assert not await it.end(SERVER, KEY)
    assert not any(call.startswith("DELETE") for call in said.asked)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "changes/1/revisions/current/review"),
        ("POST", "changes/1/abandon"),
        ("DELETE", "changes/1/revisions/1/drafts/a"),
        ("PUT", "accounts/self/password.http"),
        ("DELETE", "accounts/self/password.http"),
        ("DELETE", "accounts/self/tokens/.."),
        ("DELETE", "accounts/self/tokens/%2e%2e"),
        ("GET", "accounts/1000000/detail"),
        ("PUT", "changes/1/revisions/../drafts/a"),
        ("GET", "changes/1/drafts/../../../accounts/self"),
        ("GET", "https://evil.example.org/changes/1/drafts"),
    ],
)
async def test_a_persons_token_is_used_for_nothing_else(method: str, path: str) -> None:
    async with PersonalClient("http://127.0.0.1:9", "rita", "secret") as client:
        with pytest.raises(ValueError, match="not among"):
            await client.ask(method, path)
