"""Asks for pending reviews, round by round, and hands what is new to the walk. The same loop runs in every replica."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from random import random
from typing import Final

import structlog

from app.arrivals import take
from app.domain import Account, NotNow
from app.metrics import Metrics
from app.pending.news import MOST_THREADS, news, threads
from app.pending.rhythm import Asked
from app.pending.scheduling import Scheduler
from app.platforms import Delivery, PendingReviews, Round
from app.store import Store, comments, people
from app.store.comments import Draft
from app.store.rounds import Turn

LOOK_S: Final = 1.0
LONGEST_S: Final = 45.0
"""A round takes; so that it is over before another replica may think that it is lost."""
RECENT: Final = timedelta(days=2)
log = structlog.get_logger()


class Watching:
    """``run`` until it is cancelled. ``accept`` is the engine's; ``dice`` gives numbers from 0 to 1."""

    def __init__(
        self,
        store: Store,
        platform: PendingReviews,
        accept: Callable[[Delivery], bool],
        metrics: Metrics,
        now: Callable[[], datetime],
        dice: Callable[[], float] = random,
    ) -> None:
        self._store = store
        self._platform = platform
        self._accept = accept
        self._metrics = metrics
        self._now = now
        self._scheduler = Scheduler(store, platform.name, dice)
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self.look()
                except Exception as error:  # the database is away: looked at again
                    log.warning("could not look up whom to ask", error=type(error).__name__)
                await asyncio.sleep(LOOK_S)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def look(self) -> None:
        """Begin every round that is due and fits."""
        for turn in await asyncio.to_thread(self._scheduler.begin, self._now()):
            task = asyncio.create_task(self._round(turn))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def rest(self) -> None:
        """Until every round that was begun is over."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    # --- one round ----------------------------------------------------------------------------------------------------

    async def _round(self, turn: Turn) -> None:
        asked, found_news = await self._outcome(turn)
        self._metrics.rounds.labels(_name(asked, found_news)).inc()
        try:
            await asyncio.to_thread(self._scheduler.end, turn, asked, self._now(), found_news=found_news)
        except Exception as error:  # the database is away: then the lease runs out
            log.warning("a round was not given back", error=type(error).__name__)

    async def _outcome(self, turn: Turn) -> tuple[Asked, bool]:
        """How it went, and whether anything was new."""
        try:
            async with asyncio.timeout(LONGEST_S):
                return await self._ask(turn)
        except NotNow as error:
            return Asked(failed=True, wait_s=error.retry_after_s), False
        except Exception as error:  # its message could quote somebody
            log.warning("a round failed; it comes again", error=type(error).__name__)
            return Asked(failed=True), False

    async def _ask(self, turn: Turn) -> tuple[Asked, bool]:
        drafts, named = await asyncio.to_thread(self._known, turn)
        answer = await self._platform.pending(turn.account, named)
        if answer is None:  # no token, or not ours to use at the moment
            return Asked(points=0), False
        found_news = await asyncio.to_thread(self._hand_over, turn, answer, drafts)
        return Asked(answer.points, answer.left, answer.resets_at), found_news

    def _known(self, turn: Turn) -> tuple[list[Draft], list[str]]:
        place = (self._platform.name, turn.account.server)
        since = self._now() - RECENT
        with self._store.read() as c:
            drafts = comments.drafts(c, turn.person_id, *place)
            recent = comments.recent_threads(c, turn.person_id, *place, self._platform.kinds, since, MOST_THREADS)
        return drafts, threads(drafts, recent)

    def _hand_over(self, turn: Turn, answer: Round, drafts: list[Draft]) -> bool:
        """Whether there was anything new. Consent is looked up again by ``take``."""
        new = list(news(answer.found, drafts, self._store.vault.digest))
        for pending in new:
            # By chance: the same words may come back after others, and are then to be heard again.
            id = f"pending:{secrets.token_hex(16)}"
            take(self._store, self._accept, self._platform.deliver(turn.account, pending, id, turn.begun_at))
        if answer.login and answer.login != turn.account.login:
            named = Account(turn.account.platform, turn.account.server, turn.account.id, answer.login)
            with self._store.begin() as c:
                people.propose(c, turn.person_id, named, self._now())
        return bool(new)


def _name(asked: Asked, found_news: bool) -> str:
    if asked.failed:
        return "away" if asked.wait_s is None else "told_to_wait"
    return "news" if found_news else "nothing_new"
