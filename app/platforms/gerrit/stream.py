"""Gerrit's stream-events over SSH, for servers without the webhooks plugin (the extra ``gerrit-ssh``).

The only file that imports asyncssh. https://gerrit-documentation.storage.googleapis.com/Documentation/3.13.5/cmd-stream-events.html
The stream replays nothing, so whoever listens catches up afterwards (``catch_up``); and it shows its user no draft events.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from app.domain import Away, ConfigurationError, Server, TactfulError

COMMAND: Final = "gerrit stream-events -s comment-added"
MOST_BYTES: Final = 1_000_000  # of one event, as at the door for webhooks
KEEPALIVE_S: Final = 20  # three of them unanswered, and the line is taken for dead
PORT: Final = 29418


class StreamRefused(TactfulError):
    """The server, its key or the account is not what it must be: trying again does not help until somebody acts."""


def place(ssh: str) -> tuple[str, int]:
    """``host:port`` or ``host``; IPv6 in brackets. Raises ``ConfigurationError``."""
    host, colon, port = ssh.rpartition(":")
    if not colon or ssh.endswith("]"):
        host, port = ssh, str(PORT)
    host = host.strip("[]")
    if not host or "@" in host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigurationError(f"{ssh} is not host:port of Gerrit's SSH, such as gerrit.example.org:{PORT}.")
    return host, int(port)


async def host_key(ssh: str) -> tuple[str, str]:
    """(the server's key in OpenSSH's one-line form, its fingerprint). Raises ``Away``."""
    asyncssh = _library()
    host, port = place(ssh)
    try:
        key = await asyncssh.get_server_host_key(host, port, config=None)
    except (OSError, asyncssh.Error):
        key = None
    if key is None:
        raise Away(
            f"Nothing speaks SSH at {ssh}. Is sshd.listenAddress set in gerrit.config, and the port open from here?"
        )
    return key.export_public_key("openssh").decode().strip(), key.get_fingerprint()


def new_key() -> tuple[str, str]:
    """(private, public) key for the account that reads, in OpenSSH's forms."""
    key = _library().generate_private_key("ssh-ed25519", comment="tactful")
    return key.export_private_key().decode(), key.export_public_key().decode().strip()


def public_key(private_key: str) -> str:
    """Raises ``ConfigurationError`` for what is no key, or one that needs a passphrase."""
    asyncssh = _library()
    try:
        return str(asyncssh.import_private_key(private_key).export_public_key().decode().strip())
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise ConfigurationError("The SSH key cannot be used: it must be a private key without a passphrase.") from None


async def events(server: Server, private_key: str) -> AsyncIterator[bytes | None]:
    """``None`` once the stream is open, then one event after another, until it breaks.

    Raises ``Away`` when it cannot be reached or breaks, ``StreamRefused`` when the key of the server is not the one that
    was pinned, or the account is not let in.
    """
    asyncssh = _library()
    host, port = place(server.ssh)
    try:
        connection = await asyncssh.connect(
            host,
            port,
            username=server.username,
            client_keys=[asyncssh.import_private_key(private_key)],
            known_hosts=([asyncssh.import_public_key(server.ssh_host_key)], [], []),
            agent_path=None,  # the key above and nothing of the machine's
            config=None,
            password=None,
            keepalive_interval=KEEPALIVE_S,
            login_timeout=20,
        )
    except asyncssh.HostKeyNotVerifiable:
        raise StreamRefused(
            f"{server.ssh} shows another key than when it was connected. If that was meant, connect again with --stream; "
            "otherwise somebody is in between."
        ) from None
    except asyncssh.PermissionDenied:
        raise StreamRefused(
            f"{server.ssh} does not accept {server.username}'s SSH key. Connect again to renew it."
        ) from None
    except (OSError, asyncssh.Error):
        raise Away(f"The stream of {server.name} could not be reached.") from None
    async with connection:
        async for line in _lines(asyncssh, connection, server):
            yield line


async def _lines(asyncssh: Any, connection: Any, server: Server) -> AsyncIterator[bytes | None]:
    try:
        process = await connection.create_process(COMMAND, encoding=None)
        yield None
        unread = bytearray()
        while chunk := await process.stdout.read(64 * 1024):
            unread += chunk
            *whole, rest = unread.split(b"\n")
            unread = bytearray(rest)
            for line in whole:
                if line.strip() and len(line) <= MOST_BYTES:
                    yield bytes(line)
            if len(unread) > MOST_BYTES:
                raise Away(f"The stream of {server.name} sent something endless.")
        said = bytes(await process.stderr.read(1000))
    except (OSError, asyncssh.Error):
        raise Away(f"The stream of {server.name} broke.") from None
    if b"not permitted" in said:
        raise StreamRefused(
            f"{server.username} may not use stream-events on {server.name}. Make it a member of Service Users there."
        )
    raise Away(f"The stream of {server.name} ended.")


def _library() -> Any:
    try:
        import asyncssh
    except ImportError:
        raise ConfigurationError(
            "stream-events needs asyncssh: `pip install 'tactful[gerrit-ssh]'`, or connect without --stream."
        ) from None
    return asyncssh
