"""From an ONNX graph with full precision to one that multiplies bytes; the only door to onnx.

Static quantisation: what a number is scaled by is learnt once from sample texts and does not depend on the text at
hand or on its batch. Activations are bytes with one scale and zero point, weights are signed bytes with a scale for
each output. Some channels of a transformer are ten times as large as the others and would take all of the byte's
range: they are made smaller and their weights larger by the same factor first (Xiao et al., SmoothQuant, 2023), all the
more the larger they are. Embedding tables become bytes with a scale for each row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

_MICROSOFT = "com.microsoft"
_SHARE = 0.8  # of a channel's excess that goes to the weights: best of .3 to 1 by agreement with full precision
_LEAST_ROWS = 1_000  # of a table that is worth keeping as bytes


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of activations with constant weights: its node, its weights, and the addition of a bias, if any."""

    node: Any
    weights: Vectors
    addition: Any | None


@dataclass(slots=True)
class _Range:
    """The least and greatest value that each channel of an activation takes."""

    low: Vectors
    high: Vectors

    def widened(self, values: Vectors) -> None:
        rows = values.reshape(-1, values.shape[-1])
        np.minimum(self.low, rows.min(0), out=self.low)
        np.maximum(self.high, rows.max(0), out=self.high)


def quantise(source: Path, target: Path, run: Callable[[Path, list[str]], Iterable[list[Vectors]]]) -> None:
    """Write the graph in `source` to `target` with its products in bytes.

    `run` returns, for each sample text, the values that a graph's named outputs take.
    """
    model = onnx.load(source)
    graph = _Graph(model)
    ranges = _ranges(graph, source.with_suffix(".observed.onnx"), run)
    for activation, products in graph.products().items():
        _to_bytes(graph, activation, products, ranges[activation])
    for node in graph.lookups():
        _table_to_bytes(graph, node)
    graph.finish()
    onnx.save(model, target)


def with_metadata(source: Path, facts: dict[str, str]) -> bytes:
    """Return the file of a graph together with facts about it."""
    model = onnx.load(source)
    helper.set_model_props(model, facts)
    return bytes(model.SerializeToString(deterministic=True))


class _Graph:
    """A graph that is being rewritten: nodes and constants are added and left out, and put in order at the end.

    A node is known by its first output, whose name nothing else has.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self._graph = model.graph
        self._constants = {constant.name: constant for constant in model.graph.initializer}
        self._readers = Counter(name for node in model.graph.node for name in node.input)
        self._reader = {name: node for node in model.graph.node for name in node.input}
        self._before: defaultdict[str, list[Any]] = defaultdict(list)
        self._left_out: set[str] = set()

    def products(self) -> dict[str, list[_Product]]:
        """Return the products with constant weights, by the name of their activation."""
        found = defaultdict[str, list[_Product]](list)
        for node in self._graph.node:
            weights = self._constants.get(node.input[1]) if node.op_type == "MatMul" else None
            if weights is not None and len(weights.dims) == 2 and node.input[0] not in self._constants:
                product = _Product(node, numpy_helper.to_array(weights), self._bias_of(node))
                found[node.input[0]].append(product)
        return found

    def lookups(self) -> list[Any]:
        """Return the nodes that take rows of a large constant table by the model's input."""
        return [
            node
            for node in self._graph.node
            if node.op_type == "Gather"
            and node.input[0] in self._constants
            and len(self._constants[node.input[0]].dims) == 2
            and self._constants[node.input[0]].dims[0] >= _LEAST_ROWS
        ]

    def constant(self, name: str) -> Vectors:
        """Return the value of a constant."""
        return numpy_helper.to_array(self._constants[name])

    def is_constant(self, name: str) -> bool:
        """Tell whether a name is that of a constant."""
        return name in self._constants

    def add_constant(self, name: str, value: Any) -> str:
        """Add a constant and return its name."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def put_before(self, place: Any, *nodes: Any) -> None:
        """Put nodes in front of one that is there."""
        self._before[place.output[0]].extend(nodes)

    def leave_out(self, node: Any) -> None:
        """Take a node out."""
        self._left_out.add(node.output[0])

    def observed(self, names: Iterable[str]) -> Any:
        """Return a copy of the graph whose outputs are the values of these names."""
        copy = onnx.ModelProto()
        copy.CopyFrom(self.model)
        del copy.graph.output[:]
        copy.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
        return copy

    def finish(self) -> None:
        """Write the nodes in their order, and the constants that are still used."""
        nodes = [new for node in self._graph.node for new in (*self._before[node.output[0]], *self._kept(node))]
        used = {name for node in nodes for name in node.input}
        constants = [constant for name, constant in self._constants.items() if name in used]
        del self._graph.node[:], self._graph.initializer[:], self._graph.value_info[:]
        self._graph.node.extend(nodes)
        self._graph.initializer.extend(constants)
        if all(opset.domain != _MICROSOFT for opset in self.model.opset_import):
            self.model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))

    def _kept(self, node: Any) -> tuple[Any, ...]:
        return () if node.output[0] in self._left_out else (node,)

    def _bias_of(self, node: Any) -> Any | None:
        """Return the node that adds a constant row to the product and is all that reads it."""
        reader = self._reader.get(node.output[0])
        if reader is None or reader.op_type != "Add" or self._readers[node.output[0]] != 1:
            return None
        other = next(name for name in reader.input if name != node.output[0])
        return reader if self.is_constant(other) and len(self._constants[other].dims) == 1 else None


def _ranges(
    graph: _Graph, observed: Path, run: Callable[[Path, list[str]], Iterable[list[Vectors]]]
) -> dict[str, _Range]:
    names = list(graph.products())
    onnx.save(graph.observed(names), observed)
    ranges: dict[str, _Range] = {}
    for values in run(observed, names):
        for name, value in zip(names, values, strict=True):
            width = value.shape[-1]
            found = ranges.setdefault(name, _Range(np.zeros(width, np.float32), np.zeros(width, np.float32)))
            found.widened(value)
    observed.unlink()
    return ranges


def _to_bytes(graph: _Graph, activation: str, products: list[_Product], seen: _Range) -> None:
    factors = _smoothing(seen, [product.weights for product in products])
    low, high = float((seen.low / factors).min()), float((seen.high / factors).max())
    scale = max(high - low, 1e-6) / 255
    names = [f"{activation}_{what}" for what in ("smaller", "bytes", "scale", "zero")]
    smaller, quantised, scale_name, zero_name = names
    graph.add_constant(scale_name, np.float32(scale))
    graph.add_constant(zero_name, np.uint8(round(-low / scale)))
    graph.put_before(
        products[0].node,
        helper.make_node("Mul", [activation, graph.add_constant(f"{activation}_factors", 1 / factors)], [smaller]),
        helper.make_node("QuantizeLinear", [smaller, scale_name, zero_name], [quantised]),
    )
    for product in products:
        _multiply_bytes(graph, product, factors, (quantised, scale_name, zero_name))


def _multiply_bytes(graph: _Graph, product: _Product, factors: Vectors, activation: tuple[str, str, str]) -> None:
    quantised, scale, zero = activation
    name, node = product.node.output[0], product.node
    weights = product.weights * factors[:, None]
    scales = np.maximum(np.abs(weights).max(0), 1e-12) / 127
    graph.add_constant(f"{name}_weights", np.rint(weights / scales).astype(np.int8))
    graph.add_constant(f"{name}_scales", scales.astype(np.float32))
    graph.add_constant(f"{name}_zeros", np.zeros(len(scales), np.int8))
    inputs = [quantised, f"{name}_weights", scale, f"{name}_scales", zero, f"{name}_zeros"]
    output = name
    if product.addition is not None:
        inputs.append(next(other for other in product.addition.input if other != name))
        output = product.addition.output[0]
        graph.leave_out(product.addition)
    graph.put_before(node, helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=_MICROSOFT))
    graph.leave_out(node)


def _smoothing(seen: _Range, weights: list[Vectors]) -> Vectors:
    """Return what each channel is divided by, and its weights are multiplied by."""
    largest = np.maximum(np.maximum(-seen.low, seen.high), 1e-3)
    largest_weight = np.maximum(np.max([np.abs(one).max(1) for one in weights], axis=0), 1e-6)
    factors = largest**_SHARE / largest_weight ** (1 - _SHARE)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def _table_to_bytes(graph: _Graph, node: Any) -> None:
    table, rows, output = node.input[0], node.input[1], node.output[0]
    values = graph.constant(table)
    scales = np.maximum(np.abs(values).max(1, keepdims=True), 1e-12) / 127
    graph.add_constant(f"{table}_bytes", np.rint(values / scales).astype(np.int8))
    graph.add_constant(f"{table}_scales", scales.astype(np.float32))
    graph.put_before(
        node,
        helper.make_node("Gather", [f"{table}_bytes", rows], [f"{output}_bytes"]),
        helper.make_node("Cast", [f"{output}_bytes"], [f"{output}_floats"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_scales", rows], [f"{output}_scales"]),
        helper.make_node("Mul", [f"{output}_floats", f"{output}_scales"], [output]),
    )
    graph.leave_out(node)
