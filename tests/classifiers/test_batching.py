"""Concurrent callers, one worker."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from classifiers import Verdict
from classifiers.batching import Batcher, Busy


class Fake:
    """Judges by echo; fails on "bad"; notes the calls it got."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self.calls: list[list[str]] = []
        self.threads: set[str] = set()
        self.wait_s = wait_s

    @property
    def model(self) -> str:
        return "fake"

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        self.calls.append(list(texts))
        self.threads.add(threading.current_thread().name)
        time.sleep(self.wait_s)
        if "bad" in texts:
            raise ValueError("bad text")
        return [Verdict(text) for text in texts]

    def threshold(self, label: str, tolerance: float) -> float:
        return 1.0


def test_concurrent_requests_share_a_batch_and_get_their_own_answers() -> None:
    fake = Fake()

    async def run() -> list[list[Verdict]]:
        batcher = Batcher(fake, max_wait_s=0.05)
        answers = await asyncio.gather(*(batcher.judge([f"a{i}", f"b{i}"]) for i in range(8)))
        await batcher.close()
        return answers

    answers = asyncio.run(run())
    assert [[v.model for v in one] for one in answers] == [[f"a{i}", f"b{i}"] for i in range(8)]
    assert len(fake.calls) == 1
    assert len(fake.threads) == 1


def test_a_failure_stays_with_the_request_that_caused_it() -> None:
    async def run() -> list[object]:
        batcher = Batcher(Fake(), max_wait_s=0.05)
        results = await asyncio.gather(
            batcher.judge(["good"]), batcher.judge(["bad"]), batcher.judge(["fine"]), return_exceptions=True
        )
        await batcher.close()
        return list(results)

    good, bad, fine = asyncio.run(run())
    assert good == [Verdict("good")]
    assert isinstance(bad, ValueError)
    assert fine == [Verdict("fine")]


def test_the_event_loop_keeps_running_while_the_classifier_works() -> None:
    async def run() -> int:
        batcher = Batcher(Fake(wait_s=0.2))
        task, ticks = asyncio.create_task(batcher.judge(["slow"])), 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await batcher.close()
        return ticks

    assert asyncio.run(run()) >= 5


def test_a_cancelled_caller_does_not_harm_the_others() -> None:
    async def run() -> list[Verdict]:
        batcher = Batcher(Fake(wait_s=0.05), max_wait_s=0.02)
        gone, stays = asyncio.create_task(batcher.judge(["gone"])), asyncio.create_task(batcher.judge(["stays"]))
        await asyncio.sleep(0.001)
        gone.cancel()
        answer = await stays
        await batcher.close()
        return answer

    assert asyncio.run(run()) == [Verdict("stays")]


def test_a_full_queue_says_so_and_a_closed_batcher_too() -> None:
    async def run() -> None:
        batcher = Batcher(Fake(wait_s=0.3), max_batch=1)
        tasks = [asyncio.create_task(batcher.judge([str(i)])) for i in range(1400)]
        await asyncio.sleep(0.1)
        assert sum(isinstance(t.exception(), Busy) for t in tasks if t.done()) > 0
        await batcher.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        with pytest.raises(RuntimeError, match="closed"):
            await batcher.judge(["late"])

    asyncio.run(run())


def test_nothing_to_judge_is_answered_at_once() -> None:
    async def run() -> list[Verdict]:
        return await Batcher(Fake()).judge([])

    assert asyncio.run(run()) == []
