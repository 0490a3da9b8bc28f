"""Sentences that say how somebody feels about having to say it, and nothing else. They go with the sting."""

from __future__ import annotations

import re
from typing import Final

from app.suggestions.sentences import FACE, listed, words

__all__ = ["is_sigh"]

_WORDS: Final = listed(
    "wow huh hm hmm oh lol ah wait interesting jeez geez sigh whoa ouch what really seriously hold on ok okay pause rewind"
    " amazing incredible unbelievable"
)
_WHOLE: Final = re.compile(
    r"\W*(?:you're welcome|you'll thank me(?: later)?|just (?:saying|sayin)|no judge?ment|let that sink in|well, a bit"
    r"|i don't know what to say"
    r"|i (?:did not|didn't|wouldn't have) (?:think|thought|believe|believed) (?:it|this|that) (?:was )?possible"
    r"|(?:sorry, )?i (?:think i )?need(?:ed)? (?:to (?:lie|sit) down|a (?:moment|minute|drink|coffee))"
    r"|i(?:'m| am) (?:(?:honestly|a bit|a little|genuinely|really) )?"
    r"(?:speechless|floored|stunned|baffled|at a loss|shocked|amazed)"
    r"|i (?:honestly )?had to read (?:this|that|it) (?:twice|three times)\b[^.!?`]*"
    r"|i (?:'?d )?(?:honestly |really |had |have )*(?:thought|assumed|was sure)\b[^.!?`]*"
    r"|(?:it|that|this) (?:does |would |at least )*explains? (?:a lot|the last|everything|why)\b[^.!?`]*"
    r"|it's (?:really )?(?:not|not that|not so) (?:that |so )?(?:hard|difficult)(?:,? really)?)\W*",
    re.IGNORECASE,
)


def is_sigh(said: str) -> bool:
    """Whether a sentence is nothing but that, or a face."""
    found = words(said)
    if len(found) <= 1 and FACE.fullmatch(said.strip()):
        return True
    return (bool(found) and set(found) <= _WORDS) or _WHOLE.fullmatch(said.replace("\u2019", "'")) is not None
