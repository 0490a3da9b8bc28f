from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.platforms.github.signature import sign, verify

# The values with which GitHub invites everybody to try their own code:
# https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_signs_as_github_does():
    assert sign(SECRET, BODY) == SIGNATURE


def test_any_of_the_secrets_will_do():
    assert verify([b"new", SECRET], BODY, SIGNATURE)
    assert verify([SECRET, b"new"], BODY, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE[7:],
        SIGNATURE.upper(),
        "sha1=" + SIGNATURE[7:],
        "é",
        "\ud800",
    ],
)
def test_nothing_else_fits(signature: str):
    assert not verify([SECRET], BODY, signature)


def test_without_secrets_nothing_fits():
    assert not verify([], BODY, sign(b"", BODY))


@settings(deadline=None)
@given(st.binary(), st.binary(), st.binary())
def test_fits_only_its_own_bytes(secret: bytes, body: bytes, other: bytes):
    assert verify([secret], body, sign(secret, body))
    assert verify([secret], other, sign(secret, body)) == (other == body)
