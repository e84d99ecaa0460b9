"""A tiny bot of plain discord.py, which proves the stand-in: `python -m tests.discord.standin.tiny_client URL …`."""

from __future__ import annotations

import io
import logging
import signal
import sys
from typing import Any

import discord
from discord import app_commands
from tests.discord.standin.launch import point_at

QUIET: Any = {"allowed_mentions": discord.AllowedMentions.none(), "suppress_embeds": True}


class Form(discord.ui.Modal, title="Tell us"):
    """One text, in a label."""

    why: discord.ui.Label[Any] = discord.ui.Label(
        text="Why", component=discord.ui.TextInput(custom_id="why", max_length=50)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.why.component, discord.ui.TextInput)
        seen = interaction.message.content if interaction.message else "no message"
        await interaction.response.send_message(f"{self.why.component.value} / {seen}", ephemeral=True, **QUIET)


class Buttons(discord.ui.View):
    """A button that edits, one that opens the form, and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        button.disabled = True
        await interaction.response.edit_message(content="more", view=self, allowed_mentions=QUIET["allowed_mentions"])

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label=x, value=x.lower()) for x in "AB"])
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"picked {select.values[0]}", **QUIET)


class Tiny(discord.AutoShardedClient):
    """Answers a few commands and every message that it may read."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, max_messages=None)
        self.tree: app_commands.CommandTree[Tiny] = app_commands.CommandTree(self)
        commands: list[Any] = [echo, late, wrong, shown, quoted]
        for each in commands:
            self.tree.add_command(each)

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()
        self.loop.add_signal_handler(signal.SIGTERM, lambda: self.loop.create_task(self.close()))

    async def on_ready(self) -> None:
        print("ready", flush=True)  # noqa: T201 - what the tests listen for

    async def on_shard_resumed(self, _: int) -> None:
        print("resumed", flush=True)  # noqa: T201

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user and message.content:
            said = message.content.split("> ")[-1]
            await message.reply(f"heard {said}", mention_author=False, nonce=str(message.id), **QUIET)


@app_commands.command(description="Say it again")
@app_commands.describe(text="What to say")
async def echo(interaction: discord.Interaction, text: str, file: discord.Attachment | None = None) -> None:
    content = (await file.read()).decode() if file else ""
    await interaction.response.send_message(f"{text}{content}", view=Buttons(), **QUIET)


@echo.autocomplete("text")
async def echo_text(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}{i}", value=f"{current}{i}") for i in range(2)]


@app_commands.command(description="Think first")
async def late(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    file = discord.File(io.BytesIO(b"whole"), "whole.txt")
    await interaction.edit_original_response(
        content="at last", attachments=[file], allowed_mentions=QUIET["allowed_mentions"]
    )


@app_commands.command(description="Say far too much")
async def wrong(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("x" * 2001, **QUIET)


@app_commands.command(description="Show components V2")
async def shown(interaction: discord.Interaction) -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("**shown**"), discord.ui.TextDisplay("below")))
    await interaction.response.send_message(view=view, allowed_mentions=QUIET["allowed_mentions"])


@app_commands.context_menu(name="Quote this")
async def quoted(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"quoted {message.content}", **QUIET)


def main() -> None:
    url, token, *rest = sys.argv[1:]
    point_at(url)
    logging.basicConfig(level=logging.INFO)
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    intents.members = "members" in rest
    Tiny(intents).run(token, log_handler=None)


if __name__ == "__main__":
    main()
