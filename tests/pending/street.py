"""A GitHub of our own, a store with one person who ticked it, and all that lies between, without the engine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from app import norms
from app.domain import Account
from app.github_app import GitHubApp, as_server
from app.github_apps import GitHubApps
from app.in_force import InForce
from app.intake import Intake
from app.metrics import Metrics
from app.pending.watching import Watching
from app.pipeline import Pipeline
from app.platforms import Delivery
from app.platforms.github import GitHub, deliveries
from app.platforms.github.drafts import DraftsOnGitHub
from app.platforms.github.grants import GitHubGrants
from app.platforms.github.pending import PendingOnGitHub
from app.platforms.github.personal import Personal
from app.platforms.github.transport import Transport
from app.store import Store, people, servers, suggestions, tokens
from app.user_tokens import UserTokens
from tests.fakes import RememberingChannel, ScriptedJudge
from tests.github_server import FakeGitHub
from tests.github_server.world import Pull, Review, User

PROJECT = "octo-org/octo-repo"
STING = "{belittling:so simple a child could} see the leak in `read_all`. Please close the handle."
SECRET = "a secret of at least sixteen characters"
HARMLESS = "Please close the handle in `read_all`."


@dataclass
class Street:
    github: FakeGitHub
    store: Store
    app: GitHubApp
    anna: User
    account: Account
    person: int
    pipeline: Pipeline
    personal: Personal
    channel: RememberingChannel
    delivered: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watching = self.replica()
        self.drafts = DraftsOnGitHub(self.personal, self.store.vault.digest)

    def replica(self) -> Watching:
        platform = PendingOnGitHub(self.personal)
        return Watching(self.store, platform, self.walk, self.pipeline.metrics, self.pipeline.now, lambda: 0.5)

    def walk(self, delivery: Delivery) -> bool:
        """In place of the engine: at once, and with what it is to send."""
        self.delivered.append(delivery)
        for suggestion, channel in self.pipeline.walk(self.store.vault.seal(delivery.dump())):
            self.pipeline.deliver(suggestion, channel)
        return True

    async def round(self, after: timedelta = timedelta(minutes=6)) -> None:
        """Whatever is due by then."""
        self.github.advance(after)
        await self.watching.look()
        await self.watching.rest()

    async def hear(self, review: Review) -> None:
        """The webhook about a review that was submitted."""
        anna = deliveries.Somebody(self.anna.id, self.anna.login)
        pull, at = review.pull, review.submitted_at
        assert at is not None
        where = (pull.project, pull.number)
        note = deliveries.Note("review", review.database_id, anna, review.body, at, at, *where, server=self.app.server)
        contents = deliveries.payload(note, "submitted", anna)
        incoming = deliveries.signed("pull_request_review", contents, delivery=f"{at:%d%H%M%S}", secret=SECRET)
        await asyncio.to_thread(self.walk, GitHub((SECRET,), self.app.server).accept(incoming))

    def pull(self, author: str = "ben") -> Pull:
        """Somebody else's, for which Anna's review was asked."""
        made = self.github.pull_request(PROJECT, self.github.user(author))
        made.requested.append(self.anna)
        return made

    def inbox(self) -> list[suggestions.Entry]:
        with self.store.read() as c:
            return suggestions.inbox(c, self.store.vault, self.person)

    def asked(self) -> int:
        """GraphQL requests with Anna's token."""
        return sum(one.path.endswith("/graphql") and one.login == "anna" for one in self.github.requests)


def built(github: FakeGitHub, store: Store, permissions: dict[str, str] | None = None) -> Street:
    now = github.world.clock.now
    app, anna = github.app(permissions=permissions), github.user("anna")
    account = Account("github", app.server, anna.id, anna.login)
    with store.begin() as c:
        servers.save(c, store.vault, as_server(app), now())
        person = people.newcomer(c, account, now())
        people.opt_in(c, person, now())
        people.change(c, person, email="anna@example.org", email_on=True)
        binding = people.binding_of(c, account)
        assert binding is not None
        tokens.keep(c, store.vault, binding, github.authorise(app, anna), now(), now())
    transport, channel = Transport(now), RememberingChannel()
    keyring = UserTokens(store, "github", GitHubGrants(transport), now)
    pipeline = Pipeline(
        store=store,
        intake=Intake(store, {"github": GitHub(())}, now, asyncio.run),
        channels={"email": channel},
        judge=ScriptedJudge(),
        in_force=InForce(store, norms.load()),
        metrics=Metrics(),
        now=now,
        address="https://tactful.test",
        run=asyncio.run,
    )
    personal = Personal(GitHubApps(store).named, keyring, transport)
    return Street(github, store, app, anna, account, person, pipeline, personal, channel)
