"""Text from documents, made harmless to show.

A terminal obeys what it is sent: a document could recolour the screen, set its title, write to the clipboard or show
words in another order than they stand; in a chat, unseen characters do the same. What is visible stays as it is; what
only acts or hides is dropped. This module knows characters; it refuses to know what the text is about.
"""

from __future__ import annotations

import re

# A sequence goes with its payload only where its end is plain to see: dropping up to an end that never comes would
# let a document hide its own words. `(?!\w)` for the same reason: in "\x1bHello" the H may belong to a word.
_SEQUENCE = re.compile(
    r"""(?:\x1b\]|\x9d) [^\x07\x1b\x9c\n]* (?:\x07|\x1b\\|\x9c)  # OSC: title, link, clipboard
    | (?:\x1b[PX^_]|[\x90\x98\x9e\x9f]) [^\x1b\x9c\n]* (?:\x1b\\|\x9c)  # DCS, SOS, PM, APC
    | \x1b\[ [0-?]* (?: [!-/]* [@-~] | \x20 [@-~] (?!\w) )  # CSI: colour, cursor
    | \x9b [0-?]+ [A-Za-z]  # its 8-bit form is also a badly decoded ›, so only with numbers
    | \x1b [()*+] [0-9A-Z]  # character sets
    | \x1b [\\78=>A-Za-z] (?!\w)""",
    re.VERBOSE,
)

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Controls, and format characters that cannot be seen: bidirectional marks, overrides and isolates, zero-width spaces,
# word joiners, fillers, annotations, tags, and the variation selectors that no terminal draws. The soft hyphen goes
# because it is invisible within a line by definition, while many terminals draw it. Format characters that are seen
# (the Arabic number signs) stay, and so do the selectors U+FE00..FE0F, which choose between text and emoji.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

# Persian, the Indic scripts and emoji are misspelt without joiners; between other characters a joiner only hides.
_JOINED = "\u0590-\u1cff\u2600-\u2bff\u3030-\ud7ff\ufb1d-\ufeff\U00010800-\U0001ffff"
_IDLE_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}\u200c\u200d])")

_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` without anything that a terminal would obey or hide; line ends of every kind become newlines.

    Newlines and tabs stay. Halves of surrogate pairs, which cannot be written, become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    bare = _SEQUENCE.sub("", text)
    seen = _UNSEEN.sub("", _LINE_END.sub("\n", bare))
    return _SURROGATE.sub("\ufffd", _IDLE_JOINER.sub("", seen))


def one_line(text: str) -> str:
    """Return `text` made harmless and on one line, for names and titles."""
    return " ".join(printable(text).split())
