"""What there is on the fake GitHub: people, Apps, pull requests, reviews, tokens. No HTTP in here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ACCESS, REFRESH = timedelta(hours=8), timedelta(days=184)


class Clock:
    """The real time, and what it was put forward by."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(eq=False)
class User:
    id: int
    login: str
    type: str = "User"


@dataclass(eq=False)
class Installation:
    id: int
    account: User
    suspended_at: datetime | None = None
    members: set[int] = field(default_factory=set)  # numbers of those who may work there


@dataclass(eq=False)
class Registered:
    """An App. ``hook_url`` is where its deliveries go; ``expiring`` whether people's tokens end by themselves."""

    id: int
    slug: str
    owner: User
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: rsa.RSAPrivateKey = field(repr=False)
    permissions: dict[str, str]
    events: list[str]
    callback_urls: list[str]
    hook_url: str
    expiring: bool = True
    installations: dict[int, Installation] = field(default_factory=dict)

    @property
    def pem(self) -> str:
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL)
        return self.private_key.private_bytes(*form, serialization.NoEncryption()).decode()


@dataclass(eq=False)
class UserToken:
    app: Registered
    user: User
    token: str = field(repr=False)
    ends_at: datetime | None
    refresh: str = field(repr=False)
    refresh_ends_at: datetime | None


@dataclass(eq=False)
class Code:
    """What somebody comes back with from the page where they agreed."""

    app: Registered
    user: User
    redirect_uri: str
    challenge: str
    ends_at: datetime


@dataclass(eq=False)
class Pull:
    id: str
    project: str
    number: int
    author: User
    title: str
    updated_at: datetime
    state: str = "OPEN"
    reviews: list[Review] = field(default_factory=list)
    requested: list[User] = field(default_factory=list)  # whose review was asked for

    def involves(self, user: User) -> bool:
        """As others see it: a review that is pending involves nobody yet."""
        return user is self.author or any(r.author is user and r.state != "PENDING" for r in self.reviews)


@dataclass(eq=False)
class Review:
    id: str
    database_id: int
    pull: Pull
    author: User
    body: str
    created_at: datetime
    updated_at: datetime
    state: str = "PENDING"
    submitted_at: datetime | None = None
    comments: list[Comment] = field(default_factory=list)


@dataclass(eq=False)
class Comment:
    id: str
    database_id: int
    review: Review
    body: str
    path: str
    line: int | None
    created_at: datetime
    updated_at: datetime


class World:
    """Numbers are counted, secrets are random."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.users: dict[str, User] = {}
        self.apps: dict[int, Registered] = {}
        self.tokens: list[UserToken] = []
        self.codes: dict[str, Code] = {}
        self.registering: dict[str, Registered] = {}
        self.pulls: dict[str, Pull] = {}
        self.reviews: dict[str, Review] = {}
        self.comments: dict[str, Comment] = {}
        self.installation_tokens: dict[str, tuple[Registered, Installation, datetime]] = {}
        self._numbers = count(1001)

    def number(self) -> int:
        return next(self._numbers)

    def user(self, login: str, kind: str = "User") -> User:
        """Whoever has this login; made where there is nobody."""
        if login not in self.users:
            self.users[login] = User(self.number(), login, kind)
        return self.users[login]

    # --- Apps ---------------------------------------------------------------------------------------------------------

    def register(
        self, owner: User, name: str, permissions: dict[str, str], events: list[str], hook_url: str
    ) -> Registered:
        made = Registered(
            id=self.number(),
            slug=name.lower().replace(" ", "-").replace(".", "-"),
            owner=owner,
            client_id=f"Iv23{secrets.token_hex(8)}",
            client_secret=secrets.token_hex(20),
            webhook_secret=secrets.token_hex(20),
            private_key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
            permissions=dict(permissions),
            events=list(events),
            callback_urls=[],
            hook_url=hook_url,
        )
        self.apps[made.id] = made
        return made

    def install(self, app: Registered, account: User) -> Installation:
        made = Installation(self.number(), account)
        app.installations[made.id] = made
        return made

    # --- tokens -------------------------------------------------------------------------------------------------------

    def grant(self, app: Registered, user: User) -> UserToken:
        now = self.clock.now()
        made = UserToken(
            app,
            user,
            f"ghu_{secrets.token_hex(18)}",
            now + ACCESS if app.expiring else None,
            f"ghr_{secrets.token_hex(38)}" if app.expiring else "",
            now + REFRESH if app.expiring else None,
        )
        self.tokens.append(made)
        return made

    def token(self, token: str) -> UserToken | None:
        now = self.clock.now()
        return next((t for t in self.tokens if t.token == token and (t.ends_at is None or t.ends_at > now)), None)

    def refreshed(self, app: Registered, refresh: str) -> UserToken | None:
        """Once: what was used is spent, and with it the token it came with."""
        now = self.clock.now()
        for known in self.tokens:
            if known.app is app and refresh and known.refresh == refresh:
                self.tokens.remove(known)
                if known.refresh_ends_at is not None and known.refresh_ends_at > now:
                    return self.grant(app, known.user)
        return None

    def revoke(self, app: Registered, user: User) -> None:
        self.tokens = [t for t in self.tokens if not (t.app is app and t.user is user)]

    # --- reviews ------------------------------------------------------------------------------------------------------

    def pull(self, project: str, author: User, number: int | None, title: str) -> Pull:
        made = Pull(f"PR_{self.number()}", project, number or self.number(), author, title, self.clock.now())
        self.pulls[made.id] = made
        return made

    def review(self, pull: Pull, author: User, body: str) -> Review:
        now, number = self.clock.now(), self.number()
        made = Review(f"PRR_{number}", number, pull, author, body, now, now)
        pull.reviews.append(made)
        self.reviews[made.id] = made
        return made

    def comment(self, review: Review, body: str, path: str, line: int | None) -> Comment:
        now, number = self.clock.now(), self.number()
        made = Comment(f"PRRC_{number}", number, review, body, path, line, now, now)
        review.comments.append(made)
        self.comments[made.id] = made
        return made

    def visible(self, pull: Pull, to: User) -> Iterator[Review]:
        """A pending review is there for its author alone."""
        return (review for review in pull.reviews if review.state != "PENDING" or review.author is to)
