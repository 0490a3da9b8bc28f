"""The verbs of code review and their forms, so that a clause can be put into a frame. A small list, on purpose: a verb that
is not here is left alone."""

from __future__ import annotations

from typing import Final

__all__ = ["base_of", "is_base", "is_choice"]

_REGULAR: Final = """
    accept add allow answer apply ask assume avoid bother break bump cache call change check clean close comment commit
    compare compile configure consider convert copy cover create debug declare decide define delete deploy describe disable
    document drop duplicate edit enable explain export expose extract fetch filter fix follow format guard handle hardcode
    ignore implement import improve include inline insert inspect install introduce invent join jump limit link list load
    lock log look measure mention merge mix mock move name need open optimise optimize order override parse pass paste pick pin
    plan profile publish pull push question quote raise rebase reduce refactor reformat register reindent reinvent remove
    rename reorder repeat replace reply report request reset resolve respond restart restore return reuse review revisit reword
    sanitise save search share ship shuffle silence simplify skip solve sort squash start stop store strip submit subclass
    suppress switch sync test tidy touch trace track translate trim try tune turn type update upgrade use validate verify
    wait walk wire work wrap
""".split()  # noqa: SIM905  words read better than a list of them
_IRREGULAR: Final = """
    be was been being; begin began begun beginning; bring brought brought bringing; build built built building;
    buy bought bought buying; catch caught caught catching; choose chose chosen choosing; cut cut cut cutting; do
    did done doing; draw drew drawn drawing; find found found finding; forget forgot forgotten forgetting; get got
    got getting; give gave given giving; go went gone going; hide hid hidden hiding; hold held held holding; keep
    kept kept keeping; know knew known knowing; leave left left leaving; let let let letting; lose lost lost
    losing; make made made making; pay paid paid paying; put put put putting; read read read reading; rewrite
    rewrote rewritten rewriting; run ran run running; rerun reran rerun rerunning; say said said saying; see saw
    seen seeing; send sent sent sending; set set set setting; show showed shown showing; spend spent spent
    spending; split split split splitting; swap swapped swapped swapping; take took taken taking; tell told told
    telling; think thought thought thinking; throw threw thrown throwing; understand understood understood
    understanding; write wrote written writing; stick stuck stuck sticking
""".split(";")  # noqa: SIM905
_DOUBLED: Final = frozenset(
    ("commit", "debug", "drop", "log", "pin", "plan", "ship", "skip", "stop", "strip", "submit", "swap", "trim", "wrap")
)


def _forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for verb in _REGULAR:
        stem = verb + verb[-1] if verb in _DOUBLED else verb
        if verb.endswith("e"):
            found = (verb + "d", verb[:-1] + "ing")
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            found = (verb[:-1] + "ied", verb + "ing")
        else:
            found = (stem + "ed", stem + "ing")
        forms |= dict.fromkeys((verb, *found), verb)
    for line in _IRREGULAR:
        base, *others = line.split()
        forms |= dict.fromkeys((base, *others), base)
    return forms


_FORMS: Final = _forms()
_BASES: Final = frozenset(_FORMS.values())


def base_of(word: str) -> str | None:
    """The verb of which ``word`` (in any case) is a form, where it is one of the list."""
    return _FORMS.get(word.lower())


def is_base(word: str) -> bool:
    """Whether ``word`` is a verb as it stands in a request."""
    return word.lower() in _BASES


_NO_CHOICE: Final = frozenset(
    (
        "be",
        "fail",
        "find",
        "forget",
        "get",
        "know",
        "lose",
        "need",
        "read",
        "say",
        "see",
        "stick",
        "tell",
        "think",
        "understand",
    )
)


def is_choice(base: str) -> bool:
    """Whether somebody could be asked what made them do it: nobody chooses to know or to forget."""
    return base not in _NO_CHOICE
