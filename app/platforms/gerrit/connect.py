"""Carries a plan out, and takes back what was done. What may be done is decided in ``plan``; here is only the doing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.domain import NotNow, Server
from app.platforms.gerrit.client import Client, GerritRefused
from app.platforms.gerrit.plan import Call, Plan, Step

Entry = dict[str, Any]


class Ended(StrEnum):
    DONE = "done"
    DECLINED = "left out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """How a step ended; ``says`` is a sentence with what to do where it did not end well."""

    what: str
    ended: Ended
    says: str = ""


class Notes(Protocol):
    """Where it is written down how things are taken back, and where the server is kept."""

    def keep(self, server: Server) -> None: ...
    def note(self, entry: Entry) -> None: ...
    def strike(self, entry_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Hands:
    """Clients of the two accounts; ``reader`` may be missing where only the administrator is needed."""

    admin: Client
    reader: Client | None = None

    async def make(self, call: Call) -> Any:
        """Raises ``GerritRefused`` and ``NotNow`` as ``Client`` does."""
        client = self.admin if call.who == "administrator" else self.reader
        assert client is not None, "a plan that needs the reader is carried out with one"
        if isinstance(call.body, str):
            return await client.post_text(call.path, call.body)
        return await client.ask(call.method, call.path, call.body)


async def carry_out(
    plan: Plan, hands: Hands, notes: Notes, agreed: Callable[[Step], bool], say: Callable[[Result], None]
) -> list[Result]:
    """Each step in turn; one that fails or is declined leaves out those that need it, and the rest goes on."""
    ended: dict[str, Ended] = {}
    results = []
    for step in plan.steps:
        result = await _step(step, ended, hands, notes, agreed)
        ended[step.id] = result.ended
        results.append(result)
        say(result)
    return results


async def _step(
    step: Step, ended: Mapping[str, Ended], hands: Hands, notes: Notes, agreed: Callable[[Step], bool]
) -> Result:
    if any(ended.get(other, Ended.DONE) is not Ended.DONE for other in step.needs):
        return Result(step.what, Ended.DECLINED, "It needs the step that was left out or failed. Connect again for it.")
    if step.ask and not agreed(step):
        return Result(
            step.what, Ended.DECLINED, "You said no, so nothing was changed. Connect again if you think better of it."
        )
    if isinstance(step.do, Server):
        notes.keep(step.do)
        return Result(step.what, Ended.DONE)
    # Noted first: an entry too many is harmless when it is taken back, one too few would be forgotten there for ever.
    later = step.undo is not None and "{seq}" in step.undo.path
    if step.undo is not None and not later:
        notes.note(entry(step, step.undo))
    try:
        answer = await hands.make(step.do)
    except GerritRefused as refused:
        if step.undo is not None and not later and refused.status in (401, 403, 404):
            notes.strike(step.id)  # certainly not done
        return Result(step.what, Ended.FAILED, f"{refused} {_advice(refused.status)}")
    except NotNow as away:
        return Result(step.what, Ended.FAILED, f"{away} Run the same command again: what is done already stays.")
    if later and step.undo is not None:
        notes.note(entry(step, step.undo, str(answer["seq"])))
    return Result(step.what, Ended.DONE)


def entry(step: Step, undo: Call, seq: str = "") -> Entry:
    """What is kept, as JSON, so that ``take_back`` can undo the step."""
    call = {**asdict(undo), "path": undo.path.replace("{seq}", seq)}
    return {"id": step.id, "says": step.undo_says, "call": call}


async def take_back(
    done: Sequence[Entry], untouched: Callable[[Call], bool], hands: Hands, say: Callable[[Result], None]
) -> list[Entry]:
    """Undo in the opposite order; the entries that could not be. ``untouched``: is it still as we made it?"""
    left: list[Entry] = []
    for one in reversed(done):
        call = Call(**one["call"])
        if not untouched(call):
            say(Result(one["says"], Ended.DECLINED, "Somebody changed it since, so it was left as it is."))
            continue
        if call.who == "reader" and hands.reader is None:
            say(Result(one["says"], Ended.FAILED, "The account that reads is not known here any more."))
            continue
        try:
            await hands.make(call)
        except GerritRefused as refused:
            if refused.status not in (404, 409):  # gone already
                left.append(one)
                say(Result(one["says"], Ended.FAILED, f"{refused} {_advice(refused.status)}"))
                continue
        except NotNow as away:
            left.append(one)
            say(Result(one["says"], Ended.FAILED, f"{away} Run it again."))
            continue
        say(Result(one["says"], Ended.DONE))
    return list(reversed(left))


def _advice(status: int) -> str:
    match status:
        case 401:
            return "The token does not fit any more; make a new one and run this again."
        case 403:
            return "The account is not allowed to; ask somebody who administers the server, then run this again."
        case 404:
            return "That is not there on this server; `tactful gerrit doctor` says what is missing."
        case 409:
            return "Something else changed it at the same moment; run this again."
        case _:
            return "Its own log says more (error_log); then run this again."
