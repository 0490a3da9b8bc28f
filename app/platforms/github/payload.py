"""The parts of GitHub's payloads that are read, and how strictly.

Shapes are those of https://docs.github.com/webhooks/webhook-events-and-payloads; keys that are not named here are
dropped unread. Lengths and characters are bounded where a value ends in a column or a link.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from app.platforms.github.refusals import refusal


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside of what a calendar holds") from None


Number = Annotated[StrictInt, Field(ge=1, lt=2**63)]
Login = Annotated[StrictStr, Field(pattern=r"^[^\s\x00-\x1f\x7f]+$", max_length=100)]
FullName = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", max_length=300)]
Sha = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{7,64}$")]
Url = Annotated[StrictStr, Field(pattern=r"^https?://[^\s\x00-\x1f\x7f\"'<>\\]+$", max_length=2000)]
Instant = Annotated[AwareDatetime, AfterValidator(_utc)]  # an installation's may be seconds since 1970


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class User(Model):
    id: Number
    login: Login
    type: StrictStr = "User"

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Words(Model):
    """A comment or a review: ``user`` is ``None`` once the account is gone, ``body`` where nothing was said."""

    id: Number
    user: User | None
    body: StrictStr | None = Field(None, repr=False)
    html_url: Url
    state: StrictStr | None = None  # of a review
    created_at: Instant | None = None
    submitted_at: Instant | None = None  # a review has this instead
    updated_at: Instant | None = None

    @property
    def at(self) -> datetime:
        """When the words became what they are, as far as GitHub says."""
        found = self.updated_at or self.submitted_at or self.created_at
        if found is None:
            raise refusal("malformed", "the time, which is missing")
        return found


class CommitWords(Words):
    commit_id: Sha


class Numbered(Model):
    """A pull request, an issue or a discussion."""

    number: Number


class Repository(Model):
    full_name: FullName


class Changes(Model):
    body: Mapping[str, object] | None = Field(None, repr=False)  # only its presence counts: this text was edited


class Written(Model, ABC):
    """What every event about somebody's words carries. ``kind`` is the word for it in ``CommentRef``."""

    kind: ClassVar[str]
    words: Words = Field(validation_alias="comment")
    repository: Repository
    sender: User | None = None  # who did it, who need not be who wrote it
    changes: Changes | None = None

    @property
    @abstractmethod
    def thread(self) -> str:
        """The conversation that the words belong to, as people write it."""


class OnPullRequest(Written):
    pull_request: Numbered

    @property
    def thread(self) -> str:
        return f"{self.repository.full_name}#{self.pull_request.number}"


class Review(OnPullRequest):
    kind = "review"
    words: Words = Field(validation_alias="review")


class ReviewComment(OnPullRequest):
    kind = "review_comment"


class IssueComment(Written):
    """On an issue, or on the conversation of a pull request, which GitHub counts among the issues."""

    kind = "issue_comment"
    issue: Numbered

    @property
    def thread(self) -> str:
        return f"{self.repository.full_name}#{self.issue.number}"


class CommitComment(Written):
    kind = "commit_comment"
    words: CommitWords = Field(validation_alias="comment")

    @property
    def thread(self) -> str:
        return f"{self.repository.full_name}@{self.words.commit_id}"


class DiscussionComment(Written):
    kind = "discussion_comment"
    discussion: Numbered

    @property
    def thread(self) -> str:
        return f"{self.repository.full_name}/discussions/{self.discussion.number}"


class Target(Model):
    """Where an app is installed: a person's account or an organisation's."""

    id: Number
    login: Login


class Installed(Model):
    id: Number
    account: Target | None = None  # beside it, not within, where the target was renamed
    updated_at: Instant | None = None
    suspended_at: Instant | None = None


class Installation(Model):
    installation: Installed
    account: Target | None = None


class Revocation(Model):
    sender: User


M = TypeVar("M", bound=Model)


def read(shape: type[M], contents: Mapping[str, object]) -> M:
    """``contents`` as ``shape``. Raises ``RefusedDelivery`` (``malformed``) naming the place, never the value."""
    where = ""
    try:
        return shape.model_validate(contents)
    except ValidationError as error:
        # What failed quotes the delivery; so the refusal is raised outside, without it as its context.
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
    raise refusal("malformed", where)
