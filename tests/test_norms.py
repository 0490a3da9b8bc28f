import math
import re
from pathlib import Path

import pytest

from app.domain import ConfigurationError
from app.norms import Conduct, Contact, Norms, Source, load
from classifiers.labels import CONCERNS, STRENGTHS
from classifiers.tolerance import SHARES

SHIPPED = load()
NEVER_SAID = re.compile(
    r"!|\b(?:toxic|polic(?:y|ies)|violat\w+|detect\w+|flag(?:s|ged)?|respectful|score|just|sorry|thanks)\b|%",
    re.IGNORECASE,
)


def overlay(tmp_path: Path, text: str) -> Norms:
    file = tmp_path / "ours.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        overlay(tmp_path, text)
    return str(error.value).removeprefix(str(tmp_path / "ours.toml"))


def test_every_label_has_its_norm_in_the_order_of_the_labels() -> None:
    assert tuple(SHIPPED.concerns) == CONCERNS
    assert tuple(SHIPPED.strengths) == STRENGTHS
    assert SHIPPED.conduct == Conduct("", ())


@pytest.mark.parametrize("label", CONCERNS + STRENGTHS)
def test_every_shipped_norm_is_whole(label: str) -> None:
    norm = SHIPPED[label]
    assert norm.label == label
    assert norm.title
    assert norm.norm
    assert norm.says
    assert norm.source.name
    assert norm.source.url.startswith("https://")
    assert len(norm.ways) == (2 if label in CONCERNS else 0)
    assert norm.on


@pytest.mark.parametrize("label", CONCERNS + STRENGTHS)
def test_every_shipped_word_keeps_the_voice(label: str) -> None:
    norm = SHIPPED[label]
    for sentence in (norm.title, norm.norm, norm.say(), *norm.ways):
        assert not NEVER_SAID.search(sentence), sentence
        assert "{" not in sentence
    assert len(re.findall(r"[.?]", norm.say())) <= 2


def test_the_tolerances_add_up_to_one_in_a_thousand() -> None:
    assert tuple(SHIPPED.tolerances()) == CONCERNS
    assert SHIPPED.tolerances() == SHARES, "what the model card's figures are taken with"
    assert sum(SHIPPED.tolerances().values()) == pytest.approx(1), (
        "one false nudge in 1,000 harmless comments, over all norms"
    )
    assert math.fsum(SHIPPED.tolerances().values()) == 1.0


def test_marked_words_are_said_in_quotes_and_left_out_where_none_are_known() -> None:
    norm = SHIPPED["backseat_driving"]
    assert norm.say("just use Go") == "“just use Go” can feel like being steered from outside the work."
    assert norm.say() == "This can feel like being steered from outside the work."
    assert SHIPPED["hostility"].say().startswith("Read tomorrow, this may")
    assert SHIPPED["hostility"].say("{words}") == "Read tomorrow, “{words}” may be about the person and not the code."


def test_a_project_says_only_what_differs(tmp_path: Path) -> None:
    norms = overlay(
        tmp_path,
        """
        [conduct]
        code_of_conduct = "https://example.org/conduct"
        contacts = [{ name = "Ada", how = "the welcome desk" }]
        [concerns.hostility]
        tolerance = 2
        title = "Cool down"
        says = "Let {words} rest a night."
        ways = ["One.", "Two."]
        source.name = "Our handbook"
        [concerns.well_actually]
        on = false
        [strengths.apology]
        says = "You said it."
        """,
    )
    hostility = norms["hostility"]
    assert (hostility.tolerance, hostility.title, hostility.ways) == (2.0, "Cool down", ("One.", "Two."))
    assert hostility.say("stop it") == "Let “stop it” rest a night."
    assert hostility.norm == SHIPPED["hostility"].norm
    assert hostility.source == Source("Our handbook", SHIPPED["hostility"].source.url)
    assert not norms.on("well_actually")
    assert norms.on("hostility")
    assert norms.tolerances()["well_actually"] == SHIPPED.tolerances()["well_actually"]
    assert norms["apology"].says == "You said it."
    assert norms.conduct == Conduct("https://example.org/conduct", (Contact("Ada", "the welcome desk"),))
    assert norms["belittling"] == SHIPPED["belittling"]
    assert tuple(norms.concerns) == CONCERNS


def test_an_empty_file_changes_nothing_and_the_version_follows_every_word(tmp_path: Path) -> None:
    assert overlay(tmp_path, "# nothing yet\n") == SHIPPED
    assert overlay(tmp_path, "").version == SHIPPED.version == load().version
    assert re.fullmatch(r"[0-9a-f]{8}", SHIPPED.version)
    changes = ['title = "X"', "tolerance = 0.126", "on = false", 'ways = ["a", "b"]', 'source.url = "https://x.org"']
    versions = {overlay(tmp_path, f"[concerns.assumption]\n{change}\n").version for change in changes}
    assert len(versions | {SHIPPED.version}) == 6


def test_nothing_is_spoken_about_without_a_norm() -> None:
    assert not SHIPPED.on("sarcasm")
    with pytest.raises(KeyError):
        SHIPPED["sarcasm"]


KEYS = "title, norm, says, ways, source, tolerance, on, examples, discussion, frames"


@pytest.mark.parametrize(
    ("text", "line", "key", "why"),
    [
        ("\n[concern.hostility]\n", 2, "concern", 'is not known here. Did you mean "concerns"? Allowed: conduct, '),
        (
            "[concerns.hostilty]\n",
            1,
            "concerns.hostilty",
            'is not known here. Did you mean "hostility"? Allowed: belittling, feigned_',
        ),
        (
            "[concerns.hostility]\non = true\ntolerence = 1\n",
            3,
            "concerns.hostility.tolerence",
            f'is not known here. Did you mean "tolerance"? Allowed: {KEYS}.',
        ),
        (
            "[strengths.apology]\n\ntolerance = 1\n",
            3,
            "strengths.apology.tolerance",
            "is not known here. Allowed: title, norm, says, source, on, examples, discussion.",
        ),
        (
            "[concerns.hostility]\ntolerance = 50.1\n",
            2,
            "concerns.hostility.tolerance",
            "must be a number from 0 to 50.",
        ),
        (
            "[concerns.hostility]\ntolerance = -0.1\n",
            2,
            "concerns.hostility.tolerance",
            "must be a number from 0 to 50.",
        ),
        (
            "[concerns.hostility]\ntolerance = nan\n",
            2,
            "concerns.hostility.tolerance",
            "must be a number from 0 to 50.",
        ),
        (
            "[concerns.hostility]\ntolerance = true\n",
            2,
            "concerns.hostility.tolerance",
            "must be a number from 0 to 50.",
        ),
        (
            "[concerns.hostility]\ntolerance = '1'\n",
            2,
            "concerns.hostility.tolerance",
            "must be a number from 0 to 50.",
        ),
        ("[concerns.hostility]\non = 'no'\n", 2, "concerns.hostility.on", "must be true or false."),
        ("[concerns.hostility]\ntitle = ' '\n", 2, "concerns.hostility.title", "must not be empty."),
        ("[concerns.hostility]\nnorm = 3\n", 2, "concerns.hostility.norm", "must be text in quotes."),
        (
            "[concerns.hostility]\nsays = 'a {word} b'\n",
            2,
            "concerns.hostility.says",
            'has {word} in it; only {words} can be filled in. Did you mean "words"?',
        ),
        ("[concerns.hostility]\nways = ['one']\n", 2, "concerns.hostility.ways", "must be a list of 2 texts."),
        (
            "[concerns.hostility]\nways = [\n'one',\n2]\n",
            4,
            "concerns.hostility.ways.1",
            "must be text in quotes, and not empty.",
        ),
        ("[concerns.hostility]\nsource = 'RC'\n", 2, "concerns.hostility.source", "must be a table."),
        (
            "[concerns.hostility]\nsource = { link = 'x' }\n",
            2,
            "concerns.hostility.source.link",
            "is not known here. Allowed: name, url.",
        ),
        (
            "[concerns.hostility.source]\nurl = 'javascript:x'\n",
            2,
            "concerns.hostility.source.url",
            "must be an address that begins with https:// or http://.",
        ),
        ("concerns = 1\n", 1, "concerns", "must be a table."),
        ("[conduct]\ncontacts = 'Ada'\n", 2, "conduct.contacts", "must be a list of tables."),
        ("[[conduct.contacts]]\nname = 'Ada'\n", 1, "conduct.contacts.0", 'needs "how". Allowed: name, how.'),
        (
            "[conduct]\ncontacts = [\n{ name = 'A', how = 'x' },\n{ name = 'B', how = 1 },\n]\n",
            4,
            "conduct.contacts.1.how",
            "must be text in quotes.",
        ),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, key: str, why: str
) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith(f', line {line}: "{key}" {why}')
    assert message.endswith(" Nothing of this file is in use until then.")


@pytest.mark.parametrize("tolerance", ["0", "50", "50.0", "0.125"])
def test_the_ends_of_the_tolerance_are_allowed(tmp_path: Path, tolerance: str) -> None:
    norms = overlay(tmp_path, f"[concerns.assumption]\ntolerance = {tolerance}\n")
    assert norms["assumption"].tolerance == float(tolerance)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "gone.toml"
    with pytest.raises(ConfigurationError, match=rf"^Could not read {re.escape(str(missing))} \(No such file"):
        load(missing)
    with pytest.raises(ConfigurationError, match=r"^Could not read"):
        load(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 text\."):
        load(binary)
