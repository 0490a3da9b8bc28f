"""How ``tactful gerrit`` asks for what it needs, and reads what it was given."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from app import wiring
from app.commands.gerrit_desk import PLATFORM, Desk
from app.domain import Server, TactfulError
from app.platforms.gerrit.plan import Step
from app.platforms.gerrit.stream import place
from app.settings import Settings
from app.store import Store, servers

ADMIN_TOKEN, READER_TOKEN = "TACTFUL_GERRIT_ADMIN_TOKEN", "TACTFUL_GERRIT_READER_TOKEN"
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}", re.ASCII)


def desk(settings: Settings, *, yes: bool = False, trial: bool = False) -> Desk:
    untouched = trial and settings.sqlite_file is not None and not settings.sqlite_file.exists()

    def agreed(step: Step) -> bool:
        return yes or _confirmed("          Shall I?")

    def trusted(fingerprint: str) -> bool:
        typer.echo(f"The SSH server shows the key {fingerprint}. Its administrator can tell whether that is theirs.")
        return yes or trial or _confirmed("Is it?")

    return Desk(
        store=None if untouched else wiring.open_store(settings),
        address=settings.address,
        now=wiring.utc_now,
        say=typer.echo,
        agreed=agreed,
        trusted=trusted,
        key_file=wiring.gerrit_key_file(settings),
    )


def finish(work: Coroutine[Any, Any, bool]) -> None:
    if not asyncio.run(work):
        raise typer.Exit(1)


def known(desk: Desk, name: str) -> Server:
    server = desk.known(name)
    if server is None:
        there = ", ".join(every(desk.store)) or "none"
        raise TactfulError(f"{name} is not connected here. Connected: {there}.")
    return server


def every(store: Store | None) -> dict[str, Server]:
    if store is None:
        return {}
    with store.read() as c:
        return servers.every(c, store.vault, PLATFORM)


def token(prompt: str, variable: str, file: Path | None, kept: str = "") -> str:
    """From a file, the environment or a hidden prompt, in this order; ``kept`` is the one that is here already."""
    if file is not None:
        try:
            return file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise TactfulError(f"{file} could not be read. It should hold the token and nothing else.") from None
    if token := os.environ.get(variable, "").strip():
        return token
    if not sys.stdin.isatty():
        if kept:
            return kept
        raise TactfulError(f"{prompt} is missing. Set {variable}, or name a file that holds it; `--help` says how.")
    hint = " (Enter: the one that is kept)" if kept else ""
    return str(typer.prompt(f"{prompt}{hint}", hide_input=True, default=kept or None, show_default=False)).strip()


def asked(prompt: str, default: str) -> str:
    if not sys.stdin.isatty():
        raise TactfulError("Name the service account that reads comments with --reader.")
    return str(typer.prompt(prompt, default=default)).strip()


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        typer.echo(f"{question} There is nobody to ask, so no. --yes agrees beforehand.")
        return False
    return typer.confirm(question, default=False)


# --- reading what was given -----------------------------------------------------------------------------------------------


def address(url: str) -> str:
    parts = urlsplit(url.strip())
    try:
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine or parts.username is not None or parts.query or parts.fragment:
        raise TactfulError("The address should look like https://gerrit.example.org, with its path if it has one.")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise TactfulError("A name has small letters, digits, dots and dashes, at most 61; give one with --name.")
    return name


def ssh(given: str) -> str:
    host, port = place(given)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def networks(given: list[str]) -> tuple[str, ...]:
    words = [word for one in given for word in _words(one)]
    if words == ["any"]:
        return ()
    try:
        return tuple(str(ipaddress.ip_network(word, strict=False)) for word in words)
    except ValueError:
        raise TactfulError(
            "--allow takes addresses or networks such as 192.0.2.7 or 10.0.0.0/8, or a file of them."
        ) from None


def _words(given: str) -> list[str]:
    file = Path(given)
    lines = file.read_text("utf-8").splitlines() if file.is_file() else [given]
    return [word for line in lines for word in line.partition("#")[0].replace(",", " ").split()]
