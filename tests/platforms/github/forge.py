"""A forge of our own: people write on it, and it sends what GitHub would send. Fake the forge, not the function.

    forge = Forge("secret")
    forge.review_comment("This is obviously wrong.", author=octocat_id)
    forge.edit("This breaks on Windows, because …")

Every act returns the request as it would arrive, is kept in ``sent``, and is one second later than the one before.
Ids are counted, so that the same acts send the same bytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.platforms import Incoming
from app.platforms.github import deliveries
from app.platforms.github.deliveries import Kind, Note, Payload, Somebody

OCTOCAT = Somebody(583231, "octocat")
MONA = Somebody(2, "mona")
ROBOT = Somebody(49699333, "dependabot[bot]", "Bot")


#: Somebody, or the number of an account; ``None`` for one that is gone, or for nobody in particular.
Author = int | Somebody | None


class Forge:
    def __init__(
        self,
        secret: str,
        *,
        server: str = "github.com",
        project: str = "octo-org/octo-repo",
        start: datetime = datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
        form: bool = False,
        seed: int = 0,
    ) -> None:
        """``form``: deliver form-encoded; ``seed``: a different one for a second forge beside the first."""
        self.secret, self.server, self.project, self.form = secret, server, project, form
        self.now = start
        self.sent: list[Incoming] = []
        self.notes: dict[int, Note] = {}
        self._seed = seed
        self._ids = 1000 + seed * 1_000_000

    # --- writing ------------------------------------------------------------------------------------------------------

    def review(
        self, text: str | None, author: Author = OCTOCAT, *, number: int = 12, state: str = "commented"
    ) -> Incoming:
        return self._write("review", "submitted", text, author, number=number, state=state)

    def review_comment(self, text: str | None, author: Author = OCTOCAT, *, number: int = 12) -> Incoming:
        return self._write("review_comment", "created", text, author, number=number)

    def issue_comment(
        self,
        text: str | None,
        author: Author = OCTOCAT,
        *,
        number: int = 12,
        on_pull_request: bool = False,
    ) -> Incoming:
        return self._write("issue_comment", "created", text, author, number=number, on_pull_request=on_pull_request)

    def commit_comment(self, text: str | None, author: Author = OCTOCAT) -> Incoming:
        return self._write("commit_comment", "created", text, author)

    def discussion_comment(self, text: str | None, author: Author = OCTOCAT, *, number: int = 3) -> Incoming:
        return self._write("discussion_comment", "created", text, author, number=number)

    # --- afterwards; ``note`` is the latest one unless another is named -----------------------------------------------

    @property
    def last(self) -> Note:
        return self.notes[max(self.notes)]

    def edit(self, text: str | None, *, by: Author = None, note: Note | None = None) -> Incoming:
        """``by``: whoever edits, the author unless somebody else is named."""
        before = note or self.last
        after = self.notes[before.id] = replace(before, text=text, updated_at=self._tick())
        return self._tell(after, "edited", by, previous=before.text or "")

    def edit_nothing(self, *, note: Note | None = None) -> Incoming:
        """An edit that left the text alone."""
        return self._tell(note or self.last, "edited", None)

    def delete(self, *, by: Author = None, note: Note | None = None) -> Incoming:
        gone = self.notes[(note or self.last).id]
        self._tick()
        return self._tell(gone, "deleted", by)

    def dismiss(self, *, by: int | Somebody = MONA, note: Note | None = None) -> Incoming:
        before = note or self.last
        after = self.notes[before.id] = replace(before, state="dismissed")
        return self._tell(after, "dismissed", by)

    def redeliver(self, request: Incoming | None = None) -> Incoming:
        """The same bytes under the same id, as GitHub does when asked to."""
        return self._keep(request or self.sent[-1])

    # --- about access -------------------------------------------------------------------------------------------------

    def ping(self) -> Incoming:
        return self.send("ping", {"zen": "Design for failure.", "hook_id": 1})

    def installation(self, action: str, *, id: int = 7, target: Somebody = OCTOCAT) -> Incoming:
        return self.send("installation", deliveries.installation(action, id, target, target, self._tick()))

    def revoke(self, person: int | Somebody = OCTOCAT) -> Incoming:
        return self.send("github_app_authorization", deliveries.revocation(_somebody(person)))

    def send(self, event: str, contents: Payload) -> Incoming:
        """Anything at all, signed."""
        delivery = str(UUID(int=(self._seed << 64) | len(self.sent) + 1))
        return self._keep(deliveries.signed(event, contents, delivery=delivery, secret=self.secret, form=self.form))

    # --- within -------------------------------------------------------------------------------------------------------

    def _write(
        self,
        kind: Kind,
        action: str,
        text: str | None,
        author: Author,
        *,
        number: int = 12,
        state: str = "commented",
        on_pull_request: bool = False,
    ) -> Incoming:
        self._ids += 1
        at = self._tick()
        note = self.notes[self._ids] = Note(
            kind=kind,
            id=self._ids,
            author=None if author is None else _somebody(author),
            text=text,
            created_at=at,
            updated_at=at,
            project=self.project,
            number=number,
            on_pull_request=on_pull_request,
            state=state,
            server=self.server,
        )
        return self._tell(note, action, None)

    def _tell(self, note: Note, action: str, by: Author, previous: str | None = None) -> Incoming:
        sender = _somebody(by) if by is not None else note.author or MONA
        return self.send(note.event, deliveries.payload(note, action, sender, previous))

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _keep(self, request: Incoming) -> Incoming:
        self.sent.append(request)
        return request


def _somebody(who: int | Somebody) -> Somebody:
    return who if isinstance(who, Somebody) else Somebody(who, f"user-{who}")
