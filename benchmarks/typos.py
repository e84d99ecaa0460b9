"""A collection once more, with one typing mistake in every question.

    python -m benchmarks.typos FOLDER INTO [--seed N]

A letter is inserted, deleted, replaced by a neighbour on the keyboard, or exchanged with the next one, in a word of
four letters or more. In half of the questions the first letter is spared; in the others any letter may be hit.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]{4,}")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KINDS = ("insert", "delete", "substitute", "transpose")


def mistyped(text: str, seed: str) -> str:
    """Return `text` with one mistake, the same for the same seed; a text without a long enough word stays."""
    chance = random.Random(seed)
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    first = chance.randrange(2)  # the first letter is spared, or is not
    wrong = next(it for it in iter(lambda: _mistaken(word[0], first, chance), None) if it != word[0])
    return f"{text[: word.start()]}{wrong}{text[word.end() :]}"


def _mistaken(word: str, first: int, chance: random.Random) -> str:
    kind, place = chance.choice(_KINDS), chance.randrange(first, len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if kind == "delete":
        return before + after
    if kind == "transpose":
        return f"{before}{after[:1]}{letter}{after[1:]}"
    other = chance.choice(_neighbours(letter.lower()))
    other = other.upper() if letter.isupper() else other
    return f"{before}{letter}{other}{after}" if kind == "insert" else f"{before}{other}{after}"


def _neighbours(letter: str) -> str:
    """Return the letters that lie around one on the keyboard; of another alphabet's, the letter itself."""
    for i, row in enumerate(_ROWS):
        if (place := row.find(letter)) >= 0:
            near = (_ROWS[j][max(0, place - 1) : place + 2] for j in range(max(0, i - 1), min(3, i + 2)))
            return "".join(near).replace(letter, "")
    return letter


def write_mistyped(folder: Path, into: Path, seed: int) -> None:
    """Write a collection with the same entries and mistyped questions."""
    into.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "corpus.jsonl", into / "corpus.jsonl")
    shutil.copytree(folder / "qrels", into / "qrels", dirs_exist_ok=True)
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    wrong = (row | {"text": mistyped(row["text"], f"{seed} {row['_id']}")} for row in rows)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in wrong)
    (into / "queries.jsonl").write_text("".join(lines), "utf-8")


def main() -> None:
    """Write the collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a collection in BEIR's form")
    parser.add_argument("into", type=Path, help="the folder to write")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_mistyped(options.folder, options.into, options.seed)


if __name__ == "__main__":
    main()
