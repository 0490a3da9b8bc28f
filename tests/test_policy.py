from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import History, Person, Silence, Silent, Speak
from app.norms import load
from app.policy import THREAD_COOLDOWN, WORDS, decide, heard
from app.project_settings import Mode
from classifiers import Span, Verdict
from classifiers.labels import CONCERNS, STRENGTHS

NORMS = load()
NOON = datetime(2025, 6, 4, 12, 0, tzinfo=UTC)
THRESHOLDS = dict.fromkeys(CONCERNS, 0.8)
PERSON = Person(id=1, opted_in=True)
RUDE = Verdict("m", {"belittling": 0.9, "hostility": 0.95}, {"apology": 0.99}, (Span(0, 3, "hostility", 0.9),))
CALM = Verdict("m", dict.fromkeys(CONCERNS, 0.1), dict.fromkeys(STRENGTHS, 1.0))


def decision(
    verdict: Verdict = RUDE,
    person: Person = PERSON,
    history: History = History(),  # noqa: B008 - frozen
    now: datetime = NOON,
    thresholds: dict[str, float] = THRESHOLDS,
    **flags: bool,
) -> Speak | Silent:
    return decide(
        verdict=verdict,
        norms=NORMS,
        thresholds=thresholds,
        person=person,
        history=history,
        now=now,
        has_words=flags.get("has_words", True),
        held_out=flags.get("held_out", False),
        mode=Mode.OFF if flags.get("off") else Mode.SHADOW if flags.get("shadow") else Mode.ON,
    )


def reason(spoken: Speak | Silent) -> Silence | None:
    return spoken.reason if isinstance(spoken, Silent) else None


def test_the_strongest_concern_is_spoken_about_with_its_words() -> None:
    spoken = decision()
    assert isinstance(spoken, Speak)
    assert (spoken.concern.label, spoken.concern.p, spoken.concern.threshold) == ("hostility", 0.95, 0.8)
    assert spoken.concern.spans == (Span(0, 3, "hostility", 0.9),)


def test_strength_is_the_distance_above_the_own_threshold_in_logits() -> None:
    verdict = Verdict("m", {"belittling": 0.97, "assumption": 0.60, "hostility": 0.999})
    concerns = heard(verdict, {"belittling": 0.95, "assumption": 0.20, "hostility": 0.99})
    # logits above: 0.53, 1.79, 2.31; the plain differences would put assumption first and hostility last.
    assert [concern.label for concern in concerns] == ["hostility", "assumption", "belittling"]


def test_a_concern_is_heard_from_its_threshold_on_and_never_without_one() -> None:
    verdict = Verdict("m", {"belittling": 0.8, "assumption": 0.7999, "hostility": 1.0, "sarcasm": 1.0})
    concerns = heard(verdict, {"belittling": 0.8, "assumption": 0.8, "hostility": 1.01})
    assert [concern.label for concern in concerns] == ["belittling"]


def test_equals_keep_the_order_of_the_labels_even_at_the_ends() -> None:
    assert [c.label for c in heard(Verdict("m", dict.fromkeys(CONCERNS, 1.0)), THRESHOLDS)] == list(CONCERNS)
    assert [c.label for c in heard(Verdict("m", dict.fromkeys(CONCERNS, 0.0)), dict.fromkeys(CONCERNS, 0.0))] == list(
        CONCERNS
    )


def test_a_norm_switched_off_gives_way_to_the_next() -> None:
    spoken = decision(person=replace(PERSON, norms_off=frozenset({"hostility"})))
    assert isinstance(spoken, Speak)
    assert spoken.concern.label == "belittling"


def test_norm_off_is_the_reason_only_if_every_concern_heard_is_off() -> None:
    silent = decision(person=replace(PERSON, norms_off=frozenset({"hostility", "belittling"})))
    assert isinstance(silent, Silent)
    assert silent.reason is Silence.NORM_OFF
    assert silent.concern is not None
    assert silent.concern.label == "hostility"


def test_a_project_switches_a_norm_off_for_everybody() -> None:
    off = replace(
        NORMS, concerns=MappingProxyType({k: replace(n, on=k != "hostility") for k, n in NORMS.concerns.items()})
    )
    spoken = decide(verdict=RUDE, norms=off, thresholds=THRESHOLDS, person=PERSON, history=History(), now=NOON)
    assert isinstance(spoken, Speak)
    assert spoken.concern.label == "belittling"


def in_shadow(*labels: str) -> Speak | Silent:
    return decide(
        verdict=RUDE,
        norms=NORMS,
        thresholds=THRESHOLDS,
        person=PERSON,
        history=History(),
        now=NOON,
        shadowed=frozenset(labels),
    )


def test_a_norm_in_shadow_gives_way_to_any_other_and_alone_is_silent() -> None:
    spoken = in_shadow("hostility")
    assert isinstance(spoken, Speak)
    assert spoken.concern.label == "belittling"
    silent = in_shadow("hostility", "belittling")
    assert reason(silent) is Silence.SHADOW
    assert silent.concern is not None
    assert silent.concern.label == "hostility"


def test_about_what_is_out_another_norm_may_still_be_spoken_of() -> None:
    assert isinstance(decided({"told_in_this_comment": frozenset({"belittling"})}), Speak), "hostility is the strongest"
    assert reason(decided({"told_in_this_comment": frozenset({"hostility"})})) is Silence.ALREADY_TOLD


def test_good_conduct_alone_never_nudges() -> None:
    assert decision(CALM, thresholds=THRESHOLDS | dict.fromkeys(STRENGTHS, 0.0)) == Silent(Silence.BELOW_TOLERANCE)


# Each reason with what makes it hold, in the order in which they are given.
REASONS: list[tuple[Silence, dict[str, object]]] = [
    (Silence.NOT_OPTED_IN, {"opted_in": False}),
    (Silence.PROJECT_OFF, {"off": True}),
    (Silence.NO_WORDS, {"has_words": False}),
    (Silence.UNKNOWN_LANGUAGE, {"known_language": False}),
    (Silence.BELOW_TOLERANCE, {"thresholds": dict.fromkeys(CONCERNS, 1.01)}),
    (Silence.NORM_OFF, {"norms_off": frozenset(CONCERNS)}),
    (Silence.ALREADY_TOLD, {"told_about_this_text": True}),
    (Silence.ALREADY_TOLD, {"told_in_this_comment": frozenset(CONCERNS)}),
    (Silence.SNOOZED, {"snoozed_until": NOON + timedelta(seconds=1)}),
    (Silence.QUIET_HOURS, {"quiet_from": time(11), "quiet_until": time(13)}),
    (Silence.THREAD_COOLDOWN, {"last_in_thread": NOON - timedelta(hours=1)}),
    (Silence.DAILY_BUDGET, {"daily_budget": 0}),
    (Silence.WEEKLY_BUDGET, {"weekly_budget": 0}),
    (Silence.SHADOW, {"shadow": True}),
    (Silence.HOLD_OUT, {"held_out": True}),
]


def decided(changes: dict[str, object]) -> Speak | Silent:
    def of(value: object) -> dict[str, object]:
        return {k: v for k, v in changes.items() if k in type(value).__dataclass_fields__}  # type: ignore[attr-defined]

    flags = {k: bool(v) for k, v in changes.items() if k in ("has_words", "held_out", "shadow", "off")}
    thresholds = changes.get("thresholds", THRESHOLDS)
    assert isinstance(thresholds, dict)
    verdict = replace(RUDE, **of(RUDE))  # type: ignore[arg-type]
    history = replace(History(), **of(History()))  # type: ignore[arg-type]
    return decision(verdict, replace(PERSON, **of(PERSON)), history, NOON, thresholds, **flags)  # type: ignore[arg-type]


@pytest.mark.parametrize(("silence", "changes"), REASONS)
def test_every_reason_holds_alone(silence: Silence, changes: dict[str, object]) -> None:
    assert reason(decided(changes)) is silence


@given(st.sets(st.integers(0, len(REASONS) - 1)))
def test_of_several_reasons_the_first_is_given(chosen: set[int]) -> None:
    changes: dict[str, object] = {}
    for i in chosen:
        changes |= REASONS[i][1]
    assert reason(decided(changes)) is (REASONS[min(chosen)][0] if chosen else None)


def test_silence_says_what_would_have_been_spoken_about() -> None:
    for silence, changes in REASONS:
        silent = decided(changes)
        assert isinstance(silent, Silent)
        named = silent.concern.label if silent.concern else None
        unheard = (
            Silence.NOT_OPTED_IN,
            Silence.PROJECT_OFF,
            Silence.NO_WORDS,
            Silence.UNKNOWN_LANGUAGE,
            Silence.BELOW_TOLERANCE,
        )
        assert named == (None if silence in unheard else "hostility")


@pytest.mark.parametrize(
    ("history", "silence"),
    [
        (History(spoken_today=2), None),
        (History(spoken_today=3), Silence.DAILY_BUDGET),
        (History(spoken_today=4), Silence.DAILY_BUDGET),
        (History(spoken_this_week=9), None),
        (History(spoken_this_week=10), Silence.WEEKLY_BUDGET),
        (History(last_in_thread=NOON - THREAD_COOLDOWN), None),
        (History(last_in_thread=NOON - THREAD_COOLDOWN + timedelta(seconds=1)), Silence.THREAD_COOLDOWN),
    ],
)
def test_budgets_and_cooldown_end_where_they_say(history: History, silence: Silence | None) -> None:
    assert reason(decision(history=history)) is silence


def test_a_snooze_ends_at_its_moment() -> None:
    assert reason(decision(person=replace(PERSON, snoozed_until=NOON))) is None


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        decision(now=NOON.replace(tzinfo=None))
    assert decision(now=NOON.astimezone(ZoneInfo("Asia/Tokyo"))) == decision()


PROBABILITIES = st.fixed_dictionaries(dict.fromkeys(CONCERNS, st.floats(0, 1)))


@given(PROBABILITIES, PROBABILITIES, st.frozensets(st.sampled_from(CONCERNS)))
def test_what_is_spoken_about_is_heard_on_and_strongest(
    p: dict[str, float], thresholds: dict[str, float], off: frozenset[str]
) -> None:
    spoken = decision(Verdict("m", p), replace(PERSON, norms_off=off), thresholds=thresholds)
    concerns = heard(Verdict("m", p), thresholds)
    assert {concern.label for concern in concerns} == {label for label in CONCERNS if p[label] >= thresholds[label]}
    on = [concern for concern in concerns if concern.label not in off]
    if on:
        assert spoken == Speak(on[0])
    else:
        assert reason(spoken) is (Silence.NORM_OFF if concerns else Silence.BELOW_TOLERANCE)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_a_larger_budget_never_silences(today: int, week: int, daily: int, weekly: int) -> None:
    history = History(spoken_today=today, spoken_this_week=week)
    small = decision(person=replace(PERSON, daily_budget=daily, weekly_budget=weekly), history=history)
    large = decision(person=replace(PERSON, daily_budget=daily + 1, weekly_budget=weekly + 1), history=history)
    assert isinstance(large, Speak) or isinstance(small, Silent)


def test_every_silence_has_its_five_words() -> None:
    assert set(WORDS) == set(Silence)
    assert len(set(WORDS.values())) == len(Silence)
    for said, forbidden in product(WORDS.values(), ("!", "flag", "detect", "violat", "polic", "toxic")):
        assert len(said.split()) <= 5
        assert forbidden not in said.lower()
