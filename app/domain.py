"""The values that travel through Tactful, and the errors people may meet. Frozen, whole when built, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.errors import Away, ConfigurationError, NotNow, RefusedDelivery, TactfulError
from classifiers import Span, Verdict

__all__ = [
    "Account",
    "Address",
    "Away",
    "Comment",
    "CommentRef",
    "Concern",
    "ConfigurationError",
    "Edit",
    "History",
    "Intent",
    "Key",
    "NotNow",
    "Person",
    "Receipt",
    "ReceiptStatus",
    "RefusedDelivery",
    "Server",
    "Silence",
    "Silent",
    "Span",
    "Speak",
    "Suggestion",
    "TactfulError",
    "Verdict",
    "Wording",
]


# --- who and what -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on a platform. ``login`` is a label that may change and never identifies."""

    platform: str
    server: str
    id: int
    login: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Server:
    """A forge's server as an administrator connected it. ``name`` is what accounts and comments carry as their ``server``.

    ``paths`` are hashes of the secret webhook paths in force, two while one is being rotated. ``username`` and ``token``
    are those of the unprivileged account that reads comments back. ``networks`` may send events (empty: any).
    """

    platform: str
    name: str
    url: str  # without a trailing slash; nothing in a request ever leads to another one
    username: str
    token: str = field(repr=False)
    paths: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    drafts_allowed: bool = False  # may a person hand over a token that reads their drafts?
    ssh: str = ""  # host:port of stream-events; empty: not used
    ssh_host_key: str = ""  # pinned when it was connected, in OpenSSH's one-line form
    caught_up_to: datetime | None = None  # published comments before this moment were seen


@dataclass(frozen=True, slots=True)
class Key:
    """A token with which somebody's account on a server can be used. Where a forge has no narrower one, it can do all that
    its owner can; ``token_id`` is its name there, by which it is ended. Where it is short-lived, ``refresh_token`` gives the
    next one, once.
    """

    username: str
    token_id: str
    token: str = field(repr=False)
    ends_at: datetime | None = None
    refresh_token: str = field(default="", repr=False)
    refresh_ends_at: datetime | None = None

    @property
    def useless_at(self) -> datetime | None:
        """When neither it nor what it is refreshed by is of any use."""
        return self.refresh_ends_at if self.refresh_token else self.ends_at


@dataclass(frozen=True, slots=True)
class CommentRef:
    """The identity of a comment: ``kind`` is the platform adapter's word for what it is, ``id`` its key there."""

    platform: str
    server: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.server}:{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as its writer left it. ``thread`` groups what belongs to one conversation (a pull request, a change)."""

    ref: CommentRef
    author: Account
    text: str
    project: str
    thread: str
    url: str
    written_at: datetime
    published: bool = True


class Intent(StrEnum):
    """What a delivery asks of us."""

    JUDGE = "judge"
    THREAD = (
        "thread"  # what somebody said in one thread around this moment; what is held and not there any more, is gone
    )
    DRAFTS = "drafts"  # all that somebody holds unpublished in one thread, as it is now; what is not there, is gone
    WITHDRAW = "withdraw"  # the words stand but no advice applies any more (dismissed, edited by someone else)
    DELETE = "delete"  # the comment is gone: so is what we hold of it
    FORGET_TOKEN = "forget_token"  # noqa: S105 - the person revoked our access
    INSTALLATION = "installation"


# --- judging and deciding ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concern:
    """One norm that a comment touches: ``p`` is calibrated, ``threshold`` what it had to reach under the tolerance in force."""

    label: str
    p: float
    threshold: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody chose, as the policy needs it. Tolerances are false nudges per 1,000 harmless comments."""

    id: int
    opted_in: bool
    timezone: str = "UTC"
    norms_off: frozenset[str] = frozenset()
    daily_budget: int = 3
    weekly_budget: int = 10
    quiet_from: time | None = None
    quiet_until: time | None = None
    snoozed_until: datetime | None = None
    experiment: bool = False  # agrees that about some changes nothing is said, to compare
    language_model_host: str = ""  # agrees that a language model there may see their words; empty: nowhere

    @property
    def zone(self) -> tzinfo:
        """Checked when it was chosen; but zone data change, and a renamed zone must not cost a delivery."""
        try:
            return ZoneInfo(self.timezone)
        except (OSError, ValueError, KeyError):
            return UTC


@dataclass(frozen=True, slots=True)
class History:
    """What was already said to this person, as the policy needs it."""

    spoken_today: int = 0
    spoken_this_week: int = 0
    last_in_thread: datetime | None = None
    told_about_this_text: bool = False
    told_in_this_comment: frozenset[str] = frozenset()  # the norms, where others can read it


class Silence(StrEnum):
    """Why nothing is said. The words a person reads for each are ``policy.WORDS``."""

    NOT_OPTED_IN = "not_opted_in"
    NO_WORDS = "no_words"
    UNKNOWN_LANGUAGE = "unknown_language"
    BELOW_TOLERANCE = "below_tolerance"
    NORM_OFF = "norm_off"
    FINE_HERE = "fine_here"  # the words are among those that the project is fine with
    PROJECT_OFF = "project_off"
    SNOOZED = "snoozed"
    QUIET_HOURS = "quiet_hours"
    DAILY_BUDGET = "daily_budget"
    WEEKLY_BUDGET = "weekly_budget"
    THREAD_COOLDOWN = "thread_cooldown"
    ALREADY_TOLD = "already_told"
    HOLD_OUT = "hold_out"
    SHADOW = "shadow"
    WITHDRAWN = "withdrawn"
    UNFIT = "unfit"  # the weights failed their golden check: nothing is judged


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something about ``concern``, the strongest one."""

    concern: Concern


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing, and why. ``concern`` is what would have been spoken about, where there was one."""

    reason: Silence
    concern: Concern | None = None


# --- saying -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``[start, end)`` of the original text (code points) by ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole comment said differently: ``text``, and the same as changes to the original."""

    text: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the writer alone reads: at most two sentences and, where one was found, a wording.

    ``says`` is the norm in one friendly sentence, ``advice`` another way, ``wording`` the whole comment said differently
    and ``edits`` the same as changes to the original; both absent where nothing was safe to offer. ``alternative`` is a
    second way to say it, only beside a first.
    """

    label: str
    title: str
    says: str
    source: str
    advice: str
    spans: tuple[Span, ...] = ()
    wording: str | None = None
    edits: tuple[Edit, ...] = ()
    alternative: Wording | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel reaches one person: an e-mail address, a confirmed chat address, or the inbox itself."""

    person_id: int
    value: str


class ReceiptStatus(StrEnum):
    SENT = "sent"
    FAILED = "failed"  # surely not sent: may be tried again
    UNKNOWN = "unknown"  # perhaps sent: never repeated, shown in the inbox


@dataclass(frozen=True, slots=True)
class Receipt:
    status: ReceiptStatus
    detail: str = ""
