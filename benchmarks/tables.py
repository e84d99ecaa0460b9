"""From figures to Markdown: the tables of the README. It measures nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

_NAMES = {"plain": "plain script", "sentence-transformers": "sentence-transformers"}
_LIBRARY = "sentence-transformers"
_BESIDE = {
    "wall_s": ("build, s", 1),
    "per_s": ("build, paragraphs a second", 1),
    "processor_s": ("build, processor time, s", 1),
    "peak_mb": ("build, peak memory, MB", 0),
    "peak_child_mb": ("build, peak memory of its largest child, MB", 0),
    "disk_mb": ("index on disk, MB", 1),
    "cold_s": ("fresh process to the first answer, s", 2),
    "p50_ms": ("question in a running process, median, ms", 1),
    "p99_ms": ("question in a running process, 99 of 100 within, ms", 1),
    "own_mb": ("running process, memory of its own, MB", 0),
    "resident_mb": ("running process, all resident memory, MB", 0),
    "others_cores": ("cores that others used during the build", 2),
}


def encoding(figures: dict[str, Any]) -> str:
    """Return the table of encoding speeds, and that of the limit."""
    names = (_LIBRARY, "float32", "int8")
    rows = [row for name, one in figures["collections"].items() for row in _collection_rows(name, one, names)]
    rows += _together(figures["collections"].values(), names)
    for title, key in (
        ("fresh process to the first vector, s", "start_s"),
        ("one question, median, ms", "question_ms"),
    ):
        rows.append([title, *(_of(figures[key][name]) for name in names)])
    for title, key in (
        ("memory after 100 questions: its own, all resident, MB", "memory_questions_mb"),
        ("memory after the paragraphs: its own, all resident, MB", "memory_paragraphs_mb"),
    ):
        rows.append([title, *(_memory(figures[key][name]) for name in names)])
    first, one = next(iter(figures["collections"].items()))
    rows.append(
        [f"share of the limit, {first}", *(f"{100 * figures['share_of_limit'][first][name]:.0f} %" for name in names)]
    )
    table = _table(["", _LIBRARY, "briefbot, float32", "briefbot, int8"], rows)
    return f"{table}\n\n{_limit(figures)}\n\n{_encoding_note(figures, one)}"


def _collection_rows(name: str, one: dict[str, Any], names: Sequence[str]) -> Iterable[list[str]]:
    yield [f"{name}: paragraphs a second", *(_number(one["per_s"][each], 1) for each in names)]
    yield [f"{name}: times {_LIBRARY}", "1", *(_number(one["ratio"][each], 2) for each in names[1:])]
    cosines = (f"{one['cosine'][each]['least']:.4f}, {one['cosine'][each]['mean']:.4f}" for each in names[1:])
    yield [f"{name}: cosine to {_LIBRARY}, least and mean", "1", *cosines]
    sentences = f"{_number(one['sentences_per_s'], 0)} ({_number(one['sentences_ms_a_text'], 1)} ms a paragraph)"
    yield [f"{name}: its sentences as texts, a second", "", "", sentences]


def _together(collections: Collection[dict[str, Any]], names: Sequence[str]) -> Iterable[list[str]]:
    """Yield what comes of it when the paragraphs of all collections are encoded one after the other."""
    texts = sum(one["texts"] for one in collections)
    speeds = [texts / sum(one["texts"] / one["per_s"][name] for one in collections) for name in names]
    yield ["together: paragraphs a second", *(_number(speed, 1) for speed in speeds)]
    yield [f"together: times {_LIBRARY}", "1", *(_number(speed / speeds[0], 2) for speed in speeds[1:])]


def _limit(figures: dict[str, Any]) -> str:
    limits = figures["limit_gops"]
    rows = [[name, _number(speed, 0)] for kind in ("int8", "float32") for name, speed in limits[kind].items()]
    return _table(["large matrix product, best, both cores", "10⁹ operations a second"], rows)


def _encoding_note(figures: dict[str, Any], one: dict[str, Any]) -> str:
    others = max(each["others_cores"] for each in figures["collections"].values())
    return (
        f"{figures['paragraphs']:,} paragraphs of each collection, medians of {figures['rounds']} rounds in turn. A "
        f"paragraph of the first has {one['tokens_a_text']:g} tokens, which by the model's shapes take "
        f"{one['gflop_a_text']:.2f}·10⁹ operations; the limit is the fastest product with the same precision. "
        f"{_where(figures)}; others used {others:g} cores meanwhile."
    )


def quality(figures: dict[str, Any]) -> str:
    """Return the table of what is lost by bytes."""
    rows = []
    for name, one in figures["collections"].items():
        theirs, ours = one["float32"], one["int8"]
        cells = (f"{theirs[n]:.1f} → {ours[n]:.1f} ({_signed(ours[n] - theirs[n])})" for n in ("first", "ten"))
        rows.append([name, f"{one['questions']:,}", f"{one['passages']:,}", *cells, f"{one['lost']}, {one['gained']}"])
    head = ["", "questions", "passages", "first, %", "among ten, %", "questions lost, gained"]
    return _table(head, rows)


def beside(figures: dict[str, Any]) -> str:
    """Return a table for each number of paragraphs."""
    return "\n\n".join([*(_beside(int(size), figures) for size in figures["sizes"]), _beside_note(figures)])


def _beside(size: int, figures: dict[str, Any]) -> str:
    found = figures["sizes"][str(size)]
    names = list(found["figures"])
    rows = [
        [title, *(_beside_cell(found, name, key, digits) for name in names)] for key, (title, digits) in _BESIDE.items()
    ]
    titles = [f"txtai {figures['txtai']}" if name == "txtai" else _NAMES.get(name, name) for name in names]
    return _table([f"{size:,} paragraphs", *titles], rows)


def _beside_cell(found: dict[str, Any], name: str, key: str, digits: int) -> str:
    value = _number(found["figures"][name][key], digits)
    ratio = found["ratio"].get(name, {}).get(key)
    return f"{value} (× {ratio:.2f})" if ratio else value


def _beside_note(figures: dict[str, Any]) -> str:
    rounds = ", ".join(f"{one['rounds']} at {int(size):,}" for size, one in figures["sizes"].items())
    return (
        f"In brackets: briefbot in units of it, from what was measured in the same round, the median over the rounds "
        f"({rounds}). {figures['questions']:,} real questions to each running process. {_where(figures)}."
    )


def scale(figures: dict[str, Any]) -> str:
    """Return the table of very many passages."""
    sizes = list(figures["sizes"].values())
    rows = [[title, *(cell(one) for one in sizes)] for title, cell in _SCALE.items()]
    table = _table(["passages", *(f"{one['passages']:,}" for one in sizes)], rows)
    return f"{table}\n\n{figures['questions']:,} real questions, one after the other. {_where(figures)}."


_SCALE: dict[str, Callable[[dict[str, Any]], str]] = {
    "build without encoding, s": lambda one: _number(one["build_s"], 0),
    "build without encoding, passages a second": lambda one: _number(one["passages_per_s"], 0),
    "index on disk, MB": lambda one: _number(one["index_mb"], 0),
    "opening and the first question, s": lambda one: _number(one["open_and_first_question_ms"] / 1000, 2),
    "a question: half, 99 of 100 within, ms": lambda one: _milliseconds(one["question_ms"]),
    "of which encoding it, ms": lambda one: _number(one["encoding_ms"], 1),
    "of the ten nearest vectors, found": lambda one: f"{100 * one['recall_at_10']:.1f} %",
    "memory of its own after all questions, MB": lambda one: _number(one["own_mb"]["after"], 0),
    "all resident memory, MB": lambda one: _number(one["resident_mb"], 0),
}


def small(figures: dict[str, Any]) -> str:
    """Return the table of the small builds and of fresh processes."""
    builds, cold = figures["builds"], figures["cold"]
    size = f"{figures['documents']:,} documents, {builds['passages']:,} passages"
    named = [
        (f"build, nothing changed: {size}", builds["without_change_s"]),
        (f"build, one document changed: {size}", builds["one_changed_s"]),
        *(
            (f"ask: {one['passages']:,} passages" if int(count) else "ask: the samples", one["s"])
            for count, one in cold.items()
        ),
        ("--help", figures["help"]["s"]),
    ]
    rows = [[title, *(_number(one[key], 2) for key in ("median", "least", "most"))] for title, one in named]
    loaded = ", ".join(figures["help"]["imports"]) or "no heavy library"
    table = _table(["a fresh process, s", "median", "least", "most"], rows)
    return f"{table}\n\n`--help` loads {loaded}. {_where(figures)}."


def memory(figures: dict[str, Any]) -> str:
    """Return the table of a bot's memory."""
    rows = [
        [f"{one['passages']:,}", *(_memory(one[when]) for when in ("start", "end")), _number(one["most_own_mb"], 0)]
        for one in figures["sizes"].values()
    ]
    after = f"after {figures['questions']:,} questions and two new generations"
    table = _table(["passages", "after 20 questions", after, "most of its own"], rows)
    check = figures["crosscheck"]
    said = "; ".join(
        f"{title} {_memory(check[key]['end'])} MB"
        for title, key in (("the bot", "bot"), ("the process above", "holder"))
    )
    return (
        f"{table}\n\nMB of its own, and all resident with the mapped index. A real bot with Discord's stand-in, after "
        f"{check['questions']:,} questions over {check['paragraphs']:,} paragraphs: {said}. {_where(figures)}."
    )


TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "encoding": encoding,
    "quality": quality,
    "beside": beside,
    "scale": scale,
    "small": small,
    "memory": memory,
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def _where(figures: dict[str, Any]) -> str:
    on = figures["machine"]
    return f"Measured on {on['date']}, {on['cores']} cores ({on['processor']}), Python {on['python']}"


def _of(value: float | dict[str, float]) -> str:
    return _number(value["median"] if isinstance(value, dict) else value, 2)


def _memory(one: dict[str, float]) -> str:
    return f"{one['own_mb']:,.0f}, {one['resident_mb']:,.0f}"


def _milliseconds(one: dict[str, float]) -> str:
    return f"{one['p50']:.1f}, {one['p99']:.1f}"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
