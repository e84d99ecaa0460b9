"""The only place that knows ANSI: what a part of the text looks like, where colour is wanted.

Every text says the same without colour; paint only helps the eye. This module refuses to know what it paints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping


def colour_wanted(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether `stream` should be given colour: a terminal that can show it, and nobody said no."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


@dataclass(frozen=True, slots=True)
class Paint:
    """Makes text look like what it is, or leaves it as it is where `colour` is off."""

    colour: bool

    def bold(self, text: str) -> str:
        """Return `text` as the thing to read first."""
        return self._styled(text, 1)

    def dim(self, text: str) -> str:
        """Return `text` as something to read last."""
        return self._styled(text, 2)

    def good(self, text: str) -> str:
        """Return `text` as good news."""
        return self._styled(text, 32)

    def warn(self, text: str) -> str:
        """Return `text` as something to look at."""
        return self._styled(text, 33)

    def bad(self, text: str) -> str:
        """Return `text` as bad news."""
        return self._styled(text, 31)

    def _styled(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text
