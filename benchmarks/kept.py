"""What is measured is kept: pieces in the cache, so that a run that was broken off goes on; tables' figures in files.

A piece is known by its name and the parameters that it was measured with. It is measured anew where these differ, or
where that is asked for. The cache belongs to one machine; the figures files belong to the project.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CACHE = Path(__file__).parent / ".cache"
FIGURES = Path(__file__).parent / "figures"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where pieces are kept, and of which collections they are.

    With `again`, pieces from before `since` (seconds of the system's clock) do not count.
    """

    folder: Path = CACHE / "measured"
    collections: tuple[str, ...] = ()
    again: bool = False
    since: float = 0.0

    @classmethod
    def now(cls, collections: Sequence[Path], *, again: bool) -> Kept:
        """Return the usual place; with `again`, for what is measured from now on."""
        return cls(collections=tuple(folder.name for folder in collections), again=again, since=time.time())

    def piece(self, name: str, parameters: dict[str, Any], measure: Callable[[], Any]) -> Any:
        """Return what was measured with these parameters, or measure it."""
        path = self.folder / f"{name}-{_digest([parameters, self.collections])}.json"
        if path.exists() and not (self.again and path.stat().st_mtime < self.since):
            print(f"  {name} {_told(parameters)}: kept from before", flush=True)
            return json.loads(path.read_text("utf-8"))["figures"]
        began = time.perf_counter()
        print(f"  {name} {_told(parameters)} ...", flush=True)
        figures = measure()
        print(f"  {name}: measured in {time.perf_counter() - began:.0f} s", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"parameters": parameters, "figures": figures}), "utf-8")
        return json.loads(json.dumps(figures))


def write_figures(folder: Path, name: str, figures: dict[str, Any]) -> None:
    """Write the figures of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_figures(folder: Path, name: str) -> dict[str, Any] | None:
    """Return the figures of a table, or None where it was never measured."""
    try:
        figures: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return figures


def machine() -> dict[str, Any]:
    """Return where and when this was measured."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def spread(values: Sequence[float], digits: int = 3) -> dict[str, float]:
    """Return the median, the least and the most of what was measured several times."""
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
        "runs": len(values),
    }


def medians(rows: Iterable[dict[str, float]], digits: int = 2) -> dict[str, float]:
    """Return the median of each column."""
    kept = list(rows)
    return {name: round(statistics.median(row[name] for row in kept), digits) for name in kept[0]}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below or at which this share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _digest(parameters: Any) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:10]


def _told(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parameters.items())


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
