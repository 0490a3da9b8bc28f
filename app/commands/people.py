"""``tactful people``: until an account is confirmed by its person, signed in, it means nothing."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from sqlalchemy import Connection

from app import wiring
from app.commands.serve import first_link
from app.domain import Account, ReceiptStatus, TactfulError
from app.platforms import PLATFORMS
from app.settings import Settings, load
from app.store import Store, access, people, servers

app = typer.Typer(no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="E-mail address of the person.")]


@app.command()
def add(email: Email, admin: Annotated[bool, typer.Option(help="Make them an administrator.")] = False) -> None:
    """Let somebody sign in. They are opted out until they turn it on."""
    store = wiring.open_store(load())
    with store.begin() as c:
        people.add(c, email, wiring.utc_now(), is_admin=admin)
    typer.echo(f"{people.normal_email(email)} can sign in now. Nothing of theirs is read until they turn it on.")


@app.command()
def bind(
    email: Email,
    platform: Annotated[str, typer.Option(help="github or gerrit")],
    id: Annotated[
        int,
        typer.Option(
            help="The numeric account id, from https://api.github.com/users/LOGIN or, on Gerrit, /accounts/LOGIN.",
            min=1,
        ),
    ],
    server: Annotated[
        str | None, typer.Option(help="Host name of the server; for Gerrit the name it was connected under.")
    ] = None,
    login: Annotated[str, typer.Option(help="The account's name, as a label.")] = "",
) -> None:
    """Propose an account for somebody. It stays inert until they confirm it at /me."""
    settings = load()
    if platform not in PLATFORMS:
        raise TactfulError(f"{platform} is not a platform of this Tactful. Known: {', '.join(PLATFORMS)}.")
    store = wiring.open_store(settings)
    with store.begin() as c:
        person_id = _known(people.find(c, email), email)
        where = _gerrit(c, store, server) if platform == "gerrit" else (server or settings.github_server).lower()
        people.propose(c, person_id, Account(platform, where, id, login), wiring.utc_now())
    typer.echo(f"Proposed. {email} can confirm it at {settings.address}/me; until then nothing is read.")


def _gerrit(c: Connection, store: Store, name: str | None) -> str:
    """The connected server called ``name``; without it, the only one."""
    connected = servers.every(c, store.vault, "gerrit")
    if name is None and len(connected) == 1:
        return next(iter(connected))
    if name not in connected:
        known = ", ".join(connected) or "none; `tactful gerrit connect` does that"
        raise TactfulError(f"Say which Gerrit with --server. Connected: {known}.")
    return name


@app.command()
def invite(email: Email) -> None:
    """E-mail somebody a sign-in link. It works once, for 15 minutes."""
    settings = load()
    store = wiring.open_store(settings)
    mail = wiring.mailer(settings)
    if mail is None:
        raise TactfulError("No mail server is set up. Set TACTFUL_SMTP_URL and TACTFUL_MAIL_SENDER, then invite again.")
    with store.begin() as c:
        token = access.new_link(c, _known(people.find(c, email), email), wiring.utc_now())
    minutes = int(access.LINK_LIFE.total_seconds() // 60)
    receipt = asyncio.run(
        wiring.MailPost(mail).invite(people.normal_email(email), f"{settings.address}/enter/{token}", minutes)
    )
    if receipt.status is not ReceiptStatus.SENT:
        raise TactfulError(
            f"The mail server did not take the link ({receipt.detail}). Nothing else was changed; try again."
        )
    typer.echo(f"A link is on its way to {email}.")


@app.command("admin")
def admin_link() -> None:
    """Print the first administrator's one-time link, to a terminal only.

    Once they have signed in, further links are e-mailed; without a mail server they are printed here, too.
    """
    if not sys.stdout.isatty():
        raise TactfulError("The first administrator's link is printed to a terminal only. Run this in one.")
    settings = load()
    link = first_link(settings)
    if link is None and wiring.mailer(settings) is None:
        link = _further_link(settings)
    if link is None:
        raise TactfulError(
            "An administrator has signed in before. Further links are e-mailed: `tactful people invite`."
        )
    typer.echo(link)


def _further_link(settings: Settings) -> str:
    store = wiring.open_store(settings)
    try:
        with store.begin() as c:
            person_id = people.find(c, settings.admin_email)
            profile = people.profile(c, person_id) if person_id is not None else None
            if person_id is None or profile is None or not profile.is_admin:
                raise TactfulError(
                    f"{settings.admin_email} is not an administrator here. Set TACTFUL_ADMIN_EMAIL to the address of one."
                )
            return f"{settings.address}/enter/{access.new_link(c, person_id, wiring.utc_now())}"
    finally:
        store.close()


def _known(person_id: int | None, email: str) -> int:
    if person_id is None:
        raise TactfulError(f"{email} is not known here. `tactful people add {email}` lets them in.")
    return person_id
