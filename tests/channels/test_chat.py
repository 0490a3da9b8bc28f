"""The chat channel through the real Apprise against a real HTTP server that plays the services."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from app.channels import AFTER_PUBLICATION, Channel
from app.channels.chat import ChatChannel, confirmation_text, suggestion_text
from app.channels.letter import AddressError
from app.domain import Address, ConfigurationError, Receipt, ReceiptStatus, Suggestion

from .test_direct import BOT, TEMPLATES

SENT, FAILED, UNKNOWN = ReceiptStatus.SENT, ReceiptStatus.FAILED, ReceiptStatus.UNKNOWN
URL = "https://tactful.test/inbox/7"


@dataclass
class Chat:
    """What was asked of the server; ``status`` is its answer to a message, ``delay_s`` the time it takes."""

    port: int = 0
    status: int = 200
    delay_s: float = 0.0
    asked: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, object]:
        if path.endswith("/login"):
            return {"access_token": "t", "home_server": "example.org", "user_id": "@bot:example.org", "device_id": "D"}
        if path.endswith("/createRoom"):
            return {"room_id": "!direct:example.org"}
        return {"ok": True, "channel": "D1"}


@pytest.fixture
def chat() -> Iterator[Chat]:
    pytest.importorskip("apprise", reason="the extra `chat` is not installed")
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = json.loads(raw) if raw.startswith(b"{") else dict(parse_qsl(raw.decode()))
            chat.asked.append((self.command, self.path, given))
            message = any(word in self.path for word in ("chat.postMessage", "/send/"))
            if message:
                time.sleep(chat.delay_s)
            answer = json.dumps(chat.answer(self.path)).encode()
            self.send_response(chat.status if message else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield chat
    server.shutdown()
    server.server_close()
    thread.join()


def rocket(port: int, **kwargs: float) -> ChatChannel:
    return ChatChannel(f"rocket://id:s3cret@127.0.0.1:{port}/{{to}}?mode=token", **kwargs)


ANNA = Address(1, "@anna")


@pytest.mark.anyio
async def test_one_message_to_one_person(chat: Chat, suggestion: Suggestion) -> None:
    receipt = await rocket(chat.port).deliver(suggestion, ANNA, "<1@tactful.test>", URL)
    assert receipt == Receipt(SENT)
    [(method, path, given)] = chat.asked
    assert (method, path, given["channel"]) == ("POST", "/api/v1/chat.postMessage", "@anna")
    assert given["text"] == suggestion_text(suggestion, URL, AFTER_PUBLICATION)
    assert not given.get("avatar")  # no picture from elsewhere tells anybody that a note was read


@pytest.mark.anyio
async def test_matrix_opens_a_room_of_two(chat: Chat) -> None:
    channel = ChatChannel(f"matrix://bot:s3cret@127.0.0.1:{chat.port}/{{to}}")
    assert await channel.say(Address(1, "@anna:example.org"), "Hello") == Receipt(SENT)
    created = [given for _, path, given in chat.asked if path.endswith("/createRoom")]
    sent = [(path, given) for _, path, given in chat.asked if "/send/" in path]
    assert [(given["is_direct"], given["invite"]) for given in created] == [(True, ["@anna:example.org"])]
    assert len(sent) == 1
    assert "direct%3Aexample.org" in sent[0][0]
    assert sent[0][1]["body"] == "Hello"


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 403, 429, 500, 302])
async def test_any_other_answer_leaves_an_unknown_and_is_not_repeated(chat: Chat, status: int) -> None:
    chat.status = status
    receipt = await rocket(chat.port).say(ANNA, "Hello")
    assert receipt == Receipt(
        UNKNOWN, "Rocket.Chat did not confirm the message. It may have arrived, so it is not sent again."
    )
    assert len(chat.asked) == 1


@pytest.mark.anyio
async def test_a_slow_service_holds_up_neither_loop_nor_caller(chat: Chat) -> None:
    chat.delay_s = 1.5
    sending = asyncio.create_task(rocket(chat.port, timeout_s=0.6).say(ANNA, "Hello"))
    beats, started = 0, time.monotonic()
    while not sending.done():
        await asyncio.sleep(0.02)
        beats += 1
    assert (await sending).status is UNKNOWN
    assert time.monotonic() - started < 1.4
    assert beats > 10


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["#general", "", "@anna,#general", "@all"])
async def test_a_room_is_never_written_to(chat: Chat, value: str) -> None:
    receipt = await rocket(chat.port).say(Address(1, value), "Hello")
    assert receipt.status is FAILED
    assert chat.asked == []


@pytest.mark.anyio
async def test_hostile_text_and_long_text_are_one_message(chat: Chat) -> None:
    text = "<script>alert(1)</script> :smile: \\n ${HOME} *x* " + "ä" * 3000
    assert await rocket(chat.port).say(ANNA, text) == Receipt(SENT)
    assert [given["text"] for _, _, given in chat.asked] == [text]


PROSE = "a <b>x</b> Vec<T> & *y* :smile: \\n https://t.test/inbox/7.\n\n    indented\n- item"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("service", "value", "plugin", "attribute", "path"),
    [
        ("slack", "U012ABCDEF", "slack.NotifySlack", "api_url", "/{}"),
        ("tgram", "123456789", "telegram.NotifyTelegram", "notify_url", "/bot"),
        ("zulip", "anna@example.org", "zulip.NotifyZulip", "notify_url", "/{org}/{hostname}"),
    ],
)
async def test_words_arrive_as_words(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, service: str, value: str, plugin: str, attribute: str, path: str
) -> None:
    """The same text on services that have only one address in the world, sent to this server instead."""
    ChatChannel(TEMPLATES[service])  # loads the plugin's module
    monkeypatch.setattr(f"apprise.plugins.{plugin}.{attribute}", f"http://127.0.0.1:{chat.port}{path}")
    assert await ChatChannel(TEMPLATES[service]).say(Address(1, value), PROSE) == Receipt(SENT)
    [(_, _, given)] = chat.asked
    markup = PROSE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    match service:
        case "slack":
            assert given["channel"] == "U012ABCDEF"
            assert [part["text"] for part in given["attachments"]] == [markup]
        case "tgram":
            assert (given["chat_id"], given["parse_mode"], given["text"]) == (123456789, "HTML", markup)
        case "zulip":
            assert (given["to"], given["type"], given["content"]) == ("anna@example.org", "private", PROSE)


@pytest.mark.anyio
async def test_what_no_encoding_knows_is_replaced(chat: Chat) -> None:
    assert await rocket(chat.port).say(ANNA, "half a \ud83d smile") == Receipt(SENT)
    assert [given["text"] for _, _, given in chat.asked] == ["half a ? smile"]


@pytest.mark.anyio
async def test_nothing_of_it_is_logged(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chat.status = 500
    await rocket(chat.port).say(ANNA, "private words")
    seen = caplog.text
    for secret in ("private words", "s3cret", "@anna", "anna", "chat.postMessage"):
        assert secret not in seen


@pytest.mark.parametrize(
    "template",
    [
        f"slack://{BOT}/",
        f"slack://{BOT}/{{to}}/{{to}}",
        f"slack://{BOT}/%23general/{{to}}",
        f"slack://{BOT}/{{to}}?to=general",
        f"slack://{BOT}/{{to}}?retry=2",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/{to}",  # a webhook posts into its own channel
        "matrixs://bot:s3cret@example.org/%23room/{to}",
        "matrixs://bot:s3cret@example.org/{to}?mode=slack",
        "matrixs://bot:s3cret@example.org/?x={to}",
        "rockets://id:s3cret@example.org/{to}?mode=basic",
        "rockets://aaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbb@example.org/{to}?mode=webhook",
        "tgram://123456789:abcdefg_hijklmnop/-100123/{to}",
        "zulip://bot@team/a6k4z3bZ2m5rT8yUxOp9qWe1vLb7cN0d/general/{to}",
        "mmosts://example.org/abcdefghijklmnopqrstuvwxyz?to={to}",
        "jsons://example.org/s3cret/{to}",
        "{to}",
        "",
    ],
)
def test_urls_that_could_reach_others_are_refused(template: str) -> None:
    pytest.importorskip("apprise", reason="the extra `chat` is not installed")
    with pytest.raises(ConfigurationError, match="TACTFUL_CHAT_URL") as caught:
        ChatChannel(template)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_templates_of_the_manual_work(name: str) -> None:
    pytest.importorskip("apprise", reason="the extra `chat` is not installed")
    channel: Channel = ChatChannel(TEMPLATES[name])
    assert (channel.name, channel.idempotent) == ("chat", False)


def test_without_the_extra_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'tactful\[chat\]'"):
        ChatChannel(TEMPLATES["matrixs"])


def test_a_long_wording_stays_in_the_inbox(suggestion: Suggestion) -> None:
    text = suggestion_text(replace(suggestion, wording="x" * 1501), URL, "")
    assert text == f"{suggestion.says}\n\n{suggestion.advice}\n\nThe same in your inbox, where you can answer it: {URL}"


def test_the_code_is_the_first_thing_one_sees() -> None:
    assert confirmation_text("123456").startswith("123456 is the code to enter in Tactful within 10 minutes")


@pytest.mark.anyio
async def test_a_code_goes_to_the_address_that_is_to_be_confirmed(chat: Chat) -> None:
    channel = rocket(chat.port)
    assert channel.own(f" {ANNA.value} ") == ANNA.value
    with pytest.raises(AddressError, match="person's own address"):
        channel.own("#general")
    assert await channel.confirm(ANNA, "ABCD-EFGHJK") == Receipt(SENT)
    assert "ABCD-EFGHJK is the code to enter" in str(chat.asked)
