"""``tactful doctor``: is this configuration sound, and if not, what to do. Changes nothing."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer

from app import crypto, github_by_hand, norms, weights, wiring
from app.commands.serve import channels
from app.domain import Server, TactfulError
from app.engine import failed_walks
from app.findings import Finding
from app.github_app import of_server
from app.settings import Settings, load
from app.store import servers


def doctor() -> None:
    """Check settings, database, keys, weights, norms, channels and doors; exit with 1 if something is wrong."""
    settings = load()
    tell([finding for look in LOOKS for finding in _safely(look, settings)])


def tell(findings: Sequence[Finding]) -> None:
    """One a line. Raises ``typer.Exit`` with 1 if something is wrong."""
    for finding in findings:
        mark = {True: "ok   ", False: "wrong", None: "note "}[finding.ok]
        typer.echo(f"{mark}  {finding.about}: {finding.says}")
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


def _safely(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except TactfulError as error:
        yield Finding(False, look.__name__.strip("_").replace("_", " "), str(error))


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.resolve()
    if not folder.exists():
        yield Finding(None, "data folder", f"{folder} does not exist yet; the first start makes it.")
        return
    free = shutil.disk_usage(folder).free
    yield Finding(free > 200_000_000, "data folder", f"{folder}, {free / 1e9:.1f} GB free.")
    if folder.stat().st_mode & 0o077:
        yield Finding(None, "data folder", f"others on this machine may look into {folder}; `chmod 700` it.")


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.keys:
        crypto.Vault(settings.keys)  # a key that cannot be used is a sentence, also before the first start
    if (needed := _not_yet(settings)) is not None:
        yield Finding(None, "database", f"not looked into: {needed} does not exist yet; the first start makes it.")
        return
    store = wiring.open_store(settings)
    kind = "SQLite, for one process on one machine" if settings.sqlite_file else "PostgreSQL"
    yield Finding(True, "database", f"{kind}; reachable, its schema is up to date, its keys fit.")
    failed = failed_walks(store)
    yield Finding(
        failed == 0, "walks", f"{failed} ended in an error and wait for a person." if failed else "none failed."
    )
    store.close()


def _not_yet(settings: Settings) -> Path | None:
    """What the first start makes and opening the database would: then it is not opened."""
    needed = (settings.data, settings.sqlite_file, None if settings.keys else crypto.key_file(settings.data))
    return next((path for path in needed if path is not None and not path.exists()), None)


def _weights(settings: Settings) -> Iterator[Finding]:
    judge = weights.load_judge()
    yield Finding(
        judge.fit, "weights", f"{judge.model} scores here as it was recorded." if judge.fit else judge.why_not
    )


def _norms(settings: Settings) -> Iterator[Finding]:
    loaded = norms.load(settings.norms)
    yield Finding(
        True, "norms", f"version {loaded.version}, {sum(n.on for n in loaded.concerns.values())} of them spoken about."
    )
    if not loaded.conduct.code_of_conduct and not loaded.conduct.contacts:
        yield Finding(
            None, "norms", "no code of conduct and nobody to turn to are named yet; see [conduct] in the norms file."
        )


def _address(settings: Settings) -> Iterator[Finding]:
    local = settings.host in ("127.0.0.1", "::1", "localhost")
    if not local and not settings.base_url:
        yield Finding(
            False, "address", "listening beyond this machine without TACTFUL_BASE_URL: links in e-mails would be wrong."
        )
    elif not local and not settings.address.startswith("https://"):
        yield Finding(False, "address", "people reach it over http; put a proxy with TLS before it (see deploy/).")
    else:
        yield Finding(True, "address", settings.address)
    if settings.base_url and not settings.trusted_proxies:
        yield Finding(None, "address", "if a reverse proxy is in front, name it in TACTFUL_TRUSTED_PROXIES.")
    with socket.socket() as probe:
        busy = probe.connect_ex((settings.host if local else "127.0.0.1", settings.port)) == 0
    yield Finding(
        None if busy else True, "port", f"{settings.port} is {'in use; fine if that is Tactful' if busy else 'free'}."
    )


def _github(settings: Settings) -> Iterator[Finding]:
    by_hand = github_by_hand.configured(settings)
    apps = {name: of_server(server) for name, server in _connected(settings, "github").items()}
    if by_hand is not None:
        apps.setdefault(by_hand.server, by_hand)
    for name, app in apps.items():
        crypto.check_private_key(app.private_key)
        if app.webhook_secret or (name == settings.github_server and settings.github_secrets):
            yield Finding(True, "github", f"an App is registered on {name}; `tactful github doctor` looks at it.")
        else:
            yield Finding(False, "github", f"the App on {name} has no webhook secret: TACTFUL_GITHUB_WEBHOOK_SECRET.")
    if settings.github_secrets:
        if min(map(len, settings.github_secrets)) < 16:
            yield Finding(False, "github", "the webhook secret is short; use 32 random characters or more.")
        else:
            there = f"deliveries from {settings.github_server} are taken at {settings.address}/webhooks/github."
            yield Finding(True, "github", there)
    elif not apps:
        yield Finding(
            None, "github", "the door is closed; an administrator connects GitHub at /github, or see the README."
        )


def _gerrit(settings: Settings) -> Iterator[Finding]:
    there = _connected(settings, "gerrit")
    deaf = [name for name, server in there.items() if not server.paths and not server.ssh]
    if deaf:
        yield Finding(False, "gerrit", f"nothing is heard from {', '.join(deaf)}; `tactful gerrit doctor` says why.")
    elif there:
        yield Finding(True, "gerrit", f"connected: {', '.join(there)}; `tactful gerrit doctor` looks at each.")
    else:
        yield Finding(None, "gerrit", "no server is connected; `tactful gerrit connect URL --user admin` does.")


def _connected(settings: Settings, platform: str) -> dict[str, Server]:
    """By name; none where the database does not exist yet."""
    if _not_yet(settings) is not None:
        return {}
    store = wiring.open_store(settings)
    with store.read() as c:
        there = servers.every(c, store.vault, platform)
    store.close()
    return there


def _channels(settings: Settings) -> Iterator[Finding]:
    if wiring.mailer(settings) is None:
        yield Finding(
            None, "e-mail", "no mail server, so sign-in links cannot be sent: TACTFUL_SMTP_URL and TACTFUL_MAIL_SENDER."
        )
    yield Finding(True, "channels", ", ".join(("inbox", *channels(settings))))


LOOKS = (_data_folder, _database, _weights, _norms, _address, _github, _gerrit, _channels)


def list_settings() -> None:
    """List every setting with its default and meaning. Values are not shown."""
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else f" [default: {field.default}]"
        typer.echo(f"TACTFUL_{name.upper()}{default}\n    {field.description or ''}")
