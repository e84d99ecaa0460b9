"""How fast this machine multiplies large matrices at all: what an encoder could reach at most.

    python -m benchmarks.limit LIBRARY      numpy, torch or onnxruntime; prints JSON, in 10^9 operations a second

Each library multiplies with all cores, as it does it best: its own threads, or for ONNX Runtime also one session for
each core. A multiplication and an addition are two operations.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES = ("numpy", "torch", "onnxruntime")
_SHAPES = ((2048, 2048, 2048), (4096, 384, 1536), (2048, 1024, 4096), (8192, 384, 384))  # rows, inner, columns
_AT_LEAST = 0.5  # seconds that each is repeated; the best repetition counts
_CHOICE_OF_KERNELS = "OPENBLAS_CORETYPE"  # would keep numpy from choosing its kernels for this processor


def measured() -> dict[str, dict[str, float]]:
    """Return for each precision what each library reaches, each in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != _CHOICE_OF_KERNELS}
    found: dict[str, dict[str, float]] = {"int8": {}, "float32": {}}
    for library in LIBRARIES:
        command = (sys.executable, "-m", "benchmarks.limit", library)
        told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        for name, speed in json.loads(told).items():
            found[name.split()[-1]][name] = speed
    return found


def best(ones: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the fastest of several measurements."""
    return {kind: {name: max(one[kind][name] for one in ones) for name in ones[0][kind]} for kind in ones[0]}


def main(library: str) -> None:
    """Print what one library reaches."""
    speeds = {"numpy": _numpy, "torch": _torch, "onnxruntime": _onnxruntime}[library]()
    print(json.dumps({name: round(speed, 1) for name, speed in speeds.items()}))


def _numpy() -> dict[str, float]:
    def matrices(m: int, k: int, n: int) -> Callable[[], Any]:
        left, right = _floats(m, k), _floats(k, n)
        return lambda: left @ right

    return {"numpy float32": max(_speed(shape, matrices(*shape)) for shape in _SHAPES)}


def _torch() -> dict[str, float]:
    import torch

    def floats(m: int, k: int, n: int) -> Callable[[], Any]:
        left, right = torch.from_numpy(_floats(m, k)), torch.from_numpy(_floats(k, n))
        return lambda: left @ right

    def integers(m: int, k: int, n: int) -> Callable[[], Any]:
        left, right = torch.from_numpy(_bytes(m, k, np.int8)), torch.from_numpy(_bytes(k, n, np.int8))
        return lambda: torch._int_mm(left, right)  # noqa: SLF001 - it has no public name

    return {
        "torch float32": max(_speed(shape, floats(*shape)) for shape in _SHAPES),
        "torch._int_mm int8": max(_speed(shape, integers(*shape)) for shape in _SHAPES),
    }


def _onnxruntime() -> dict[str, float]:
    return {
        "ONNX Runtime MatMul float32": _best_of_graphs("MatMul"),
        "ONNX Runtime MatMulInteger int8": _best_of_graphs("MatMulInteger"),
        "ONNX Runtime QLinearMatMul int8": _best_of_graphs("QLinearMatMul"),
    }


def _best_of_graphs(operator: str) -> float:
    """Return the best of one session with threads for all cores, and one session of one thread for each core."""
    cores = len(os.sched_getaffinity(0))
    speeds = []
    for shape in _SHAPES:
        data = _graph(operator, shape)
        left = {"left": _floats(*shape[:2]) if operator == "MatMul" else _bytes(*shape[:2], np.uint8)}
        together = _session(data, cores)
        speeds.append(_speed(shape, lambda session=together, given=left: session.run(None, given)))
        apart = [_session(data, 1) for _ in range(cores)]
        with ThreadPoolExecutor(cores) as pool:
            all_of_them = _all_at_once(pool, apart, left)
            speeds.append(cores * _speed(shape, all_of_them))
    return max(speeds)


def _all_at_once(pool: ThreadPoolExecutor, sessions: list[Any], given: dict[str, Any]) -> Callable[[], Any]:
    return lambda: list(pool.map(lambda session: session.run(None, given), sessions))


def _graph(operator: str, shape: tuple[int, int, int]) -> bytes:
    """Return a graph that multiplies its input by a constant matrix, as an encoder's layer does."""
    from onnx import TensorProto, helper, numpy_helper

    m, k, n = shape
    right = _floats(k, n) if operator == "MatMul" else _bytes(k, n, np.int8)
    constants = {"right": right}
    inputs = ["left", "right"]
    if operator == "QLinearMatMul":
        scale, zero, mid = np.array(0.01, np.float32), np.array(0, np.int8), np.array(128, np.uint8)
        constants |= {"scale": scale, "zero": zero, "mid": mid}
        inputs = ["left", "scale", "mid", "right", "scale", "zero", "scale", "mid"]
    kinds = {"MatMul": (TensorProto.FLOAT, TensorProto.FLOAT), "MatMulInteger": (TensorProto.UINT8, TensorProto.INT32)}
    read, written = kinds.get(operator, (TensorProto.UINT8, TensorProto.UINT8))
    graph = helper.make_graph(
        [helper.make_node(operator, inputs, ["product"])],
        "multiplication",
        [helper.make_tensor_value_info("left", read, [m, k])],
        [helper.make_tensor_value_info("product", written, [m, n])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return whole.SerializeToString()


def _session(data: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _speed(shape: tuple[int, int, int], multiply: Callable[[], Any]) -> float:
    """Return the best of many multiplications, in 10^9 operations a second."""
    multiply()
    seconds, end = [], time.perf_counter() + _AT_LEAST
    while not seconds or time.perf_counter() < end:
        began = time.perf_counter()
        multiply()
        seconds.append(time.perf_counter() - began)
    m, k, n = shape
    return 2 * m * k * n / min(seconds) / 1e9


def _floats(rows: int, columns: int) -> Any:
    return np.random.default_rng(1).standard_normal((rows, columns), np.float32)


def _bytes(rows: int, columns: int, kind: Any) -> Any:
    least, most = (0, 256) if kind is np.uint8 else (-127, 128)
    return np.random.default_rng(1).integers(least, most, (rows, columns), kind)


if __name__ == "__main__":
    main(sys.argv[1])
