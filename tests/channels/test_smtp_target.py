from __future__ import annotations

import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.smtp_target import Security, SmtpTarget
from app.domain import ConfigurationError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", SmtpTarget("mail.example.org", 25, Security.PLAIN)),
        ("smtp+starttls://mail.example.org", SmtpTarget("mail.example.org", 587, Security.STARTTLS)),
        ("smtps://mail.example.org/", SmtpTarget("mail.example.org", 465, Security.TLS)),
        ("SMTPS://mail.example.org:2465", SmtpTarget("mail.example.org", 2465, Security.TLS)),
        ("smtp://[::1]:2525", SmtpTarget("::1", 2525, Security.PLAIN)),
        ("smtp://a%40b:p%2F%23%C3%A4@localhost", SmtpTarget("localhost", 25, Security.PLAIN, "a@b", "p/#ä")),
        ("smtp://u:p@127.0.0.2", SmtpTarget("127.0.0.2", 25, Security.PLAIN, "u", "p")),
        (
            "smtps://u:p:q@m.example?sender=Tactful%20%3Ct%40m.example%3E",
            SmtpTarget("m.example", 465, Security.TLS, "u", "p:q", "Tactful <t@m.example>"),
        ),
    ],
)
def test_reads(url: str, expected: SmtpTarget) -> None:
    assert SmtpTarget.parse(url) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "does not begin with"),
        ("mail.example.org:25", "does not begin with"),
        ("https://hunter2:hunter2@mail.example.org", "does not begin with"),
        ("smtp://", "host cannot be read"),
        ("smtps://u:hunter2@", "host cannot be read"),
        ("smtps://u:hunter2@a..b", "host cannot be read"),
        ("smtps://u:hunter2@ä.example", "host cannot be read"),
        ("smtps://u:hunter2@[::1", "host or port"),
        ("smtps://u:hunter2/x@mail.example.org", "host or port"),
        ("smtps://u:hunter2@mail.example.org:99999", "host or port"),
        ("smtps://u:hunter2@mail.example.org:0", "more behind its host"),
        ("smtps://u:hunter2@mail.example.org/path", "more behind its host"),
        ("smtps://u:hunter2@mail.example.org#x", "more behind its host"),
        ("smtps://u@mail.example.org", "both a user and a password"),
        ("smtps://:hunter2@mail.example.org", "both a user and a password"),
        ("smtps://u:hunter2%FF@mail.example.org", "not UTF-8"),
        ("smtps://u:hunter2%00@mail.example.org", "control character"),
        ("smtps://u:hunter2@mail.example.org\n", "control character"),
        ("smtps://u:hunter2@mail.example.org?from=a@b", "only sender"),
        ("smtps://u:hunter2@mail.example.org?sender=", "only sender"),
        ("smtps://u:hunter2@mail.example.org?sender=a&sender=b", "only sender"),
        ("smtp://u:hunter2@mail.example.org", "unprotected"),
        ("smtp://u:hunter2@10.0.0.1", "unprotected"),
        ("smtp://u:hunter2@localhost.example.org", "unprotected"),
    ],
)
def test_refuses_without_repeating_anything(url: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        SmtpTarget.parse(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_repr_hides_who_signs_in() -> None:
    assert "hunter2" not in repr(SmtpTarget.parse("smtps://bot:hunter2@mail.example.org"))


@given(st.text(min_size=1).filter(lambda text: "\0" not in text), st.text(min_size=1).filter(lambda t: "\0" not in t))
def test_any_credentials_survive_percent_codes(user: str, password: str) -> None:
    target = SmtpTarget.parse(f"smtps://{quote(user, safe='')}:{quote(password, safe='')}@mail.example.org")
    assert (target.user, target.password) == (user, password)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigurationError):
        assert SmtpTarget.parse("smtp" + text).host
