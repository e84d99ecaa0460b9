"""What a REST handler gives back: an answer, or one of the errors Discord is known to give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


NO_CONTENT = Answer(None, 204)


class Refused(Exception):
    """The request gets an error for an answer. `recorded` ones are the bot's own mistakes."""

    def __init__(self, status: int, code: int, message: str, *, errors: Any = None, recorded: bool = False) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.errors, self.recorded = status, code, message, errors, recorded

    @property
    def body(self) -> dict[str, Any]:
        said = {"message": self.message, "code": self.code}
        return said if self.errors is None else {**said, "errors": self.errors}


def invalid_form(reasons: list[str]) -> Refused:
    """Return the refusal of a body that breaks the schema or a limit."""
    errors = {f"reason {i}": {"_errors": [{"code": "INVALID", "message": each}]} for i, each in enumerate(reasons)}
    return Refused(400, 50035, "Invalid Form Body", errors=errors, recorded=True)


def unknown(what: str) -> Refused:
    codes = {"Account": 10001, "Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "User": 10013}
    codes |= {"Webhook": 10015, "Interaction": 10062, "Application Command": 10063}
    return Refused(404, codes[what], f"Unknown {what}")


def no_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def no_permission() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def already_acknowledged() -> Refused:
    return Refused(400, 40060, "Interaction has already been acknowledged.", recorded=True)


def token_expired() -> Refused:
    return Refused(401, 50027, "Invalid Webhook Token")
