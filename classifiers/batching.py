"""Concurrent callers share one batch and one worker thread. Standard library only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from classifiers import Classifier, Verdict

_DEPTH = 1024


class Busy(Exception):
    """Too many requests are waiting; try again in a moment."""


@dataclass(slots=True)
class _Request:
    texts: list[str]
    answer: asyncio.Future[list[Verdict]]


class Batcher:
    """Joins what arrives within ``max_wait_s`` seconds into one call of at most ``max_batch`` texts.

    The classifier runs in one worker thread; the event loop never waits for it. A request that the classifier cannot
    answer fails alone: its batch is then judged request by request. Bind it to one event loop.
    """

    def __init__(self, classifier: Classifier, *, max_batch: int = 32, max_wait_s: float = 0.004) -> None:
        self._classifier = classifier
        self._max_batch = max_batch
        self._max_wait_s = max_wait_s
        self._queue: asyncio.Queue[_Request] = asyncio.Queue(_DEPTH)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="classifier")
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Verdicts on ``texts``, in order. Raises :class:`Busy` when the queue is full, ``RuntimeError`` after close."""
        if self._closed:
            raise RuntimeError("the batcher is closed")
        if not texts:
            return []
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        request = _Request(list(texts), asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(request)
        except asyncio.QueueFull:
            raise Busy("too many texts are waiting to be judged") from None
        return await request.answer

    async def close(self) -> None:
        """Stop. Requests still waiting are cancelled; a batch under way is finished and dropped."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().answer.cancel()
        await asyncio.to_thread(self._worker.shutdown)

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            try:
                await self._fill(batch)
                await self._answer([request for request in batch if not request.answer.done()])
            except asyncio.CancelledError:
                for request in batch:
                    request.answer.cancel()
                raise

    async def _fill(self, batch: list[_Request]) -> None:
        """Take further requests until the batch is full or the wait is over."""
        count = len(batch[0].texts)
        try:
            async with asyncio.timeout(self._max_wait_s):
                while count < self._max_batch:
                    batch.append(await self._queue.get())
                    count += len(batch[-1].texts)
        except TimeoutError:
            return

    async def _answer(self, batch: list[_Request]) -> None:
        if not batch:
            return
        loop = asyncio.get_running_loop()
        try:
            verdicts = await loop.run_in_executor(
                self._worker, self._classifier.judge, [text for request in batch for text in request.texts]
            )
        except Exception as error:  # whatever the classifier raises belongs to the request that caused it
            if len(batch) == 1:
                if not batch[0].answer.done():
                    batch[0].answer.set_exception(error)
                return
            for request in batch:
                await self._answer([request])
            return
        at = 0
        for request in batch:
            if not request.answer.done():
                request.answer.set_result(verdicts[at : at + len(request.texts)])
            at += len(request.texts)
