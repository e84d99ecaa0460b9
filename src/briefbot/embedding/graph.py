"""A computation graph in the ONNX format that is being rewritten; the only door to onnx.

This module knows nodes, constants and names. It refuses to know what is rewritten and why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

FLOAT = TensorProto.FLOAT
_MICROSOFT = "com.microsoft"  # the operators that ONNX Runtime adds to the format
_ADDED = {"MatMulIntegerToFloat"}


class Graph:
    """A graph that is being rewritten: nodes and constants are added and left out, and put in order when it is saved.

    A node is known by its first output, whose name nothing else has.
    """

    def __init__(self, path: Path) -> None:
        self._model = onnx.load(path)
        graph = self._model.graph
        self.nodes: list[Any] = list(graph.node)
        self._constants = {constant.name: constant for constant in graph.initializer}
        self._readers = Counter(name for node in graph.node for name in node.input)
        self._reader = {name: node for node in graph.node for name in node.input}
        self._maker = {name: node for node in graph.node for name in node.output}
        self._before: defaultdict[str, list[Any]] = defaultdict(list)
        self._left_out: set[str] = set()

    def shape(self, name: str) -> tuple[int, ...] | None:
        """Return the shape of a constant, or None for what is none."""
        return tuple(self._constants[name].dims) if name in self._constants else None

    def constant(self, name: str) -> Vectors:
        """Return the value of a constant."""
        return numpy_helper.to_array(self._constants[name])

    def maker(self, name: str) -> Any | None:
        """Return the node that makes a value, or None for a constant and for what the model is given."""
        return self._maker.get(name)

    def only_reader(self, name: str) -> Any | None:
        """Return the node that reads a value in the graph as it was read, or None where that is not exactly one."""
        return self._reader[name] if self._readers[name] == 1 else None

    def add_constant(self, name: str, value: Any) -> str:
        """Add a constant and return its name."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def put_before(self, place: Any, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Put a node in front of one that is there, behind those put there earlier; return its output's name."""
        domain = _MICROSOFT if operator in _ADDED else ""
        node = helper.make_node(operator, inputs, [output], domain=domain, **attributes)
        self._before[place.output[0]].append(node)
        return output

    def leave_out(self, node: Any) -> None:
        """Take a node out."""
        self._left_out.add(node.output[0])

    def set_attribute(self, node: Any, name: str, value: Any) -> None:
        """Give a node's attribute another value."""
        others = [attribute for attribute in node.attribute if attribute.name != name]
        del node.attribute[:]
        node.attribute.extend([*others, helper.make_attribute(name, value)])

    def save_observed(self, path: Path, names: Iterable[str]) -> None:
        """Write a copy of the graph as it was read, whose outputs are the values of these names."""
        copy = onnx.ModelProto()
        copy.CopyFrom(self._model)
        del copy.graph.output[:]
        copy.graph.output.extend(helper.make_tensor_value_info(name, FLOAT, None) for name in names)
        onnx.save(copy, path)

    def save(self, path: Path) -> None:
        """Write the nodes in their order, and the constants that are still used; the graph is done with then."""
        nodes = [new for node in self.nodes for new in (*self._before[node.output[0]], *self._kept(node))]
        used = {name for node in nodes for name in node.input}
        constants = [constant for name, constant in self._constants.items() if name in used]
        model = self._model
        del model.graph.node[:], model.graph.initializer[:], model.graph.value_info[:]
        model.graph.node.extend(nodes)
        model.graph.initializer.extend(constants)
        if all(opset.domain != _MICROSOFT for opset in model.opset_import):
            model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
        onnx.save(model, path)

    def _kept(self, node: Any) -> tuple[Any, ...]:
        return () if node.output[0] in self._left_out else (node,)


def with_metadata(source: Path, facts: dict[str, str]) -> bytes:
    """Return the file of a graph together with facts about it."""
    model = onnx.load(source)
    helper.set_model_props(model, facts)
    return bytes(model.SerializeToString(deterministic=True))
