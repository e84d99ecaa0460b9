"""A disk that records what is done to it, and every state in which a crash could have left it.

The rules are those of POSIX, read strictly: a file's bytes are safe once it has been synced, and may be torn before; a
name (made, renamed, removed) is safe once its folder has been synced, and before that may be kept or lost by itself, in
any order.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from briefbot.index.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass
class Node:
    """A file with its bytes, or a folder with its names."""

    data: bytes | None = None
    names: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """One change of names that happens wholly or not at all: (folder, name, new node or None) for each name."""

    changes: tuple[tuple[Node, str, Node | None], ...]

    def apply(self) -> None:
        for folder, name, node in self.changes:
            if node is None:
                folder.names.pop(name, None)
            else:
                folder.names[name] = node


class RecordingDisk(Disk):
    """Does the work for real and keeps a list of the operations."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.operations: list[tuple[str, ...] | tuple[str, str, bytes]] = []

    def make_folder(self, name: str) -> None:
        if not (self.root / name).exists():
            self.operations.append(("make_folder", name))
        super().make_folder(name)

    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        super().write(name, chunks)
        self.operations.append(("write", name, (self.root / name).read_bytes()))

    def rename(self, name: str, new_name: str) -> None:
        super().rename(name, new_name)
        self.operations.append(("rename", name, new_name))

    def sync_folder(self, name: str) -> None:
        super().sync_folder(name)
        self.operations.append(("sync_folder", name))

    def remove(self, name: str) -> None:
        if (self.root / name).exists():
            self.operations.append(("remove", name))
        super().remove(name)


def snapshot(path: Path) -> Node:
    """Return what is on disk below `path`, all of it safe."""
    if path.is_dir():
        return Node(names={child.name: snapshot(child) for child in path.iterdir()})
    return Node(data=path.read_bytes())


def crash_states(before: Node, operations: list[tuple], seed: int) -> Iterator[tuple[str, Node]]:
    """Yield what could be found after a crash at every point of `operations`, with a description."""
    chance = random.Random(seed)
    for point in range(len(operations) + 1):
        at = f"after {point} of {len(operations)} operations"
        count = len(_replayed(before, operations[:point])[1])
        choices = [set(range(count)), set()]
        choices += [set(range(count)) - {i} for i in range(count)] + [{i} for i in range(count)]
        choices += [{i for i in range(count) if chance.random() < 0.5} for _ in range(6)]
        for kept in {frozenset(choice) for choice in choices}:
            yield f"{at}, unsynced names kept: {sorted(kept)} of {count}", _state(before, operations[:point], kept)
        if point < len(operations) and operations[point][0] == "write":
            _, name, data = operations[point]
            for length in {0, 1, len(data) // 2, max(0, len(data) - 1)}:
                torn = [*operations[:point], ("write", name, data[:length])]
                yield f"{at}, {name} torn after {length} bytes", _state(before, torn, None)
            yield (
                f"{at}, {name} of zeros",
                _state(before, [*operations[:point], ("write", name, bytes(len(data)))], None),
            )


def _state(before: Node, operations: list[tuple], kept: frozenset[int] | None) -> Node:
    safe, pending = _replayed(before, operations)
    for i, edit in enumerate(pending):
        if kept is None or i in kept:
            edit.apply()
    return safe


def _replayed(before: Node, operations: list[tuple]) -> tuple[Node, list[Edit]]:
    """Return the safe names and bytes, and the changes of names that are not yet safe.

    Nodes are shared between what the running process sees (`live`) and what is safe, names are not.
    """
    twins: dict[int, Node] = {}
    safe = _copied(before, twins)
    live = _copied(before, {})
    twin_of = _paired(live, safe)
    pending: list[Edit] = []
    for operation in operations:
        pending = _step(operation, live, twin_of, pending)
    return safe, pending


def _copied(node: Node, twins: dict[int, Node]) -> Node:
    copy = Node(node.data, {name: _copied(child, twins) for name, child in node.names.items()})
    twins[id(node)] = copy
    return copy


def _paired(live: Node, safe: Node) -> dict[int, tuple[Node, Node]]:
    pairs = {id(live): (live, safe)}
    for name, child in live.names.items():
        pairs |= _paired(child, safe.names[name])
    return pairs


def _step(operation: tuple, live: Node, twins: dict[int, tuple[Node, Node]], pending: list[Edit]) -> list[Edit]:
    kind, name = operation[0], str(operation[1])
    if kind == "sync_folder":
        return _synced(twins[id(_find(live, name))][1], pending)
    folder, last = _find(live, str(PurePosixPath(name).parent)), PurePosixPath(name).name
    safe_folder = twins[id(folder)][1]
    if kind == "remove":
        return [*pending, *_removals(folder, last, twins)]
    if kind == "rename":
        target = PurePosixPath(str(operation[2]))
        new_folder = _find(live, str(target.parent))
        node = folder.names.pop(last)
        new_folder.names[target.name] = node
        moved = ((twins[id(new_folder)][1], target.name, twins[id(node)][1]), (safe_folder, last, None))
        return [*pending, Edit(moved)]
    node = Node(operation[2] if kind == "write" else None)  # a write to an existing name makes a new file here
    folder.names[last] = node
    twins[id(node)] = (node, Node(node.data))
    return [*pending, Edit(((safe_folder, last, twins[id(node)][1]),))]


def _removals(folder: Node, name: str, twins: dict[int, tuple[Node, Node]]) -> Iterator[Edit]:
    node = folder.names[name]
    for child in list(node.names):
        yield from _removals(node, child, twins)
    del folder.names[name]
    yield Edit(((twins[id(folder)][1], name, None),))


def _synced(folder: Node, pending: list[Edit]) -> list[Edit]:
    left = []
    for edit in pending:
        if any(changed is folder for changed, _, _ in edit.changes):
            edit.apply()
        else:
            left.append(edit)
    return left


def _find(root: Node, name: str) -> Node:
    node = root
    for part in PurePosixPath(name).parts:
        node = node.names[part]
    return node


def materialise(node: Node, path: Path) -> None:
    """Put a state on a real disk."""
    if node.data is not None:
        path.write_bytes(node.data)
        return
    path.mkdir()
    for name, child in node.names.items():
        materialise(child, path / name)
