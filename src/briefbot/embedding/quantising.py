"""From a graph with full precision to one that multiplies bytes.

Static quantisation: what a number is scaled by is learnt once from sample texts and does not depend on the text at
hand or on its batch. Activations are bytes with one scale and zero point, weights are signed bytes with a scale for
each output. Some channels of a transformer are ten times as large as the others and would take all of the byte's
range: they are made smaller and their weights larger by the same factor first (Xiao et al., SmoothQuant, 2023), all the
more the larger they are. What rounding the weights changes on average is taken off again (Nagel et al., Data-Free
Quantization through Weight Equalization and Bias Correction, 2019). Embedding tables become bytes with a scale for
each row. Queries are multiplied by keys in bytes as well; the weights that come of it are not, because most are smaller
than a byte's step: that was measured to cost more of the ranking than it gains in speed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.embedding.graph import FLOAT, Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

_SHARE = 0.8  # of a channel's excess that goes to the weights: best of .3 to 1 by agreement with full precision
_UNEVEN = 2.5  # times the middle channel: where the largest is no more than that, smoothing is not worth its time
_LEAST_ROWS = 1_000  # of a table that is worth keeping as bytes


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of activations with constant weights: its node, its weights, and the addition of a bias, if any."""

    node: Any
    weights: Vectors
    addition: Any | None


@dataclass(frozen=True, slots=True)
class _Scores:
    """A product of queries and keys, and the multiplication of it by a constant, if any.

    `queries` and `keys` are what was reshaped and transposed, if anything was, before it is multiplied.
    """

    node: Any
    scaling: Any | None
    factor: float
    queries: str
    keys: str


@dataclass(frozen=True, slots=True)
class _Bytes:
    """The names of a value in bytes, of its scale and of its zero point."""

    name: str
    scale: str
    zero: str


class _Seen:
    """The least, the greatest and the mean value that each channel of an activation takes."""

    def __init__(self, width: int) -> None:
        self.low, self.high = np.zeros(width, np.float32), np.zeros(width, np.float32)
        self._sum, self._rows = np.zeros(width), 0

    def add(self, rows: Vectors) -> None:
        """Take in more values, one row for each token."""
        np.minimum(self.low, rows.min(0), out=self.low)
        np.maximum(self.high, rows.max(0), out=self.high)
        self._sum += rows.sum(0)
        self._rows += len(rows)

    @property
    def mean(self) -> Vectors:
        """The mean of each channel."""
        return np.asarray(self._sum / max(self._rows, 1), np.float32)

    @property
    def largest(self) -> Vectors:
        """The greatest size of each channel."""
        return np.maximum(np.maximum(-self.low, self.high), 1e-3)


def quantise(source: Path, target: Path, run: Callable[[Path, list[str]], Iterable[list[Vectors]]]) -> None:
    """Write the graph in `source` to `target` with its products in bytes.

    `run` returns, for each sample text, the values that a graph's named outputs take.
    """
    graph = Graph(source)
    products, all_scores = _products(graph), _scores(graph)
    names = list({*products, *(name for scores in all_scores for name in (scores.queries, scores.keys))})
    observed = source.with_suffix(".observed.onnx")
    graph.save_observed(observed, names)
    seen = _seen(names, run(observed, names), products)
    observed.unlink()
    for activation, its_products in products.items():
        _to_bytes(graph, activation, its_products, seen[activation])
    for scores in all_scores:
        _score_in_bytes(graph, scores, seen)
    for node in _lookups(graph):
        _table_to_bytes(graph, node)
    for node in graph.nodes:
        if node.op_type == "Gelu":
            graph.set_attribute(node, "approximate", "tanh")  # a fifth faster, and nearer than a byte's step
    graph.save(target)


def _seen(names: Sequence[str], runs: Iterable[list[Vectors]], in_channels: Container[str]) -> dict[str, _Seen]:
    """Return what was seen of each value: for every channel, or for all of it as if it were one."""
    seen: dict[str, _Seen] = {}
    for values in runs:
        for name, value in zip(names, values, strict=True):
            rows = value.reshape(-1, value.shape[-1] if name in in_channels else 1)
            seen.setdefault(name, _Seen(rows.shape[1])).add(rows)
    return seen


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
    first, second = node.input
    return str(second if first == name else first)


def _rank(graph: Graph, name: str) -> int | None:
    """Return how many dimensions a constant has, or None for what is none."""
    shape = graph.shape(name)
    return None if shape is None else len(shape)


def _lookups(graph: Graph) -> list[Any]:
    """Return the nodes that take rows of a large constant table."""
    return [node for node in graph.nodes if node.op_type == "Gather" and _is_table(graph.shape(node.input[0]))]


def _is_table(shape: tuple[int, ...] | None) -> bool:
    return shape is not None and len(shape) == 2 and shape[0] >= _LEAST_ROWS


def _scores(graph: Graph) -> list[_Scores]:
    """Return the products whose softmax is what values are weighed by."""
    found = []
    for softmax in (node for node in graph.nodes if node.op_type == "Softmax"):
        scaling, factor = _scaling(graph, softmax.input[0])
        node = graph.maker(softmax.input[0] if scaling is None else scaling.input[0])
        if node is not None and node.op_type == "MatMul" and all(graph.shape(name) is None for name in node.input):
            found.append(_Scores(node, scaling, factor, *(_moved(graph, name) for name in node.input)))
    return found


def _scaling(graph: Graph, name: str) -> tuple[Any | None, float]:
    """Return the node that multiplies or divides by a constant number to make this value, and the factor."""
    node = graph.maker(name)
    if node is None or node.op_type not in {"Mul", "Div"} or graph.shape(node.input[1]) not in {(), (1,)}:
        return None, 1.0
    number = float(graph.constant(node.input[1]).reshape(()))
    return node, number if node.op_type == "Mul" else 1 / number


def _moved(graph: Graph, name: str) -> str:
    """Return the value that became this one only by reshaping and transposing, for this reader alone."""
    node = graph.maker(name)
    while node is not None and node.op_type in {"Reshape", "Transpose"} and graph.only_reader(name) is not None:
        name = node.input[0]
        node = graph.maker(name)
    return name


def _score_in_bytes(graph: Graph, scores: _Scores, seen: dict[str, _Seen]) -> None:
    queries = _operand(graph, (scores.node, 0), scores.queries, seen, np.uint8(128))
    keys = _operand(graph, (scores.node, 1), scores.keys, seen, np.int8(0))
    step = np.float32(graph.constant(queries.scale) * scores.factor)
    queries = replace(queries, scale=graph.add_constant(f"{scores.node.output[0]}_step", step))
    _multiply_bytes(graph, scores.node, queries, keys, scores.scaling or scores.node)


def _operand(graph: Graph, operand: tuple[Any, int], source: str, seen: dict[str, _Seen], zero: Any) -> _Bytes:
    """Turn an operand of a product, given by its place, into bytes where it is not yet reshaped and transposed."""
    product, place = first, at = operand
    while first.input[at] != source:
        first, at = graph.maker(first.input[at]), 0
    name = f"{product.output[0]}_{place}"
    scale = graph.add_constant(f"{name}_scale", np.float32(seen[source].largest.max() / 127))
    zero_name = graph.add_constant(f"{name}_zero", zero)
    first.input[at] = graph.put_before(first, "QuantizeLinear", [source, scale, zero_name], f"{name}_bytes")
    return _Bytes(product.input[place], scale, zero_name)


def _to_bytes(graph: Graph, activation: str, products: list[_Product], seen: _Seen) -> None:
    factors = _smoothing(seen, [product.weights for product in products])
    low, high = float((seen.low / factors).min()), float((seen.high / factors).max())
    scale = max(high - low, 1e-6) / 255
    first, smaller = products[0].node, activation
    if (factors != 1).any():
        reciprocals = graph.add_constant(f"{activation}_factors", 1 / factors)
        smaller = graph.put_before(first, "Mul", [activation, reciprocals], f"{activation}_smaller")
    quantised = _Bytes(
        f"{activation}_bytes",
        graph.add_constant(f"{activation}_scale", np.float32(scale)),
        graph.add_constant(f"{activation}_zero", np.uint8(round(-low / scale))),
    )
    graph.put_before(first, "QuantizeLinear", [smaller, quantised.scale, quantised.zero], quantised.name)
    for product in products:
        _multiply_by_weights(graph, product, factors, quantised, seen.mean)


def _multiply_by_weights(graph: Graph, product: _Product, factors: Vectors, activation: _Bytes, mean: Vectors) -> None:
    """Replace a product; `mean` is what each channel of the activation is on average, before it is smoothed."""
    name = product.node.output[0]
    weights = product.weights * factors[:, None]
    scales = np.maximum(np.abs(weights).max(0), 1e-12) / 127
    rounded = np.rint(weights / scales)
    bias = (mean / factors) @ (weights - rounded * scales)
    if product.addition is not None:
        bias = bias + graph.constant(_other(product.addition, name))
        graph.leave_out(product.addition)
    quantised = _Bytes(
        graph.add_constant(f"{name}_weights", rounded.astype(np.int8)),
        graph.add_constant(f"{name}_scales", scales.astype(np.float32)),
        graph.add_constant(f"{name}_zeros", np.zeros(len(scales), np.int8)),
    )
    bias_name = graph.add_constant(f"{name}_bias", bias.astype(np.float32))
    _multiply_bytes(graph, product.node, activation, quantised, product.addition or product.node, bias_name)


def _multiply_bytes(graph: Graph, product: Any, left: _Bytes, right: _Bytes, last: Any, *bias: str) -> None:
    """Put a product of bytes in the place of `product` and of what follows it as far as `last`."""
    inputs = [left.name, right.name, left.scale, right.scale, left.zero, right.zero, *bias]
    graph.put_before(product, "MatMulIntegerToFloat", inputs, last.output[0])
    graph.leave_out(product)
    graph.leave_out(last)


def _smoothing(seen: _Seen, weights: list[Vectors]) -> Vectors:
    """Return what each channel is divided by, and its weights are multiplied by."""
    largest = seen.largest
    if largest.max() <= _UNEVEN * np.median(largest):
        return np.ones_like(largest)
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
