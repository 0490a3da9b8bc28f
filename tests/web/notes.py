"""A person's notes and silences as the walk would leave them, without walking: for tests of the pages that show them."""

from __future__ import annotations

from datetime import datetime

from app import policy
from app.domain import Account, Comment, CommentRef, Silence, Silent, Speak
from app.store import Store, comments, judgements, suggestions
from app.suggestions import compose
from app.web.state import State
from tests.fakes import ScriptedClassifier

SCRIPTED = ScriptedClassifier()
AUTHOR = Account("github", "github.com", 583231, "octocat")


def note(
    state: State,
    person: int,
    text: str,
    at: datetime,
    *,
    number: int = 1,
    published: bool = True,
    url: str | None = None,
    ref: CommentRef | None = None,
    classifier: ScriptedClassifier = SCRIPTED,
) -> int:
    """A suggestion about what ``classifier`` hears in ``text``; its id."""
    comment_id, digest = _kept(state.store, person, text, at, number, published, url, ref)
    verdict = classifier.judge([text])[0]
    thresholds = dict.fromkeys(verdict.concerns, 0.9)
    concern = policy.heard(verdict, thresholds)[0]
    suggestion = compose(text, concern, state.norms, classifier.judge, thresholds)
    with state.store.begin() as c:
        judgements.keep(c, comment_id, digest, verdict, at)
        judgements.decide(c, comment_id, digest, person, Speak(concern), state.norms.version, at)
        made = suggestions.keep(c, state.store.vault, comment_id, digest, person, suggestion, at)
        suggestions.plan(c, made, ("inbox", "email"), at)
    return made


def silence(state: State, person: int, reason: Silence, at: datetime, *, number: int) -> None:
    comment_id, digest = _kept(state.store, person, f"A comment, number {number}.", at, number, True, None)
    with state.store.begin() as c:
        judgements.decide(c, comment_id, digest, person, Silent(reason), state.norms.version, at)


def _kept(
    store: Store,
    person: int,
    text: str,
    at: datetime,
    number: int,
    published: bool,
    url: str | None,
    ref: CommentRef | None = None,
) -> tuple[int, str]:
    comment = Comment(
        ref=ref or CommentRef("github", "github.com", "review_comment", str(number)),
        author=AUTHOR,
        text=text,
        project="octo/parser",
        thread=f"octo/parser#{number}",
        url=f"https://github.com/octo/parser/pull/{number}" if url is None else url,
        written_at=at,
        published=published,
    )
    with store.begin() as c:
        comment_id = comments.keep(c, store.vault, comment, person, at, at)
    assert comment_id is not None
    return comment_id, store.vault.digest(text)
