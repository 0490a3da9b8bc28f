"""Settings of a project: whole, the same through JSON and TOML, and what differs in words."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from app.domain import ConfigurationError
from app.norms import MOST_TOLERANCE, load
from app.project_settings import (
    CADENCES,
    LEAST_K,
    Mode,
    NormSetting,
    ProjectSettings,
    apply,
    as_json,
    as_toml,
    changes,
    from_json,
    from_toml,
    start,
)
from app.strict_toml import TomlFile
from classifiers.labels import CONCERNS

NORMS = load()
START = start(NORMS)
FEW = examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NORM = st.builds(NormSetting, st.sampled_from(Mode), st.integers(0, int(MOST_TOLERANCE * 100)).map(lambda n: n / 100))
SETTINGS = st.builds(
    ProjectSettings,
    st.sampled_from(Mode),
    st.builds(
        lambda first, rest: MappingProxyType({label: (rest, first)[i == 0] for i, label in enumerate(CONCERNS)}),
        NORM,
        NORM,
    ),
    st.integers(0, 500).map(lambda n: n / 1000),
    st.booleans(),
    st.integers(10, 600).map(lambda n: n / 100),
    st.integers(LEAST_K, 10_000),
    st.sampled_from(CADENCES),
    st.booleans(),
)


@FEW
@given(SETTINGS)
def test_json_and_toml_keep_everything(settings: ProjectSettings) -> None:
    assert from_json(json.loads(json.dumps(as_json(settings))), NORMS) == settings
    assert from_toml(TomlFile("s.toml", as_toml(settings, NORMS)), START) == settings


@FEW
@given(SETTINGS, SETTINGS)
def test_nothing_differs_exactly_where_they_are_equal(a: ProjectSettings, b: ProjectSettings) -> None:
    assert (changes(a, b, NORMS) == ()) == (a == b)
    assert {c.what for c in changes(a, b, NORMS)} == {c.what for c in changes(b, a, NORMS)}


def test_a_new_project_sends_nothing_and_has_every_norm_as_it_is() -> None:
    assert START.mode is Mode.SHADOW
    assert {label: norm.tolerance for label, norm in START.norms.items()} == NORMS.tolerances()
    assert (START.hold_out, START.public_stats) == (0, False)
    assert apply(NORMS, START) == NORMS


def test_a_norm_off_is_off_and_one_in_shadow_is_still_heard() -> None:
    norms = dict(START.norms)
    norms |= {"hostility": NormSetting(Mode.OFF, 0.5), "assumption": NormSetting(Mode.SHADOW, 2)}
    settings = replace(START, norms=norms)
    applied = apply(NORMS, settings)
    assert not applied.on("hostility")
    assert applied.on("assumption")
    assert applied.tolerances()["assumption"] == 2
    assert settings.shadowed() == {"assumption"}
    assert applied.version != NORMS.version


def test_a_stored_version_survives_norms_that_come_and_go() -> None:
    data = as_json(START)
    del data["norms"]["hostility"]
    data["norms"]["sarcasm"] = {"mode": "on", "tolerance": 3}
    assert from_json(data, NORMS) == START


def test_changes_are_sentences() -> None:
    after = replace(START, mode=Mode.ON, hold_out=0.1, norms={**START.norms, "hostility": NormSetting(Mode.ON, 0.5)})
    assert [str(change) for change in changes(START, after, NORMS)] == [
        "Tactful here: shadow → on",
        "Share held out: 0% → 10%",
        "Stay on the same side, tolerance: 0.3 → 0.5",
    ]


def test_a_file_may_say_only_what_differs() -> None:
    settings = from_toml(TomlFile("s.toml", "[norms.hostility]\ntolerance = 1\n"), START)
    assert settings == replace(START, norms={**START.norms, "hostility": NormSetting(Mode.ON, 1.0)})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('mode = "loud"', "line 1.*one of on, shadow, off"),
        ("hold_out = 0.6", "from 0 to 0.5"),
        ("[statistics]\nk = 3", "line 2.*from 5"),
        ("[statistics]\nk = 5.5", "whole number"),
        ("[statistics]\nepsilon = 0", "from 0.1 to 6"),
        ("[norms.hostilty]\ntolerance = 1", "Did you mean"),
        ("[norms.hostility]\ntolerance = 51", "from 0 to 50"),
        ("[norms.hostility]\non = true", "not known here"),
        ("mode = ", "not TOML"),
    ],
)
def test_what_a_file_gets_wrong_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        from_toml(TomlFile("s.toml", text), START)
