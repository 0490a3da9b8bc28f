from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.chat import ChatChannel
from app.channels.direct import SERVICES, direct_address, service_of
from app.channels.letter import AddressError
from app.domain import ConfigurationError

BOT = "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx"
TEMPLATES = {
    "slack": f"slack://{BOT}/{{to}}",
    "matrix": "matrix://bot:s3cret@matrix.example.org/{to}",
    "matrixs": "matrixs://bot:s3cret@matrix.example.org/{to}",
    "zulip": "zulip://bot@team/a6k4z3bZ2m5rT8yUxOp9qWe1vLb7cN0d/{to}",
    "tgram": "tgram://123456789:abcdefg_hijklmnop/{to}",
    "rocket": "rocket://id:s3cret@rocket.example.org/{to}?mode=token",
    "rockets": "rockets://id:s3cret@rocket.example.org/{to}?mode=token",
}
PEOPLE = [
    ("slack", "@anna_b"),
    ("slack", "U012ABCDEF"),
    ("slack", "W012ABCDEF"),
    ("matrixs", "@anna:example.org"),
    ("matrixs", "@anna.b-c=2f:matrix.example.org"),
    ("zulip", "anna@example.org"),
    ("zulip", "anna.b+c_d-e@team.zulipchat.com"),
    ("tgram", "123456789"),
    ("rockets", "@anna.b"),
]
ROOMS = [
    *(("slack", v) for v in ("#general", "general", "C012ABCDEF", "G012ABCDEF", "+C012ABCDEF", "S012ABCDEF", "@here")),
    *(
        ("slack", v)
        for v in ("@channel", "@everyone", "@anna:123.45", "@anna,#general", "@anna #general", "@anna/x", "@anna.b")
    ),
    *(("matrixs", v) for v in ("#room:example.org", "!room:example.org", "@anna", "room", "@room", "@a:b,#c:d")),
    *(
        ("matrixs", v)
        for v in ("@anna:example.org/#room", "@anna:example.org #room:x", "@Ä:example.org", "@a:b.org:8448", "")
    ),
    *(
        ("zulip", v)
        for v in ("general", "#general", "a@b.org,general", "a@b.org general", "x#y", "@**all**", "o'hara@example.org")
    ),
    *(("zulip", v) for v in ("o'hara@example.org", "a+b+c@example.org", "anna@example")),
    *(("tgram", v) for v in ("-100123456789", "-123456789", "@channel", "@anna", "0123456789", "123456789:5", "12")),
    *(("tgram", v) for v in ("１２３４５６７８９", "123456789 -100")),
    *(("rockets", v) for v in ("#general", "GENERAL", "@all", "@here", "@anna,#general", "@anna/GENERAL", "anna")),
]


@pytest.mark.parametrize(("service", "value"), PEOPLE)
def test_people(service: str, value: str) -> None:
    assert direct_address(service, f" {value}\n") == value


@pytest.mark.parametrize(("service", "value"), ROOMS)
def test_rooms_and_others_are_refused(service: str, value: str) -> None:
    with pytest.raises(AddressError, match="This is not a person's own address on ") as caught:
        direct_address(service, value)
    assert SERVICES[service].example in str(caught.value)


@pytest.mark.parametrize("service", ["", "discord", "json", "mailto", "mmosts", "ntfy", "syslog", "SLACK "])
def test_services_that_nobody_checked_are_refused(service: str) -> None:
    with pytest.raises(ConfigurationError, match="TACTFUL_CHAT_URL"):
        service_of(service)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_example_is_one(name: str) -> None:
    assert direct_address(name, SERVICES[name].sample) == SERVICES[name].sample


@pytest.mark.parametrize(("service", "value"), PEOPLE)
def test_apprise_understands_people_as_people(service: str, value: str) -> None:
    pytest.importorskip("apprise", reason="the extra `chat` is not installed")
    assert ChatChannel(TEMPLATES[service])._addressed(value) is not None


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@given(data=st.data())
def test_apprise_agrees_about_every_address(name: str, data: st.DataObject) -> None:
    """Whatever we take for one person, Apprise takes for that one person, or nothing is sent."""
    pytest.importorskip("apprise", reason="the extra `chat` is not installed")
    value = data.draw(st.from_regex(SERVICES[name].form, fullmatch=True))
    try:
        address = direct_address(name, value)
    except AddressError:
        return
    assert ChatChannel(TEMPLATES[name])._addressed(address) is not None


@given(st.from_regex(SERVICES["zulip"].form, fullmatch=True))
def test_zulip_addresses_are_whole_to_apprise(value: str) -> None:
    """It looks again while sending, and writes to a channel where it finds no e-mail address."""
    parse = pytest.importorskip("apprise.utils.parse", reason="the extra `chat` is not installed")
    assert parse.is_email(value)["full_email"] == value


@given(st.from_regex(SERVICES["slack"].form, fullmatch=True))
def test_slack_addresses_are_whole_to_apprise(value: str) -> None:
    plugin = pytest.importorskip("apprise.plugins.slack", reason="the extra `chat` is not installed")
    target = SERVICES["slack"].target(value)
    assert plugin.CHANNEL_RE.match(target)["channel"] == target


@given(st.from_regex(SERVICES["matrixs"].form, fullmatch=True))
def test_matrix_addresses_are_whole_to_apprise(value: str) -> None:
    plugin = pytest.importorskip("apprise.plugins.matrix.base", reason="the extra `chat` is not installed")
    found = plugin.IS_USER.match(value)
    assert f"@{found['user']}:{found['home_server']}" == value
