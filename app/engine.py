"""The durable engine. The only file that names DBOS (https://docs.dbos.dev): queues, workflow ids, clockwork, reaper.

DBOS writes down a workflow's input, what its steps return and their errors. Here these are ciphertext, ids and sentences
without anybody's words. Its open-source part leaves the workflows of a dead replica lying: hence the heartbeat and reaper.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
import structlog
from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    ScheduleInput,
    SetEnqueueOptions,
    SetWorkflowID,
    StepOptions,
    _workflow_commands,
)

from app.backlog import FAILED, failed_walks, pending_walks, workflows
from app.chores import Chore
from app.domain import Account, ConfigurationError, NotNow
from app.door import Door
from app.pipeline import Pipeline
from app.platforms import Delivery
from app.steps import walk_or_wait, wordless
from app.store import upkeep
from app.store.tables import executors

__all__ = ["Engine", "failed_walks", "pending_walks"]

log = structlog.get_logger()

# Pinned: DBOS resumes only workflows of its own application version, and by default that is a hash of the source, so
# that an upgrade would leave what was under way lying. Raise it only when the order of steps changes.
PROTOCOL = "1"
# How often DBOS looks for rests that are over. Its own is once a second, without a setting: for a draft, that alone would
# be the second within which its writer is to hear.
RESTS_OVER_S = 0.2
WALKS, SENDS = "walks", "sends"
SENDS_AT_ONCE = 8  # they wait for other servers, while walks compute
EMBEDDED = "embedded"
BEAT_S = 2.0
SILENT_AFTER_S = 8.0
FINISHED_FOR = timedelta(minutes=10)  # how long a finished walk's ciphertext stays; its id is remembered for longer
SEND_AGAIN_AFTER_S = (5, 20, 80, 320, 1280)  # what was surely not sent; in between, no worker waits


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, NotNow)


# The database is away, for instance: the walk is walked again, and finds what it had done. Anything else stays the same
# however often it is tried, and waits for a person.
WALK: Final[StepOptions] = {
    "name": "walk",
    "retries_allowed": True,
    "max_attempts": 7,
    "interval_seconds": 1.0,
    "backoff_rate": 3.0,
    "should_retry": _is_passing,
}

_current: Engine | None = None  # DBOS is one per process and so is this


class Engine:
    """Accepts deliveries durably and walks them. ``launch`` and ``shutdown`` once each."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        workers: int,
        keep_text: timedelta,
        keep_scores: timedelta,
    ) -> None:
        self.pipeline = pipeline
        self.chores: dict[str, Chore] = {}
        self.store = pipeline.store
        self.workers = workers
        self.keep_text = keep_text
        self.keep_scores = keep_scores
        self.single = self.store.engine.dialect.name == "sqlite"
        self.executor = EMBEDDED if self.single else f"replica-{secrets.token_hex(8)}"
        self.workflows = workflows(self.store)
        self.door = Door()
        self._stop = threading.Event()
        self._beat: threading.Thread | None = None

    def launch(self, chores: Sequence[Chore] = ()) -> None:
        global _current
        _current = self
        self.chores = {chore.name: chore for chore in chores}
        logging.getLogger("dbos").setLevel(logging.WARNING)
        _workflow_commands._BACKGROUND_JOBS_INTERVAL_SEC = RESTS_OVER_S
        DBOS(
            config=DBOSConfig(
                name="tactful",
                system_database_url=self.store.engine.url.render_as_string(hide_password=False),
                system_database_engine=self.store.engine,
                serializer=DBOSPortableJSONSerializer(),  # its default is pickle: code from a database
                application_version=PROTOCOL,
                executor_id=self.executor,
                log_level="WARNING",
                notification_listener_polling_interval_sec=0.25,  # also how long stopping takes
                max_executor_threads=self.workers + SENDS_AT_ONCE + 16,
            )
        )
        if not self.single:
            self._heartbeat()  # before any work: a replica without a row could never be found dead
        DBOS.launch()
        DBOS.register_queue(WALKS, worker_concurrency=self.workers, polling_interval_sec=0.1)
        DBOS.register_queue(SENDS, worker_concurrency=SENDS_AT_ONCE, polling_interval_sec=0.5)
        schedules: list[ScheduleInput] = [
            {"schedule_name": "sweep", "workflow_fn": _sweep, "schedule": "*/5 * * * *"},
            {"schedule_name": "retain", "workflow_fn": _retain, "schedule": "17 * * * *"},
        ]
        schedules += [
            {"schedule_name": chore.name, "workflow_fn": _chore, "schedule": chore.cron, "context": chore.name}
            for chore in chores
        ]
        DBOS.apply_schedules(schedules)
        if not self.single:
            self._beat = threading.Thread(target=self._beat_and_reap, name="heartbeat", daemon=True)
            self._beat.start()

    def shutdown(self, timeout_s: int = 20) -> None:
        """Let what is under way finish, for a while; the rest is resumed at the next start or by another replica."""
        global _current
        self._stop.set()
        if self._beat is not None:
            self._beat.join(timeout=BEAT_S * 2)
        try:
            waiting = self.pending()
        except sa.exc.SQLAlchemyError:
            waiting = 0  # the database is away: nothing can finish
        # Waiting costs DBOS a second at least, so only where there is something to wait for.
        DBOS.destroy(workflow_completion_timeout_sec=timeout_s if waiting else 0)
        _current = None

    def accept(self, delivery: Delivery) -> bool:
        """Durable when this returns. False for a delivery that was here before: nothing is done again."""
        with self.door.arriving():
            with self.store.read() as c:
                if upkeep.was_seen(c, delivery.id, self.workflows.c.workflow_uuid):
                    return False
            sealed = self.store.vault.seal(delivery.dump())
            # Two at once: the second enqueue finds the first and changes nothing.
            with SetWorkflowID(delivery.id), SetEnqueueOptions(delay_seconds=delivery.wait_s or None):
                DBOS.enqueue_workflow(WALKS, _walk, sealed)
        return True

    def pending(self) -> int:
        return pending_walks(self.store)

    def failed(self) -> int:
        return failed_walks(self.store)

    def sweep(self, finished_for: timedelta = FINISHED_FOR) -> int:
        """Delete finished workflows with what they hold, after their ids are remembered; how many."""
        total = 0
        before = (datetime.now(UTC) - finished_for).isoformat()
        while True:
            done = DBOS.list_workflows(
                status=["SUCCESS", "CANCELLED"], completed_before=before, limit=500, load_input=False, load_output=False
            )
            ids = [w.workflow_id for w in done]
            if not ids:
                return total
            with self.store.begin() as c:
                upkeep.mark_seen(c, (w.workflow_id for w in done if w.name == "walk"), self.pipeline.now())
            DBOS.delete_workflows(ids)
            total += len(ids)

    def forget(self, accounts: Collection[Account]) -> None:
        """What workflows still hold of somebody: the finished ones go at once, failed ones where they are about them."""
        self.sweep(timedelta(0))
        theirs = [w.workflow_id for w in DBOS.list_workflows(status=FAILED) if self._is_about(w.input, accounts)]
        if theirs:
            DBOS.delete_workflows(theirs)

    def _is_about(self, given: Any, accounts: Collection[Account]) -> bool:
        try:
            return Delivery.parse(self.store.vault.open(given["args"][0])).subject in accounts
        except (ConfigurationError, LookupError, TypeError, ValueError, AttributeError):
            return False  # not a walk

    def retain(self) -> dict[str, int]:
        with self.store.begin() as c:
            counts = upkeep.retain(c, self.pipeline.now(), self.keep_text, self.keep_scores)
        # A walk that failed keeps its ciphertext for as long as any text may be kept, so that it can be looked into.
        before = (datetime.now(UTC) - self.keep_text).isoformat()
        failed = DBOS.list_workflows(status=FAILED, completed_before=before, load_input=False, load_output=False)
        if failed:
            DBOS.delete_workflows([w.workflow_id for w in failed])
        return counts

    # --- replicas ---------------------------------------------------------------------------------------------------

    def _heartbeat(self) -> None:
        with self.store.begin() as c:
            upkeep.beat(c, self.executor, datetime.now(UTC))

    def _beat_and_reap(self) -> None:
        while not self._stop.wait(BEAT_S):
            try:
                self._heartbeat()
                self._reap()
            except Exception as error:  # whatever it is: a replica without a heartbeat would be taken for dead
                log.warning("heartbeat failed; trying again", error=type(error).__name__)

    def _reap(self) -> None:
        """Resume what dead replicas held. Locking the dead one's row makes one reaper do it; the row goes last."""
        since = datetime.now(UTC) - timedelta(seconds=SILENT_AFTER_S)
        with self.store.begin() as c:
            silent = sa.select(executors.c.id).where(executors.c.beat_at < since)
            dead = c.scalars(silent.with_for_update(skip_locked=True)).all()
            for executor in dead:
                held = DBOS.list_workflows(executor_id=executor, status="PENDING", load_input=False, load_output=False)
                if held:
                    DBOS.resume_workflows([w.workflow_id for w in held])
                upkeep.bury(c, executor)
                log.info("resumed a silent replica's work", walks=len(held))


# --- the workflows: registered by name once, working for the engine that was launched -----------------------------------


def _engine() -> Engine:
    assert _current is not None, "workflows run only after launch"
    return _current


@DBOS.workflow(name="walk")
def _walk(sealed: str, attempt: int = 0) -> None:
    # One step for DBOS: the pipeline's own steps find what they did before, and writing each of them down here as well
    # was most of the cost of a walk.
    engine = _engine()
    walk = wordless("walk", walk_or_wait)
    to_send = DBOS.run_step(WALK, walk, engine.pipeline, sealed, attempt, engine.door.let_pass)
    if not isinstance(to_send, list):
        first, _, _ = str(DBOS.workflow_id).partition("@")
        with SetWorkflowID(f"{first}@{attempt + 1}"), SetEnqueueOptions(delay_seconds=to_send):
            DBOS.enqueue_workflow(WALKS, _walk, sealed, attempt + 1)
        return
    for suggestion_id, channel in to_send:
        with SetWorkflowID(f"send:{suggestion_id}:{channel}"):
            DBOS.enqueue_workflow(SENDS, _send, suggestion_id, channel)


@DBOS.workflow(name="send")
def _send(suggestion_id: int, channel: str, attempt: int = 0) -> str:
    try:
        deliver = wordless("deliver", _engine().pipeline.deliver)
        return DBOS.run_step({"name": "deliver"}, deliver, suggestion_id, channel)
    except NotNow:
        if attempt < len(SEND_AGAIN_AFTER_S):
            later = SetEnqueueOptions(delay_seconds=SEND_AGAIN_AFTER_S[attempt])
            with SetWorkflowID(f"send:{suggestion_id}:{channel}:{attempt + 1}"), later:
                DBOS.enqueue_workflow(SENDS, _send, suggestion_id, channel, attempt + 1)
        return "failed"


@DBOS.workflow(name="sweep")
def _sweep(_at: datetime, _context: Any) -> None:
    DBOS.run_step({"name": "sweep"}, _engine().sweep)


@DBOS.workflow(name="retain")
def _retain(_at: datetime, _context: Any) -> None:
    DBOS.run_step({"name": "retain"}, _engine().retain)


@DBOS.workflow(name="chore")
def _chore(_at: datetime, name: str) -> None:
    DBOS.run_step({"name": name}, _done, name)


def _done(name: str) -> None:
    chore = _engine().chores.get(name)
    if chore is not None:  # not one of an earlier version
        chore.attempt()
