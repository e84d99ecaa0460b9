"""Faults that a test sets: requests that are limited, fail, vanish or are slow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from math import ceil
from time import time
from typing import TYPE_CHECKING, Any

from tests.discord.standin.answers import Answer

if TYPE_CHECKING:
    from tests.discord.standin.state import Request

Match = Callable[["Request"], bool] | str
LIMITS = {"429", "429-global", "banned"}
SERVER_ERRORS = {"500", "502", "503", "504"}
BEFORE = LIMITS | SERVER_ERRORS | {"refused", "slow"}
AFTER = {"lost", "lost-502"}  # the request takes effect, and its answer is lost


@dataclass(eq=False, slots=True)
class Fault:
    """What happens to the next `times` requests that match. `match` is a function or "METHOD /path/*"."""

    match: Match
    kind: str
    times: int = 1
    retry_after: float = 0.2
    delay: float = 0.5
    html: bool = True  # whether a server's error is Cloudflare's page and not Discord's JSON
    used: int = 0

    def __post_init__(self) -> None:
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"{self.kind!r} is none of {sorted(BEFORE | AFTER)}")

    def takes(self, request: Request) -> bool:
        if self.used >= self.times:
            return False
        if isinstance(self.match, str):
            return fnmatch(f"{request.method} {request.path}", self.match)
        return self.match(request)

    @property
    def answer(self) -> Answer | None:
        """Return what is answered in place of the real answer; None where the connection is just cut or slow."""
        if self.kind in {"429", "429-global"}:
            return _limited(self.retry_after, everywhere=self.kind == "429-global")
        if self.kind == "banned":
            return Answer(b"error code: 1015", 429, {"Content-Type": "text/plain", "Retry-After": "60"})
        if self.kind in SERVER_ERRORS or self.kind == "lost-502":
            return _server_error(int(self.kind.removeprefix("lost-")), html=self.html)
        return None


def find(faults: list[Fault], request: Request, kinds: set[str]) -> Fault | None:
    """Return the fault that strikes this request, if one does, and count it as used."""
    for fault in faults:
        if fault.kind in kinds and fault.takes(request):
            fault.used += 1
            return fault
    return None


def _limited(seconds: float, *, everywhere: bool) -> Answer:
    headers = {"Retry-After": str(ceil(seconds)), "Via": "1.1 google", "X-RateLimit-Scope": "user"}
    if everywhere:
        headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
    else:
        headers |= {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Bucket": "limited"}
        headers |= {"X-RateLimit-Reset": f"{time() + seconds:.3f}", "X-RateLimit-Reset-After": f"{seconds:.3f}"}
    body: dict[str, Any] = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    return Answer({**body, "code": 0}, 429, headers)


def _server_error(status: int, *, html: bool) -> Answer:
    if not html:
        return Answer({"message": f"{status}: Server Error", "code": 0}, status, {"Via": "1.1 google"})
    page = f"<html><head><title>{status}</title></head><body><center>cloudflare</center></body></html>"
    return Answer(page.encode(), status, {"Content-Type": "text/html"})


def as_bytes(answer: Answer) -> bytes:
    if answer.body is None:
        return b""
    return answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
