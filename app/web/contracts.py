"""The shapes of the v1 API, as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from classifiers.labels import CONCERNS

MOST_TEXTS = 64
MOST_CHARACTERS = 60_000

Text = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]
Probability = Annotated[float, Field(ge=0, le=1)]

EXAMPLE = "So simple my grandmother could review it. Please rename `tmp`."


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Place(Strict):
    """Where the texts are being written, so that the project's settings apply. Nothing of it is stored or logged."""

    platform: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(examples=["github"])
    server: Annotated[str, StringConstraints(min_length=1, max_length=253)] = Field(examples=["github.com"])
    project: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(examples=["octo/parser"])
    change: Annotated[str, StringConstraints(max_length=400)] = Field(
        "", description="the pull request or change, as its platform names it", examples=["octo/parser#12"]
    )


class CheckRequest(Strict):
    """Texts to hear. Nothing of them is stored or logged."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=MOST_TEXTS, examples=[[EXAMPLE]])]
    rewrite: bool = Field(False, description="also compose a suggestion for each text that touches a norm")
    place: Place | None = Field(None, description="without it, the service's own norms apply")


class SpanOut(BaseModel):
    """Words that carry a concern: offsets in characters (code points), half-open."""

    start: int
    end: int
    label: str
    p: Probability


class NormOut(BaseModel):
    label: str
    title: str
    says: str
    source: str


class EditOut(BaseModel):
    start: int
    end: int
    text: str


class WordingOut(BaseModel):
    wording: str
    edits: list[EditOut]


class SuggestionOut(BaseModel):
    advice: str
    wording: str | None
    edits: list[EditOut]
    alternative: WordingOut | None = Field(None, description="a second way to say it, only beside a first")


class Result(BaseModel):
    flagged: list[str] = Field(description="concerns at or above their threshold, strongest first")
    concerns: dict[str, Probability]
    strengths: dict[str, Probability]
    spans: list[SpanOut]
    norm: NormOut | None
    suggestion: SuggestionOut | None
    silence: str | None = Field(description="why nothing is said, where nothing is")
    band: Literal["below", "low", "mid", "high"] | None = Field(
        description="how far above its threshold the concern spoken about lies: to be sent with an answer to it"
    )


class CheckResponse(BaseModel):
    model: str
    results: list[Result]


class WaitingNote(BaseModel):
    """A note about a comment that nobody else can read yet."""

    open: str = Field(description="the note in the person's inbox")
    url: str = Field(description="the comment, as its platform leads to it")
    at: datetime
    place: Place
    norm: NormOut
    advice: str
    wording: str | None


class WaitingNotes(BaseModel):
    notes: list[WaitingNote]


class FeedbackRequest(Strict):
    """An answer to a suggestion: counted by norm and band, without any text."""

    label: Literal[CONCERNS]  # type: ignore[valid-type]
    band: Literal["below", "low", "mid", "high"]
    answer: Literal["helpful", "wrong", "not_now", "used", "edited", "kept", "published"]
    context: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="a digest the client makes, with a key of its own, of what the answer is about; the same answer counts once",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    place: Place | None = Field(
        None, description="where it was written: counted for the project's statistics, if its writer agreed to them"
    )
    first: Literal["below", "low", "mid", "high"] | None = Field(
        None,
        description="with `published`: the band in which the text was heard first; `band` is that of the published one",
    )
    edited: bool = Field(False, description="with `published`: whether the text changed since it was heard first")


class FeedbackResponse(BaseModel):
    counted: bool
    says: str


class PairRequest(Strict):
    code: Annotated[str, StringConstraints(min_length=8, max_length=20)] = Field(examples=["ABCD-EFGHJK"])
    client: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(examples=["Gerrit in the browser"])


class PairResponse(BaseModel):
    token: str = Field(description="shown once; send it as `Authorization: Bearer …`")
    scopes: list[str]


class NonceRequest(Strict):
    """Nothing is asked for but a nonce."""


class NonceResponse(BaseModel):
    nonce: str = Field(description="to be sent back with the proof; works once, for five minutes")


class KeyIn(Strict):
    """A token of the person's on their Gerrit. It is used for this one request and deleted there, whatever comes of it."""

    username: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f:/]{1,100}$")] = Field(examples=["rita"])
    token_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")] = Field(
        examples=["tactful-pair-1f2e"]
    )
    token: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,500}$")]


class GerritPairRequest(KeyIn):
    nonce: Annotated[str, StringConstraints(min_length=20, max_length=100)]
    client: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        examples=["Gerrit at review.example.org"]
    )
    turn_on: bool = Field(True, description="false where somebody only wants the way into their own pages")


class GerritPairResponse(PairResponse):
    drafts_allowed: bool = Field(description="whether this server's drafts may be read, if the person wants it")
    open: str = Field(description="a link that signs the person in at Tactful; works once, for 15 minutes")
    says: str


class Said(BaseModel):
    says: str = Field(description="what was done, in a sentence or two")


class Problem(BaseModel):
    message: str = Field(description="what happened and what to do, in a sentence")
