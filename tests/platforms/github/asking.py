"""What a platform with one secret makes of a request."""

from __future__ import annotations

import pytest

from app.domain import RefusedDelivery
from app.platforms import Delivery, Incoming
from app.platforms.github import GitHub

SECRET = "a secret"


def accepted(request: Incoming) -> Delivery:
    return GitHub([SECRET]).accept(request)


def refused(request: Incoming) -> tuple[int, str]:
    """(HTTP status, reason)."""
    with pytest.raises(RefusedDelivery) as caught:
        accepted(request)
    return caught.value.status, caught.value.reason
