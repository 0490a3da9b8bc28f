from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.channels import AFTER_PUBLICATION, Channel
from app.channels.email import EmailChannel, confirm_message, invite_message, sign_in_message
from app.channels.mail import Mailer
from app.channels.messages import suggestion_message
from app.channels.smtp_target import SmtpTarget
from app.domain import Address, Receipt, ReceiptStatus, Span, Suggestion

from .conftest import OpenPost, Post, body

URL = "https://tactful.test/inbox/7"
STOP = "https://tactful.test/unsubscribe/" + "k" * 120
COMMENT = "This is so simple, use map."
ANNA = Address(1, "anna@example.org")


def channel(port: int, unsubscribe_url: str = STOP) -> EmailChannel:
    mailer = Mailer(SmtpTarget.parse(f"smtp://127.0.0.1:{port}"), "tactful@tactful.test", timeout_s=1.0)
    return EmailChannel(mailer, lambda to: unsubscribe_url)


def message_of(suggestion: Suggestion, text: str | None = None, afterwards: str = "") -> EmailMessage:
    built = suggestion_message(
        "anna@example.org", suggestion, url=URL, unsubscribe_url=STOP, text=text, afterwards=afterwards
    )
    return message_from_bytes(built.as_bytes(), _class=EmailMessage, policy=policy.default)


class Seen(HTMLParser):
    """The tags and the text of a page, as a reader's program takes them apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.anyio
async def test_the_headers_that_machines_read(open_post: OpenPost, suggestion: Suggestion) -> None:
    async with open_post(Post()) as post:
        receipt = await channel(post.port).deliver(suggestion, ANNA, "<tactful-1@tactful.test>", URL)
    assert receipt == Receipt(ReceiptStatus.SENT)
    [(_, recipients, message)] = post.taken
    assert recipients == ["anna@example.org"]
    assert message["Message-ID"] == "<tactful-1@tactful.test>"
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "A thought on your comment"
    assert AFTER_PUBLICATION in body(message, "plain")


@pytest.mark.anyio
@pytest.mark.parametrize("stop", ["mailto:stop@tactful.test?subject=stop", "http://127.0.0.1:8000/unsubscribe/k"])
async def test_one_click_is_for_https_only(open_post: OpenPost, suggestion: Suggestion, stop: str) -> None:
    async with open_post(Post()) as post:
        await channel(post.port, stop).deliver(suggestion, ANNA, "<1@tactful.test>", URL)
    message = post.taken[0][2]
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert "List-Unsubscribe-Post" not in message


@pytest.mark.anyio
async def test_a_receipt_says_where_the_note_is(open_post: OpenPost, suggestion: Suggestion) -> None:
    async with open_post(Post(rcpt="550 5.1.1 no")) as post:
        refused = await channel(post.port).deliver(suggestion, ANNA, "<1@tactful.test>", URL)
    none = await channel(1).deliver(suggestion, Address(1, "anna"), "<1@tactful.test>", URL)
    assert refused == Receipt(
        ReceiptStatus.FAILED,
        "The mail server did not take the recipient's address (550 5.1.1). The note waits in your inbox here.",
    )
    assert none.status is ReceiptStatus.FAILED
    assert none.detail.endswith("The note waits in your inbox here.")


def test_what_anna_reads(suggestion: Suggestion) -> None:
    message = message_of(suggestion, COMMENT, AFTER_PUBLICATION)
    assert (
        body(message, "plain")
        == f"""\
> This is *so simple*, use map.

“so simple” can make a reader feel small for having tried.

Leave those words out; the advice stands without them.

One way to say it:

    This is a loop.
    Use map.

Others may have read it. Editing is still fine, and so is a short “sorry, that came out wrong”.

The same in your inbox, where you can answer it:
{URL}

Where this norm comes from:
https://www.recurse.com/social-rules

-- 
Only you were told. No more e-mails like this one:
{STOP}
"""  # noqa: W291 - the sign that a signature follows ends with a space
    )
    page = body(message, "html")
    assert "<mark>so simple</mark>" in page
    assert "This is a loop.<br>\nUse map." in page
    assert [value for name, value in Seen(page).attributes if name == "href"] == [
        URL,
        "https://www.recurse.com/social-rules",
        STOP,
    ]


def test_what_is_not_there_leaves_no_gap(suggestion: Suggestion) -> None:
    bare = message_of(replace(suggestion, wording=None, source=""))
    assert "\n\n\n" not in body(bare, "plain")
    assert "One way" not in body(bare, "plain") + body(bare, "html")
    assert "norm comes from" not in body(bare, "plain") + body(bare, "html")
    assert "Others may" not in body(bare, "plain") + body(bare, "html")
    assert "<mark>" not in body(bare, "html")


def test_every_line_of_the_comment_is_quoted(suggestion: Suggestion) -> None:
    text = "One\nso simple\r\nthree"
    message = message_of(replace(suggestion, spans=(Span(4, 13, "belittling", 0.9),)), text)
    assert body(message, "plain").startswith("> One\n> *so simple*\n> three\n\n")


HOSTILE = "<img src=x onerror=alert(1)></p><script>alert(1)</script>{{ url }}{% raw %}&lt;b&gt;"


def test_hostile_text_is_only_ever_text(suggestion: Suggestion) -> None:
    built = replace(
        suggestion,
        says=HOSTILE,
        advice=HOSTILE,
        wording=HOSTILE,
        source="javascript:alert(1)",
        spans=(Span(0, 4, "hostility", 0.9),),
    )
    hostile, tame = message_of(built, HOSTILE), message_of(suggestion, COMMENT)
    seen = Seen(body(hostile, "html"))
    assert seen.text.count(HOSTILE) == 4
    assert set(seen.tags) <= set(Seen(body(tame, "html")).tags)
    assert not any("javascript" in str(value) for _, value in seen.attributes)
    assert body(hostile, "plain").count(HOSTILE) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(), max_size=60), st.text(alphabet=st.characters(), max_size=60))
def test_any_text_can_travel(suggestion: Suggestion, text: str, wording: str) -> None:
    message = message_of(replace(suggestion, wording=wording, spans=(Span(0, 3, "hostility", 0.9),)), text)
    assert message.as_bytes().isascii()
    assert "\0" not in body(message, "plain")
    assert sorted(part.get_content_type() for part in message.iter_parts()) == ["text/html", "text/plain"]
    assert message["To"] == "anna@example.org"


@pytest.mark.parametrize("build", [sign_in_message, confirm_message, invite_message])
def test_one_time_links(build: type) -> None:
    link = "https://tactful.test/enter/" + "t" * 43
    message = build("anna@example.org", link, 15)
    for kind in ("plain", "html"):
        assert body(message, kind).count(link) == 1
        assert "within 15 minutes" in body(message, kind)
        assert "nothing needs doing" in body(message, kind)
    assert message["To"] == "anna@example.org"
    assert link not in str(message["Subject"])


def test_no_word_that_voice_forbids(suggestion: Suggestion) -> None:
    messages = [message_of(suggestion, COMMENT, AFTER_PUBLICATION)]
    messages += [build("a@b.c", "https://t.test", 15) for build in (sign_in_message, confirm_message, invite_message)]
    for message in messages:
        words = (str(message["Subject"]) + body(message, "plain") + Seen(body(message, "html")).text).lower()
        for word in ("!", "flagged", "detected", "violation", "policy", "toxic", "%", "sorry for"):
            assert word not in words


def test_it_is_a_channel() -> None:
    built: Channel = channel(1)
    assert (built.name, built.idempotent) == ("email", False)
