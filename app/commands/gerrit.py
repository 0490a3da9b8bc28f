"""``tactful gerrit``: connect Gerrit servers, look after them, let go of them. Options and questions; the work is beside."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer

from app.commands import gerrit_asking as ask
from app.commands import gerrit_connect, gerrit_look
from app.commands.gerrit_asking import ADMIN_TOKEN, READER_TOKEN
from app.commands.gerrit_desk import PLATFORM, Order
from app.domain import TactfulError
from app.gerrit_plugin import filled_in
from app.platforms.gerrit.remarks import DRAFTS_MEAN
from app.settings import load
from app.store import servers

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name it was connected under.")]
User = Annotated[str, typer.Option(help="Username of an administrator of that Gerrit.")]
TokenFile = Annotated[
    Path | None, typer.Option(help=f"File with the administrator's token, for scripts; or {ADMIN_TOKEN}.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes, for scripts.")]


@app.command()
def connect(
    url: Annotated[str, typer.Argument(help="Address of the Gerrit server, as people open it.")],
    user: User = "admin",
    name: Annotated[str | None, typer.Option(help="What to call it here; the host name, if not given.")] = None,
    reader: Annotated[str | None, typer.Option(help="Username of the service account that reads comments.")] = None,
    token_file: TokenFile = None,
    reader_token_file: Annotated[
        Path | None, typer.Option(help=f"File with the service account's token, for scripts; or {READER_TOKEN}.")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="Addresses or networks that may send events, or a file of them; or 'any'.")
    ] = None,
    stream: Annotated[str | None, typer.Option(help="host:port of Gerrit's SSH, where it has no webhooks.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, and say what would be done.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what connecting did.")] = False,
    yes: Yes = False,
) -> None:
    """Connect a Gerrit server; again, to mend what is missing. Tokens are asked for, never given as an argument."""
    settings = load()
    desk = ask.desk(settings, yes=yes, trial=dry_run)
    address = ask.address(url)
    called = ask.name(name or urlsplit(address).hostname or "")
    known = desk.known(called)
    if known is not None and known.url != address:
        raise TactfulError(f"{called} is {known.url} here. Give this one a name of its own with --name.")
    if twin := next((one for one in ask.every(desk.store).values() if one.url == address and one.name != called), None):
        raise TactfulError(f"{address} is connected as {twin.name} already. Add --name {twin.name}.")
    admin_token = "" if undo and dry_run else ask.token(f"Token of {user} there", ADMIN_TOKEN, token_file)
    if undo:
        order = Order(called, address, user, admin_token)
        return ask.finish(gerrit_connect.undo(desk, order, trial=dry_run))
    who = (
        reader
        or (known.username if known else "")
        or ask.asked("Username of the service account that reads", "tactful")
    )
    kept = known.token if known and known.username == who else ""
    reader_token = ask.token(f"Token of {who}", READER_TOKEN, reader_token_file, kept)
    networks = ask.networks(allow) if allow is not None else None
    ssh = ask.ssh(stream) if stream is not None else None
    order = Order(called, address, user, admin_token, who, reader_token, networks, ssh)
    return ask.finish(gerrit_connect.connect(desk, order, trial=dry_run))


@app.command()
def doctor(
    name: Annotated[str | None, typer.Argument(help="One server; all of them, if not given.")] = None,
    user: Annotated[str | None, typer.Option(help="An administrator there, to look at the webhooks, too.")] = None,
    token_file: TokenFile = None,
) -> None:
    """Look everything over again. Changes nothing; exits with 1 if something is wrong."""
    desk = ask.desk(load())
    there = [ask.known(desk, name)] if name else list(ask.every(desk.store).values())
    if not there:
        raise TactfulError("No Gerrit is connected. `tactful gerrit connect URL --user admin` does.")
    if user and len(there) > 1:
        raise TactfulError("An administrator's token goes to one server only: name the one to look at.")
    token = ask.token(f"Token of {user} there", ADMIN_TOKEN, token_file) if user else ""

    async def all_of_them() -> bool:
        return all([await gerrit_look.examine(desk, server, user or "", token) for server in there])

    ask.finish(all_of_them())


@app.command("list")
def list_servers() -> None:
    """The servers that are connected."""
    for server in ask.every(ask.desk(load()).opened()).values():
        ways = [f"webhooks ({len(server.paths)} addresses open)" if len(server.paths) > 1 else "webhooks"] * bool(
            server.paths
        )
        ways += [f"stream-events at {server.ssh}"] * bool(server.ssh)
        drafts = "drafts allowed" if server.drafts_allowed else "no drafts"
        typer.echo(
            f"{server.name}  {server.url}  read by {server.username}, {' and '.join(ways) or 'no events'}, {drafts}"
        )


@app.command()
def plugin(
    name: Name, to: Annotated[Path | None, typer.Option(help="Write it here; otherwise it is printed.")] = None
) -> None:
    """The plugin for that Gerrit's page: one file, to be copied into the plugins folder of its site."""
    settings = load()
    text = filled_in(settings.address, ask.known(ask.desk(settings), name).name)
    if to is None:
        sys.stdout.write(text)
        return
    try:
        to.write_text(text, "utf-8")
    except OSError as error:
        raise TactfulError(f"{to} could not be written ({error.strerror}). Choose another place with --to.") from None
    typer.echo(
        f"{to} is for {name} alone. Copy it into the plugins folder of its site; Gerrit sees it within a minute."
    )


@app.command()
def rotate(name: Name, user: User = "admin", token_file: TokenFile = None, yes: Yes = False) -> None:
    """Open a second secret address and point Gerrit at it. Called again, the earlier one is closed."""
    desk = ask.desk(load(), yes=yes)
    server = ask.known(desk, name)
    ask.finish(gerrit_look.rotate(desk, server, user, ask.token(f"Token of {user} there", ADMIN_TOKEN, token_file)))


@app.command()
def drafts(name: Name, switch: Annotated[Literal["on", "off"], typer.Argument()]) -> None:
    """Whether people of that server may hand over a token with which Tactful reads their drafts."""
    desk = ask.desk(load())
    server = ask.known(desk, name)
    with desk.opened().begin() as c:
        servers.change(c, PLATFORM, name, drafts_allowed=switch == "on")
    if switch == "on":
        typer.echo(f"People of {name} may let Tactful read their drafts. {DRAFTS_MEAN}")
        return
    asyncio.run(gerrit_connect.end_drafts(desk, server))
    typer.echo(f"Nobody's drafts on {name} are read. The plugin in the page goes on: it needs no token of Gerrit's.")
