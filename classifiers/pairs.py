"""Pairs to teach the editor with: ``python -m classifiers.pairs --to FOLDER`` writes ``tags.json`` and ``pairs.jsonl``.

Each text → rewrite pair of the project's own comments becomes one tag a word (see ``classifiers.tags``), by the cheapest way
from one to the other: words kept cost nothing, words deleted little, known phrases a little more, other words much. What
only such other words can say is left open (``null``): there nothing is learnt, and all around it is. Prints, for the writers
learnt from and for the held-out ones, which share of pairs the tags reproduce exactly. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classifiers import corpus
from classifiers.tags import DELETE, KEEP, Word, changes, join, tag, words
from classifiers.text import own_words

PHRASES: Final = 500
LONGEST: Final = 8
"""Words in one phrase."""
_TURN, _GONE, _FIXED, _PHRASE, _UNKNOWN = 1.5, 0.3, 50.0, 1.0, 4.0
"""What it costs to begin deleting; to delete a word, or what is not the writer's own; a known phrase; another word."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One text and its rewrite; ``rewrite`` equals ``text`` for a harmless one, which teaches to leave things alone."""

    id: str
    text: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """``tags`` are one a word and one for the end; ``None`` where only unknown words would do."""

    pair: Pair
    words: tuple[Word, ...]
    tags: tuple[str | None, ...]

    @property
    def exact(self) -> bool:
        """Whether the tags say all of the rewrite."""
        return None not in self.tags


def pairs(names: Sequence[str], folder: Path = corpus.DATA, *, harmless: bool = False) -> list[Pair]:
    """The pairs of the named writer files, without rewrites that had to invent a fact."""
    found = []
    for name in names:
        for row in corpus.rows(folder / f"{name}.jsonl"):
            if row.get("rewrite") and not row.get("invented"):
                found.append(Pair(row["id"], row["text"], row["rewrite"]))
            elif harmless and not row["labels"]:
                found.append(Pair(row["id"], row["text"], row["text"]))
    return found


def learnt_from(folder: Path = corpus.DATA) -> list[str]:
    """The writer files that may teach: all but the held-out ones."""
    return [name for name in corpus.writers(folder) if name not in corpus.HELD_OUT]


def phrases(taught: Sequence[Pair], most: int = PHRASES) -> list[str]:
    """The phrases that rewrites insert most often, as they are spelt inside a sentence, most frequent first."""
    counted: Counter[tuple[str, ...]] = Counter()
    spelt: dict[tuple[str, ...], Counter[str]] = {}
    for pair in taught:
        before, after = _both(pair)
        for begin, end in _inserted(align(before, [word.key for word in after], frozenset(), 1.0)):
            said = after[begin:end]
            if len(said) <= LONGEST and all(word.own for word in said):
                key = tuple(word.key for word in said)
                counted[key] += 1
                spelt.setdefault(key, Counter())[join([_inside(word.text) for word in said])] += 1
    often = sorted((key for key in counted if counted[key] > 1), key=lambda key: (-counted[key], key))
    return [spelt[key].most_common(1)[0][0] for key in often[:most]]


def _inside(word: str) -> str:
    return word if word == "I" or word.startswith("I'") or not word.istitle() else word.lower()


def _both(pair: Pair) -> tuple[list[Word], list[Word]]:
    return words(own_words(pair.text), pair.text), words(own_words(pair.rewrite), pair.rewrite)


def _inserted(steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Runs of the target between words that are kept."""
    begin = 0
    for step in steps:
        if step.kept is not False:  # kept, or the end
            if step.end > begin:
                yield begin, step.end
            begin = step.end + 1


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one word: before it the target's words ``[begin, end)`` come. ``kept`` is ``None`` at the end of the
    text, ``known`` false where those words are no phrase."""

    kept: bool | None
    begin: int
    end: int
    known: bool = True


def align(
    source: Sequence[Word], target: Sequence[str], known: frozenset[tuple[str, ...]], unknown: float
) -> list[Step]:
    """The cheapest steps from ``source`` to the keys ``target``: one a word, and one for the end."""
    keys = [word.key for word in source]
    shorter = min(len(keys), len(target))
    head = next((i for i in range(shorter) if keys[i] != target[i]), shorter)
    tail = next((i for i in range(shorter - head) if keys[-1 - i] != target[-1 - i]), shorter - head)
    middle, wanted = source[head : len(keys) - tail], target[head : len(target) - tail]
    choices = _cheapest(middle, wanted, known, unknown)
    steps = [Step(True, i, i) for i in range(head)]
    j = begin = deleting = 0
    sure = True
    for i in range(len(middle)):
        while choices[i][j][deleting] is None:
            j, sure = j + 1, False
        kept, count = choices[i][j][deleting] or (True, 0)
        steps.append(Step(kept, head + begin, head + j + count, sure))
        j += count + kept
        begin, deleting, sure = j, int(not kept), True
    rest = [Step(True, i, i) for i in range(len(target) - tail, len(target))] + [Step(None, len(target), len(target))]
    known_end = begin == len(wanted) or tuple(wanted[begin:]) in known
    rest[0] = Step(rest[0].kept, head + begin, len(target) - tail, known_end)
    return steps + rest


_Choice = tuple[bool, int] | None
"""Keep or delete a word, after that many words of a known phrase; ``None``: first take one unknown word."""


def _cheapest(
    source: Sequence[Word], target: Sequence[str], known: frozenset[tuple[str, ...]], unknown: float
) -> list[list[list[_Choice]]]:
    """The best choice at each place of ``source`` and ``target``, while keeping (0) and while deleting (1)."""
    n, m = len(source), len(target)
    begun = [[k for k in range(1, min(LONGEST, m - j) + 1) if tuple(target[j : j + k]) in known] for j in range(m + 1)]
    cost = [[0.0 if j == m else _PHRASE if m - j in begun[j] else unknown * (m - j)] * 2 for j in range(m + 1)]
    choices: list[list[list[_Choice]]] = []
    for i in reversed(range(n)):
        gone = _GONE if source[i].own else _FIXED
        now: list[list[float]] = [[math.inf, math.inf] for _ in range(m + 1)]
        chosen: list[list[_Choice]] = [[None, None] for _ in range(m + 1)]
        for j in reversed(range(m + 1)):
            for deleting in (0, 1):
                best, choice = (now[j + 1][deleting] + unknown if j < m else math.inf), None
                for k in (0, *begun[j]):
                    said = _PHRASE if k else 0.0
                    if j + k < m and source[i].key == target[j + k] and said + cost[j + k + 1][0] <= best:
                        best, choice = said + cost[j + k + 1][0], (True, k)
                    turn = 0.0 if deleting else _TURN
                    if said + gone + turn + cost[j + k][1] < best:
                        best, choice = said + gone + turn + cost[j + k][1], (False, k)
                now[j][deleting], chosen[j][deleting] = best, choice
        cost = now
        choices.append(chosen)
    return choices[::-1]


def tagged(pair: Pair, known: Mapping[tuple[str, ...], str]) -> Tagged:
    """The tags of one pair; ``known`` gives the spelling of a phrase by the keys of its words."""
    before, after = _both(pair)
    target = [word.key for word in after]
    tags: list[str | None] = []
    run: list[Step] = []
    for step in align(before, target, frozenset(known), _UNKNOWN):
        run.append(step)
        if step.kept is False:
            continue
        said = [known[tuple(target[s.begin : s.end])] if s.known else None for s in run if s.end > s.begin]
        if None in said:  # where one word is open, so is all that goes beside it
            tags += [None] * max(len(run) - 1, 1) + [KEEP] * (len(run) > 1)
        else:
            spelt = [phrase or "" for phrase in said] + [""] * (len(run) - len(said))
            tags += [tag(s.kept is not False, phrase) for s, phrase in zip(run, spelt, strict=True)]
        run = []
    return Tagged(pair, tuple(before), tuple(tags))


def spelling(listed: Sequence[str]) -> dict[tuple[str, ...], str]:
    """Phrases by the keys of their words."""
    return {tuple(word.key for word in words(own_words(phrase), phrase)): phrase for phrase in listed}


def tag_names(listed: Sequence[str]) -> list[str]:
    """All tags, in the order of the network's last dimension, as ``tags.json`` lists them."""
    return [KEEP, DELETE, *(tag(kept, phrase) for phrase in listed for kept in (True, False))]


def token_tags(found: Tagged, offsets: Sequence[tuple[int, int]]) -> list[str | None]:
    """Tags of tokens, by their ``offsets`` into the own words, special ones left out, and one for the end (the token
    ``[SEP]``): the first token of a word has its tag, the others whether it stays."""
    by_start = {word.start: i for i, word in enumerate(found.words)}
    tags: list[str | None] = []
    at: int | None = None
    for begin, _ in offsets:
        first = begin in by_start
        at = by_start.get(begin, at)
        name = None if at is None else found.tags[at]
        tags.append(name if first or name is None else name.partition("|")[0])
    return [*tags, found.tags[-1]]


def rewritten(found: Tagged) -> str:
    """What its tags make of the text; open ones keep their word."""
    text, at, parts = found.pair.text, 0, []
    for change in changes(text, found.words, [name or KEEP for name in found.tags]):
        parts += [text[at : change.start], change.text]
        at = change.end
    return "".join([*parts, text[at:]])


def coverage(found: Sequence[Tagged]) -> dict[str, float]:
    """How many pairs there are, the share that the tags say whole, that they reproduce to the letter, and of words open."""
    count = max(len(found), 1)
    letters = sum(one.exact and rewritten(one).split() == one.pair.rewrite.split() for one in found)
    tags = [name for one in found for name in one.tags]
    return {
        "pairs": len(found),
        "exact": round(sum(one.exact for one in found) / count, 3),
        "to_the_letter": round(letters / count, 3),
        "open_words": round(tags.count(None) / max(len(tags), 1), 3),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.pairs", description=__doc__)
    parser.add_argument("--to", type=Path, help="folder to write tags.json and pairs.jsonl into")
    parser.add_argument("--phrases", type=int, default=PHRASES)
    parser.add_argument("--harmless", action="store_true", help="also write harmless comments, which stay as they are")
    args = parser.parse_args()
    taught, known = write(args.to, learnt_from(), args.phrases, harmless=args.harmless)
    learnt = [one for one in taught if one.pair.text != one.pair.rewrite]
    held = [tagged(pair, known) for pair in pairs(corpus.HELD_OUT)]
    print(json.dumps({"phrases": len(known), "learnt_from": coverage(learnt), "held_out": coverage(held)}, indent=1))  # noqa: T201  a command prints its result


def write(
    folder: Path | None, names: Sequence[str], most: int, *, harmless: bool
) -> tuple[list[Tagged], dict[tuple[str, ...], str]]:
    """Tag the pairs of the named writers, and write them with their tags into ``folder`` where one is given."""
    listed = phrases(pairs(names), most)
    known = spelling(listed)
    taught = [tagged(pair, known) for pair in pairs(names, harmless=harmless)]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tags.json").write_text(json.dumps(tag_names(listed), ensure_ascii=False, indent=0) + "\n", "utf-8")
        lines = [json.dumps(_row(one), ensure_ascii=False) + "\n" for one in taught]
        (folder / "pairs.jsonl").write_text("".join(lines), "utf-8")
    return taught, known


def _row(found: Tagged) -> dict[str, Any]:
    """``words`` are offsets into the own words, which ``own_words`` makes of ``text``."""
    places = [[word.start, word.end] for word in found.words]
    pair = found.pair
    return {"id": pair.id, "text": pair.text, "rewrite": pair.rewrite, "words": places, "tags": found.tags}


if __name__ == "__main__":
    main()
