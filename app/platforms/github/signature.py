"""Signatures of deliveries: HMAC-SHA-256 over the raw bytes, in hexadecimal behind ``sha256=``.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries. The older ``X-Hub-Signature`` (SHA-1)
comes beside it and is never enough.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

HEADER = "x-hub-signature-256"


def sign(secret: bytes, body: bytes) -> str:
    """The value of ``X-Hub-Signature-256`` for ``body``."""
    return "sha256=" + hmac.new(secret, body, sha256).hexdigest()


def verify(secrets: Sequence[bytes], body: bytes, signature: str) -> bool:
    """Whether one of ``secrets`` made ``signature``; false without secrets."""
    # As bytes: compare_digest raises on a str that is not ASCII, and a header may hold anything.
    given = signature.encode(errors="replace")
    return any(hmac.compare_digest(sign(secret, body).encode(), given) for secret in secrets)
