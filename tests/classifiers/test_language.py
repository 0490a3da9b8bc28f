"""English in doubt, foreign only on evidence."""

from __future__ import annotations

import pytest

from classifiers.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "lgtm",
        "nit: typo",
        "",
        "code code -> code",
        "s/foo/bar/",
        "NACK",
        "rebase plz, conflicts in a.c b.c c.c d.c",
        "foo_bar baz_qux quux corge grault",
        "the naïve café variant",
        "Merci, works for me now!",
        "de facto the del keyword is a no op in CPython here",
        "+1",
    ],
)
def test_short_and_code_heavy_comments_are_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Das ist doch völliger Unsinn, mach das neu bitte.",
        "je ne comprends pas pourquoi vous faites ça",
        "esto no funciona porque la función es muy lenta",
        "TU FEZ A PIOR BOSTA QUE ALGUEM JA FEZ",
        "почему это не работает",
        "这个函数太慢了",
        "なぜこれは動かないのですか",
        "هذا لا يعمل",
        "questo non funziona perché la funzione è lenta",
        "to nie działa, dlaczego jest tak wolno",
    ],
)
def test_other_languages_are_known_for_what_they_are(text: str) -> None:
    assert not is_english(text)
