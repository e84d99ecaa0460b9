from __future__ import annotations

import re

from briefbot.model import Block, Reading, Span
from briefbot.settings import Limits


def read(data: bytes, limits: Limits) -> Reading:
    text = data.decode("utf-8-sig")
    blocks = []
    for m in re.finditer(r"\S(?:.*\S)?", text):
        blocks.append(Block("paragraph", Span(*m.span())))
    return Reading(text, tuple(blocks))
