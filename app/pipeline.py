"""The walk of a review comment: read → judge → decide → compose → deliver.

Each step keeps what it did in a table of its own, in one transaction, and finds it there when it runs again: so a walk
may be interrupted anywhere and be walked again from the start, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app import outcomes, policy
from app.channels import Channel, afterwards
from app.domain import (
    Address,
    NotNow,
    Person,
    Receipt,
    ReceiptStatus,
    Silence,
    Silent,
    Speak,
    Verdict,
)
from app.in_force import InForce, Rules
from app.intake import Intake
from app.judge import Judge
from app.metrics import Metrics
from app.project_settings import Mode
from app.store import Store, comments, histories, judgements, people, suggestions
from app.store.comments import Kept
from app.suggestions import PLAIN, Rewording, compose
from app.suggestions.own_phrases import fine
from app.wanted import Asked, allowed, wanted

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Pipeline:
    store: Store
    intake: Intake
    channels: Mapping[str, Channel]
    judge: Judge
    in_force: InForce
    metrics: Metrics
    now: Clock
    address: str  # of the service, for links to the inbox
    run: Callable[[Coroutine[Any, Any, Any]], Any]  # a coroutine on the service's event loop, from a worker's thread
    rewording: Rewording = PLAIN
    language_model: Asked | None = None

    def walk(self, sealed: str, between: Callable[[], None] = lambda: None) -> list[tuple[int, str]]:
        """Follow one delivery to the end; returns the (suggestion id, channel) pairs that are to be sent.

        ``between`` is called before each step.
        """
        to_send: list[tuple[int, str]] = []
        between()
        for comment_id, digest in self.intake.read(sealed):
            between()
            self.judge_text(comment_id, digest)
            between()
            if self.decide(comment_id, digest):
                between()
                suggestion_id = self.compose(comment_id, digest)
                to_send += [(suggestion_id, channel) for channel in self.plan(suggestion_id)]
        return to_send

    # --- the steps ------------------------------------------------------------------------------------------------

    def judge_text(self, comment_id: int, digest: str) -> None:
        with self.store.read() as c:
            kept = comments.get(c, self.store.vault, comment_id)
            done = judgements.get(c, comment_id, digest) is not None
        if done or kept is None or kept.text is None or kept.digest != digest or not self.judge.fit:
            return
        if self._rules(kept).mode is Mode.OFF:
            return  # nothing is heard where the project has it off
        with self.metrics.judging.time():
            [verdict] = self.run(self.judge.judge([kept.text]))
        self.metrics.judged.inc()
        with self.store.begin() as c:
            judgements.keep(c, comment_id, digest, verdict, self.now())

    def decide(self, comment_id: int, digest: str) -> bool:
        """Whether to speak. The person's row is locked, so that two walks at once cannot spend one budget twice."""
        now = self.now()
        with self.store.begin() as c:
            kept = comments.get(c, self.store.vault, comment_id)
            if kept is None or kept.digest != digest:
                return False  # edited or deleted meanwhile; its own delivery follows
            people.lock(c, kept.person_id)
            before = judgements.decision(c, comment_id, digest)
            if before is not None:
                if before[0] is None:
                    suggestions.revive(c, comment_id, digest)
                return before[0] is None
            profile = people.profile(c, kept.person_id)
            verdict = judgements.get(c, comment_id, digest)
            if profile is None:
                return False
            rules = self._rules(kept)
            outcome: Speak | Silent
            if rules.mode is Mode.OFF:
                outcome = Silent(Silence.PROJECT_OFF)
            elif verdict is None:
                outcome = Silent(Silence.UNFIT)
            else:
                outcome = self._outcome(c, kept, profile.person, verdict, rules, now)
                outcomes.decided(
                    c,
                    self.store.vault,
                    kept,
                    rules.project.id if rules.project else None,
                    verdict,
                    outcome,
                    now,
                    first=not judgements.decided_before(c, comment_id),
                )
            judgements.decide(c, comment_id, digest, kept.person_id, outcome, rules.norms.version, now)
            if verdict is not None and rules.project is not None and rules.mode is not Mode.OFF and kept.text:
                shadow, version = rules.mode is Mode.SHADOW, rules.norms.version
                vault, project_id = self.store.vault, rules.project.id
                histories.record(c, vault, kept.person_id, project_id, verdict, version, now, shadow=shadow)
        self.metrics.decided.labels("spoken" if isinstance(outcome, Speak) else outcome.reason.value).inc()
        return isinstance(outcome, Speak)

    def _outcome(
        self, c: Connection, kept: Kept, person: Person, verdict: Verdict, rules: Rules, now: datetime
    ) -> Speak | Silent:
        place = (kept.comment.ref.platform, kept.comment.ref.server, kept.comment.thread)
        share = rules.settings.hold_out if person.experiment else 0.0
        out, draft = (kept.id, None) if kept.comment.published else (None, kept.id)

        def decided(in_shadow: bool) -> Speak | Silent:
            return policy.decide(
                verdict=verdict,
                norms=rules.norms,
                thresholds=self.judge.thresholds(rules.norms.tolerances()),
                person=person,
                history=judgements.history(
                    c, person, kept.comment.thread, kept.digest, now, in_shadow=in_shadow, out=out, draft=draft
                ),
                now=now,
                has_words=bool((kept.text or "").strip()),
                mode=rules.mode,
                shadowed=rules.settings.shadowed(),
                fine=lambda concern: fine(kept.text or "", concern.spans, rules.norms),
                held_out=outcomes.held_out(self.store.vault, person.id, place, share),
            )

        outcome = decided(in_shadow=False)
        # Said by nobody, it counts against the budgets of other trials alone.
        return decided(in_shadow=True) if outcome == Silent(Silence.SHADOW, outcome.concern) else outcome

    def _rules(self, kept: Kept) -> Rules:
        ref = kept.comment.ref
        return self.in_force.at(ref.platform, ref.server, kept.comment.project)

    def compose(self, comment_id: int, digest: str) -> int:
        with self.store.read() as c:
            kept = comments.get(c, self.store.vault, comment_id)
            decision = judgements.decision(c, comment_id, digest)
            verdict = judgements.get(c, comment_id, digest)
            profile = people.profile(c, kept.person_id) if kept else None
        if kept is None or kept.text is None or kept.digest != digest or verdict is None:
            return 0  # gone meanwhile
        assert decision is not None, "composed only after a decision"
        decided = decision[1]
        assert decided is not None, "composed only after a decision to speak"
        # As it was decided: settings and weights may be others by now.
        concern = replace(decided, spans=tuple(span for span in verdict.spans if span.label == decided.label))
        rules = self._rules(kept)
        norms = rules.norms
        rewording = self.rewording
        if profile is not None:
            rewording = wanted(rewording, self.language_model, profile.person, allowed=allowed(rules))
        thresholds = self.judge.thresholds(norms.tolerances())

        same = verdict if verdict.model == self.judge.model else None

        def again(texts: Sequence[str]) -> Sequence[Verdict]:
            return list(self.run(self.judge.judge(texts)))

        suggestion = compose(kept.text, concern, norms, again, thresholds, rewording, same)
        with self.store.begin() as c:
            return suggestions.keep(c, self.store.vault, comment_id, digest, kept.person_id, suggestion, self.now())

    def plan(self, suggestion_id: int) -> list[str]:
        """Put it into the inbox and name the channels beyond it that the person chose: none where only a draft's words
        changed since the last note about it."""
        now = self.now()
        with self.store.begin() as c:
            person_id = suggestions.person(c, suggestion_id)
            profile = people.profile(c, person_id) if person_id else None
            if profile is None:
                return []
            wanted = {"email": profile.email_on and profile.email, "chat": profile.chat_confirmed}
            again = suggestions.about_a_draft_again(c, suggestion_id)
            beyond = [] if again else [name for name in self.channels if wanted.get(name)]
            suggestions.plan(c, suggestion_id, ("inbox", *beyond), now)
            suggestions.received(c, suggestion_id, "inbox", Receipt(ReceiptStatus.SENT), now)
        self.metrics.delivered.labels("inbox", "sent").inc()
        return beyond

    def deliver(self, suggestion_id: int, channel_name: str) -> str:
        """Send through one channel, at most once where a second time could not be told apart.

        Raises ``NotNow`` when it was surely not sent, so that the engine tries again later.
        """
        channel = self.channels[channel_name]
        with self.store.begin() as c:
            person_id = suggestions.person(c, suggestion_id)
            profile = people.profile(c, person_id) if person_id else None
            entry = suggestions.inbox(c, self.store.vault, person_id or 0, entry_id=suggestion_id)
            status = suggestions.status(c, suggestion_id, channel_name)
            if (
                profile is None
                or not profile.person.opted_in
                or not entry
                or entry[0].withdrawn
                or entry[0].suggestion is None
                or status is None
            ):
                return "withdrawn"
            address = self._address(channel_name, profile)
            if address is None:
                return "withdrawn"  # the person switched the channel off meanwhile
            if status in (suggestions.SENT, suggestions.UNKNOWN):
                return status
            if status == suggestions.SENDING and not channel.idempotent:
                # Interrupted while sending: it may have arrived. Never repeat; the inbox says so.
                receipt = Receipt(ReceiptStatus.UNKNOWN, "interrupted while sending")
                suggestions.received(c, suggestion_id, channel_name, receipt, self.now())
                return suggestions.UNKNOWN
            suggestions.sending(c, suggestion_id, channel_name, self.now())
        message_id = (
            f"<tactful-{self.store.vault.digest(f'{suggestion_id}:{channel_name}')[:32]}@{_host(self.address)}>"
        )
        url = f"{self.address}/inbox/{suggestion_id}"
        then = afterwards(entry[0].ref.platform, published=entry[0].published)
        sending = channel.deliver(entry[0].suggestion, address, message_id, url, text=entry[0].text, afterwards=then)
        receipt = self.run(sending)
        with self.store.begin() as c:
            suggestions.received(c, suggestion_id, channel_name, receipt, self.now())
        self.metrics.delivered.labels(channel_name, receipt.status.value).inc()
        if receipt.status is ReceiptStatus.FAILED:
            raise NotNow("The channel did not take the note; it waits in the inbox.")
        return str(receipt.status.value)

    def _address(self, channel: str, profile: people.Profile) -> Address | None:
        """Where the person wants it now; ``None`` where they do not."""
        if channel == "email":
            return Address(profile.person.id, profile.email) if profile.email_on and profile.email else None
        if profile.chat_sealed is None or not profile.chat_confirmed:
            return None
        return Address(profile.person.id, self.store.vault.open(profile.chat_sealed))


def _host(address: str) -> str:
    return address.split("://", 1)[1].split("/", 1)[0].split(":", 1)[0] or "localhost"
