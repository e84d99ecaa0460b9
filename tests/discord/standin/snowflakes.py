"""Makes Discord's ids: milliseconds since 2015, then 22 bits that tell ids of one millisecond apart."""

from __future__ import annotations

import time
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000  # the first millisecond of 2015
LONG_AGO = 1_704_067_200_000 - EPOCH  # 2024-01-01: when users and guilds were made


class Snowflakes:
    """Never gives the same id twice: `old` ones lie in the past, `new` ones are of this moment."""

    def __init__(self) -> None:
        self._old = LONG_AGO
        self._newest = 0

    def old(self) -> int:
        self._old += 1
        return self._old << 22

    def old_on(self, shard: int, shards: int) -> int:
        """Return an id of a guild that belongs to that shard."""
        made = self.old()
        while (made >> 22) % shards != shard:
            made = self.old()
        return made

    def new(self) -> int:
        self._newest = max(self._newest + 1, (int(time.time() * 1000) - EPOCH) << 22)
        return self._newest


def moment(snowflake: int) -> str:
    """Return when the id was made, as Discord writes time."""
    return written(((snowflake >> 22) + EPOCH) / 1000)


def written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
