from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from app.domain import Intent, RefusedDelivery
from app.platforms import Incoming
from app.platforms.github import GitHub
from app.platforms.github.signature import sign
from tests.platforms.github.forge import Forge

SECRET = "a secret"
PLANTED = "planted words that nobody else may read"


def refused(request: Incoming, platform: GitHub | None = None) -> tuple[int, str, str]:
    with pytest.raises(RefusedDelivery) as caught:
        (platform or GitHub([SECRET])).accept(request)
    # Neither the sentence nor what a traceback would show beside it quotes the delivery.
    assert PLANTED not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value.status, caught.value.reason, str(caught.value)


def resigned(request: Incoming, body: bytes | None = None, **headers: str | None) -> Incoming:
    """``request`` with another body or other headers (``None`` leaves one out), signed again."""
    body = request.body if body is None else body
    changed = dict(request.headers) | {"x-hub-signature-256": sign(SECRET.encode(), body)}
    for name, value in headers.items():
        changed.pop(name.replace("_", "-"), None)
        if value is not None:
            changed[name.replace("_", "-")] = value
    return Incoming(changed, body)


@pytest.fixture
def request_() -> Incoming:
    return Forge(SECRET).review_comment(PLANTED)


def test_is_accepted_as_it_arrived(request_: Incoming):
    delivery = GitHub([SECRET]).accept(request_)
    assert delivery.id == "gh:00000000-0000-0000-0000-000000000001"
    assert delivery.intent is Intent.JUDGE


# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_without_a_secret_the_door_is_closed(secrets: list[str]):
    request = Forge(secrets[0] if secrets else "").review_comment(PLANTED)
    assert refused(request, GitHub(secrets))[:2] == (404, "closed")


def test_takes_exactly_as_many_bytes_as_allowed(request_: Incoming):
    size = len(request_.body)
    assert GitHub([SECRET], max_bytes=size).accept(request_)
    assert refused(request_, GitHub([SECRET], max_bytes=size - 1))[:2] == (413, "too_large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", "", "json", None])
def test_reads_only_json_and_forms(request_: Incoming, content_type: str | None):
    assert refused(resigned(request_, content_type=content_type))[:2] == (415, "wrong_type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x"])
def test_content_type_may_have_parameters(request_: Incoming, content_type: str):
    assert GitHub([SECRET]).accept(resigned(request_, content_type=content_type))


# --- the signature ----------------------------------------------------------------------------------------------------


def test_a_missing_signature_is_refused(request_: Incoming):
    assert refused(resigned(request_, x_hub_signature_256=None))[:2] == (401, "bad_signature")


def test_a_wrong_signature_is_refused(request_: Incoming):
    assert refused(replace(request_, body=request_.body + b" "))[:2] == (401, "bad_signature")
    assert refused(request_, GitHub(["another secret"]))[:2] == (401, "bad_signature")


def test_sha1_alone_is_refused(request_: Incoming):
    sha1 = "sha1=" + hmac.new(SECRET.encode(), request_.body, hashlib.sha1).hexdigest()
    beside = resigned(request_, x_hub_signature_256=None, x_hub_signature=sha1)
    instead = resigned(request_, x_hub_signature_256=sha1)
    assert refused(beside)[:2] == refused(instead)[:2] == (401, "bad_signature")


def test_while_a_secret_is_rotated_both_fit():
    platform = GitHub(["new", "old"])
    assert platform.accept(Forge("new").review_comment("Well spotted."))
    assert platform.accept(Forge("old").review_comment("Well spotted."))
    assert refused(Forge("older").review_comment("Well spotted."), platform)[:2] == (401, "bad_signature")


def test_nothing_is_parsed_before_the_signature_fits():
    broken = Incoming({"content-type": "application/json"}, b"{")
    assert refused(broken)[:2] == (401, "bad_signature")


# --- the body ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe",
        b'{"action": "\xff"}',
        b'\xef\xbb\xbf{"action": "created"}',
        b'{"action": "\\ud800"}',
        b'{"action": NaN}',
        b'{"action": ' + b"9" * 5000 + b"}",
        b'{"action":' * 50_000,
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
def test_what_is_not_a_json_object_is_malformed(request_: Incoming, body: bytes):
    status, reason, sentence = refused(resigned(request_, body))
    assert (status, reason) == (400, "malformed")
    assert "the body, which holds no JSON object" in sentence


def test_a_form_says_the_same_as_json():
    for text in ("Why not a set?", "100 % & more = 1+1 …", "emoji 🎉 and\r\nlines"):
        json, form = Forge(SECRET).review_comment(text), Forge(SECRET, form=True).review_comment(text)
        assert json.body != form.body
        assert GitHub([SECRET]).accept(json) == GitHub([SECRET]).accept(form)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload",
        b"payload=",
        b"payload=%7B",
        b"other=%7B%7D",
        b"payload=%FF",
        b"payload={}&payload={}",
        b"payload=[]",
        b"payload=" + b"[" * 100_000,
        b"payload={}" + b"&a=b" * 100,
        urlencode({"a": '{"action": "created"}'}).encode(),
        b"\xff=1",
    ],
)
def test_a_form_without_one_payload_is_malformed(request_: Incoming, body: bytes):
    form = resigned(request_, body, content_type="application/x-www-form-urlencoded")
    assert refused(form)[:2] == (400, "malformed")


def test_a_form_of_many_fields_is_not_taken_apart():
    form = Forge(SECRET, form=True).review_comment("Why not a set?")
    assert GitHub([SECRET]).accept(resigned(form, form.body + b"&a=b"))
    assert refused(resigned(form, form.body + b"&a=b" * 100))[:2] == (400, "malformed")


# --- the headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivery", [None, "", "a b", "a/b", "é", "a\n", "x" * 65, "'; --"])
def test_an_ill_formed_delivery_id_is_malformed(request_: Incoming, delivery: str | None):
    status, reason, sentence = refused(resigned(request_, x_github_delivery=delivery))
    assert (status, reason) == (400, "malformed")
    assert "X-GitHub-Delivery" in sentence


@pytest.mark.parametrize("event", [None, "", "Issue_Comment", "issue-comment", "x" * 65, "ping\n"])
def test_an_ill_formed_event_is_malformed(request_: Incoming, event: str | None):
    status, reason, sentence = refused(resigned(request_, x_github_event=event))
    assert (status, reason) == (400, "malformed")
    assert "X-GitHub-Event" in sentence


def test_an_event_that_is_not_read_stays_closed(request_: Incoming):
    assert refused(resigned(request_, b"{", x_github_event="push"))[:2] == (204, "event_not_handled")


def test_a_redelivery_carries_the_same_id():
    forge = Forge(SECRET)
    first = GitHub([SECRET]).accept(forge.review_comment("Why not a set?"))
    assert GitHub([SECRET]).accept(forge.redeliver()) == first
    assert GitHub([SECRET]).accept(forge.review_comment("Why not a set?")).id != first.id
