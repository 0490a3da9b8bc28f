"""``tactful github``: the registered Apps, what is asked of GitHub by hand, and what was missed. Connecting is at ``/github``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app import wiring
from app.commands.doctor import tell
from app.commands.norms import write
from app.consent import Consents
from app.domain import TactfulError
from app.findings import Finding
from app.github_app import PLATFORM, GitHubApp
from app.github_apps import GitHubApps, save
from app.github_findings import findings
from app.github_manifest import Feature, manifest
from app.metrics import Metrics
from app.missed import Missed
from app.platforms.gerrit.keys import GerritKeys
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.delivery_log import GitHubLog
from app.platforms.github.grants import GitHubGrants
from app.platforms.github.registration import GitHubRegistration
from app.platforms.github.transport import Transport
from app.settings import Settings, load
from app.store import Store, servers, tokens

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Host name of the GitHub, as `tactful github list` shows it.")]


@app.command("manifest")
def write_manifest(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    feature: Annotated[list[Feature] | None, typer.Option(help="What to ask for beyond comments.")] = None,
) -> None:
    """The App of this service as GitHub takes it, for those who register it by other means than /github."""
    write(json.dumps(manifest(load().address, feature or ()), indent=2) + "\n", file)


@app.command("list")
def list_apps() -> None:
    """The registered Apps."""
    with _store(load()) as store:
        apps = _every(store)
    if not apps:
        typer.echo("No App is registered. An administrator connects GitHub at /github.")
    for one in apps:
        pending = "pending reviews are read of people who tick it" if one.pending_allowed else "no pending reviews"
        typer.echo(f"{one.server}: {one.slug or one.id}; {pending}.")


@app.command()
def doctor(name: Annotated[str | None, typer.Argument(help="One GitHub; all of them, if not given.")] = None) -> None:
    """Ask GitHub how each App stands, and note what it may do now; exits with 1 if something is wrong."""
    settings = load()
    with _store(settings) as store:
        wiring.write_down_github_app(settings, store, wiring.utc_now())
        apps = [_named(store, name)] if name else _every(store)
        if not apps:
            raise TactfulError("No App is registered. An administrator connects GitHub at /github.")
        found = [finding for one in apps for finding in asyncio.run(_look(settings, store, one))]
    tell(found)


@app.command()
def sweep() -> None:
    """Ask for missed deliveries now, as the service does every five minutes."""
    with _store(load()) as store:
        apps = _every(store)
        if not apps:
            raise TactfulError("No App is registered. An administrator connects GitHub at /github.")
        counts = asyncio.run(_swept(store))
    for name, found in counts.items():
        typer.echo(
            f"{name}: " + ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in found.items()) + "."
        )
    if missing := sorted({one.server for one in apps} - set(counts)):
        raise TactfulError(
            f"Nothing is known of {', '.join(missing)}: another replica is looking just now, or GitHub did not answer "
            "(`tactful github doctor` says which). Nothing was skipped; the next sweep begins where this one did."
        )


@app.command()
def pending(name: Name, allowed: Annotated[Literal["on", "off"], typer.Argument()]) -> None:
    """Whether people may have their pending reviews read. Off ends every token that was kept for it."""
    with _store(load()) as store:
        one = _named(store, name)
        with store.begin() as c:
            servers.change(c, PLATFORM, one.server, drafts_allowed=allowed == "on")
        left = [] if allowed == "on" else asyncio.run(_end_tokens(store, one.server))
    typer.echo(f"Pending reviews on {name} are {'read of people who tick it' if allowed == 'on' else 'not read'} now.")
    _say_left(left)


@app.command()
def disconnect(name: Name) -> None:
    """Let go of an App: people's tokens end, and its key is forgotten. The App itself stays on GitHub."""
    with _store(load()) as store:
        one = _named(store, name)
        left = asyncio.run(_end_tokens(store, one.server))
        with store.begin() as c:
            servers.remove(c, PLATFORM, one.server)
    typer.echo(f"{name} is not connected any more.")
    _say_left(left)


# --- within -----------------------------------------------------------------------------------------------------------


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = wiring.open_store(settings)
    try:
        yield store
    finally:
        store.close()


@asynccontextmanager
async def _transport() -> AsyncIterator[Transport]:
    made = Transport(wiring.utc_now)
    try:
        yield made
    finally:
        await made.close()


def _every(store: Store) -> list[GitHubApp]:
    return list(GitHubApps(store).every().values())


def _named(store: Store, name: str) -> GitHubApp:
    known = {one.server: one for one in _every(store)}
    if name not in known:
        raise TactfulError(f"No App is registered on {name}. Registered: {', '.join(known) or 'none'}.")
    return known[name]


async def _look(settings: Settings, store: Store, one: GitHubApp) -> list[Finding]:
    async with _transport() as transport:
        try:
            look = await GitHubRegistration(AppAuth(wiring.utc_now), transport).look(one)
        except TactfulError as error:
            return [Finding(False, one.server, str(error))]
    save(store, look.app, wiring.utc_now())
    return list(findings(look, settings.address))


async def _swept(store: Store) -> dict[str, Any]:
    async with _transport() as transport:
        log = GitHubLog(AppAuth(wiring.utc_now), transport)
        missed = Missed(store, PLATFORM, log, Metrics(), wiring.utc_now, _on(asyncio.get_running_loop()))
        return dict(await asyncio.to_thread(missed.sweep))


async def _end_tokens(store: Store, server: str) -> list[str]:
    async with _transport() as transport:
        ending = {PLATFORM: GitHubGrants(transport)}
        consents = Consents(store, GerritKeys(), wiring.utc_now, _on(asyncio.get_running_loop()), ending)
        with store.read() as c:
            held = tokens.at_server(c, store.vault, PLATFORM, server)
        return await asyncio.to_thread(consents.end, held)


def _on(loop: asyncio.AbstractEventLoop) -> Any:
    """From a worker's thread, as the service does it."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    return run


def _say_left(left: list[str]) -> None:
    if left:
        what = "1 token" if len(left) == 1 else f"{len(left)} tokens"
        typer.echo(f"{what} could not be ended on GitHub; by themselves they end within eight hours.")
