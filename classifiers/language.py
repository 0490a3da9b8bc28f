"""Whether a text is in English, the one language the classifier was trained on.

A text is called foreign only on evidence: another script, or the little words of another language without those of
English. Statistical identifiers guess on five words full of identifiers ("lgtm" is Swedish, "nit: typo" Polish to them)
and load a hundred megabytes; small words do not err on short comments and cost nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ENGLISH: Final = frozenset(
    """
    a an the this that these those it its it's is isn't are aren't was were be been being am i i'm i'd i'll i've
    you you're your you'd we we're our he she they them their his her my mine me us and or but nor if then else
    than so because as of at by for from in into on onto off to up out with without about over under after before
    again not no don't doesn't didn't can can't could should would will won't wouldn't couldn't shouldn't may
    might must do does did done have has had having get got make made what which who whom whose when where why how
    there here all any both each few more most other some such only own same too very just now also please thanks
    thank fix fixed need needs use used using see sure ok okay yes nope maybe like want think know let's let good
    bad wrong right still really never always actually well ever even why one two new old add remove change test
    code line file commit review merge patch same better nit typo done agreed ditto lgtm ship works work
    """.split()  # noqa: SIM905  words read better than a list of them
)
_OTHERS: Final = {
    "de": """
        der das und ist nicht ich du er sie es wir ihr ein eine einen einem einer dem den des mit auf für fuer von
        zu zum zur im auch aber oder wenn dass weil wie noch nur schon sehr kann wird werden haben sind bitte
        danke hier doch mal bei nach aus kein keine mein dein sich mich dich uns euch diese dieser dieses über
        ueber warum
    """,
    "fr": """
        le la les un une des du et est pas je tu il elle nous vous ils que qui dans pour avec sur ce cette ces
        c'est j'ai ne plus mais ou où donc sont être etre fait faire très tres merci bien aussi comme tout mon ton
        votre notre ça ca pourquoi
    """,
    "es": """
        el la los las un una unos y es no que de en por para con se su sus lo pero como está esta este esto muy
        más mas gracias también cuando porque si ya yo tu tú nos hay ser hacer eso aquí donde nada todo del al le
        me mi
    """,
    "pt": """
        o os a as um uma e é não nao que de do da dos das em no na por para com se seu sua mas como está esta isso
        este muito mais obrigado também tambem quando porque já ja eu você voce nos há ser fazer tu pior alguem
        fez aqui ele ela
    """,
    "it": """
        il lo la gli le un una e è non che di del della dei in per con si suo sua ma come sono questo questa molto
        più piu grazie anche quando perché perche se io tu noi ci essere fare ho hai abbiamo qui così cosa
    """,
    "nl": """
        de het een en is niet ik je jij hij zij wij dat die deze dit van voor met op aan te er maar ook als want
        hoe nog wel geen naar bij uit kan wordt worden hebben heeft zijn graag bedankt hier waarom moet
    """,
    "pl": """
        i w na z do się sie nie to jest że ze jak ale czy co dla po od przez tylko już juz być byc ten ta te tego
        mnie dlaczego
    """,
    "cs": """
        je se na to že ze ne ale jak co pro tak ten ta jsem jsou bylo být už uz jen proč proc
    """,
    "sv": """
        och att det är inte jag du vi en ett som på för med till av om men har kan den detta så var varför
    """,
    "da": """
        og at det er ikke jeg du vi en et som på for med til af om men har kan den dette så hvad hvorfor skal
    """,
    "fi": """
        ja on ei se että tämä mutta kun niin ole olen mitä miksi tai voi
    """,
    "tr": """
        ve bir bu da de için icin çok cok ama ne değil degil var yok mi ben sen neden gibi daha
    """,
    "hu": """
        a az és nem hogy egy van ez de is meg csak már mi miért kell
    """,
    "ro": """
        și si nu este că ca pe cu în din o un la sunt mai dar asta pentru ce
    """,
    "id": """
        dan yang ini itu tidak di ke dari untuk dengan saya kamu ada bisa akan sudah kenapa jangan
    """,
}
_FOREIGN: Final = {name: frozenset(words.split()) - _ENGLISH for name, words in _OTHERS.items()}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_MOST_WORDS: Final = 400


def _latin(char: str) -> bool:
    return char.isascii() or "LATIN" in unicodedata.name(char, "")


def is_english(text: str) -> bool:
    """Whether ``text`` (own words, as plain as ``classifiers.text`` makes them) may be judged.

    Reads at most 400 words. True in doubt: a short or code-heavy comment is English here.
    """
    head = text[:8000]
    letters = [char for char in head if char.isalpha()]
    if len(letters) >= 2 and sum(map(_latin, letters)) < len(letters) / 2:
        return False
    words = [word.lower() for word in _WORD.findall(head)[:_MOST_WORDS]]
    if len(words) < 4:
        return True
    english = sum(word in _ENGLISH for word in words)
    other = max(sum(word in little for word in words) for little in _FOREIGN.values())
    return not (other >= 2 and other > english and other >= len(words) * 0.2)
