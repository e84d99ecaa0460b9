"""A stand-in for Discord: a gateway, the REST API and a small world, for a real discord.py in a process of its own.

Nothing is imported here, so that `launch`, which runs in the bot's process, stays as light as the bot itself.
Tests import `Discord` from `tests.discord.standin.stage` and `BotProcess` from `tests.discord.standin.process`.
"""
