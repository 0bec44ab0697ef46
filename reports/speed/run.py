#!/usr/bin/env python3
"""Measures planning from memory, reading JSON and reading a large binary model; writes results.md, and baseline.json with --record.

    make speed       (or reports/speed/run.py BENCHMARK [--record])

Instructions are counted with perf where the processor's counters can be read, else with valgrind, which counts the same ones each
time: more than 5 % above baseline.json is an error. Seconds are of the processor, and compared only within a run. Needs the
packages of .build/python.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(ROOT, "models", "generator"))
import onnx_json  # noqa: E402

#: Milliseconds to plan on six cards.
GOALS = {"dlrm": 300, "other": 50}
TOLERANCE = 0.05
JSON_BYTES = 12_600_000
BINARY_BYTES = 2_000_000_000


class Benchmark:
    def __init__(self, program, folder):
        # Valgrind cannot read all debug information, and needs none.
        self.program = os.path.join(folder, "benchmark")
        shutil.copy(program, self.program)
        if shutil.which("strip"):
            subprocess.run(["strip", self.program], check=True)

    def run(self, model, plans):
        return json.loads(subprocess.run([self.program, model, str(plans)], check=True, capture_output=True, text=True).stdout)

    def instructions(self, model, plans):
        """Of a whole run in user mode; `None` where nothing counts them."""
        command = [self.program, model, str(plans)]
        # Dictionaries are hashed alike each time.
        alike = os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"}
        if shutil.which("perf"):
            told = subprocess.run(
                ["perf", "stat", "-x,", "-e", "instructions:u", *command], capture_output=True, text=True, env=alike).stderr
            if found := re.search(r"^(\d+),", told, re.MULTILINE):
                return int(found[1])
        if shutil.which("valgrind"):
            told = subprocess.run(
                ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *command],
                capture_output=True, text=True, env=alike).stderr
            if found := re.search(r"I\s+refs:\s+([\d,]+)", told):
                return int(found[1].replace(",", ""))
        return None


def structural_json(path):
    """A deep residual network without weights, as long as asked for."""
    nodes, weights, values = [], [], []
    last, size = "x", 0
    while size < JSON_BYTES:
        p = f"encoder.layers.{len(nodes) // 4}."
        added = [
            onnx_json.weight(p + "dense.weight", [256, 256]), onnx_json.weight(p + "dense.bias", [256]),
            onnx_json.node(p + "dense", "MatMul", [last, p + "dense.weight"], p + "dense_out"),
            onnx_json.node(p + "add", "Add", [p + "dense_out", p + "dense.bias"], p + "add_out"),
            onnx_json.node(p + "relu", "Relu", [p + "add_out"], p + "relu_out"),
            onnx_json.node(p + "residual", "Add", [p + "relu_out", last], p + "out"),
            *[onnx_json.value(p + name, onnx_json.FLOAT, [8, 256]) for name in ("dense_out", "add_out", "relu_out", "out")],
        ]
        weights += added[:2]
        nodes += added[2:6]
        values += added[6:]
        size += sum(len(json.dumps(entry)) + 2 for entry in added)
        last = p + "out"
    graph = {
        "name": "large", "node": nodes, "initializer": weights, "valueInfo": values,
        "input": [onnx_json.value("x", onnx_json.FLOAT, [8, 256])], "output": [onnx_json.value(last, onnx_json.FLOAT, [8, 256])],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"irVersion": "9", "opsetImport": [{"version": "18"}], "graph": graph}, file)


def weighty_json(path):
    """One product whose weights, in base64, are nearly all of the file."""
    import base64

    side = int((JSON_BYTES * 3 / 4 / 4) ** 0.5)
    weight = onnx_json.weight("w", [side, side]) | {"rawData": base64.b64encode(os.urandom(side * side * 4)).decode()}
    graph = {
        "name": "weighty", "node": [onnx_json.node("product", "MatMul", ["x", "w"], "y")], "initializer": [weight],
        "input": [onnx_json.value("x", onnx_json.FLOAT, [8, side])], "output": [onnx_json.value("y", onnx_json.FLOAT, [8, side])],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"irVersion": "9", "opsetImport": [{"version": "18"}], "graph": graph}, file)


def binary(path):
    """Products with their weights in the file."""
    import onnx
    from onnx import TensorProto, helper

    side, nodes, weights = 8192, [], []
    for layer in range(BINARY_BYTES // (side * side * 4)):
        weight = TensorProto(name=f"w{layer}", dims=[side, side], data_type=TensorProto.FLOAT, raw_data=bytes(side * side * 4))
        weights.append(weight)
        nodes.append(helper.make_node("MatMul", [f"x{layer}", f"w{layer}"], [f"x{layer + 1}"], name=f"product{layer}"))
    values = [helper.make_tensor_value_info(f"x{end}", TensorProto.FLOAT, [8, side]) for end in (0, len(nodes))]
    model = helper.make_model(
        helper.make_graph(nodes, "inline", values[:1], values[1:], weights), opset_imports=[helper.make_opsetid("", 18)])
    onnx.save(model, path)
    return os.path.getsize(path)


def forget(path):
    """Takes a file out of the system's memory, so that the disk is read."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


def python_json(path):
    start = time.process_time()
    with open(path, encoding="utf-8") as file:
        json.load(file)
    return time.process_time() - start


def planning(benchmark, folder, counts):
    rows = []
    names = sorted(name for name in os.listdir(os.path.join(ROOT, "models")) if name.endswith(".json"))
    for name in names:
        path = os.path.join(ROOT, "models", name)
        times = benchmark.run(path, 3)
        seconds = statistics.median(times["planning"])
        key = name.removesuffix(".json")
        with_plan, without = benchmark.instructions(path, 1), benchmark.instructions(path, 0)
        if with_plan is not None and without is not None:
            counts[key] = with_plan - without
        goal = GOALS["dlrm" if name.startswith("dlrm") else "other"]
        million = f"{counts[key] / 1e6:,.0f}" if key in counts else "not counted"
        rows.append(f"| {key} | {seconds * 1e3:.0f} | {goal} | {'yes' if seconds * 1e3 <= goal else '**no**'} | "
                    f"{times['gap'] * 100:.2f} % | {million} |")
    return rows


def reading(benchmark, folder, counts):
    rows = []
    for name, make in (("JSON of many nodes", structural_json), ("JSON of weights in base64", weighty_json)):
        path = os.path.join(folder, "model.json")
        make(path)
        pairs = [(benchmark.run(path, 0)["loading"], python_json(path)) for _ in range(5)]
        ours, theirs = (statistics.median(values) for values in zip(*pairs))
        if (count := benchmark.instructions(path, 0)) is not None:
            counts[name] = count
        rows.append(f"| {name}, {os.path.getsize(path) / 1e6:.1f} MB | {ours * 1e3:.0f} ms | Python's json {theirs * 1e3:.0f} ms | "
                    f"{ours / theirs:.2f} |")
    path = os.path.join(folder, "model.onnx")
    size = binary(path)
    pairs = []
    for _ in range(3):
        forget(path)
        start = time.perf_counter()
        benchmark.run(path, 0)
        ours = time.perf_counter() - start
        forget(path)
        start = time.perf_counter()
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
        pairs.append((ours, time.perf_counter() - start))
    ours, theirs = (statistics.median(values) for values in zip(*pairs))
    rows.append(f"| binary with weights inside, {size / 1e9:.1f} GB | {ours:.2f} s | the disk {theirs:.2f} s | {ours / theirs:.2f} |")
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("benchmark", help="the built planning-benchmark")
    arguments.add_argument("--record", action="store_true", help="write baseline.json")
    given = arguments.parse_args()
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(given.benchmark, folder)
        planned = planning(benchmark, folder, counts)
        read = reading(benchmark, folder, counts)
    text = "\n".join([
        "# Speed", "",
        "Made by `make speed`. Planning is on six NNP-I cards with the graph in memory, one thread, to a gap of 1 %, in milliseconds of the "
        "processor; instructions are those that a plan adds to a run.", "",
        "| model | ms | goal | within | gap | million instructions |", "|---|---|---|---|---|---|", *planned, "",
        "| reading | takes | beside | ratio |", "|---|---|---|---|", *read, ""])
    with open(os.path.join(FOLDER, "results.md"), "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
    place = os.path.join(FOLDER, "baseline.json")
    if given.record:
        with open(place, "w", encoding="utf-8") as file:
            json.dump(counts, file, indent=1)
            file.write("\n")
        return
    with open(place, encoding="utf-8") as file:
        baseline = json.load(file)
    worse = [f"{name}: {counts[name]:,} instructions, {baseline[name]:,} in baseline.json" for name in counts
             if name in baseline and counts[name] > baseline[name] * (1 + TOLERANCE)]
    if worse:
        sys.exit("\n".join(worse))


if __name__ == "__main__":
    main()
