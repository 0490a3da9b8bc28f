"""Texts that people gave to improve the classifier, each on its own, by their own hand. Sealed until they are exported.

The queue leaves as JSON Lines in the shape of ``classifiers/data``; who gave a text never does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.crypto import Vault
from app.domain import TactfulError
from app.store.project_tables import given
from classifiers.labels import CONCERNS, LABELS, STRENGTHS

LICENCE: Final = "Apache-2.0"
"""That of the project's own comments in ``classifiers/data``."""
MOST_CHARACTERS: Final = 10_000
MOST_WAITING: Final = 50  # of one person


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with what its giver says about it. ``spans`` are exact pieces of ``text`` that carry its concerns.

    Raises ``TactfulError`` where they are not, where a label is unknown, or where concerns and spans do not go together.
    """

    text: str
    labels: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    rewrite: str = ""
    rewrite_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > MOST_CHARACTERS or len(self.rewrite) > MOST_CHARACTERS:
            raise TactfulError(f"A text to give has between 1 and {MOST_CHARACTERS:,} characters. Nothing was kept.")
        if not (set(self.labels) <= set(LABELS) and set(self.rewrite_labels) <= set(STRENGTHS)):
            raise TactfulError("A norm that was chosen is not known here. Nothing was kept; choose again.")
        if not all(words.strip() and words in self.text for words in self.spans):
            raise TactfulError(
                "The words that carry it must stand in the text just so. Nothing was kept; copy them again."
            )
        concerned = bool(set(self.labels) & set(CONCERNS))
        if concerned and not self.spans:
            raise TactfulError(
                "Copy the words that may land hard into their field, as they stand in the text. Nothing was kept."
            )
        if not concerned and (self.spans or self.rewrite):
            raise TactfulError(
                "Words that may land hard go with a norm, and so does another wording. Nothing was kept; "
                "choose the norm, or leave both fields empty."
            )


@dataclass(frozen=True, slots=True)
class Given:
    id: int
    text: Text
    licence: str
    state: State
    given_on: str  # an ISO date


def give(c: Connection, vault: Vault, text: Text, person_id: int, now: datetime) -> int:
    """Queue it. Raises ``TactfulError`` where somebody has ``MOST_WAITING`` there already."""
    waiting = sa.select(sa.func.count()).where(given.c.person_id == person_id, given.c.state == State.WAITING.value)
    if (c.scalar(waiting) or 0) >= MOST_WAITING:
        raise TactfulError(
            f"{MOST_WAITING} texts of yours wait to be looked at. Nothing was kept; take one back or wait."
        )
    sealed = {key: value for key, value in asdict(text).items() if key != "labels"}
    row = sa.insert(given).values(
        person_id=person_id,
        sealed=vault.seal(json.dumps(sealed)),
        labels=list(text.labels),
        licence=LICENCE,
        state=State.WAITING.value,
        given_on=now.date().isoformat(),
    )
    return int(c.scalar(row.returning(given.c.id)) or 0)


def mine(c: Connection, vault: Vault, person_id: int) -> list[Given]:
    """The newest first."""
    query = sa.select(given).where(given.c.person_id == person_id).order_by(given.c.id.desc())
    return [_given(vault, row) for row in c.execute(query).mappings()]


def take_back(c: Connection, person_id: int, given_id: int) -> bool:
    """Gone, also where it was accepted; a copy that was exported before stays where it went."""
    return c.execute(sa.delete(given).where(given.c.id == given_id, given.c.person_id == person_id)).rowcount == 1


# --- for reviewers, without their givers --------------------------------------------------------------------------------


def queue(c: Connection, vault: Vault, states: Collection[State] = (State.WAITING,)) -> list[Given]:
    """The oldest first."""
    query = sa.select(given).where(given.c.state.in_([state.value for state in states])).order_by(given.c.id)
    return [_given(vault, row) for row in c.execute(query).mappings()]


def decide(c: Connection, given_ids: Sequence[int], state: State) -> int:
    """How many of them there were."""
    return c.execute(sa.update(given).where(given.c.id.in_(list(given_ids))).values(state=state.value)).rowcount


def texts(c: Connection, vault: Vault) -> list[str]:
    """What may be shown in a blind calibration: every given text that was not declined, without labels."""
    return [one.text.text for one in queue(c, vault, (State.WAITING, State.ACCEPTED))]


def as_row(one: Given) -> dict[str, Any]:
    """A line of the queue in the shape of ``classifiers/data``."""
    text = one.text
    return {
        "id": f"given-{one.id:04d}",
        "text": text.text,
        "labels": list(text.labels),
        "spans": list(text.spans),
        "rewrite": text.rewrite,
        "rewrite_labels": list(text.rewrite_labels),
        "licence": one.licence,
    }


def _given(vault: Vault, row: RowMapping) -> Given:
    sealed = json.loads(vault.open(row["sealed"]))
    text = Text(
        sealed["text"],
        tuple(row["labels"]),
        tuple(sealed["spans"]),
        sealed["rewrite"],
        tuple(sealed["rewrite_labels"]),
    )
    return Given(row["id"], text, row["licence"], State(row["state"]), row["given_on"])
