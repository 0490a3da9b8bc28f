"""Texts that make patterns slow, and the one clock that looks at them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

HOSTILE: Final = (
    *("<!--", "`", "``a", "[", "![", "[a](", "(", "@", "@a", ">", "> a\nb\n", "1", "1 ", "1. ", '"', "“", "„", "'"),
    *(
        "\n",
        "a",
        "a ",
        "a.",
        "a. ",
        "a, ",
        "a/",
        "a_",
        "a-",
        "a->",
        "- a\n",
        "`a` ",
        "not a. ",
        "http://",
        "<",
        "-",
        "|",
    ),
)


@contextmanager
def sanity_guard() -> Iterator[None]:
    """SANITY GUARD, not a measurement: what is linear takes a fraction of these 2 s of CPU, what is not takes far more."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 2
