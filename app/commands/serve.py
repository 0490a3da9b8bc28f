"""``tactful serve``: the service."""

from __future__ import annotations

import socket
import sys
from typing import Annotated

import typer
import uvicorn

from app import crypto, github_by_hand, logs, norms, wiring
from app.domain import ConfigurationError
from app.github_apps import GitHubApps
from app.settings import Settings, load
from app.store import Store, access, make_engine, people


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Run the service until it is stopped. Starting again goes on where it stopped."""
    from app.main import create_app  # here, so that other commands start without the web

    settings = load(host=host, port=port)
    logs.configure(settings.log_level)
    listener = listen(settings)
    check(settings)
    typer.echo(greeting(settings))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            access_log=False,  # addresses hold one-time tokens
            log_config=None,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            server_header=False,
            timeout_graceful_shutdown=20,
        )
    )
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(3)


def check(settings: Settings) -> None:
    """Raises ``ConfigurationError`` for what would otherwise end the start with a traceback."""
    norms.load(settings.norms)
    channels(settings)
    github_by_hand.configured(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with wiring.only_one(settings):
        pass


def channels(settings: Settings) -> tuple[str, ...]:
    """Names of the configured channels beyond the inbox, built without opening the database."""
    unopened = Store(make_engine(settings.sqlalchemy_url), crypto.Vault((crypto.new_key(),)))
    return tuple(wiring.channels(settings, unopened, wiring.mailer(settings)))


def listen(settings: Settings) -> socket.socket:
    """The socket, bound before anything else starts, so that a taken port is a sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP, asyncio switches Nagle's algorithm off; left unnamed, every second answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). Choose another with --port or TACTFUL_PORT."
        ) from None
    return listener


def greeting(settings: Settings) -> str:
    """One line: the address, the first administrator's link (to a terminal only), and what is closed."""
    parts = [f"Tactful is at {settings.address}"]
    link = first_link(settings) if sys.stdout.isatty() else None
    if link:
        parts.append(f"sign in once, within 15 minutes: {link}")
    if not settings.github_secrets and not _github_is_connected(settings):
        parts.append("GitHub's door is closed until it is connected at /github")
    return " · ".join(parts)


def _github_is_connected(settings: Settings) -> bool:
    store = wiring.open_store(settings)
    try:
        return any(app.webhook_secret for app in GitHubApps(store).every().values())
    finally:
        store.close()


def first_link(settings: Settings) -> str | None:
    """A one-time link for the first administrator; ``None`` once an administrator has signed in."""
    store = wiring.open_store(settings)
    try:
        with store.begin() as c:
            admin = people.first_admin(c, settings.admin_email, wiring.utc_now())
            return f"{settings.address}/enter/{access.new_link(c, admin, wiring.utc_now())}" if admin else None
    finally:
        store.close()
