"""Whatever arrives, even well signed: a whole delivery or a refusal with its sentence, and nothing else."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import Account, Intent, RefusedDelivery
from app.platforms import Delivery, Incoming
from app.platforms.github import GitHub
from app.platforms.github.deliveries import signed
from app.platforms.github.events import EVENTS
from app.platforms.github.refusals import REFUSALS
from app.platforms.github.signature import sign
from tests.platforms.github.forge import Forge

SECRET = "a secret"
PLATFORM = GitHub([SECRET])
STATUSES = {reason: status for reason, (status, _) in REFUSALS.items()}


def outcome(request: Incoming) -> Delivery | RefusedDelivery:
    try:
        return PLATFORM.accept(request)
    except RefusedDelivery as refusal:
        return refusal


def survives(request: Incoming) -> None:
    delivery = outcome(request)
    if isinstance(delivery, RefusedDelivery):
        assert delivery.status == STATUSES[delivery.reason]
        assert str(delivery)
        assert delivery.__context__ is None
        return
    assert PLATFORM.accept(request) == delivery  # pure
    assert delivery.id.isascii()
    assert len(delivery.id) <= 67
    assert delivery.at.tzinfo is UTC
    assert isinstance(delivery.subject, Account) == (delivery.intent is not Intent.INSTALLATION)
    assert json.loads(json.dumps(delivery.payload).encode()) == delivery.payload
    for value in delivery.payload.values():
        str(value).encode()  # can be written down


def examples() -> list[tuple[str, dict[str, object]]]:
    forge = Forge(SECRET)
    forge.review("Obviously a set.")
    forge.edit("A set.")
    forge.review_comment("Obviously a set.")
    forge.edit("A set.")
    forge.delete()
    forge.issue_comment("Obviously a set.")
    forge.commit_comment("Obviously a set.")
    forge.discussion_comment("Obviously a set.")
    forge.installation("suspend")
    forge.revoke()
    return [(request.headers["x-github-event"], json.loads(request.body)) for request in forge.sent]


EXAMPLES = examples()
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["created", "edited", "2026-03-04T09:00:00Z", "9999-12-31T23:59:59-14:00", "a/b", "https://a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A payload of ours with up to three places replaced or taken out."""
    event, contents = deepcopy(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        if not (paths := places(contents)):
            break
        *parents, name = draw(st.sampled_from(paths))
        place: dict[str, object] = contents
        for parent in parents:
            place = place[parent]
        if draw(st.booleans()):
            place[name] = draw(JSON)
        else:
            del place[name]
    return event, contents


@settings(max_examples=400, deadline=None)
@given(mutated(), st.booleans())
def test_changed_payloads(changed: tuple[str, dict[str, object]], form: bool):
    event, contents = changed
    survives(signed(event, contents, delivery="d-1", secret=SECRET, form=form))


@settings(deadline=None)
@given(
    st.sampled_from(sorted(EVENTS)),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded"]),
    st.binary()
    | st.binary().map(lambda b: b"payload=" + b)
    | JSON.map(lambda v: json.dumps(v).encode(errors="replace")),
)
def test_any_bytes(event: str, content_type: str, body: bytes):
    headers = {"content-type": content_type, "x-github-event": event, "x-github-delivery": "d-1"}
    survives(Incoming(headers | {"x-hub-signature-256": sign(SECRET.encode(), body)}, body))


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["content-type", "x-github-event", "x-github-delivery", "x-hub-signature-256"]),
        st.text(max_size=80),
    )
)
def test_any_headers(headers: dict[str, str]):
    genuine = Forge(SECRET).review_comment("Why not a set?")
    survives(Incoming(dict(genuine.headers) | headers, genuine.body))
    survives(Incoming(headers, genuine.body))
