"""A real mail server on loopback: SMTP by aiosmtpd in the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.domain import Span, Suggestion


async def _nothing(server: SMTP) -> None:
    return None


@dataclass
class Post:
    """What the SMTP server answers, and what it took. ``before_answer`` runs once a whole message is there."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    before_answer: Callable[[SMTP], Awaitable[None]] = _nothing
    port: int = 0
    #: envelope sender, envelope recipients, message
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos), message))
        self.encrypted.append(session.ssl is not None)
        await self.before_answer(server)
        return self.data

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False)
        login = given.login.decode(), given.password.decode()
        self.logins.append(login)
        return AuthResult(success=login == ("tactful", "s3cret/ä:@"), handled=False)


OpenPost = Callable[..., contextlib.AbstractAsyncContextManager[Post]]


@pytest.fixture
def open_post() -> OpenPost:
    """``async with open_post(Post(…), **aiosmtpd's)``; ``implicit=context`` speaks TLS from the start."""

    @contextlib.asynccontextmanager
    async def opened(post: Post, *, implicit: ssl.SSLContext | None = None, **kwargs: object) -> AsyncIterator[Post]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(post, loop=loop, hostname="mail.test", authenticator=post.authenticate, **kwargs),
            "127.0.0.1",
            0,
            ssl=implicit,
        )
        post.port = server.sockets[0].getsockname()[1]
        try:
            yield post
        finally:
            server.close()

    return opened


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a self-signed certificate for 127.0.0.1, and a client's context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file: Path = tmp_path_factory.mktemp("certificate") / "server.pem"
    file.write_bytes(pem + private)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=pem.decode())
    return serving, trusting


def body(message: EmailMessage, kind: str) -> str:
    """The plain or the HTML body as a reader has it."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def suggestion() -> Suggestion:
    return Suggestion(
        label="belittling",
        title="Leave people their size",
        says="“so simple” can make a reader feel small for having tried.",
        source="https://www.recurse.com/social-rules",
        advice="Leave those words out; the advice stands without them.",
        spans=(Span(8, 17, "belittling", 0.9),),
        wording="This is a loop.\nUse map.",
    )
