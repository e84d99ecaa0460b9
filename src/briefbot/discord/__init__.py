"""The Discord edge: what a message says (pure), and how it is sent and heard (the only door to discord.py)."""
