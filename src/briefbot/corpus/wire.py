"""How a reading travels from the child process that made it to the parent: frames of bytes, and JSON.

A frame is its length in eight bytes, then that many bytes. Pickle is not used, because the child has handled bytes that
nobody vouches for, and what it says must not be able to do more than be wrong.
"""

from __future__ import annotations

import json
from datetime import date
from typing import IO, Any

from briefbot.model import Block, Metadata, Reading, Span

_LENGTH_BYTES = 8


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write one frame; the caller flushes."""
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(data)


def read_frame(stream: IO[bytes], most: int) -> bytes:
    """Return the bytes of the next frame.

    Raises EOFError where the stream ends before the frame does, and ValueError for one of more than `most` bytes.
    """
    length = int.from_bytes(_exactly(stream, _LENGTH_BYTES), "big")
    if length > most:
        raise ValueError(f"a frame of {length} bytes, where at most {most} are awaited")
    return _exactly(stream, length)


def to_json(value: object) -> bytes:
    """Return `value` as UTF-8. Raises UnicodeEncodeError for text that is not Unicode (a lone surrogate)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


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


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _pack_block(block: Block) -> list[Any]:
    header = [block.header.start, block.header.end] if block.header is not None else None
    return [block.kind, block.span.start, block.span.end, block.level, header]


def _unpack_block(kind: Any, start: int, end: int, level: int, header: list[int] | None) -> Block:
    return Block(kind, Span(start, end), level, Span(*header) if header is not None else None)
