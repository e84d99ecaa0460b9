"""Whether two passages say the same, so that an answer shows one of them and names the other.

To hide a passage that says something else is worse than to show one twice, so every doubt counts against sameness. What
has to agree are the sentences: how many words two passages share settles nothing, since one that says "this year" and
one that says "last year" may share all but one of a hundred. This module refuses to know how passages are ranked and
shown.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from briefbot.model import Passage

T = TypeVar("T")

FURTHER = 3  # items that are looked at for copies when there are as many groups as are wanted
NEARLY_WHOLE = 0.8  # of the longer passage's letters: what the shorter one has at least

_LAID_OUT = ("table", "row", "code")  # where signs, case and spaces mean something
_AS_LONG, _LIKE = 0.6, 0.5  # of the longer one's length and words: what the other has, or nothing dearer is compared
_LONGEST_UNIT = 3  # letters of a unit whose case matters
_DIGITS = "0123456789"
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
    groups: list[list[T]] = []
    alike: defaultdict[object, list[tuple[_Looks, list[T]]]] = defaultdict(list)
    left = FURTHER
    for item in items:
        looks = _Looks(passage_of(item))
        near = alike[looks.kind_and_digits]
        group = next((group for first, group in near if first.same_as(looks)), None)
        if group is not None:
            group.append(item)
        elif len(groups) < wanted:
            groups.append([item])
            near.append((looks, groups[-1]))
        if len(groups) == wanted:
            left -= 1
        if left < 0:
            break
    return tuple(map(tuple, groups))


def same(one: Passage, other: Passage) -> bool:
    """Tell whether two passages say the same, and only that.

    Prose does where its sentences are the same, but for case, accents, signs and spaces; or where one passage has a
    little more, in sentences of its own without a number, negation, limit, date or name.
    """
    return _Looks(one).same_as(_Looks(other))


class _Looks:
    """A passage, and what of it is compared; all of that is found out once, and only where it is asked for."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage

    @property
    def kind_and_digits(self) -> object:
        """What passages that say the same have in common, and most others have not."""
        return self._passage.kind in _LAID_OUT, tuple(map(self._passage.text.count, _DIGITS))

    def same_as(self, other: _Looks) -> bool:
        """Tell whether the passages say the same; what costs least is compared first."""
        one, two = self._passage, other._passage
        if self.kind_and_digits != other.kind_and_digits or one.header != two.header:
            return False
        if one.text == two.text:
            return True
        return (
            one.kind not in _LAID_OUT
            and one.language == two.language
            and _nearly(len(one.text), len(two.text), _AS_LONG)
            and len(self._words & other._words) >= _LIKE * max(len(self._words), len(other._words))
            and (self._figures, self._told) == (other._figures, other._told)
            and _agree(self._sentences, other._sentences, one.language)
        )

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._passage.text.casefold()))

    @cached_property
    def _figures(self) -> Counter[tuple[str, str]]:
        return _figures(self._passage.text)

    @cached_property
    def _told(self) -> Counter[str]:
        return _told(self._passage.text, _TELLING.get(self._passage.language or "", _NEGATIONS))

    @cached_property
    def _sentences(self) -> list[_Said]:
        return _sentences(self._passage)


def _nearly(length: int, other: int, share: float) -> bool:
    shorter, longer = sorted((length, other))
    return shorter >= share * longer


def _agree(one: list[_Said], other: list[_Said], language: str | None) -> bool:
    """Tell whether the sentences are the same but for a few plain ones that only one of the passages has."""
    shorter, longer = sorted((one, other), key=_letters)
    if "".join(each.key for each in shorter) == "".join(each.key for each in longer):
        return True
    if language not in _LIMITS or not _nearly(_letters(shorter), _letters(longer), NEARLY_WHOLE):
        return False
    more = _only_in(longer, shorter)
    return more is not None and not any(map(_named, more))


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
