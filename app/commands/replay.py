"""``tactful project replay``: score a file of comments for the tuning page. In memory: the texts are kept nowhere."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.commands.project import Desk, desk, project_of
from app.domain import TactfulError
from app.in_force import Rules
from app.project_settings import Mode
from app.store import Store, histories
from app.store.histories import monday
from app.tuning.outlook import Outlook, Said, outlook
from app.web.replays import Replays
from app.wiring import utc_now
from classifiers import Classifier, Unfit
from classifiers.vectors import pack

LINES_AT_ONCE: Final = 64  # kept together with how far the file was read: so much is done again after an interruption


def replay(
    file: Annotated[
        Path | None, typer.Argument(help='JSON Lines: {"text": "…"} each, with "at": "2026-03-04" where it is known.')
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="Whose history it is; not needed where there is one project.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take back what was read from files for this project.")
    ] = False,
) -> None:
    """Replay a file of comments: scored in memory, only scores and weeks are kept. Interrupted, it goes on where it was."""
    with desk() as at:
        rules = _project(at, project)
        if forget:
            with at.store.begin() as c:
                gone = histories.forget_files(c, project_of(rules).id)
            typer.echo(f"{gone:,} scored comments from files are gone.")
            return
        if file is None:
            raise TactfulError("Say which file: tactful project replay FILE.")
        classifier = load_classifier()
        bad = read(at.store, rules, file, classifier, Console(stderr=True))
        show(Console(), rules, look(at.store, rules, classifier))
    if bad:
        raise TactfulError(f"{bad} lines could not be read; all others were scored.")


def load_classifier() -> Classifier:
    from classifiers.runtime import OnnxClassifier

    try:
        return OnnxClassifier.load()
    except Unfit as error:
        raise TactfulError(str(error)) from None


def _project(at: Desk, name: str | None) -> Rules:
    if name is not None:
        return at.find(name)
    every = at.in_force.every()
    if len(every) != 1:
        raise TactfulError("Say for which project: --project octo/parser. `tactful project list` shows them all.")
    return every[0]


# --- reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One comment of the file, or ``text`` None where the line could not be read or holds nothing."""

    number: int
    text: str | None
    week: str
    problem: str = ""


def read(
    store: Store,
    rules: Rules,
    file: Path,
    classifier: Classifier,
    console: Console,
    now: Callable[[], datetime] = utc_now,
) -> int:
    """Score the lines of ``file`` that were not scored before; how many could not be read (each is named)."""
    digest, total = _measured(file)
    digest = store.vault.digest(f"import:{classifier.model}:{digest}")
    with store.read() as c:
        done = histories.lines_done(c, project_of(rules).id, digest)
    bad = 0
    columns = (TextColumn("Scoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("Scoring", total=total, completed=done)
        lines = islice(_lines(file, now().date()), done, None)
        while batch := list(islice(lines, LINES_AT_ONCE)):
            for line in batch:
                if line.problem:
                    bad += 1
                    sys.stderr.write(f"{line.problem}\n")
            weeks = score(classifier, batch)
            with store.begin() as c:
                for week, vectors in weeks.items():
                    histories.add(
                        c, project_of(rules).id, week, classifier.model, rules.norms.version, histories.FILE, vectors
                    )
                histories.set_lines_done(c, project_of(rules).id, digest, batch[-1].number, now())
            progress.advance(task, len(batch))
    return bad


def score(classifier: Classifier, batch: list[Line]) -> Mapping[str, list[bytes]]:
    """Packed scores by week; a text in a language that is not known here has none."""
    readable = [line for line in batch if line.text is not None]
    weeks: dict[str, list[bytes]] = {}
    for line, verdict in zip(readable, classifier.judge([line.text or "" for line in readable]), strict=True):
        if verdict.known_language:
            weeks.setdefault(line.week, []).append(pack(verdict.concerns))
    return weeks


def _measured(file: Path) -> tuple[str, int]:
    """A digest of the whole file, and its lines."""
    whole, lines, last = hashlib.sha256(), 0, b"\n"
    try:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                whole.update(block)
                lines += block.count(b"\n")
                last = block[-1:]
    except OSError as error:
        raise TactfulError(f"{file} could not be read: {error.strerror}. Nothing was scored.") from None
    return whole.hexdigest(), lines + (last != b"\n")


def _lines(file: Path, today: date) -> Iterator[Line]:
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            yield _line(number, raw, today)


def _line(number: int, raw: bytes, today: date) -> Line:
    if not raw.strip():
        return Line(number, None, "")
    try:
        row = json.loads(raw)
        text, at = row["text"], row.get("at")
        day = today if at is None else datetime.fromisoformat(at).date()
        if not isinstance(text, str) or day > today:
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        form = '{"text": "…", "at": "2026-03-04"}'
        return Line(
            number, None, "", f"Line {number}: each line is a JSON object like {form}; the date may be left out."
        )
    return Line(number, text if text.strip() else None, monday(day))


# --- what it would have meant ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Weights:
    classifier: Classifier

    @property
    def model(self) -> str:
        return self.classifier.model

    def thresholds(self, tolerances: Mapping[str, float]) -> Mapping[str, float]:
        return {label: self.classifier.threshold(label, tolerance) for label, tolerance in tolerances.items()}


def look(store: Store, rules: Rules, classifier: Classifier) -> Outlook:
    """What the settings in force would have said about the files of this project."""
    weights, now = _Weights(classifier), utc_now()
    replays = Replays(store, weights)
    history = replays.history(project_of(rules).id, "file", rules.settings.k, now)
    thresholds = weights.thresholds({label: norm.tolerance for label, norm in rules.settings.norms.items()})
    said = Said.of(history, rules.settings, thresholds)
    return outlook(said, said, replays.beliefs(project_of(rules).id, history, said.sent, thresholds, now))


def show(console: Console, rules: Rules, found: Outlook) -> None:
    table = Table("Norm", "Nudges a week", "Right, of 100", box=None)
    for row in found.rows:
        right = (
            f"{100 * row.share.expected:.0f} ({100 * row.share.low:.0f} to {100 * row.share.high:.0f})"
            if row.share
            else ""
        )
        title = rules.words.concerns[row.label].title
        table.add_row(title if row.mode is Mode.ON else f"{title} ({row.mode})", f"{row.after:.3g}", right)
    weeks = len(found.history.weeks)
    console.print(f"{found.history.comments:,} scored comments of {weeks} weeks, with the settings in force:")
    console.print(table)
    if not found.known:
        console.print(
            "Which share would be right is not known: there are too few comments, or no scores came with the weights."
        )
