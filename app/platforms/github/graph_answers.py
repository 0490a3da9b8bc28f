"""The answers to the documents in ``graph``, and how strictly they are read. A node that we may not see is ``None``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Generic, TypeVar

from pydantic import AliasPath, Field, StrictStr, ValidationError

from app.domain import NotNow
from app.platforms.github.payload import FullName, Instant, Login, Model, Number, Url

T = TypeVar("T")

BigNumber = Annotated[int, Field(ge=1, lt=2**63)]  # GraphQL's BigInt comes as a string
NodeId = Annotated[StrictStr, Field(min_length=1, max_length=500)]


class Nodes(Model, Generic[T]):
    nodes: tuple[T | None, ...] = ()

    @property
    def there(self) -> list[T]:
        return [node for node in self.nodes if node is not None]


class Numbered(Model):
    id: BigNumber = Field(validation_alias="fullDatabaseId")


class Written(Numbered):
    """Words that are pending. ``body`` is empty in a review that has none of its own."""

    body: StrictStr = Field("", repr=False)
    url: Url
    updated_at: Instant = Field(validation_alias="updatedAt")


class Comments(Nodes[Written]):
    total: int = Field(validation_alias="totalCount")


class Review(Written):
    mine: bool = Field(validation_alias="viewerDidAuthor")
    comments: Comments


class Out(Numbered):
    """A review that was submitted."""

    comments: Nodes[Numbered]


class Pull(Model):
    number: Number
    project: FullName = Field(validation_alias=AliasPath("repository", "nameWithOwner"))
    reviews: Nodes[Review] | None = None
    out: Nodes[Out] | None = None

    @property
    def review(self) -> Review | None:
        """What is pending; there is at most one of a person's in a pull request."""
        return next((review for review in self.reviews.there if review.mine), None) if self.reviews else None

    @property
    def submitted(self) -> list[Out]:
        return self.out.there if self.out else []


class Viewer(Model):
    id: Number = Field(validation_alias="databaseId")
    login: Login = ""


class Budget(Model):
    cost: int
    remaining: int
    reset_at: Instant = Field(validation_alias="resetAt")


class Answer(Model):
    viewer: Viewer
    budget: Budget | None = Field(None, validation_alias="rateLimit")
    involved: Nodes[Pull] = Nodes()
    asked: Nodes[Pull] = Nodes()


class Holder(Model):
    """Who holds a pull request: ``None`` where there is none that we may see."""

    pull: Pull | None = Field(None, validation_alias="pullRequest")


class Draft(Numbered):
    """Pending words as they are right before they are changed."""

    node: NodeId = Field(validation_alias="id")
    body: StrictStr = Field("", repr=False)
    can_update: bool = Field(validation_alias="viewerCanUpdate")


class DraftReview(Draft):
    mine: bool = Field(validation_alias="viewerDidAuthor")
    comments: Nodes[Draft]


class Drafts(Model):
    viewer: Viewer
    reviews: Nodes[DraftReview] | None = Field(None, validation_alias=AliasPath("repository", "pullRequest", "reviews"))


class Applied(Model):
    body: StrictStr | None = Field(None, validation_alias=AliasPath("written", "words", "body"), repr=False)


M = TypeVar("M", bound=Model)


def read(shape: type[M], data: Mapping[str, object]) -> M:
    """``data`` as ``shape``. Raises ``NotNow`` for anything else, quoting nothing."""
    try:
        return shape.model_validate(data)
    except ValidationError:
        pass  # raised outside, so that what failed is not its context: it quotes the answer
    raise NotNow("GitHub answered with something that was not expected. Try again in a moment.")
