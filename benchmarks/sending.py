"""Sending in an open loop: by the clock, whether or not earlier requests were answered, as a forge does.

Latency counts from the moment a request was due, so that a server that stalls cannot hide it by slowing the sender
(Gil Tene's "coordinated omission").
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.programs import HOST

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PATIENCE_S = 10.0  # GitHub's


@dataclass(frozen=True, slots=True)
class Answered:
    """``status`` is 0 where there was none."""

    latency_s: float
    status: int


class Sender:
    """Keep-alive connections to one port, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Connection] = []

    async def send(self, raw: bytes) -> int:
        """The status; 0 for no answer within ten seconds."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._exchange(raw)
        except (OSError, EOFError, TimeoutError):
            return 0

    async def _exchange(self, raw: bytes) -> int:
        while self._idle:
            reader, writer = self._idle.pop()
            if reader.at_eof() or writer.is_closing():  # closed by the server while it was idle
                writer.close()
                continue
            break
        else:
            reader, writer = await asyncio.open_connection(HOST, self._port)
        try:
            writer.write(raw)
            status = await _answer(reader)
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return status

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        await reader.readuntil(b"0\r\n\r\n")
    elif b"content-length: " in head:
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r", 1)[0]))
    return status


async def at_rate(port: int, requests: Sequence[bytes], per_second: float) -> list[Answered]:
    """Send ``requests`` evenly spaced; one answer each, in order."""
    sender = Sender(port)
    begin = time.perf_counter() + 0.05

    async def one(number: int, raw: bytes) -> Answered:
        due = begin + number / per_second
        await asyncio.sleep(due - time.perf_counter())
        status = await sender.send(raw)
        return Answered(time.perf_counter() - due, status)

    answered = await asyncio.gather(*(one(number, raw) for number, raw in enumerate(requests)))
    sender.close()
    return answered


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
