"""What a follow-up question takes over from the questions before it, and what it does not want to hear again.

A question depends on what went before where its own words are worth little: "and when did he leave?" holds a pronoun
and hardly a rare word. Then the questions before are put in front of it, back to the last one that stands for itself.
Pure rules over words and what they are worth; this module refuses to know passages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefbot.wording import folded, letters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Tuned on conversations of the development data, and on how many complete questions of other collections they catch.
POINTING = 2.5  # in the rarest words that there could be: a question that points back is worth less
ELLIPTIC = 2.0  # and so is one that leaves out what it is about
SHARE = 0.3  # of a word's worth that counts of those that are taken over
MOST = 3  # questions
_LONGEST = 200  # characters of each
_SAME = 30  # letters that a passage and an answer have in common at least, to be the same

# What points back: pronouns and the like, and what a sentence that goes on begins with.
_POINTERS = {
    "en": "it its they them their theirs he him his she her hers this that these those there one ones such same both "
    "either neither latter former another other others else more",
    "de": "er ihn ihm sein seine seinen seiner sie ihr ihre ihren ihrer es dies dieser diese dieses diesen diesem "
    "jener jene dort davon damit dazu daran darauf dabei andere anderen mehr",
    "es": "el ella ello ellos ellas su sus suyo lo le les eso esa ese esos esas esto esta este estos estas alli otro "
    "otra otros otras mas",
    "ru": "он она оно они его ее их ему ей им него нее них этот это эта эти этого этой этих тот та те там тогда другой "
    "другие еще",
    "tr": "o onun onu ona onda ondan onlar onlarin bu bunun bunu buna bunlar su orada burada digeri daha",
    "zh": "它 他 她 这 那 其 另外",
}
_OPENINGS = {
    "en": "and|but|or|so|why|how so|what about|how about|what else|really|ok|okay|then|also|which one|what if|no|yes|"
    "tell me more",
    "de": "und|aber|oder|also|warum|wieso|was ist mit|wie ist es mit|wirklich|dann|auch|welche|nein|ja|mehr dazu",
    "es": "y|pero|o|entonces|por que|que hay de|de verdad|tambien|cual|no|si",
    "ru": "а|и|но|или|почему|как насчет|правда|тогда|также|какой|нет|да",
    "tr": "peki|ya|ve|ama|neden|niye|gercekten|hangisi|hayir|evet",
    "zh": "那|那么|为什么|还有|真的|呢",
}
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = "zh"


def carried(text: str, questions: Sequence[str], worth: Callable[[str], float], language: str | None) -> list[str]:
    """Return the questions before, oldest first, that a question has to be read with; none where it stands for itself.

    `worth` tells what a text's words are worth, in the rarest words that there could be.
    """
    found: list[str] = []
    asked_before = [it for it in questions if letters(it) != letters(text)]  # the same once more adds nothing
    for earlier in reversed(asked_before[-MOST:]):
        if not _depends(text, worth(text), language):
            break
        text = _shortened(earlier)
        found.insert(0, text)
    return found


def _depends(text: str, worth: float, language: str | None) -> bool:
    return worth < ELLIPTIC or (worth < POINTING and any(_points_back(text, it) for it in {language or "en", "en"}))


def _points_back(text: str, language: str) -> bool:
    plain = " ".join(_WORD.findall(folded(text)))
    pointers, openings = _POINTERS.get(language, "").split(), _OPENINGS.get(language, "").split("|")
    if language == _UNSPACED:
        return any(word in plain for word in pointers) or plain.startswith(tuple(openings))
    begins = any(plain == it or plain.startswith(f"{it} ") for it in openings if it)
    return begins or not set(pointers).isdisjoint(plain.split())


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0]


def was_said(passage: str, answers: Sequence[str]) -> bool:
    """Tell whether a passage is, holds or stands in one of some answers; small differences of writing do not count."""
    said = letters(passage)
    return any(
        len(min(said, answer, key=len)) >= _SAME and (answer in said or said in answer)
        for answer in map(letters, answers)
    )
