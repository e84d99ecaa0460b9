from __future__ import annotations

import tomllib
from datetime import date

from briefbot.model import Metadata


def parse_date(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def clean(value: object) -> str | None:
    return " ".join(str(value).split()) or None


def read_sidecar(text: str) -> Metadata:
    return Metadata(**tomllib.loads(text))
