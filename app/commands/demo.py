"""``tactful demo``: one walk after another, through the real door, in an instance of its own that leaves nothing behind."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console
from rich.text import Text

from app import crypto, logs, policy, wiring
from app.commands.serve import listen
from app.domain import Account, TactfulError
from app.http import Client
from app.platforms.github.deliveries import Note, Somebody, payload, signed
from app.settings import Settings
from app.store import Store, access, judgements, people, suggestions

WRITER = Somebody(583231, "octocat")
STRANGER = Somebody(9919, "somebody-else")
SECRET = crypto.new_token()
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A delivery and what it shows. Scenes with the same ``id`` are about the same comment."""

    tells: str
    id: int
    text: str
    action: str = "created"
    author: Somebody = WRITER


SCENES = (
    Scene(
        "A comment with a sting",
        1,
        "Wow, you've never heard of context managers? The file stays open when `read()` fails, so close it in a `finally` block.",
    ),
    Scene(
        "The same point without the sting, as an edit: the suggestion is withdrawn",
        1,
        "The file stays open when `read()` fails, so close it in a `finally` block.",
        "edited",
    ),
    Scene("A plain, blunt comment", 2, "This leaks the file handle when `read()` fails. Please use a `with` block."),
    Scene("A guess about somebody's effort", 3, "You clearly didn't bother to run the tests before pushing this."),
    Scene(
        "Somebody who has not opted in",
        4,
        "You clearly didn't bother to run the tests before pushing this.",
        author=STRANGER,
    ),
    Scene("A deletion: what was stored of it goes", 3, "", "deleted"),
)


class OwnSettings(Settings):
    """Nothing but what the demonstration says: neither the environment nor tactful.toml, which may be a real service's."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def demo(keep: Annotated[bool | None, typer.Option(help="Keep it running afterwards, to look around.")] = None) -> None:
    """Show the walk of a review comment: accepted, judged, spoken or silent, delivered, and where to read it."""
    console = Console(highlight=False, soft_wrap=True)
    logs.configure("error")
    with tempfile.TemporaryDirectory(prefix="tactful-demo-") as folder:
        settings = OwnSettings(
            data=Path(folder),
            host="127.0.0.1",
            port=0,
            github_webhook_secret=SecretStr(SECRET),
            admin_email="you@example.org",
        )
        with _served(settings) as address:
            store = wiring.open_store(settings)
            person, link = _somebody_opted_in(store)
            console.print(f"An instance of its own is at {address}; its data are in a temporary folder.\n")
            with Client(base_url=address) as client:
                for number, scene in enumerate(SCENES, 1):
                    _play(console, client, store, person, number, scene)
            console.print("Read it as its writer would (the link works once, within 15 minutes):")
            console.print(f"  {address}/enter/{link}\n", soft_wrap=True)
            if keep if keep is not None else sys.stdout.isatty():
                console.print("Ctrl-C ends the demonstration and removes its data.")
                with _until_interrupted():
                    threading.Event().wait()
            store.close()


@contextmanager
def _until_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        return


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    from app.main import create_app

    listener = listen(settings)
    here = settings.model_copy(update={"port": listener.getsockname()[1]})
    server = uvicorn.Server(uvicorn.Config(create_app(here), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_for(lambda: server.started or not thread.is_alive(), "the service to start")
        if not server.started:
            raise TactfulError("The demonstration could not start its service. `tactful doctor` says more.")
        yield here.address
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def _somebody_opted_in(store: Store) -> tuple[int, str]:
    now = wiring.utc_now()
    with store.begin() as c:
        person = people.first_admin(c, "you@example.org", now)
        assert person is not None, "the folder is new"
        people.propose(c, person, Account("github", "github.com", WRITER.id, WRITER.login), now)
        people.confirm(c, person, people.bindings(c, person)[0].id, now)
        people.opt_in(c, person, now)
        return person, access.new_link(c, person, now)


def _play(console: Console, client: Client, store: Store, person: int, number: int, scene: Scene) -> None:
    at = datetime.now(UTC)
    note = Note("review_comment", scene.id, scene.author, scene.text, at, at, number=40 + scene.id)
    note = replace(note, updated_at=datetime.fromtimestamp(at.timestamp() + number, UTC))  # seconds count on GitHub
    previous = "…" if scene.action == "edited" else None
    request = signed(
        "pull_request_review_comment",
        payload(note, scene.action, scene.author, previous),
        delivery=f"00000000-0000-4000-8000-{number:012d}",
        secret=SECRET,
    )
    console.print(Text(f"{number}. {scene.tells}", style="bold"))
    if scene.text:
        console.print(Text(f"   {scene.author.login} writes: {scene.text}"))
    with store.read() as c:
        before = len(judgements.mine(c, person, 100))
    answer = client.post("/webhooks/github", content=request.body, headers=dict(request.headers))
    console.print(f"   The door answers {answer.status_code}: {_meaning(answer.status_code)}")
    if answer.status_code == 202:
        _tell(console, store, person, before, scene)
    console.print()


def _meaning(status: int) -> str:
    return {
        202: "stored, and walked from here on.",
        204: "nobody who asked to be read, so nothing was written down.",
    }.get(status, "refused.")


def _tell(console: Console, store: Store, person: int, before: int, scene: Scene) -> None:
    def latest() -> list[judgements.Decided]:
        with store.read() as c:
            return judgements.mine(c, person, 100)

    if scene.action == "deleted":
        _wait_for(lambda: len(latest()) < before, "the deletion")
        console.print("   Its text, its scores and its suggestion are gone.")
        return
    _wait_for(lambda: len(latest()) > before, "the walk")
    decided = latest()[0]
    if decided.reason is not None:
        console.print(f"   Judged. Silent: {policy.WORDS[decided.reason]}.")
        return

    def entries() -> list[suggestions.Entry]:
        with store.read() as c:
            return [e for e in suggestions.inbox(c, store.vault, person) if not e.withdrawn]

    _wait_for(lambda: bool(entries()), "the suggestion")
    suggestion = entries()[0].suggestion
    assert suggestion is not None, "it was made a moment ago"
    console.print("   Judged. Spoken, to the writer alone, in the inbox:")
    for line in (suggestion.says, suggestion.advice, *([suggestion.wording] if suggestion.wording else [])):
        console.print(Text(f"     {line}"))


def _wait_for(condition: object, what: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TactfulError(f"Waited {PATIENCE_S:.0f} s for {what}. `tactful doctor` may say why.")
        time.sleep(0.02)
