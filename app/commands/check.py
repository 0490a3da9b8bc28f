"""``tactful check``: what would a considerate colleague hear? In the terminal, with nothing sent anywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from app import norms as norms_module
from app.checking import Checked, as_result, strong, verdict_fields
from app.checking import check as check_one
from app.domain import Edit, TactfulError
from app.norms import Conduct, Norms
from app.settings import load
from app.suggestions import PLAIN, Rewording
from app.web.marks import Kind, Piece, difference
from app.weights import learned
from app.wiring import utc_now
from classifiers import Classifier, Unfit

BULK = 256  # texts a batch on long input: large enough to sort by length, small enough to show progress


def check(
    text: Annotated[
        list[str] | None, typer.Argument(help="The comment; words are joined. `-` or nothing: standard input.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the comment, or with --jsonl the lines, from a file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, the Result of /v1/check.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='A line {"id", "text"} each in; a line of JSON each out.')
    ] = False,
    rewrite: Annotated[bool, typer.Option(help="Also offer a wording where one is safe to offer.")] = True,
    fail_on_concern: Annotated[
        bool, typer.Option("--fail-on-concern", help="Exit with 1 when a norm is touched.")
    ] = False,
) -> None:
    """Check a comment, a file, standard input, or many comments."""
    if jsonl and text and text != ["-"]:
        raise TactfulError(
            "Give a text or --jsonl, not both: with --jsonl the texts come from --file or standard input."
        )
    norms = norms_module.load(load().norms)
    ear = _ear(norms, rewrite=rewrite and not jsonl)
    if jsonl:
        touched = _many(ear, file)
    else:
        words = _one_text(text, file)
        checked = ear.hear([words], rewrite=rewrite)[0]
        touched = checked.concern is not None
        typer.echo(json.dumps(as_result(checked, norms))) if as_json else _show(Console(), words, checked, norms)
    if fail_on_concern and touched:
        raise typer.Exit(1)


def _ear(norms: Norms, *, rewrite: bool) -> Ear:
    from classifiers import meaning
    from classifiers.runtime import OnnxClassifier

    try:
        classifier = OnnxClassifier.load()
    except Unfit as error:
        raise TactfulError(str(error)) from None
    return Ear(classifier, norms, learned(meaning.of(classifier)) if rewrite else PLAIN)


@dataclass(frozen=True, slots=True)
class Ear:
    classifier: Classifier
    norms: Norms
    rewording: Rewording

    @property
    def thresholds(self) -> Mapping[str, float]:
        return {label: self.classifier.threshold(label, t) for label, t in self.norms.tolerances().items()}

    def hear(self, texts: Sequence[str], *, rewrite: bool) -> list[Checked]:
        thresholds = self.thresholds
        return [
            check_one(
                text,
                verdict,
                norms=self.norms,
                thresholds=thresholds,
                again=self.classifier.judge,
                now=utc_now(),
                rewrite=rewrite,
                rewording=self.rewording,
            )
            for text, verdict in zip(texts, self.classifier.judge(texts), strict=True)
        ]


# --- one text ---------------------------------------------------------------------------------------------------------


def _one_text(words: list[str] | None, file: Path | None) -> str:
    if file is not None:
        if words:
            raise TactfulError("Give the text or --file, not both.")
        return _read(file)
    if words and words != ["-"]:
        return " ".join(words)
    if sys.stdin.isatty():
        raise TactfulError(
            'Give a text, as in: tactful check "Why is this so slow?" Or --file, or text on standard input.'
        )
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError as error:
        raise TactfulError(f"{file} could not be read: {error.strerror}.") from None


def _show(console: Console, text: str, checked: Checked, norms: Norms) -> None:
    marked = Text(text.rstrip())
    for span in checked.concern.spans if checked.concern else ():
        marked.stylize("bold underline", span.start, span.end)
    console.print(marked)
    console.print()
    if checked.suggestion is not None:
        s = checked.suggestion
        console.print(Text(s.says, style="bold"))
        console.print(Text(s.advice))
        if s.wording is not None:
            _show_wording(console, "Another wording", text, s.wording, s.edits)
        if s.alternative is not None:
            _show_wording(console, "Or", text, s.alternative.text, s.alternative.edits)
        console.print(Text(f"\n{s.title} — {s.source}", style="dim"))
    elif checked.concern is not None:
        norm = norms[checked.concern.label]
        console.print(Text(norm.say(), style="bold"))
    elif not checked.verdict.known_language:
        console.print("This may be in a language that is not known here yet, so nothing is said about it.")
    else:
        console.print("Nothing here that may land harder than you mean.")
    if checked.concern is not None and checked.concern.label == "hostility":
        _show_conduct(console, norms.conduct)
    for label in strong(checked.verdict):
        console.print(Text(norms[label].say(), style="dim"))


def _show_wording(console: Console, title: str, text: str, wording: str, edits: Sequence[Edit]) -> None:
    """The wording, and what changes: readable without colour, as Git marks words."""
    console.print(Text(f"\n{title}:\n", style="dim"), Text(wording), sep="")
    console.print(Text(f"\nWhat changes:\n{''.join(map(_signed, difference(text, edits)))}", style="dim"))


def _signed(piece: Piece) -> str:
    if piece.kind is Kind.GONE:
        return f"[-{piece.text}-]"
    return f"{{+{piece.text}+}}" if piece.kind is Kind.NEW else piece.text


def _show_conduct(console: Console, conduct: Conduct) -> None:
    if conduct.code_of_conduct:
        console.print(Text(f"Code of conduct: {conduct.code_of_conduct}", style="dim"))
    for contact in conduct.contacts:
        console.print(Text(f"Somebody to turn to: {contact.name}, {contact.how}", style="dim"))


# --- many -------------------------------------------------------------------------------------------------------------


def _many(ear: Ear, file: Path | None) -> bool:
    """Stream: results appear batch by batch, in order. A bad line is named on standard error and the rest goes on."""
    stdin = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    source: Iterable[str] = _read(file).split("\n") if file is not None else stdin
    total = len(source) if isinstance(source, list) else None
    touched, bad = False, 0
    lines = _parsed(source)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("Checking", total=total)
        while batch := list(islice(lines, BULK)):
            good = [(id_, text) for id_, text, problem in batch if problem is None]
            for number in (problem for *_, problem in batch if problem is not None):
                bad += 1
                sys.stderr.write(f"{number}\n")
            for (id_, _), one in zip(good, ear.hear([text for _, text in good], rewrite=False), strict=True):
                touched |= one.concern is not None
                fields = verdict_fields(one.verdict, [c.label for c in one.flagged])
                sys.stdout.write(json.dumps({"id": id_, **fields}) + "\n")
            sys.stdout.flush()
            progress.advance(task, len(batch))
    if bad:
        raise TactfulError(f"{bad} lines could not be read; all others were checked.")
    return touched


def _parsed(lines: Iterable[str]) -> Iterator[tuple[object, str, str | None]]:
    """(id, text, None), or (None, "", what is wrong with the line)."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["id"], _string(row["text"]), None
        except (ValueError, KeyError, TypeError, RecursionError):
            yield None, "", f'Line {number}: each line is a JSON object like {{"id": "1", "text": "…"}}.'


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
