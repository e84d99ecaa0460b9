"""A corpus folder with its index, built with the fake model: what most tests work at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fakes import WordEncoder, no_bars

from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.model import Answer, Filters, Question, Scope
from briefbot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefbot.reports import BuildReport


@dataclass
class Desk:
    """`root` holds the folders `corpus` and `index`."""

    root: Path
    encoder: WordEncoder = field(default_factory=WordEncoder)
    keep: int = 3
    disk: Disk = field(default_factory=lambda: Disk(Path("unset")))

    def __post_init__(self) -> None:
        self.corpus.mkdir(exist_ok=True)
        if self.disk.root != self.index:
            self.disk = Disk(self.index)

    @classmethod
    def built(cls, root: Path, documents: Mapping[str, str], encoder: WordEncoder | None = None) -> Desk:
        """Return a desk with an index of these documents."""
        made = cls(root, encoder or WordEncoder())
        for name, text in documents.items():
            made.write(name, text)
        made.build()
        return made

    @property
    def corpus(self) -> Path:
        return self.root / "corpus"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def settings(self) -> Settings:
        return Settings(corpus=self.corpus, index=self.index, keep=self.keep)

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def build(self, *, allow_removals: bool = True, **options: Any) -> BuildReport:
        tools = Tools(self.settings, self.disk, self.encoder, no_bars)
        return build(tools, BuildOptions(allow_removals=allow_removals, **options))

    def ask(
        self, text: str, k: int = 3, scope: Scope | None = None, history: tuple[str, ...] = (), **filters: Any
    ) -> Answer:
        from briefbot.answering import ask, open_library
        from briefbot.search.sources import DenseSource, LexicalSource

        with open_current(self.index) as generation:
            sources = [DenseSource(generation), LexicalSource(generation)]
            library = open_library(generation, self.encoder, sources, self.settings.links)
            return ask(Question(text, scope or Scope.everything(), Filters(**filters), k, history), library)


def contents(index: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything the current generation keeps of each document, read and verified."""
    with open_current(index) as generation:
        found = {}
        for name, listed in generation.documents.items():
            segment = generation.segments[listed.segment]
            (entry,) = segment.entries([listed.row])
            rows = zip(entry.passages, entry.keys, map(sorted, entry.terms), entry.vectors.tolist(), strict=True)
            found[name] = [(entry.document, entry.origin.sha256), *rows]
        return found
