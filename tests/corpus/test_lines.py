"""Where lines start."""

from __future__ import annotations

from briefbot.corpus.lines import line_starts


def test_lines_start_after_each_end_of_a_files_lines_and_the_text_ends_last() -> None:
    assert line_starts("a\nb\r\nc\rd\u2028e") == [0, 2, 5, 7, 10]
    assert line_starts("ab\ncd\n", 3) == [3, 6]
    assert line_starts("") == [0]
