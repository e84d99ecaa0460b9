"""How processes of briefbot's speak to each other over a pipe: frames of bytes, and JSON.

A frame is its length in eight bytes, then that many bytes. This module refuses to know what they mean.
"""

from __future__ import annotations

import json
from typing import IO

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


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
