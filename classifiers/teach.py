"""Let trained weights speak about every text that a smaller network will learn from: ``python -m classifiers.teach``.

Writes probabilities by text (see :mod:`classifiers.teacher`); ``classifiers.train --teacher FILE`` learns from them. The
arguments that choose texts (``--begin``, ``--epochs``, ``--side``, ``--mixed``, ``--seed``, ``--hold-out``, ``--real``) must be
those of that training. A network may teach its own successor: with ``--learnt`` it says nothing of the written comments that
it has not learnt from (those are left to their labels), and with ``--beside`` what another one says is mixed in.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from classifiers import corpus
from classifiers.batches import batches, collate, encode
from classifiers.graph import load
from classifiers.lessons import gather, share
from classifiers.teacher import Teacher
from classifiers.train import arguments
from classifiers.vocabulary import special


def main() -> None:
    """The command line."""
    parser = arguments()
    parser.prog = "python -m classifiers.teach"
    parser.add_argument(
        "--trained", type=Path, required=True, help="folder in which the teacher was trained, with --base"
    )
    parser.add_argument(
        "--learnt", action="store_true", help="leave out written comments that --begin has not learnt from"
    )
    parser.add_argument("--beside", type=Path, help="what another teacher says, a file of this command, to mix in")
    parser.add_argument("--share", type=float, default=0.3, help="how much of --beside, in logits")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    main_part, before, quiet, side, blend = gather(args)
    if args.learnt:
        main_part = [e for e in main_part if e.origin.partition(":")[0] not in corpus.writers()]
    needed = [share(side, args.side * args.epochs, 0, args.seed), blend, quiet, before, main_part]
    tokenizer = Tokenizer.from_file(str(args.trained / "tokenizer.json"))
    padding = special(tokenizer.get_vocab(), "<pad>", "[PAD]")
    by_key = {corpus.key(e.text): e for part in needed for e in part}
    items = {id(item): (k, item) for k, item in ((k, encode(e, tokenizer)) for k, e in by_key.items())}
    model = load(args.trained, args.base)
    said: dict[str, NDArray[np.float32]] = {}
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bfloat16):
        plan = list(batches([item for _, item in items.values()], seed=args.seed, most_items=80, most_tokens=4800))
        for chosen in tqdm(plan, mininterval=20, unit="batch"):
            batch = collate(chosen, padding)
            p = torch.sigmoid(model(batch.ids, batch.mask).labels.float()).numpy()
            said |= {items[id(item)][0]: row for item, row in zip(chosen, p, strict=True)}
    teacher = Teacher(said, 1.0)
    if args.beside:
        teacher = teacher.beside(Teacher.load(args.beside, 1.0), args.share)
    teacher.save(args.out)
    print(f"{len(said)} texts")  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
