"""A forge that sends again what got no answer, and somebody who pulls the plug: load and kills, both seeded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.forge import Sendable
from benchmarks.programs import Program
from benchmarks.sending import Sender

PER_SECOND = 60
AT_ONCE = 16
AGAIN_AFTER_S = 0.25


@dataclass
class Attack:
    """Sends ``deliveries`` to ``programs`` in turn, redelivering under the same id until each got its 2xx, while
    programs are killed with -9 at ``kills`` random moments of the load and ``late_kills`` after it, and started again.
    """

    programs: Sequence[Program]
    deliveries: Sequence[Sendable]
    kills: int
    late_kills: int
    seed: int
    per_second: float = PER_SECOND
    answered: int = field(default=0, init=False)
    sent_again: int = field(default=0, init=False)
    killed: int = field(default=0, init=False)

    async def run(self) -> None:
        random_ = random.Random(self.seed)
        # By progress, so that every kill falls under load on a fast machine and on a slow one.
        moments = frozenset(random_.sample(range(1, len(self.deliveries)), self.kills))
        due = asyncio.Semaphore(0)
        sending = asyncio.create_task(self._send_all(moments, due))
        for _ in moments:
            await due.acquire()
            await self._kill_one(random_)
        await sending
        for _ in range(self.late_kills):
            await asyncio.sleep(random_.uniform(0, 0.5))
            await self._kill_one(random_)

    async def _kill_one(self, random_: random.Random) -> None:
        await asyncio.sleep(random_.uniform(0, 0.3))
        program = random_.choice(self.programs)
        program.kill()
        self.killed += 1
        await asyncio.to_thread(program.start)

    async def _send_all(self, moments: frozenset[int], due: asyncio.Semaphore) -> None:
        senders = [Sender(program.port) for program in self.programs]
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, delivery: Sendable) -> None:
            async with room:
                attempt = number
                while not 200 <= await senders[attempt % len(senders)].send(delivery.raw) < 300:
                    attempt += 1
                    self.sent_again += 1
                    await asyncio.sleep(AGAIN_AFTER_S)
                self.answered += 1
                if self.answered in moments:
                    due.release()

        tasks = []
        for number, delivery in enumerate(self.deliveries):
            tasks.append(asyncio.create_task(one(number, delivery)))
            await asyncio.sleep(1 / self.per_second)
        await asyncio.gather(*tasks)
        for sender in senders:
            sender.close()
