"""Remake the pictures of what a person sees in Discord: real answers from the sample documents, drawn in its look.

    python tools/make_pictures.py [FOLDER]        # docs/pictures by default; needs chromium

It builds an index of the samples and of a few lines in five scripts in a folder of its own, asks it, and hands what the
bot would send to tools/discord_look.py.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it is to find its neighbours

from PIL import Image
from tools.discord_look import page, picture

from briefbot.answering import Library, ask
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.cli.encoders import building_encoder
from briefbot.cli.library import library_of
from briefbot.discord.catalogue import Words, catalogue
from briefbot.discord.listing import Page, render_sources
from briefbot.discord.messages import ListMessage, Message
from briefbot.discord.rendering import WANTED, Asked, render_answer, render_context, render_copy
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.model import Filters, Question, Scope
from briefbot.serving.reading import around
from briefbot.serving.references import Reference
from briefbot.settings import Settings
from briefbot.upkeep import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WIDE, PHONE = 900, 390
STYLES = {"primary": 1, "secondary": 2, "danger": 4}
EPHEMERAL = 1 << 6
LONG = "What did the Soviet Union do in Korea in 1950?"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, its width, and the messages on it."""

    name: str
    width: int
    messages: list[dict[str, Any]]


def main() -> None:
    """Make every picture."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(corpus=Path(folder, "corpus"), index=Path(folder, "index"))
        shutil.copytree(ROOT / "docs_corpus", settings.corpus)
        shutil.copytree(ROOT / "tools" / "samples" / "scripts", settings.corpus / "scripts")
        story = (settings.corpus / "russia-north-korea" / "soviet-help-1950.txt").read_text("utf-8")
        (settings.corpus / "scripts" / "long.txt").write_text(" ".join(story.split()), "utf-8")
        encoder, _ = building_encoder(settings, anew=False)
        build(Tools(settings, Disk(settings.index), encoder, lambda *_: nullcontext(lambda _: None)), BuildOptions())
        with open_current(settings.index) as generation:
            for shot in shots(library_of(generation, encoder, settings)):
                made = target / f"{shot.name}.png"
                picture(page(shot.messages, shot.width), shot.width, made)
                Image.open(made).quantize(64).save(made, optimize=True)  # a quarter of the size, and looks the same
                print(made)


def shots(library: Library) -> Iterator[Shot]:
    """Yield every picture, on a wide screen and on a phone."""
    for width, suffix in ((WIDE, "wide"), (PHONE, "phone")):
        yield Shot(f"answer-{suffix}", width, [asked(library, "Where did Kim Jong Un and Vladimir Putin meet?")])
        yield Shot(f"nothing-{suffix}", width, [asked(library, "Who won the chess tournament?")])
        yield Shot(
            f"table-{suffix}",
            width,
            [asked(library, "What does E4304 mean?"), asked(library, "How do I restart the upload queue?")],
        )
        yield Shot(f"long-{suffix}", width, [asked(library, LONG, document="scripts/long.txt")])
        yield Shot(f"sources-{suffix}", width, [sources(library), *context(library)])
        yield Shot(f"scripts-{suffix}", width, list(scripts(library)))


def asked(library: Library, question: str, language: str = "en", **filters: Any) -> dict[str, Any]:
    """Return the message that answers a question."""
    answer = ask(Question(question, Scope.everything(), Filters(**filters), WANTED), library)
    message = render_answer(answer, Asked(Filters(**filters), private=False, feedback=True), catalogue(language))
    return payload(message, "ask")


def sources(library: Library) -> dict[str, Any]:
    """Return the first page of the documents."""
    samples = frozenset(name for name in library.generation.documents if not name.startswith("scripts/"))
    lines = documents(library.generation, Scope(samples))
    made = library.generation.manifest.made
    return payload(render_sources(lines, None, Page(0, made, made), catalogue("en")), "sources", private=True)


def context(library: Library) -> Iterator[dict[str, Any]]:
    """Yield what the buttons Context and Copy show."""
    words: Words = catalogue("en")
    answer = ask(Question("How long are recordings of interviews kept?", Scope.everything(), Filters(), 1), library)
    excerpt = answer.excerpts[0]
    found = around(library, Scope.everything(), Reference.of(excerpt), 1)
    if found is not None:
        yield payload(render_context(found.paragraphs, found.cited or 0, words), None, private=True)
    yield payload(render_copy(excerpt, words), None, private=True)


def scripts(library: Library) -> Iterator[dict[str, Any]]:
    """Yield an answer in each of five scripts, with the bot's words in the asker's language where it has them."""
    questions = {
        "ru": ("Когда открыт архив?", "ru"),
        "zh": ("档案馆几点开门？", "zh"),
        "ar": ("متى يفتح الأرشيف؟", "en"),
        "tr": ("El yazmaları nerede incelenir?", "tr"),
        "hi": ("अभिलेखागार कब खुला रहता है?", "en"),
    }
    for name, (question, language) in questions.items():
        yield asked(library, question, language, document=f"scripts/{name}.txt")


def payload(message: Message | ListMessage, command: str | None, *, private: bool = False) -> dict[str, Any]:
    """Return a message as it goes to Discord, with what the client adds."""
    rows = [
        {
            "type": 1,
            "components": [
                {"type": 2, "label": button.label, "style": STYLES[button.style], "custom_id": str(button.ticket)}
                for button in row
            ],
        }
        for row in message.buttons
    ]
    added: dict[str, Any] = {"flags": EPHEMERAL if private else 0, "time": "14:05"}
    if command:
        added["used"] = {"user": "ada", "command": command}
    if isinstance(message, ListMessage):
        blocks = [{"type": 10, "content": block} for block in message.blocks]
        return {**added, "flags": added["flags"] | 1 << 15, "components": [*blocks, *rows]}
    files = [{"filename": file.name, "size": len(file.text.encode()), "preview": file.text} for file in message.files]
    return {**added, "content": message.content, "components": rows, "attachments": files}


if __name__ == "__main__":
    main()
