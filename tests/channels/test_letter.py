from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.letter import AddressError, email_address, mailbox, plain_message

from .conftest import body


@pytest.mark.parametrize("value", ["anna@example.org", "a.b+c@sub.example.org", "o'hara@localhost", " anna@x.org\n"])
def test_addresses(value: str) -> None:
    assert email_address(value) == value.strip()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "zoe",
        "@example.org",
        "zoe@",
        "zoe@example.org, ben@example.org",
        "zoe@example.org\r\nBcc: ben@example.org",
        "zoe@exa\x00mple.org",
        "Anna <zoe@example.org>",
        '"zoe b"@example.org',
        "zoe@[127.0.0.1]",
        "zoe..b@example.org",
        "zoe@-example.org",
        "zoe@example..org",
        "ännä@example.org",
        "zoe@example.org> SIZE=1",
        "a" * 65 + "@example.org",
        "zoe@" + "a" * 64 + ".org",
        "zoe@" + "a." * 126 + "org",
    ],
)
def test_no_addresses(value: str) -> None:
    with pytest.raises(AddressError) as caught:
        email_address(value)
    assert "zoe" not in str(caught.value)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), st.text(alphabet='ab@.\r\n:,<>" ', max_size=20))
def test_an_address_brings_no_second_header_or_recipient(before: str, after: str) -> None:
    try:
        message = plain_message(f"{before}anna@example.org{after}", "s", "t", "<p>t</p>")
    except AddressError:
        return
    sent = message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=policy.default)
    assert [a.addr_spec for a in sent["To"].addresses] == [f"{before}anna@example.org{after}".strip()]
    assert sorted(sent.keys()) == ["Auto-Submitted", "Content-Type", "MIME-Version", "Subject", "To"]


@pytest.mark.parametrize("subject", ["a\r\nBcc: b@example.org", "a\nb", "a\rb"])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        plain_message("anna@example.org", subject, "t", "<p>t</p>")


def test_both_bodies_are_seven_bit() -> None:
    message = plain_message("anna@example.org", "Grüße", "ä" * 1200, "<p>" + "☃" * 1200 + "</p>")
    raw = message.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 78
    sent = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert sent["Subject"] == "Grüße"
    assert body(sent, "plain") == "ä" * 1200 + "\n"
    assert body(sent, "html") == "<p>" + "☃" * 1200 + "</p>\n"


def test_a_sender_may_have_a_name() -> None:
    assert str(mailbox("Tactful <t@example.org>")) == "Tactful <t@example.org>"
    assert str(mailbox("<t@example.org>")) == "t@example.org"
    with pytest.raises(AddressError):
        mailbox("a@example.org <t@example.org> x")
