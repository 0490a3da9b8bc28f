"""The only place where concrete things are built."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app import crypto, github_by_hand, norms
from app.channels import Channel
from app.channels.chat import ChatChannel
from app.channels.email import EmailChannel, code_message, invite_message, review_message, sign_in_message
from app.channels.mail import Mailer, SmtpTarget
from app.chores import Chore
from app.connected import Connected
from app.consent import Consents
from app.domain import Address, ConfigurationError, Receipt, Server
from app.endpoint import Endpoint, Terms
from app.engine import Engine
from app.github_apps import GitHubApps
from app.in_force import InForce
from app.intake import Intake
from app.judge import Judge
from app.keyring import KeptKeys
from app.listening import Listening
from app.looking_again import LookingAgain
from app.metrics import Metrics
from app.missed import Missed
from app.pending.watching import Watching
from app.pipeline import Pipeline
from app.platforms import Platform
from app.platforms.gerrit import Gerrit
from app.platforms.gerrit.ear import GerritEar
from app.platforms.gerrit.keys import GerritKeys
from app.platforms.github import GitHub
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.delivery_log import GitHubLog
from app.platforms.github.drafts import DraftsOnGitHub
from app.platforms.github.grants import GitHubGrants
from app.platforms.github.pending import PendingOnGitHub
from app.platforms.github.personal import Personal
from app.platforms.github.registration import GitHubRegistration
from app.platforms.github.transport import Transport
from app.releasing import Releaser
from app.reminders import Reminders
from app.settings import Settings
from app.store import Store, connections
from app.store.lease import LISTENING, Lease
from app.suggestions import Rewording
from app.user_tokens import UserTokens
from app.web.limits import Limits
from app.web.replays import Replays
from app.web.state import State
from app.weights import learned, load_judge


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(settings: Settings) -> Store:
    """The database with its keys, migrated. For commands; the service holds it for as long as it runs."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    vault = crypto.Vault(crypto.load_keys(settings.keys, settings.data))
    return Store.open(settings.sqlalchemy_url, vault)


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """On SQLite one service per data folder: two would walk the same deliveries.

    The lock ends with the process, also by kill -9.
    """
    if settings.sqlite_file is None:
        yield
        return
    with (settings.data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"Another Tactful is running on {settings.data}. Stop it, or give this one a folder of its own "
                "with TACTFUL_DATA."
            ) from None
        yield


def gerrit(settings: Settings, store: Store, now: Callable[[], datetime], connected: Connected) -> Gerrit:
    keys = KeptKeys(store, now)
    return Gerrit(connected.named, keys, store.vault.digest, now, settings.draft_quiet_seconds)


def gerrit_key_file(settings: Settings) -> str | None:
    """The private key for streams that the settings name, if they do."""
    if settings.gerrit_ssh_key is None:
        return None
    try:
        return settings.gerrit_ssh_key.read_text()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The file that TACTFUL_GERRIT_SSH_KEY names could not be read as a key.") from None


def gerrit_ear(settings: Settings, store: Store) -> GerritEar:
    key_file = gerrit_key_file(settings)

    def private_key(server: Server) -> str | None:
        with store.read() as c:
            return key_file or connections.ssh_key(c, store.vault, server.platform, server.name)

    return GerritEar(private_key)


def write_down_github_app(settings: Settings, store: Store, now: datetime) -> None:
    """The App that the settings name, if they do. Raises ``ConfigurationError``."""
    if (app := github_by_hand.configured(settings)) is not None:
        crypto.check_private_key(app.private_key)
        github_by_hand.write_down(store, app, now)


def language_model(settings: Settings, now: Callable[[], datetime], metrics: Metrics) -> Endpoint | None:
    """The language model, where an administrator switched one on."""
    if settings.language_model_url is None:
        return None
    key = settings.language_model_key
    terms = Terms(
        settings.language_model_url,
        settings.language_model_name,
        key.get_secret_value() if key else "",
        settings.language_model_timeout_seconds,
        settings.language_model_calls_per_day,
    )
    return Endpoint(terms, now, metrics.language_model_asked)


class MailPost:
    """Posts one-time links and codes through the same mail server as suggestions."""

    def __init__(self, mail: Mailer) -> None:
        self._mail = mail

    async def sign_in(self, to: str, url: str, minutes: int) -> Receipt:
        return await self._mail.send(sign_in_message(to, url, minutes))

    async def confirm(self, to: str, code: str, minutes: int) -> Receipt:
        return await self._mail.send(code_message(to, code, minutes))

    async def invite(self, to: str, url: str, minutes: int) -> Receipt:
        return await self._mail.send(invite_message(to, url, minutes))

    async def review(self, to: str, about: str, url: str) -> Receipt:
        return await self._mail.send(review_message(to, about, url))


def mailer(settings: Settings) -> Mailer | None:
    """The mail server, where one is configured. Raises ``ConfigurationError`` where it is half configured."""
    if settings.smtp_url is None:
        return None
    target = SmtpTarget.parse(settings.smtp_url.get_secret_value())
    sender = settings.mail_sender or target.sender
    if sender is None:
        raise ConfigurationError(
            "TACTFUL_SMTP_URL is set, but not TACTFUL_MAIL_SENDER, the address that e-mails come from."
        )
    return Mailer(target, sender)


def channels(settings: Settings, store: Store, mail: Mailer | None) -> dict[str, Channel]:
    """The channels beyond the inbox that are configured, by name."""

    def unsubscribe_url(to: Address) -> str:
        return f"{settings.address}/unsubscribe/{store.vault.sign('unsubscribe', str(to.person_id))}"

    found: dict[str, Channel] = {}
    if mail is not None:
        found["email"] = EmailChannel(mail, unsubscribe_url)
    if settings.chat_url is not None:
        found["chat"] = ChatChannel(settings.chat_url.get_secret_value())
    return found


@asynccontextmanager
async def build(
    settings: Settings, *, now: Callable[[], datetime] = utc_now, judge: Judge | None = None
) -> AsyncIterator[State]:
    """Everything, started; and stopped in the opposite order."""
    loop = asyncio.get_running_loop()

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        """From a worker's thread, on this loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    loaded_norms = norms.load(settings.norms)
    store = await asyncio.to_thread(open_store, settings)
    with only_one(settings):
        listening: Judge = judge if judge is not None else await asyncio.to_thread(load_judge)
        mail = mailer(settings)
        ways = channels(settings, store, mail)
        metrics = Metrics()
        # Every platform, also behind a closed door: what came through it earlier is still walked.
        await asyncio.to_thread(write_down_github_app, settings, store, now())
        github_apps = GitHubApps(store)
        github_transport, github_auth = Transport(now), AppAuth(now)
        github_grants = GitHubGrants(github_transport)
        user_tokens = UserTokens(store, "github", github_grants, now)
        from_github = GitHub(settings.github_secrets, settings.github_server, registered=github_apps.doors)
        gerrit_servers = Connected(store, "gerrit")
        from_gerrit = gerrit(settings, store, now, gerrit_servers)
        platforms: dict[str, Platform] = {"github": from_github, "gerrit": from_gerrit}
        in_force = InForce(store, loaded_norms)
        # A judge that was handed in is scripted: what is offered to it should not depend on weights.
        made = await asyncio.to_thread(learned, listening.meaning) if judge is None else Rewording()
        wordings = replace(made, count=metrics.reworded)
        model = language_model(settings, now, metrics)
        pipeline = Pipeline(
            store=store,
            intake=Intake(store, platforms, now, run),
            channels=ways,
            judge=listening,
            in_force=in_force,
            metrics=metrics,
            now=now,
            address=settings.address,
            run=run,
            rewording=wordings,
            language_model=model,
        )
        consents = Consents(store, GerritKeys(), now, run, {"github": github_grants})
        missed = Missed(store, "github", GitHubLog(github_auth, github_transport), metrics, now, run)
        releaser = Releaser(store, in_force, now, timedelta(days=settings.keep_scores_days))
        reminders = Reminders(store, MailPost(mail) if mail else None, now, settings.address, run)
        engine = Engine(
            pipeline,
            workers=settings.workers,
            keep_text=timedelta(days=settings.keep_text_days),
            keep_scores=timedelta(days=settings.keep_scores_days),
        )
        ear = gerrit_ear(settings, store)
        lease = Lease(store, LISTENING)
        listening_to = Listening(store, gerrit_servers, from_gerrit, ear, engine.accept, metrics, now, lease)
        on_github = Personal(github_apps.named, user_tokens, github_transport)
        watching = Watching(store, PendingOnGitHub(on_github), engine.accept, metrics, now)
        looking_again = LookingAgain(store, from_gerrit, engine.accept, now)
        chores = (
            Chore("releases", "23 * * * *", releaser.run),
            Chore("reminders", "31 * * * *", reminders.run),
            Chore("renew-keys", "*/10 * * * *", lambda: consents.renew("gerrit")),
            Chore("look-again", "*/30 * * * *", looking_again),
            Chore("ended-tokens", "41 * * * *", user_tokens.let_go_of_ended),
            Chore("missed-deliveries", "*/5 * * * *", missed.sweep),
        )
        await asyncio.to_thread(engine.launch, chores)
        loops = [asyncio.create_task(listening_to.run()), asyncio.create_task(watching.run())]
        try:
            yield State(
                settings=settings,
                store=store,
                engine=engine,
                judge=listening,
                in_force=in_force,
                metrics=metrics,
                github=from_github,
                github_apps=github_apps,
                github_registration=GitHubRegistration(github_auth, github_transport),
                github_grants=github_grants,
                user_tokens=user_tokens,
                gerrit=from_gerrit,
                gerrit_servers=gerrit_servers,
                drafts={"gerrit": from_gerrit, "github": DraftsOnGitHub(on_github, store.vault.digest)},
                consents=consents,
                channels=ways,
                post=MailPost(mail) if mail else None,
                now=now,
                replays=Replays(store, listening),
                rewording=wordings,
                language_model=model,
                limits=Limits(
                    settings.check_requests_per_minute, settings.check_bytes_per_minute, settings.check_concurrency
                ),
            )
        finally:
            for task in loops:
                task.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await asyncio.to_thread(engine.shutdown)
            await from_gerrit.close()
            await github_transport.close()
            if model is not None:
                model.close()
            await listening.close()
            store.close()
