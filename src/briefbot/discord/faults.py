"""The one door of the Discord edge: what went wrong, as one friendly sentence for the user and a line in the log.

Known faults have sentences of their own. Everything else is logged with its traceback under a reference, and the user
gets the reference.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from briefbot.discord.asking import NoSuchPlace
from briefbot.discord.escaping import escaped
from briefbot.discord.limits import clipped
from briefbot.errors import IndexFault, ModelError, NoIndex, Overloaded, UsageFault

if TYPE_CHECKING:
    from briefbot.discord.catalogue import Words

_log = logging.getLogger("briefbot.discord")
_TYPED = 100  # characters of what was typed that are shown


class Said(Exception):
    """Something the user should read as one sentence, by its key in the catalogue and the values of its places."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def in_words(error: BaseException, words: Words) -> str:  # noqa: PLR0911 - one line a fault
    """Return the sentence for what went wrong; what is not known is logged, and the sentence names the reference."""
    match error:
        case Said():
            return words(error.key, **error.values)
        case Overloaded():
            return words("fault.busy")
        case NoIndex():
            return words("fault.no_index")
        case NoSuchPlace():
            return words("fault.no_place", typed=escaped(clipped(str(error), _TYPED)))
        case UsageFault():
            return words("fault.empty")
        case IndexFault() | ModelError():
            return words("fault.index", reference=logged(error))
        case _:
            return words("fault.unexpected", reference=logged(error))


def logged(error: BaseException, **facts: object) -> str:
    """Log an error with its traceback and return the reference under which it stands in the log."""
    reference = secrets.token_hex(4)
    _log.error("something failed", exc_info=error, extra={"reference": reference, **facts})
    return reference
