"""What may be learned from, and what may not: the project's own comments, permissive sets, and the line between them.

Standard library only. Texts are compared by :func:`key`, so that a copy with other spacing or case is still a copy.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from classifiers.labels import CONCERNS, LABELS

DATA: Final = Path(__file__).parent / "data"
HELD_OUT: Final = ("t8", "t14", "t24")
"""Writer files that no training sees: a mixed one rich in concerns, the everyday one, and the newest."""
PERMISSIVE: Final = frozenset({"MIT", "CC0-1.0"})
POOLS: Final = ("eval/clearcrc.jsonl.gz", "eval/nova_review_categories.jsonl.gz", "eval/github_pr_sentiment.jsonl.gz")
UNKNOWN: Final = math.nan
EMOTIONS: Final = [
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "gratitude",
    "joy",
    "love",
    "nervousness",
    "neutral",
    "realization",
    "remorse",
    "sadness",
    "surprise",
]
LABELLED: Final = {
    "vcu_incivility": "uncivil",
    "cc0_codereview_toxicity": "toxic",
    "cc0_gitter_toxicity": "toxic",
    "tufano_review_pool": "",
}
"""Permissive sets in which we labelled comments by our own guide, and the side task that others labelled there."""
AUXILIARY: Final = ("toxic", "uncivil", "sexist", *(f"emotion:{e}" for e in EMOTIONS))
"""Side tasks that only training knows: what other people labelled in other sets."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text to learn from. Labels absent from ``labels`` are unknown there, not false."""

    text: str
    labels: Mapping[str, float]
    spans: tuple[tuple[int, int], ...] = ()
    auxiliary: Mapping[str, float] = field(default_factory=dict)
    origin: str = ""
    pair: str = ""


def key(text: str) -> str:
    """What two texts share when they are the same but for case, spacing, punctuation and width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(c for c in folded if c.isalnum())
    return hashlib.blake2b((letters or folded.strip()).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a JSON Lines file, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def writers(folder: Path = DATA) -> list[str]:
    """Names of the writer files at hand, in number order."""
    return sorted((p.stem for p in folder.glob("t*.jsonl")), key=lambda name: int(name[1:]))


def _known(labels: Iterable[str]) -> dict[str, float]:
    present = set(labels)
    return {label: float(label in present) for label in LABELS}


def own(names: Sequence[str], folder: Path = DATA, *, rewrites: bool = True) -> list[Example]:
    """The project's own comments from the named files; each rewrite is a twin without the concern."""
    found: list[Example] = []
    for name in names:
        for row in rows(folder / f"{name}.jsonl"):
            spans = []
            for words in row["spans"]:
                at = row["text"].find(words)
                if at >= 0:
                    spans.append((at, at + len(words)))
            twin = row.get("rewrite") or ""
            pair = row["id"] if twin and rewrites else ""
            found.append(Example(row["text"], _known(row["labels"]), tuple(spans), origin=name, pair=pair))
            if pair:
                found.append(Example(twin, _known(row["rewrite_labels"]), origin=f"{name}:rewrite", pair=pair))
    return found


def harmless(sets: Path) -> list[Example]:
    """Real review comments taken as free of concerns; whether they hold a strength is unknown.

    Those of them that we labelled are in :func:`labelled`, whose labels count.
    """
    nothing = dict.fromkeys(CONCERNS, 0.0)
    found = [
        Example(row["text"], nothing, origin="tufano_review_pool")
        for row in rows(sets / "train/tufano_review_pool.jsonl.gz")
    ]
    for name in ("cc0_codereview_toxicity", "cc0_gitter_toxicity"):
        found += [
            Example(row["text"], nothing, auxiliary={"toxic": 0.0}, origin=name)
            for row in rows(sets / f"train/{name}.jsonl.gz")
            if row["labels"]["toxic"] == 0
        ]
    return found


def real(sets: Path, licences: frozenset[str] | None = PERMISSIVE) -> list[Example]:
    """The labelled real comments whose licence allows it; ``None`` for all of them (evaluation only)."""
    found = []
    for row in rows(sets / "norms/real_dev.jsonl"):
        if licences is None or row["licence"] in licences:
            spans = tuple((at, at + len(s)) for s in row["spans"] if (at := row["text"].find(s)) >= 0)
            found.append(
                Example(row["text"], _known(row["labels"]), spans, origin=f"real:{row['source']}:{row['licence']}")
            )
    return found


def labelled(sets: Path, path: Path | None = None) -> list[Example]:
    """Permissive real comments that we labelled by our guide, and lines of long ones, whose strengths are unknown.

    ``real_labels.jsonl`` holds labels and offsets, no texts.
    """
    known = {row["key"]: row for row in rows(path or DATA / "real_labels.jsonl")}
    told = [(name, row) for name in LABELLED for row in rows(sets / f"train/{name}.jsonl.gz")]
    texts = [(name, row["text"], row["labels"]) for name, row in told]
    texts += [(name, line.strip(), None) for name, row in told for line in row["text"].split("\n")]
    found = []
    for name, text, theirs in texts:
        if (mine := known.pop(key(text), None)) is None:
            continue
        labels = {label: p for label, p in _known(mine["labels"]).items() if theirs is not None or label in CONCERNS}
        felt = {task: float(theirs[task])} if (task := LABELLED[name]) and theirs is not None else {}
        spans = tuple((start, end) for start, end in mine["spans"])
        found.append(Example(text, labels, spans, felt, origin=f"labelled:{name}"))
    return found


def side_tasks(sets: Path) -> list[Example]:
    """What others labelled in chat and elsewhere: toxicity, sexism, emotions. Our own labels are unknown there.

    But for one: EDOS names groups of people without harm too, and teaches that a group's name is not yet the -ism.
    """
    found = [
        Example(row["text"], {}, auxiliary={"toxic": 1.0}, origin="cc0_gitter_toxicity")
        for row in rows(sets / "train/cc0_gitter_toxicity.jsonl.gz")
        if row["labels"]["toxic"] == 1
    ]
    for row in rows(sets / "train/edos_sexism.jsonl.gz"):
        sexist = float(row["labels"]["sexist"])
        chance = {"subtle_ism": 0.9 if sexist else 0.03}
        found.append(Example(row["text"], chance, auxiliary={"sexist": sexist}, origin="edos_sexism"))
    for row in rows(sets / "train/goemotions.jsonl.gz"):
        felt = {f"emotion:{e}": float(e in row["labels"]["emotions"]) for e in EMOTIONS}
        found.append(Example(row["text"], {}, auxiliary=felt, origin="goemotions"))
    return found


def forbidden(sets: Path | None, held_out: Sequence[str] = HELD_OUT, folder: Path = DATA) -> set[str]:
    """Keys of every text that figures or thresholds are taken on: held-out writers, alarms, pools, real comments."""
    keys = {key(e.text) for e in own([n for n in held_out if (folder / f"{n}.jsonl").exists()], folder)}
    alarms = folder / "false_alarms.jsonl"
    if alarms.exists():
        keys |= {key(row["text"]) for row in rows(alarms)}
    if sets is not None:
        for pool in POOLS:
            keys |= {key(row["text"]) for row in rows(sets / pool)}
        keys |= {key(e.text) for e in real(sets, None)}
    return keys


def without(examples: Iterable[Example], keys: set[str]) -> list[Example]:
    """The examples whose text is not among ``keys``, each text once per origin family."""
    seen: set[str] = set()
    kept = []
    for example in examples:
        k = key(example.text)
        if k in keys or (k in seen and not example.pair):
            continue
        seen.add(k)
        kept.append(example)
    return kept


def counts(folder: Path = DATA) -> dict[str, dict[str, int]]:
    """Rows, rewrites and labels of each writer file."""
    found: dict[str, dict[str, int]] = {}
    for name in writers(folder):
        examples = own([name], folder, rewrites=False)
        twins = len(own([name], folder)) - len(examples)
        found[name] = {"texts": len(examples), "rewrites": twins}
        found[name] |= {label: sum(int(e.labels[label]) for e in examples) for label in LABELS}
    return found


if __name__ == "__main__":
    for file, numbers in counts().items():
        print(file, json.dumps(numbers))  # noqa: T201  a command prints its result
