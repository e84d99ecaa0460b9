"""From a graph with full precision to one that multiplies bytes.

Static quantisation: what a number is scaled by is learnt once from sample texts and does not depend on the text at
hand or on its batch. Activations are bytes with one scale and zero point, weights are signed bytes with a scale for
each output. Some channels of a transformer are ten times as large as the others and would take all of the byte's
range: they are made smaller and their weights larger by the same factor first (Xiao et al., SmoothQuant, 2023), all the
more the larger they are. Embedding tables become bytes with a scale for each row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.embedding.graph import FLOAT, Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

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

    @classmethod
    def of(cls, width: int) -> _Range:
        return cls(np.zeros(width, np.float32), np.zeros(width, np.float32))

    def widened(self, values: Vectors) -> None:
        rows = values.reshape(-1, values.shape[-1])
        np.minimum(self.low, rows.min(0), out=self.low)
        np.maximum(self.high, rows.max(0), out=self.high)


def quantise(source: Path, target: Path, run: Callable[[Path, list[str]], Iterable[list[Vectors]]]) -> None:
    """Write the graph in `source` to `target` with its products in bytes.

    `run` returns, for each sample text, the values that a graph's named outputs take.
    """
    graph = Graph(source)
    products = _products(graph)
    observed = source.with_suffix(".observed.onnx")
    graph.save_observed(observed, products)
    ranges = _ranges(list(products), run(observed, list(products)))
    observed.unlink()
    for activation, its_products in products.items():
        _to_bytes(graph, activation, its_products, ranges[activation])
    for node in _lookups(graph):
        _table_to_bytes(graph, node)
    graph.save(target)


def _ranges(names: Sequence[str], runs: Iterable[list[Vectors]]) -> dict[str, _Range]:
    ranges: dict[str, _Range] = {}
    for values in runs:
        for name, value in zip(names, values, strict=True):
            ranges.setdefault(name, _Range.of(value.shape[-1])).widened(value)
    return ranges


def _products(graph: Graph) -> dict[str, list[_Product]]:
    """Return the products with constant weights, by the name of their activation."""
    found = defaultdict[str, list[_Product]](list)
    for node in graph.nodes:
        if node.op_type == "MatMul" and graph.shape(node.input[0]) is None and _rank(graph, node.input[1]) == 2:
            product = _Product(node, graph.constant(node.input[1]), _addition(graph, node))
            found[node.input[0]].append(product)
    return found


def _addition(graph: Graph, product: Any) -> Any | None:
    """Return the node that adds a constant row to the product and is all that reads it."""
    reader = graph.only_reader(product.output[0])
    if reader is None or reader.op_type != "Add" or _rank(graph, _other(reader, product.output[0])) != 1:
        return None
    return reader


def _other(node: Any, name: str) -> str:
    """Return that one of a node's two inputs which is not `name`."""
    return next(other for other in node.input if other != name)


def _rank(graph: Graph, name: str) -> int | None:
    """Return how many dimensions a constant has, or None for what is none."""
    shape = graph.shape(name)
    return None if shape is None else len(shape)


def _lookups(graph: Graph) -> list[Any]:
    """Return the nodes that take rows of a large constant table."""
    return [node for node in graph.nodes if node.op_type == "Gather" and _is_table(graph.shape(node.input[0]))]


def _is_table(shape: tuple[int, ...] | None) -> bool:
    return shape is not None and len(shape) == 2 and shape[0] >= _LEAST_ROWS


def _to_bytes(graph: Graph, activation: str, products: list[_Product], seen: _Range) -> None:
    factors = _smoothing(seen, [product.weights for product in products])
    low, high = float((seen.low / factors).min()), float((seen.high / factors).max())
    scale = max(high - low, 1e-6) / 255
    first = products[0].node
    reciprocals = graph.add_constant(f"{activation}_factors", 1 / factors)
    smaller = graph.put_before(first, "Mul", [activation, reciprocals], f"{activation}_smaller")
    quantised = (
        graph.add_constant(f"{activation}_scale", np.float32(scale)),
        graph.add_constant(f"{activation}_zero", np.uint8(round(-low / scale))),
    )
    graph.put_before(first, "QuantizeLinear", [smaller, *quantised], f"{activation}_bytes")
    for product in products:
        _multiply_bytes(graph, product, factors, (f"{activation}_bytes", *quantised))


def _multiply_bytes(graph: Graph, product: _Product, factors: Vectors, activation: tuple[str, str, str]) -> None:
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
        inputs.append(_other(product.addition, name))
        output = product.addition.output[0]
        graph.leave_out(product.addition)
    graph.put_before(node, "MatMulIntegerToFloat", inputs, output)
    graph.leave_out(node)


def _smoothing(seen: _Range, weights: list[Vectors]) -> Vectors:
    """Return what each channel is divided by, and its weights are multiplied by."""
    largest = np.maximum(np.maximum(-seen.low, seen.high), 1e-3)
    largest_weight = np.maximum(np.max([np.abs(one).max(1) for one in weights], axis=0), 1e-6)
    factors = largest**_SHARE / largest_weight ** (1 - _SHARE)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def _table_to_bytes(graph: Graph, node: Any) -> None:
    table, rows, output = node.input[0], node.input[1], node.output[0]
    values = graph.constant(table)
    scales = np.maximum(np.abs(values).max(1, keepdims=True), 1e-12) / 127
    scale_table = graph.add_constant(f"{table}_scales", scales.astype(np.float32))
    byte_table = graph.add_constant(f"{table}_bytes", np.rint(values / scales).astype(np.int8))
    as_bytes = graph.put_before(node, "Gather", [byte_table, rows], f"{output}_bytes")
    as_floats = graph.put_before(node, "Cast", [as_bytes], f"{output}_floats", to=FLOAT)
    its_scales = graph.put_before(node, "Gather", [scale_table, rows], f"{output}_scales")
    graph.put_before(node, "Mul", [as_floats, its_scales], output)
    graph.leave_out(node)
