"""How right the verdicts on quotations are, on cases made of real ones, and how long a check takes.

    python -m benchmarks.quote_checks FOLDER [--cases 5000] [--kind KIND ...] [--show N] [--times]

FOLDER has `quoted_segments.jsonl` (article, start, end, speaker, cue) and `text/*.txt`. From its quotations cases of
each kind are made, the same ones for the same seed: spoilt by typography alone, changed, clipped, shortened, joined,
credited to somebody else. The wrong ones are made so that no document has them word for word.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.spoiling import KINDS, Case, Gold, NotPossible
from briefbot.checking import Bench, Cause, Check, Source, check
from briefbot.model import Attribution, Document, Metadata, Quotation, Scope, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_QUOTATIONS = 100_000


def documents_of(folder: Path) -> list[Document]:
    """Return the articles of a folder."""
    paths = sorted((folder / "text").glob("*.txt"))
    return [Document(it.stem, it.stem, it.read_bytes().decode("utf-8"), Metadata(), "en", ()) for it in paths]


def gold_of(folder: Path, documents: Sequence[Document]) -> tuple[list[Quotation], list[Gold]]:
    """Return the quotations of a folder, and of each what cases are made of; parts with one cue are one utterance."""
    texts = {it.name: it.text for it in documents}
    rows = [json.loads(line) for line in (folder / "quoted_segments.jsonl").read_text("utf-8").splitlines()]
    utterances: defaultdict[str, dict[str, int]] = defaultdict(dict)
    quotations, gold, seen = [], [], set()
    for row in sorted(rows, key=lambda row: (row["article"], row["start"])):
        place = (row["article"], row["start"], row["end"])
        if place in seen or row["article"] not in texts:
            continue
        seen.add(place)
        cue = json.dumps([row["speaker_spans"], row["cue_spans"] or place])
        number = utterances[row["article"]].setdefault(cue, len(utterances[row["article"]]) + 1)
        quotations.append(_quotation(row, number, texts[row["article"]]))
        gold.append(Gold(quotations[-1], texts[row["article"]], row["speaker_kind"]))
    return quotations, gold


def _quotation(row: dict[str, object], number: int, text: str) -> Quotation:
    span = Span(int(str(row["start"])), int(str(row["end"])))
    spoken = row["speaker_spans"]
    speaker = None
    if row["speaker"] and isinstance(spoken, list) and spoken:
        speaker = Attribution(str(row["speaker"]), Span(*spoken[0][:2]), None, str(row["cue"]), 1.0)
    return Quotation(str(row["article"]), number, "direct", span, span.of(text), span, speaker)


def same_speaker(given: str, credited: Attribution) -> bool | None:
    """Tell whether two names end in the same word; a pronoun may be anybody."""
    if credited.speaker.casefold() in {"he", "she", "they", "we", "i", "it", "who", "you"}:
        return None
    return given.split()[-1:] == credited.speaker.split()[-1:]


@dataclass
class Tally:
    """What came out for one kind of cases."""

    right: int = 0
    cases: int = 0
    wrongly_exact: int = 0
    unwarned: int = 0
    refused: int = 0
    shown: int = 0

    def count(self, case: Case, checked: Check) -> bool:
        """Count one case and tell whether the verdict is right."""
        right = checked.verdict in case.verdicts
        warned = any(it.cause is Cause.NEGATION for it in checked.warnings)
        self.cases += 1
        self.right += right
        self.wrongly_exact += case.altered and checked.verdict.is_exact
        self.unwarned += case.cut_negation and not warned
        self.refused += case.exact and not checked.verdict.is_exact
        return right and (warned or not case.cut_negation)


def cases_of(kind: str, gold: Sequence[Gold], corpus: str, count: int) -> Iterator[Case]:
    """Yield so many cases of a kind; what cannot be made of one quotation is made of the next."""
    chance = random.Random(f"quotations {kind}")
    made = tried = 0
    while made < count and tried < 200 * count:
        tried += 1
        try:
            case = KINDS[kind](chance.choice(gold), gold, chance)
        except NotPossible:
            continue
        if case.altered and case.text != case.original and _bare(case.text) in corpus:
            continue
        made += 1
        yield case


def _bare(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


def judge(folder: Path, options: argparse.Namespace) -> None:
    """Print how the verdicts on all kinds of cases are."""
    documents = documents_of(folder)
    quotations, gold = gold_of(folder, documents)
    corpus = " ".join(_bare(it.text) for it in documents)
    source = Source.of(documents, quotations)
    print(f"{folder.name}: {len(documents)} documents, {len(quotations)} quotations")
    print("| kind | cases | right | altered called exact | cut negation without a warning | exact refused |")
    print("|---|---|---|---|---|---|")
    for kind in options.kind or KINDS:
        tally = Tally()
        for case in cases_of(kind, gold, corpus, options.cases):
            checked = check(case.text, [source], Scope.everything(), Bench(case.speaker, same_speaker))
            if not tally.count(case, checked) and tally.shown < options.show:
                tally.shown += 1
                _show(case, checked)
        share = tally.right / max(1, tally.cases)
        print(
            f"| {kind} | {tally.cases} | {share:.2%} | {tally.wrongly_exact} | {tally.unwarned} | {tally.refused} |",
            flush=True,
        )


def _show(case: Case, checked: Check) -> None:
    print(f"  {case.text!r}\n    of {case.original!r}\n    {checked.verdict}, not {', '.join(case.verdicts)}")
    for match in checked.matches[:3]:
        print(f"    {match.document}: {match.text!r} {[it.sentence for it in match.differences]}")
    print(f"    {[it.sentence for it in checked.warnings]}")


def varied(document: Document, copy: int, words: Sequence[Sequence[str]]) -> Document:
    """Return a document with a third of its words changed for others of the same length, so that spans stay true."""
    chance = random.Random(f"{document.name} {copy}")

    def other(match: re.Match[str]) -> str:
        return chance.choice(words[len(match[0])]) if chance.random() < 1 / 3 else match[0]

    text = _WORD.sub(other, document.text) if copy else document.text
    return Document(f"{document.name}/{copy}", document.title, text, document.metadata, "en", ())


def grown(documents: Sequence[Document], quotations: Sequence[Quotation]) -> tuple[list[Document], list[Quotation]]:
    """Return 100,000 quotations in as many documents as they need."""
    words: list[list[str]] = [[] for _ in range(200)]
    for word in _WORD.findall(" ".join(it.text for it in documents)):
        words[min(len(word), 199)].append(word)
    copies = -(-_QUOTATIONS // len(quotations))
    texts = [varied(it, copy, words) for copy in range(copies) for it in documents]
    by_name = {it.name: it.text for it in texts}
    more = []
    for copy in range(copies):
        for it in quotations:
            name = f"{it.document}/{copy}"
            said = it.span.of(by_name[name])
            more.append(Quotation(name, it.utterance, it.kind, it.span, said, it.context, it.attribution))
    return texts, more[:_QUOTATIONS]


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Print how long building and checking take with 100,000 quotations, and how large the structure is."""
    small, quotations = documents_of(folder), None
    quotations, gold = gold_of(folder, small)
    documents, more = grown(small, quotations)
    begun = time.perf_counter()
    source = Source.of(documents, more)
    built = time.perf_counter() - begun
    size = sum(len(it.text) for it in documents) / 1e6
    words = len(source.concordance.starts) / 1e6
    print(
        f"{len(more)} quotations, {len(documents)} documents, {size:.0f} million characters, {words:.1f} million words"
    )
    print(f"built in {built:.1f} s; {source.concordance.nbytes / 1e6:.0f} MB")
    check("to have it read once", [source], Scope.everything(), Bench(None, same_speaker))
    for kind in options.kind or KINDS:
        times = []
        for case in cases_of(kind, gold, "", min(options.cases, 300)):
            begun = time.perf_counter()
            check(case.text, [source], Scope.everything(), Bench(case.speaker, same_speaker))
            times.append(1000 * (time.perf_counter() - begun))
        times.sort()
        half, most = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{kind}: p50 {half:.1f} ms, p99 {most:.1f} ms, longest {times[-1]:.1f} ms", flush=True)
    _measure_long(source, documents)


def _measure_long(source: Source, documents: Sequence[Document]) -> None:
    """Print how long claims of up to 40,000 characters take, real ones and hostile ones."""
    long = " ".join(it.text for it in documents[:20])
    for name, text in (("real text", long), ("one word", "the " * 20_000), ("two words", "it is " * 20_000)):
        for length in (2_500, 5_000, 10_000, 20_000, 40_000):
            begun = time.perf_counter()
            check(text[:length], [source], Scope.everything(), Bench(None, same_speaker))
            print(f"{name}, {length} characters: {1000 * (time.perf_counter() - begun):.0f} ms", flush=True)


def main() -> None:
    """Judge, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=5_000, help="of each kind")
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="only this kind; may be repeated")
    parser.add_argument("--show", type=int, default=0, help="wrong verdicts of each kind that are shown")
    parser.add_argument("--times", action="store_true", help="measure time and memory at 100,000 quotations")
    options = parser.parse_args()
    (measure if options.times else judge)(options.folder, options)


if __name__ == "__main__":
    main()
