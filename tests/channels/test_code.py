"""The e-mail with a code: the same words in text and HTML, the code in both, and nobody scolded."""

from __future__ import annotations

import pytest

from app.channels.email import code_message
from app.channels.letter import AddressError


def test_the_code_stands_in_both_bodies() -> None:
    message = code_message("rita@example.org", "ABCD-EFGHJK", 10)
    assert message["To"] == "rita@example.org"
    assert message["Subject"] == "Is this your address?"
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert "ABCD-EFGHJK" in body
        assert "within 10 minutes" in body
        assert "nothing needs doing" in body


def test_it_goes_to_one_address() -> None:
    with pytest.raises(AddressError):
        code_message("rita@example.org, owen@example.org", "ABCD-EFGHJK", 10)
