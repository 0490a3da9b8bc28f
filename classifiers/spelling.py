"""Spelling that hides a word, and pictures that stand for one: look-alikes, padding, stars, emoji."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import Final

from classifiers.mapped import Mapped

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтвнАЕОРСУХІЅКМТВНαονρτικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ‘’‚‛“”„‟‐‑–—−…ıɑɡ",
    "aeopcyxijsdhqwkmtbhAEOPCYXISKMTBHaovptikABEZHIKMNOPTYX''''\"\"\"\"-----.iag",
)
_EMOJI: Final = {
    "👍": "thumbs up", "👎": "thumbs down", "🙄": "eye roll", "🤦": "facepalm", "😂": "lol", "🤣": "lol", "😅": "haha",
    "🙂": ":)", "😊": ":)", "😀": ":)", "😃": ":)", "😄": ":)", "😁": ":)", "😉": ";)", "🙁": ":(", "😞": ":(", "😢": ":(",
    "😭": "crying", "😡": "angry", "😠": "angry", "🤬": "swearing", "💩": "shit", "🤡": "clown", "🖕": "fuck you",
    "❤": "love", "💙": "love", "🎉": "hooray", "🚀": "great", "🙏": "please", "👏": "applause", "🤔": "hmm", "😕": "confused",
    "😱": "shocked", "😳": "embarrassed", "🤷": "shrug", "🥱": "yawn", "😴": "yawn", "🐌": "snail", "🔥": "fire", "💯": "great",
    "👀": "looking", "✅": "yes", "❌": "no", "🤮": "vomit", "🤢": "vomit", "🗑": "trash", "😬": "grimace", "😏": "smirk",
}  # fmt: skip
_SHORTCODES = {
    "+1": "thumbs up", "-1": "thumbs down", "thumbsup": "thumbs up", "thumbsdown": "thumbs down", "smile": ":)", "wink": ";)",
    "slightly_smiling_face": ":)", "joy": "lol", "laughing": "lol", "tada": "hooray", "heart": "love", "rocket": "great",
    "rolling_eyes": "eye roll", "roll_eyes": "eye roll", "facepalm": "facepalm", "poop": "shit", "clown_face": "clown",
    "pray": "please", "clap": "applause", "thinking": "hmm", "cry": "crying", "rage": "angry", "disappointed": ":(",
    "confused": "confused", "middle_finger": "fuck you", "eyes": "looking",
}  # fmt: skip
_RUDE = """
    stupid idiot idiots idiotic moron morons moronic dumb dumbass fuck fucks fucked fucking fucker fuckers shit
    shits shitty bullshit crap crappy ass asses asshole assholes bitch bitches bastard bastards retard retards
    retarded damn damned goddamn hell suck sucks sucked loser losers noob noobs newb pathetic lazy clueless
    incompetent ignorant garbage trash useless worthless ridiculous imbecile cretin dick dicks prick cunt cunts
    twat wanker piss pissed whore slut nazi kill die liar liars jerk jerks clown clowns lame insane crazy
    disgusting disgrace disgraceful fool fools foolish hate
""".split()  # noqa: SIM905  words read better than a list of them
_LEET = str.maketrans("01!3457@$|€", "oiieastasie")
_TOKEN = re.compile(r"(?<![\w*@$])(?=[\w*@$!|€.-]{3,24}(?![\w*@$]))[\w@$*][\w*@$!|€]*(?![\w*@$])")
_SPACED = re.compile(r"(?<![^\W_])[A-Za-z](?:[ .\-_][A-Za-z]){3,11}(?![^\W_])")
_STRETCHED = re.compile(r"([A-Za-z])\1{2,}")
_PICTURE = re.compile("[" + "".join(_EMOJI) + "][\ufe0f\U0001f3fb-\U0001f3ff]*")
_SHORTCODE = re.compile(r":([a-z_+\-1]{2,24}):")
PLAIN: Final = frozenset("\n" + "".join(map(chr, range(ord(" "), ord("~") + 1))))
"""Characters that are read as they stand."""
_UNSEEN = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u034f\u180e\u061c\ufe0e\ufe0f"
)


def _squeeze(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


_BY_SHAPE = {_squeeze(word): word for word in _RUDE}
_BY_LENGTH: dict[int, list[str]] = defaultdict(list)
for _word in _RUDE:
    _BY_LENGTH[len(_word)].append(_word)


def character(char: str) -> str:
    """One character as it is read: composed, without look-alikes; empty where nothing can be seen."""
    if char in PLAIN:
        return char
    if char in _EMOJI:
        return char
    if char in _UNSEEN or unicodedata.category(char) in ("Mn", "Cf", "Cs", "Co", "Cn"):
        return ""
    plain = unicodedata.normalize("NFKC", char.translate(_LOOKALIKES))
    if plain.isspace() or unicodedata.category(char) in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    return "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")


def _revealed(match: re.Match[str]) -> str | None:
    token = match[0]
    lower = token.lower()
    if lower.isalpha() or lower.isdigit():
        return None
    if "*" in lower:
        if lower.strip("*") == "" or lower[0] == "*":
            return None
        hits = [
            w
            for w in _BY_LENGTH[len(lower)]
            if all(a in ("*", b) for a, b in zip(lower.translate(_LEET), w, strict=True))
        ]
        letters = sum(c.isalpha() for c in lower)
        return hits[0] if hits and (letters >= 2 or lower.startswith("f***")) else None
    if not any(c.isalpha() for c in lower):
        return None
    return _BY_SHAPE.get(_squeeze(lower.translate(_LEET)))


def _joined(match: re.Match[str]) -> str | None:
    word = re.sub(r"[ .\-_]", "", match[0]).lower()
    return word if word in _BY_SHAPE.values() else None


def _shortened(match: re.Match[str]) -> str:
    return match[1] if match[1].lower() in "aeiou" else match[1] * 2


def plain(text: Mapped) -> Mapped:
    """The same words, spelt as a dictionary would."""
    text = text.substitute(_PICTURE, lambda m: f" {_EMOJI[m[0][0]]} ", own=True)
    text = text.substitute(_SHORTCODE, lambda m: f" {_SHORTCODES[m[1]]} " if m[1] in _SHORTCODES else None, own=True)
    text = text.substitute(_STRETCHED, _shortened, own=True)
    text = text.substitute(_SPACED, _joined, own=True)
    return text.substitute(_TOKEN, _revealed, own=True)
