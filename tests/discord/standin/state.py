"""All that the stand-in remembers while it runs, shared by its gateway, its REST handlers and what drives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.discord.standin.answers import Refused, invalid_form
from tests.discord.standin.bell import Bell
from tests.discord.standin.command_store import CommandStore

if TYPE_CHECKING:
    from tests.discord.standin.contract import Contract
    from tests.discord.standin.faults import Fault
    from tests.discord.standin.gateway import Gateway
    from tests.discord.standin.messages import Upload
    from tests.discord.standin.world import World


@dataclass(eq=False, slots=True)
class Request:
    """A REST request and how it was answered. Times are of perf_counter; `path` is below /api/v10."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    files: dict[str, Upload]
    at: float
    status: int | None = None
    code: int | None = None  # Discord's own number for an error
    fault: str | None = None  # the kind of fault that struck it
    answered_at: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    method: str
    path: str
    reason: str
    body: Any


class Clock:
    """Discord's clock, which a test can put forward: only waiting rooms of interactions look at it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return perf_counter() + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass(eq=False, slots=True)
class State:
    world: World
    token: str
    shards: int
    contract: Contract | None
    bell: Bell = field(default_factory=Bell)
    clock: Clock = field(default_factory=Clock)
    commands: CommandStore = field(default_factory=CommandStore)
    requests: list[Request] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    violations: list[Refusal] = field(default_factory=list)  # of the house's rules
    wrong_answers: list[str] = field(default_factory=list)  # the stand-in's own, where they are checked
    crashes: list[str] = field(default_factory=list)  # of the stand-in itself
    faults: list[Fault] = field(default_factory=list)
    check_answers: bool = False
    away: bool = False  # every connection is cut
    gateway: Gateway = field(init=False)

    def refuse_if(self, reasons: list[str]) -> None:
        """Raise the refusal of a body that something is wrong with."""
        if reasons:
            raise invalid_form(reasons)

    def record(self, request: Request, error: Refused) -> None:
        if not error.recorded:
            return
        said = [error.message]
        if isinstance(error.errors, dict):
            said = [each["_errors"][0]["message"] for each in error.errors.values()]
        self.refusals.append(Refusal(request.method, request.path, "; ".join(said), request.body))

    def violate(self, request: Request, reasons: list[str]) -> None:
        body = request.body
        self.violations += [Refusal(request.method, request.path, reason, body) for reason in reasons]
