"""Quotations in Discord: looked up, listed and checked by commands and from the menu of a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.discord.scene import Scene

from briefbot.discord.catalogue import catalogue

if TYPE_CHECKING:
    from pathlib import Path

SAID = """---
title: Interviews
date: 2024-05-01
---
“The canteen will never be closed on a Friday,” said Anna Lee, who runs it.

Kim Jong Un was there. Kim said his country would "always be with Russia."
"""
MENU = "Check this quote"


async def built(scene: Scene) -> None:
    scene.desk.write("interviews.md", SAID)
    await scene.rebuild()


def test_a_quotation_is_found_by_speaker_and_by_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            await built(scene)
            answer = await scene.use("quote find", speaker="Kim")
            first, *rest = answer.content.split("\n")
            assert first == "**1** “always be with Russia.”"
            assert rest[0] == "— Kim Jong Un (in the text: Kim) · said"
            assert rest[1].startswith("Interviews · paragraph 2 · 2024-05-01")
            assert answer.content.endswith("-# Quotation: by Kim")
            assert answer.labels == ["Context 1", "Copy 1"]
            copied = await scene.click(answer, "Copy 1")
            assert copied.content.startswith("Kim Jong Un was there. Kim said his country would")
            by_words = await scene.use("quote find", about="the canteen will never be closed on a Friday")
            assert "“The canteen will never be closed on a Friday,”" in by_words.content
            nothing = await scene.use("quote find", speaker="Nobody", since="2030")
            assert nothing.content.startswith("**No such quotation in these documents.** Quotations searched: 0")

    asyncio.run(scenario())


def test_speakers_are_listed_and_offered_while_one_types(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            await built(scene)
            listed = await scene.use("quote speakers")
            assert sorted(listed.text.split("\n")) == [
                "**Anna Lee** · word for word: 1 · reported: 0",
                "**Kim Jong Un** · word for word: 1 · reported: 0",
            ]
            choices = await scene.discord.autocomplete(
                scene.ada, scene.general, "quote find", focused="speaker", value="kim"
            )
            assert [choice["value"] for choice in choices] == ["Kim Jong Un"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({"text": "The canteen will never be closed on a Friday,"}, "Exact"),
        ({"text": "The canteen will be closed on a Friday,"}, "Altered: the documents have other words"),
        ({"text": "always be with Russia", "speaker": "Anna Lee"}, "Another speaker"),
        ({"text": "Potatoes are blue in the mornings of March"}, "Not found in these documents"),
    ],
)
def test_a_text_is_checked_for_the_asker_alone(tmp_path: Path, options: dict[str, str], verdict: str) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            await built(scene)
            answer = await scene.use("quote check", **options)
            assert answer.content.startswith(f"**{verdict}")
            assert answer.audience == scene.ada
            assert "Searched: documents 4, quotations 2" in answer.content

    asyncio.run(scenario())


def test_a_draft_and_a_message_are_checked_quotation_by_quotation(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            await built(scene)
            draft = "“The canteen will never be closed on a Friday,” said Anna Lee. “Soup is free,” said Anna Lee."
            answer = await scene.use("quote check", file=("draft.txt", draft.encode()))
            lines = answer.text.split("\n")
            assert [line.split("**")[2] for line in lines] == [
                " “Soup is free,”",
                " “The canteen will never be closed on a Friday,”",
            ]
            said = await scene.discord.say(scene.bob, scene.general, draft)
            opened = await scene.discord.context_menu(scene.ada, scene.general, MENU, said)
            assert (await opened.answer()).text.split("\n") == lines
            plain = await scene.discord.say(scene.bob, scene.general, "always be with Russia")
            one = await scene.discord.context_menu(scene.ada, scene.general, MENU, plain)
            assert (await one.answer()).content.startswith("**Exact, but a part of a sentence**")
            refused = await scene.use("quote check", file=("draft.docx", b"PK"))
            assert refused.content == "A draft must be a text file (.txt, .md) of at most 256 kB."
            assert (await scene.use("quote check")).content == "Say what is to be checked: a text or a file."

    asyncio.run(scenario())


def test_a_long_quotation_comes_whole_as_a_file_and_the_answer_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            speech = " ".join(f"We shall mend bridge number {number} before the winter comes." for number in range(200))
            scene.desk.write("speech.md", f"“{speech}” said Berta Lind.\n")
            await scene.rebuild()
            found = await scene.use("quote find", speaker="Berta Lind")
            assert found.content.startswith("**1** “We shall mend bridge number 0 before")
            assert found.file("quotation-1.txt").decode() == speech
            checked = await scene.use("quote check", file=("draft.txt", f"“{speech}” said Berta Lind.".encode()))
            assert checked.text.startswith("**Exact: word for word**")

    asyncio.run(scenario())


@pytest.mark.parametrize("locale", ["de", "es-ES", "ru", "tr", "zh-CN"])
def test_lookups_are_answered_in_the_language_of_the_asker(tmp_path: Path, locale: str) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            await built(scene)
            words = catalogue(locale.split("-", maxsplit=1)[0])
            nothing = await scene.use("quote find", speaker="Nobody", locale=locale)
            assert nothing.content.startswith(words("quote.none", count=0))
            listed = await scene.use("quote speakers", locale=locale)
            assert words("quote.speaker", name="Anna Lee", direct=1, reported=0) in listed.text
            checked = await scene.use("quote check", text="always be with Russia", speaker="Anna Lee", locale=locale)
            assert checked.content.startswith(f"**{words('verdict.another_speaker')}**")

    asyncio.run(scenario())
