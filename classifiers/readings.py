"""Wordings to be read blind: ``python -m classifiers.readings lay-out`` writes them, ``score`` counts what readers said.

``data/readings.jsonl`` holds, shuffled, wordings as the service shows them, and among them the marked words simply deleted
(``delete``) and rewrites by hand (``written``, the ceiling). Where a row comes from is in ``data/readings_key.jsonl``, which
readers leave closed. A reader copies the first file to ``readings_NAME.jsonl`` and answers true or false in each row: same
meaning (for the person who has to act on it), natural English, kinder.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from classifiers import corpus
from classifiers.editor import OnnxEditor
from classifiers.evaluate_rewrites import WEIGHTS, Case, Walk, share, without_span, written
from classifiers.runtime import OnnxClassifier

QUESTIONS: Final = ("same_meaning", "natural", "kinder")
SHOWN, BESIDE = 300, 60
"""Wordings of the service, and of each baseline."""


def lay_out(cases: Sequence[Case], rewrites: Mapping[str, str], seed: int = 8) -> tuple[list[Any], list[Any]]:
    """Rows for readers, and the key: the same numbers with where each comes from. A comment is read once per source."""
    chance = random.Random(seed)  # noqa: S311  an order, no secret
    shown = [case for case in cases if case.suggestion.wording is not None]
    chance.shuffle(shown)
    found = [(case, "shown", case.suggestion.wording or "") for case in shown[:SHOWN]]
    deleted = [(case, "delete", without_span(case)) for case in chance.sample(list(cases), len(cases))]
    found += [one for one in deleted if one[2]][:BESIDE]
    by_hand = [(case, "written", rewrites[case.id]) for case in cases if case.id in rewrites]
    found += chance.sample(by_hand, min(BESIDE, len(by_hand)))
    chance.shuffle(found)
    rows = [
        {"number": number, "text": case.text, "wording": wording, **dict.fromkeys(QUESTIONS)}
        for number, (case, _, wording) in enumerate(found, 1)
    ]
    key = [{"number": number, "id": case.id, "source": source} for number, (case, source, _) in enumerate(found, 1)]
    return rows, key


def score(key: Sequence[Mapping[str, Any]], readings: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """By source and question, the share of yes over all readers; and how often two readers agree."""
    sources = {row["number"]: row["source"] for row in key}
    yes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for rows in readings:
        for row in rows:
            for question in QUESTIONS:
                if row[question] is not None:
                    yes[sources[row["number"]]][question].append(bool(row[question]))
    found: dict[str, Any] = {s: {q: share(sum(said), len(said)) for q, said in by.items()} for s, by in yes.items()}
    if len(readings) > 1:
        first, second = ({row["number"]: row for row in rows} for rows in readings[:2])
        both = [(first[n], second[n]) for n in first if n in second]  # somebody may have read a part
        same = [a[q] == b[q] for a, b in both for q in QUESTIONS if None not in (a[q], b[q])]
        found["agreement"] = share(sum(same), len(same))
    return found


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.readings", description=__doc__)
    parser.add_argument("what", choices=("lay-out", "score"))
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--folder", type=Path, default=corpus.DATA)
    args = parser.parse_args()
    if args.what == "score":
        names = [path for path in sorted(args.folder.glob("readings_*.jsonl")) if path.stem != "readings_key"]
        key = list(corpus.rows(args.folder / "readings_key.jsonl"))
        print(json.dumps(score(key, [list(corpus.rows(path)) for path in names]), indent=1))  # noqa: T201  its result
        return
    walk = Walk(OnnxClassifier.load(args.weights), OnnxEditor.load())
    # Held-out writers first; there are not 300 among them, so the others follow, in number order.
    names_held = [*corpus.HELD_OUT, *(name for name in corpus.writers() if name not in corpus.HELD_OUT)]
    cases: list[Case] = []
    for name in names_held:
        if sum(case.suggestion.wording is not None for case in cases) >= SHOWN:
            break
        cases += walk.cases(written([name]))
    every = (row for name in names_held for row in corpus.rows(corpus.DATA / f"{name}.jsonl"))
    rewrites = {row["id"]: row["rewrite"] for row in every if row.get("rewrite")}
    rows, key = lay_out(cases, rewrites)
    _write(args.folder / "readings.jsonl", rows)
    _write(args.folder / "readings_key.jsonl", key)
    print(f"{len(rows)} rows to read in {args.folder / 'readings.jsonl'}; the key lies beside it.")  # noqa: T201  its result


if __name__ == "__main__":
    main()
