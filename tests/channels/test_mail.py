"""The mailer against a real SMTP server, and against scripted ones for what no decent server does."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP

from app.channels.letter import plain_message
from app.channels.mail import Mailer
from app.channels.smtp_target import SmtpTarget
from app.domain import ConfigurationError, Receipt, ReceiptStatus

from .conftest import OpenPost, Post, body

pytestmark = pytest.mark.anyio

SENT, FAILED, UNKNOWN = ReceiptStatus.SENT, ReceiptStatus.FAILED, ReceiptStatus.UNKNOWN
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Certificate = tuple[ssl.SSLContext, ssl.SSLContext]


def mailer(port: int, scheme: str = "smtp", login: str = "", tls: ssl.SSLContext | None = None) -> Mailer:
    return Mailer(
        SmtpTarget.parse(f"{scheme}://{login}127.0.0.1:{port}"),
        "Tactful <tactful@tactful.test>",
        timeout_s=1.0,
        answer_timeout_s=0.3,
        tls=tls,
        now=lambda: NOON,
        unique=lambda: "0123",
    )


def letter(text: str = "Hello.\n") -> EmailMessage:
    return plain_message("anna@example.org", "A thought", text, "<p>Hello.</p>")


async def test_a_message_arrives_whole(open_post: OpenPost) -> None:
    async with open_post(Post()) as post:
        assert await mailer(post.port).send(letter()) == Receipt(SENT)
    [(sender, recipients, message)] = post.taken
    assert (sender, recipients) == ("tactful@tactful.test", ["anna@example.org"])
    assert message["From"] == "Tactful <tactful@tactful.test>"
    assert message["To"] == "anna@example.org"
    assert message["Date"].datetime == NOON
    assert message["Message-ID"] == "<0123@tactful.test>"
    assert message["Auto-Submitted"] == "auto-generated"


async def test_the_same_message_can_be_sent_again_as_it_was(open_post: OpenPost) -> None:
    message = letter()
    message["Message-ID"] = "<fixed@tactful.test>"
    before = message.as_bytes()
    async with open_post(Post(rcpt="451 4.7.1 later")) as post:
        assert (await mailer(post.port).send(message)).status is FAILED
        post.rcpt = "250 OK"
        assert (await mailer(post.port).send(message)).status is SENT
    assert [str(m["Message-ID"]) for _, _, m in post.taken] == ["<fixed@tactful.test>"]
    assert message.as_bytes() == before


async def test_dots_and_bare_line_ends_arrive_as_written(open_post: OpenPost) -> None:
    text = ".\n..\n.hidden\nend\n.\n"
    async with open_post(Post()) as post:
        await mailer(post.port).send(letter(text))
    assert body(post.taken[0][2], "plain") == text


async def test_starttls_protects_before_anything_is_said(open_post: OpenPost, certificate: Certificate) -> None:
    serving, trusting = certificate
    async with open_post(Post(), tls_context=serving, require_starttls=True) as post:
        assert await mailer(post.port, "smtp+starttls", tls=trusting).send(letter()) == Receipt(SENT)
    assert post.encrypted == [True]


async def test_tls_from_the_first_byte(open_post: OpenPost, certificate: Certificate) -> None:
    serving, trusting = certificate
    async with open_post(Post(), implicit=serving) as post:
        assert await mailer(post.port, "smtps", tls=trusting).send(letter()) == Receipt(SENT)
    assert len(post.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_an_unknown_certificate_ends_it(open_post: OpenPost, certificate: Certificate, scheme: str) -> None:
    serving, _ = certificate
    kwargs = {"implicit": serving} if scheme == "smtps" else {"tls_context": serving}
    async with open_post(Post(), **kwargs) as post:
        receipt = await mailer(post.port, scheme).send(letter())
    assert receipt == Receipt(FAILED, "The mail server's certificate could not be verified.")
    assert post.taken == []


async def test_starttls_is_not_given_up_when_it_is_not_offered(open_post: OpenPost) -> None:
    async with open_post(Post()) as post:
        receipt = await mailer(post.port, "smtp+starttls", f"tactful:{quote('s3cret/ä:@', safe='')}@").send(letter())
    assert receipt == Receipt(
        FAILED, "The mail server does not offer what its URL in the settings asks for: STARTTLS, or to sign in."
    )
    assert (post.taken, post.logins) == ([], [])


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_signs_in(open_post: OpenPost) -> None:
    async with open_post(Post(), auth_required=True, auth_require_tls=False) as post:
        receipt = await mailer(post.port, login=f"tactful:{quote('s3cret/ä:@', safe='')}@").send(letter())
    assert receipt == Receipt(SENT)
    assert set(post.logins) == {("tactful", "s3cret/ä:@")}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_wrong_password_is_said_and_not_shown(open_post: OpenPost) -> None:
    async with open_post(Post(), auth_required=True, auth_require_tls=False) as post:
        receipt = await mailer(post.port, login="tactful:hunter2@").send(letter())
    assert receipt == Receipt(FAILED, "The mail server did not accept the user name and password (535 5.7.8).")
    assert post.taken == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [("550 5.1.1 <anna@example.org>: no such user", "550 5.1.1"), ("451 greylisted, anna@example.org", "451")],
)
async def test_a_refused_recipient(open_post: OpenPost, answer: str, code: str) -> None:
    async with open_post(Post(rcpt=answer)) as post:
        receipt = await mailer(post.port).send(letter())
    assert receipt == Receipt(FAILED, f"The mail server did not take the recipient's address ({code}).")
    assert post.taken == []


@pytest.mark.parametrize("answer", ["451 4.7.1 later", "554 5.6.0 no", "421 closing"])
async def test_a_message_refused_after_it_was_read(open_post: OpenPost, answer: str) -> None:
    async with open_post(Post(data=answer)) as post:
        receipt = await mailer(post.port).send(letter())
    assert receipt.status is FAILED
    assert answer[:3] in receipt.detail


async def test_a_connection_lost_before_the_answer_leaves_an_unknown(open_post: OpenPost) -> None:
    async def drop(server: SMTP) -> None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        await asyncio.sleep(10)

    async with open_post(Post(before_answer=drop)) as post:
        receipt = await mailer(post.port).send(letter())
    assert receipt == Receipt(UNKNOWN, "The mail server was given the message and did not answer.")
    assert len(post.taken) == 1


async def test_an_answer_that_takes_too_long_leaves_an_unknown(open_post: OpenPost) -> None:
    async def wait(server: SMTP) -> None:
        await asyncio.sleep(0.8)

    async with open_post(Post(before_answer=wait)) as post:
        receipt = await mailer(post.port).send(letter())
    assert receipt.status is UNKNOWN
    assert len(post.taken) == 1


async def test_being_stopped_meanwhile_is_no_receipt(open_post: OpenPost) -> None:
    async def wait(server: SMTP) -> None:
        await asyncio.sleep(10)

    async with open_post(Post(before_answer=wait)) as post:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(mailer(post.port).send(letter()), 0.1)


async def test_what_is_known_is_told_before_the_goodbye() -> None:
    async with scripted(HELLO, OK, OK, OK, GO, OK, b"") as port:  # QUIT is never answered
        receipt = await asyncio.wait_for(mailer(port).send(letter()), 0.5)
    assert receipt == Receipt(SENT)


@contextlib.asynccontextmanager
async def scripted(*answers: bytes | None) -> AsyncIterator[int]:
    """A server that gives the first answer on connecting and one more per chunk it reads; ``None`` closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for i, answer in enumerate(answers):
            if i and not await reader.read(65536):
                break
            if answer is None:
                break
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


HELLO, OK, GO = b"220 here\r\n", b"250 ok\r\n", b"354 go\r\n"


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((None,), FAILED),
        ((b"554 not today\r\n",), FAILED),
        ((HELLO, None), FAILED),
        ((HELLO, b"500 what\r\n", None), FAILED),
        ((HELLO, OK, None), FAILED),
        ((HELLO, OK, b"550 sender\r\n", None), FAILED),
        ((HELLO, OK, OK, None), FAILED),
        ((HELLO, OK, OK, OK, None), FAILED),  # after DATA, before it was answered
        ((HELLO, OK, OK, OK, b"451 no\r\n", None), FAILED),
        ((HELLO, OK, OK, OK, b"250 that is no go\r\n", None), FAILED),
        ((HELLO, OK, OK, OK, GO, None), UNKNOWN),
        ((HELLO, OK, OK, OK, GO, b"mumble\r\n"), UNKNOWN),
        ((HELLO, OK, OK, OK, GO, b"25"), UNKNOWN),
        ((HELLO, OK, OK, OK, GO, GO), UNKNOWN),
        ((HELLO, OK, OK, OK, GO, b"552 too big\r\n", None), FAILED),
        ((HELLO, OK, OK, OK, GO, b"251 taken\r\n", None), SENT),  # and gone before QUIT
        ((HELLO, OK, OK, OK, GO, OK, b"500 never quit\r\n"), SENT),
    ],
)
async def test_what_is_known_at_each_moment(answers: tuple[bytes | None, ...], status: ReceiptStatus) -> None:
    async with scripted(*answers) as port:
        receipt = await mailer(port).send(letter())
    assert receipt.status is status
    assert (receipt.detail == "") is (status is SENT)


async def test_a_silent_server_is_not_waited_for() -> None:
    async with scripted(b"") as port:
        receipt = await mailer(port).send(letter())
    assert receipt.status is FAILED


async def test_nobody_there() -> None:
    async with scripted() as port:
        pass
    assert await mailer(port).send(letter()) == Receipt(FAILED, "Could not reach the mail server.")


@pytest.mark.parametrize(("header", "value"), [("Cc", "ben@example.org"), ("Bcc", "ben@example.org")])
async def test_a_private_message_has_one_reader(header: str, value: str) -> None:
    message = letter()
    message[header] = value
    with pytest.raises(ValueError, match="exactly one recipient"):
        await mailer(1).send(message)


async def test_a_sender_is_an_address() -> None:
    with pytest.raises(ConfigurationError, match="must look like"):
        Mailer(SmtpTarget.parse("smtp://localhost"), "Tactful")
