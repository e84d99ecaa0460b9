from __future__ import annotations

import pytest

from briefbot.errors import (
    BriefbotError,
    Busy,
    CorpusError,
    DiskError,
    IndexFault,
    SettingsError,
    UsageFault,
    error_of,
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (2, UsageFault),
        (4, CorpusError),
        (5, IndexFault),
        (6, Busy),
        (74, DiskError),
        (78, SettingsError),
        (70, BriefbotError),
        (130, BriefbotError),
    ],
)
def test_the_error_of_another_process_is_known_by_its_exit_code(code: int, kind: type[BriefbotError]) -> None:
    error = error_of(code, "A sentence.")
    assert (type(error), str(error)) == (kind, "A sentence.")
