"""The walk, step by step, with a fake forge: what is stored, what is said, what is silent, and that steps may repeat."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.domain import Intent, Key, NotNow, ReceiptStatus, Silence
from app.platforms import Delivery
from app.store import Store, judgements, people, suggestions, tokens
from app.store import comments as comments_store
from app.store.tables import comments, decisions, deliveries, platform_tokens
from app.store.tables import suggestions as suggestion_table
from tests.engine.house import ANNA, REF, STING, House, build
from tests.fakes import ScriptedJudge


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    return build(store, now)


def test_a_sting_reaches_its_writer_alone(house: House) -> None:
    [(suggestion_id, channel)] = house.deliver(STING)
    [entry] = house.inbox()
    assert entry.id == suggestion_id
    assert entry.text == STING
    assert entry.suggestion is not None
    assert entry.suggestion.label == "belittling"
    assert house.pipeline.deliver(suggestion_id, channel) == "sent"
    [(to, message_id, _)] = house.channel.sent
    assert to.value == "anna@example.org"
    assert message_id.endswith("@tactful.test>")


def test_a_harmless_comment_is_silence_with_a_reason(house: House) -> None:
    assert house.deliver("Please close the handle.") == []
    assert house.reasons() == [Silence.BELOW_TOLERANCE.value]
    assert house.inbox() == []


def test_an_unknown_language_is_silence_with_that_reason(house: House) -> None:
    house.deliver("{foreign} {hostility}")
    assert house.reasons() == [Silence.UNKNOWN_LANGUAGE.value]


def test_weights_that_failed_their_check_say_nothing(house: House) -> None:
    house.pipeline = replace(house.pipeline, judge=ScriptedJudge(fit=False))
    house.deliver(STING)
    assert house.reasons() == [Silence.UNFIT.value]


def test_every_step_may_run_twice(house: House) -> None:
    first = house.deliver(STING)
    house.count -= 1  # the same delivery again, as after a crash at the very end
    assert house.deliver(STING) == first
    assert house.reasons() == [None]
    assert len(house.inbox()) == 1
    with house.pipeline.store.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(deliveries)) == 2  # inbox and email


def test_an_edit_withdraws_what_no_longer_applies_and_speaks_to_the_new_words(house: House) -> None:
    house.deliver(STING)
    assert house.deliver("Please close the handle.", minutes=1) == []
    [entry] = house.inbox()
    assert entry.withdrawn
    assert entry.text is None  # the marks belong to words that are no longer there
    house.clock[0] += timedelta(days=2)
    house.deliver("{hostility:Stop wasting my time.}", minutes=2)
    assert [e.label for e in house.inbox() if not e.withdrawn] == ["hostility"]


def test_words_put_back_bring_their_suggestion_back(house: House) -> None:
    house.deliver(STING)
    house.deliver("Fine.", minutes=1)
    house.deliver(STING, minutes=2)
    assert [e.withdrawn for e in house.inbox()] == [False]
    assert house.reasons() == [None, Silence.BELOW_TOLERANCE.value]


def test_a_withdrawn_suggestion_is_not_sent(house: House) -> None:
    [(suggestion_id, channel)] = house.deliver(STING)
    house.deliver("Fine.", minutes=1)
    assert house.pipeline.deliver(suggestion_id, channel) == "withdrawn"
    assert house.channel.sent == []


def test_a_deletion_removes_all_of_it(house: House) -> None:
    house.deliver(STING)
    house.deliver(intent=Intent.DELETE, minutes=1)
    assert house.inbox() == []
    assert house.reasons() == []
    with house.pipeline.store.read() as c:
        [row] = c.execute(sa.select(comments)).mappings()
    assert (row["sealed"], row["digest"], row["url"], row["thread"]) == (None, "", "", "")


def test_a_late_creation_does_not_revive_a_deleted_comment(house: House) -> None:
    house.deliver(intent=Intent.DELETE, minutes=5)
    assert house.deliver(STING, minutes=0) == []
    assert house.inbox() == []
    assert house.reasons() == []


def test_a_late_older_edit_does_not_replace_a_newer_one(house: House) -> None:
    house.deliver("Fine.", minutes=5)
    house.deliver(STING, minutes=1)
    assert house.reasons() == [Silence.BELOW_TOLERANCE.value]


def test_a_dismissal_withdraws(house: House) -> None:
    house.deliver(STING)
    house.deliver(intent=Intent.WITHDRAW, minutes=1)
    assert [e.withdrawn for e in house.inbox()] == [True]


def test_what_arrives_after_its_dismissal_is_not_spoken_to(house: House) -> None:
    house.deliver(intent=Intent.WITHDRAW, minutes=5)
    assert house.deliver(STING, minutes=0) == []
    assert house.deliver("{hostility:Stop it.}", minutes=6) != []
    house.deliver(intent=Intent.WITHDRAW, minutes=8)
    assert house.deliver(STING, minutes=7) == []


def test_somebody_who_opted_out_meanwhile_is_not_read(house: House) -> None:
    with house.pipeline.store.begin() as c:
        people.opt_out(c, house.person)
    house.deliver(STING)
    with house.pipeline.store.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(comments)) == 0


def test_budgets_and_cooldown_hold_across_comments(house: House) -> None:
    for n in range(5):
        house.deliver(f"{{hostility}} number {n}", ref=replace(REF, id=str(n)), thread=f"org/repo#{n}")
    house.deliver("{hostility} once more", ref=replace(REF, id="9"), thread="org/repo#1")
    assert house.reasons() == [None, None, None, *["daily_budget"] * 2, "thread_cooldown"]
    house.clock[0] += timedelta(days=1)
    house.deliver("{hostility} tomorrow", ref=replace(REF, id="10"), thread="org/repo#77")
    assert house.reasons()[-1] is None


def test_the_same_words_elsewhere_are_not_spoken_to_twice(house: House) -> None:
    house.deliver(STING)
    house.deliver(STING, ref=replace(REF, id="2"), thread="org/repo#2")
    assert house.reasons() == [None, Silence.ALREADY_TOLD.value]


def test_an_interrupted_blind_sending_is_parked_and_shown(house: House) -> None:
    [(suggestion_id, channel)] = house.deliver(STING)
    with house.pipeline.store.begin() as c:
        suggestions.sending(c, suggestion_id, channel, house.clock[0])  # killed right here
    assert house.pipeline.deliver(suggestion_id, channel) == "unknown"
    assert house.channel.sent == []
    assert house.inbox()[0].uncertain == ("email",)


def test_an_interrupted_sending_is_repeated_where_that_is_harmless(house: House) -> None:
    house.channel.idempotent = True
    [(suggestion_id, channel)] = house.deliver(STING)
    with house.pipeline.store.begin() as c:
        suggestions.sending(c, suggestion_id, channel, house.clock[0])
    assert house.pipeline.deliver(suggestion_id, channel) == "sent"


def test_what_was_surely_not_sent_is_tried_again(house: House) -> None:
    house.channel.receipts = [ReceiptStatus.FAILED]
    [(suggestion_id, channel)] = house.deliver(STING)
    with pytest.raises(NotNow):
        house.pipeline.deliver(suggestion_id, channel)
    assert house.pipeline.deliver(suggestion_id, channel) == "sent"
    assert house.pipeline.deliver(suggestion_id, channel) == "sent"  # and is not sent a third time
    assert len(house.channel.sent) == 2


def test_a_channel_switched_off_meanwhile_is_not_used(house: House) -> None:
    [(suggestion_id, channel)] = house.deliver(STING)
    with house.pipeline.store.begin() as c:
        people.change(c, house.person, email_on=False)
    assert house.pipeline.deliver(suggestion_id, channel) == "withdrawn"
    assert house.channel.sent == []


def test_a_deletion_between_looking_and_writing_is_not_undone(house: House) -> None:
    """Two walks at once: the older text waits for the person's row, then finds that it came too late."""
    store = house.pipeline.store
    begun, done = threading.Event(), threading.Event()

    def delete() -> None:
        with store.begin() as c:
            people.lock(c, house.person)
            begun.set()
            time.sleep(0.3)
            comments_store.gone(c, REF, house.person, house.clock[0] + timedelta(minutes=1), house.clock[0])
        done.set()

    threading.Thread(target=delete).start()
    begun.wait()
    assert house.deliver(STING) == []
    assert done.wait(5)
    with store.read() as c:
        assert c.scalar(sa.select(comments.c.sealed)) is None


def test_a_revocation_forgets_the_token(house: House) -> None:
    store = house.pipeline.store
    with store.begin() as c:
        binding = people.binding_of(c, ANNA)
        assert binding is not None
        now = house.clock[0]
        tokens.keep(c, store.vault, binding, Key("anna", "", "gho_x"), now, now)
    house.deliver(intent=Intent.FORGET_TOKEN)
    with store.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(platform_tokens)) == 0


def test_no_table_holds_a_plain_word(house: House) -> None:
    house.deliver(STING)
    with house.pipeline.store.read() as c:
        everything = repr([c.execute(sa.select(t)).all() for t in (comments, decisions, deliveries, suggestion_table)])
    assert "so simple" not in everything
    assert "read_all" not in everything


def test_a_delivery_survives_its_sealing(now: datetime) -> None:
    d = Delivery("f:1", "forge", "note", Intent.JUDGE, ANNA, REF, now, {"text": "ü\U0001f642\ud800"})
    assert Delivery.parse(d.dump()) == d


def test_history_counts_days_of_the_person(house: House) -> None:
    """23:30 in Auckland and 00:30 the next day there are two days, though one in UTC."""
    with house.pipeline.store.begin() as c:
        people.change(c, house.person, timezone="Pacific/Auckland")
    house.clock[0] = house.clock[0].replace(hour=10, minute=30)  # 23:30 there
    house.deliver(STING)
    with house.pipeline.store.read() as c:
        person = people.profile(c, house.person).person  # type: ignore[union-attr]
        late = judgements.history(c, person, "other", "x", house.clock[0])
        after_midnight = judgements.history(c, person, "other", "x", house.clock[0] + timedelta(hours=1))
    assert (late.spoken_today, after_midnight.spoken_today) == (1, 0)
    assert after_midnight.spoken_this_week == 1
