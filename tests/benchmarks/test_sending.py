"""The open loop: a server that stalls is not spared by a sender that waits for it."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.sending import at_rate, percentile


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)], ids=["median", "p99", "largest", "smallest"]
)
def test_percentiles_are_values_that_occurred(percent: int, value: int) -> None:
    assert percentile(range(100, 0, -1), percent) == value


def test_of_one_value_every_percentile_is_that_value() -> None:
    assert {percentile([7.0], percent) for percent in (1, 50, 99)} == {7.0}


async def _stalling(first_answer_s: float) -> tuple[asyncio.Server, int]:
    """A server that answers one request at a time, the first of them late."""
    turn = asyncio.Lock()
    waits = [first_answer_s]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(64):
            async with turn:
                await asyncio.sleep(waits.pop() if waits else 0)
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.anyio
async def test_latency_counts_from_the_moment_a_request_was_due() -> None:
    server, port = await _stalling(0.5)
    answered = await at_rate(port, [b"request"] * 10, per_second=50)
    server.close()
    assert {a.status for a in answered} == {202}
    assert all(a.latency_s > 0.25 for a in answered)  # all ten were due within 0.2 s of a stall of 0.5 s


@pytest.mark.anyio
async def test_a_server_that_is_away_is_status_0() -> None:
    server, port = await _stalling(0)
    server.close()
    await server.wait_closed()
    assert [a.status for a in await at_rate(port, [b"request"], per_second=10)] == [0]
