"""What a reading is to JSON, on its way from the child process that made it to the parent.

Pickle is not used, because the child has handled bytes that nobody vouches for, and what it says must not be able to
do more than be wrong.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from briefbot.model import Block, Metadata, Reading, Span


def pack(reading: Reading) -> dict[str, Any]:
    """Return everything of a reading but its text, as values that JSON knows."""
    metadata = reading.metadata
    return {
        "blocks": [_pack_block(block) for block in reading.blocks],
        "title": metadata.title,
        "author": metadata.author,
        "date": metadata.date and metadata.date.isoformat(),
        "url": metadata.url,
        "language": metadata.language,
        "pages": reading.pages,
        "remarks": reading.remarks,
    }


def unpack(packed: dict[str, Any], text: str) -> Reading:
    """Return the reading that was packed. Raises KeyError, TypeError or ValueError for anything else."""
    day = packed["date"]
    metadata = Metadata(
        packed["title"],
        packed["author"],
        date.fromisoformat(day) if day else None,
        packed["url"],
        packed["language"],
    )
    blocks = tuple(_unpack_block(*block) for block in packed["blocks"])
    return Reading(text, blocks, metadata, tuple(packed["pages"]), tuple(packed["remarks"]))


def _pack_block(block: Block) -> list[Any]:
    header = [block.header.start, block.header.end] if block.header is not None else None
    return [block.kind, block.span.start, block.span.end, block.level, header]


def _unpack_block(kind: Any, start: int, end: int, level: int, header: list[int] | None) -> Block:
    return Block(kind, Span(start, end), level, Span(*header) if header is not None else None)
