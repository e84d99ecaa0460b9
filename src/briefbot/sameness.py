"""Whether two passages say the same, so that an answer shows one of them and names the other.

To hide a passage that says something else is worse than to show one twice, so every doubt counts against sameness. What
has to agree are the sentences: how many words two passages share settles nothing, since one that says "this year" and
one that says "last year" may share all but one of a hundred. This module refuses to know how passages are ranked and
shown.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from briefbot.model import Passage

T = TypeVar("T")

FURTHER = 5  # items that are looked at for copies when there are as many groups as are wanted
NEARLY_WHOLE = 0.8  # of the longer passage's letters: what the shorter one has at least

_LAID_OUT = ("table", "row", "code")  # where signs, case and spaces mean something
_AS_LONG, _LIKE = 0.6, 0.5  # of the longer one's length and words: what the other has, or nothing dearer is compared
_LONGEST_UNIT = 3  # letters of a unit whose case matters
_WORD = re.compile(r"[^\W_]+")
_AROUND = ".,;:!?…()[]{}\"'“”„‘’«»*_"  # what may stand around a word or number without being part of it
_ENDING = tuple(".,;:!?…)]}")
_PAUSED = re.compile(r"([^\W_]+)([.,;:!?]?)")  # "No. Smoking is allowed." has the words of "No smoking is allowed."
_IDLE = str.maketrans("", "", f"{_AROUND} -‐‑–—―•·|`´¡¿。，、；：！？（）「」『』《》")

# A sentence that only one of two passages has may hold none of these words, or it says something else: negations in
# any language, and in the passages' own what limits, counts or dates. Where a language is not among these (Turkish
# negates within the verb, Chinese writes no capitals by which to know a name), all sentences have to be the same.
_NEGATIONS = frozenset(
    folded(
        """no not never none nothing nobody nowhere neither nor cannot without unless except
        nicht kein keine keinen keinem keiner keines nie niemals niemand niemandem nichts nirgends weder ohne außer
        nunca jamás ninguno ninguna ningún nada nadie ni tampoco sin salvo excepto
        ne n pas non jamais aucun aucune rien personne sans sauf
        не ни нет нельзя никогда никто никого никому ничего ничто нигде никакой никакая никакие без кроме
        değil yok hiç asla hayır"""
    ).split()
)
_NEGATING_SIGNS = "不没沒无無未非勿别別否莫"
_LIMITS = {
    "en": """excluding excluded hardly barely refuse refused forbidden prohibited only if but however until instead
        longer otherwise may must shall should before after more less most least half one two three four five
        six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
        twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion first second
        third fourth fifth last next once twice double triple dozen percent january february march april may
        june july august september october november december monday tuesday wednesday thursday friday saturday
        sunday today tomorrow yesterday noon midnight am pm second seconds minute minutes hour hours day days
        week weeks month months year years mm cm m km mile miles mg g kg ton tons ml l mb gb tb kb euro euros
        dollar dollars pound pounds""",
    "de": """ausgenommen nur wenn falls aber jedoch bis statt sonst darf muss soll kann vor nach mehr weniger kaum
        verboten untersagt halb ein eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig
        dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million millionen erste ersten
        zweite zweiten dritte dritten letzte letzten nächste nächsten einmal zweimal prozent januar februar märz
        april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag
        freitag samstag sonnabend sonntag heute morgen gestern sekunde sekunden minute minuten stunde stunden
        tag tage tagen woche wochen monat monate monaten jahr jahre jahren mm cm m km mg g kg tonne tonnen euro""",
    "es": """excluido solo sólo solamente únicamente si pero hasta sino puede debe antes después más menos apenas
        prohibido medio media un uno una dos tres cuatro cinco seis siete ocho nueve diez once doce veinte
        treinta cuarenta cincuenta cien ciento mil millón millones primero primera segundo segunda tercero
        tercera último última próximo próxima doble enero febrero marzo abril mayo junio julio agosto septiembre
        octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo hoy mañana ayer
        segundos minuto minutos hora horas día días semana semanas mes meses año años mm cm m km g kg euro euros""",
    "fr": """plus excepté hormis seulement uniquement que si mais jusqu jusque sinon peut doit avant après moins
        guère interdit interdite demi un une deux trois quatre cinq six sept huit neuf dix onze douze vingt
        trente quarante cinquante cent mille million millions premier première second seconde deuxième troisième
        dernier dernière prochain prochaine janvier février mars avril mai juin juillet août septembre octobre
        novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche aujourd demain hier secondes
        minute minutes heure heures jour jours semaine semaines mois an ans année années mm cm m km g kg euro
        euros""",
    "ru": """исключая только лишь если но однако до пока иначе может должен должна должны перед после более менее
        больше меньше едва запрещено запрещен пол один одна одно два две три четыре пять шесть семь восемь
        девять десять двадцать тридцать сорок пятьдесят сто тысяча тысячи миллион первый первая второй вторая
        третий последний следующий январь января февраль февраля март марта апрель апреля май мая июнь июня июль
        июля август августа сентябрь сентября октябрь октября ноябрь ноября декабрь декабря понедельник вторник
        среда четверг пятница суббота воскресенье сегодня завтра вчера секунд минута минут час часа часов день
        дня дней неделя недели недель месяц месяца месяцев год года лет мм см м км г кг""",
}
_TELLING = {language: _NEGATIONS | frozenset(folded(words).split()) for language, words in _LIMITS.items()}


def gathered(items: Iterable[T], wanted: int, passage_of: Callable[[T], Passage]) -> tuple[tuple[T, ...], ...]:
    """Return up to `wanted` groups of items whose passages say the same as the first of their group, in order.

    Items are taken until there are so many groups, and none of them is lost. A few more are looked at for copies.
    """
    groups: list[tuple[_Glance, list[T]]] = []
    left = FURTHER
    for item in items:
        glance = _Glance(passage_of(item))
        group = next((group for first, group in groups if first.resembles(glance)), None)
        if group is not None:
            group.append(item)
        elif len(groups) < wanted:
            groups.append((glance, [item]))
        if len(groups) == wanted:
            left -= 1
        if left < 0:
            break
    return tuple(tuple(group) for _, group in groups)


def same(one: Passage, other: Passage) -> bool:
    """Tell whether two passages say the same, and only that.

    Prose does where its sentences are the same, but for case, accents, signs and spaces; or where one passage has a
    little more, in sentences of its own without a number, negation, limit, date or name.
    """
    if one.text == other.text:
        return one.header == other.header and (one.kind in _LAID_OUT) == (other.kind in _LAID_OUT)
    if one.kind in _LAID_OUT or other.kind in _LAID_OUT or one.header != other.header:
        return False
    telling = _telling_words(one) | _telling_words(other)
    if _figures(one.text) != _figures(other.text) or _told(one.text, telling) != _told(other.text, telling):
        return False
    shorter, longer = sorted((_sentences(one), _sentences(other)), key=_letters)
    if "".join(each.key for each in shorter) == "".join(each.key for each in longer):
        return True
    more = _only_in(longer, shorter)
    if more is None or _letters(shorter) < NEARLY_WHOLE * _letters(longer):
        return False
    return not more or (one.language == other.language and one.language in _LIMITS and not any(map(_named, more)))


class _Glance:
    """A passage with what tells it from most others at little cost: its length, and the set of its words."""

    __slots__ = ("_passage", "_words")

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._words: frozenset[str] | None = None

    def resembles(self, other: _Glance) -> bool:
        """Tell whether the passages say the same."""
        one, two = self._passage, other._passage
        if one.text == two.text:
            return same(one, two)
        shorter, longer = sorted((len(one.text), len(two.text)))
        return shorter >= _AS_LONG * longer and self._shares_words(other) and same(one, two)

    def _shares_words(self, other: _Glance) -> bool:
        words, others = self._its_words(), other._its_words()
        return len(words & others) >= _LIKE * max(len(words), len(others))

    def _its_words(self) -> frozenset[str]:
        if self._words is None:
            self._words = frozenset(_WORD.findall(self._passage.text.casefold()))
        return self._words


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, and what of it is compared."""

    text: str
    key: str


def _sentences(passage: Passage) -> list[_Said]:
    said = (_Said(each.text, "".join(folded(each.text).split()).translate(_IDLE)) for each in passage.sentences)
    return [each for each in said if each.key]


def _letters(sentences: list[_Said]) -> int:
    return sum(len(each.key) for each in sentences)


def _only_in(longer: list[_Said], shorter: list[_Said]) -> list[str] | None:
    """Return the sentences that only the longer passage has; None where it has not all of the shorter's, in order."""
    more: list[str] = []
    found = 0
    for each in longer:
        if found < len(shorter) and each.key == shorter[found].key:
            found += 1
        else:
            more.append(each.text)
    return more if found == len(shorter) else None


def _named(sentence: str) -> bool:
    """Tell whether a sentence has a capital but at its very beginning."""
    return any(map(str.isupper, sentence.lstrip(f"{_AROUND}-–—•· ")[1:]))


def _figures(text: str) -> Counter[tuple[str, str]]:
    """Return the numbers, codes, versions and dates of a text exactly as written, each with the unit after it."""
    words = [*text.split(), ""]
    return Counter(
        (word.strip(_AROUND), "" if word.endswith(_ENDING) else _unit(after.strip(_AROUND)))
        for word, after in pairwise(words)
        if any(map(str.isnumeric, word))
    )


def _unit(word: str) -> str:
    """Return a word as it is compared beside a number: 5 mW are not 5 MW."""
    return word if len(word) <= _LONGEST_UNIT else folded(word)


def _told(text: str, telling: frozenset[str]) -> Counter[str]:
    """Return the telling words of a text, each with the pause after it, and contracted and Chinese negations."""
    plain = folded(text)
    told = Counter(f"{word}{pause and '.'}" for word, pause in _PAUSED.findall(plain) if word in telling)
    for sign in ("n't", *_NEGATING_SIGNS):
        told[sign] = plain.count(sign)
    return told


def _telling_words(passage: Passage) -> frozenset[str]:
    return _TELLING.get(passage.language or "", _NEGATIONS)
