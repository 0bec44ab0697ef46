#!/usr/bin/env python3
"""Runs the command over ONNX's own test models and writes what came out.

    pip install onnx==1.23.2
    python3 reports/conformance/run.py [path of the partition command]

Inputs: every model that onnx.backend.test.loader.load_model_tests(kind="node") makes, and every .onnx file under the
package's backend/test/data. Each goes through inspect, plan, check and simulate, one process a call. Writes results.tsv
(exit codes) and results.md (counts, and the message of every call that did not end with 0) beside this file.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import onnx
import onnx.backend.test
from onnx.backend.test.loader import load_model_tests

HERE = pathlib.Path(__file__).resolve().parent
STEPS = ["inspect", "plan", "check", "simulate"]
# What each free dimension is bound to.
SIZE = 4
# Enough to see a plan replayed; the default takes most of the time of a run.
BATCHES = 500


def cases(folder):
    """Name and file of every model, sorted by name; those that a test makes are written to the folder."""
    with warnings.catch_warnings():
        # Making the expected values of some tests overflows on purpose.
        warnings.simplefilter("ignore")
        tests = load_model_tests(kind="node")
    made = []
    for test in tests:
        path = folder / "node" / test.name / "model.onnx"
        path.parent.mkdir(parents=True)
        path.write_bytes(test.model.SerializeToString())
        made.append((f"node/{test.name}", path))
    data = pathlib.Path(onnx.backend.test.__file__).parent / "data"
    made += [(str(path.relative_to(data).with_suffix("")), path) for path in data.rglob("*.onnx")]
    return sorted(made)


def free_dimensions(path):
    """Names of the dimensions that the model's inputs leave open."""
    graph = onnx.load(path, load_external_data=False).graph
    stored = {tensor.name for tensor in graph.initializer}
    names = []
    for value in graph.input:
        if value.name in stored or not value.type.HasField("tensor_type"):
            continue
        names += [axis.dim_param for axis in value.type.tensor_type.shape.dim if axis.dim_param]
    return sorted(set(names))


def call(command, timeout):
    """Exit code, or how else it ended, and the lines of standard error."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "timeout", [f"no end within {timeout} s"]
    code = str(done.returncode) if done.returncode >= 0 else f"signal {-done.returncode}"
    return code, done.stderr.decode(errors="replace").strip().splitlines()


def run(case, command, timeout, folder):
    """The outcome of every step of one case: exit code and message; a step without a plan to work on is '-'."""
    name, path = case
    plan = str(folder / "plans" / f"{name.replace('/', '.')}.json")
    sizes = [part for name in free_dimensions(path) for part in ("--dim", f"{name}={SIZE}")]
    arguments = {
        "inspect": [str(path)] + sizes,
        "plan": [str(path), "-o", plan] + sizes,
        "check": [plan],
        "simulate": [plan, "--requests", str(BATCHES)],
    }
    outcome = {}
    for step in STEPS:
        if step in ("check", "simulate") and not os.path.exists(plan):
            outcome[step] = ("-", [])
            continue
        code, lines = call([command, step] + arguments[step], timeout)
        lines = [line.replace(str(path), "model.onnx").replace(plan, "plan.json") for line in lines]
        outcome[step] = (code, lines)
    return name, outcome


def escaped(text):
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def page(results):
    """results.md"""
    lines = [
        "# ONNX's test models through the command", "",
        f"Made by `python3 reports/conformance/run.py` with onnx {onnx.__version__}; README.md describes it. "
        "The exit codes of every case are in results.tsv.", "",
        "| models | " + " | ".join(STEPS) + " | count |", "|---" * (len(STEPS) + 2) + "|",
    ]
    counts = collections.Counter(
        (name.split("/")[0], *(outcome[step][0] for step in STEPS)) for name, outcome in results)
    for key, count in sorted(counts.items()):
        lines.append(f"| {' | '.join(key)} | {count} |")
    ends = collections.Counter(outcome[step][0] for _, outcome in results for step in STEPS)
    calls = sum(count for code, count in ends.items() if code != "-")
    bad = sum(count for code, count in ends.items() if code == "70" or not code.lstrip("-").isdigit() and code != "-")
    lines += ["", f"{len(results):,} models, {calls:,} calls: {ends['0']:,} end with 0; "
              f"{bad} end with 70 (a defect), with a signal or not at all.", ""]
    lines += ["## Calls that did not end with 0", ""]
    grouped = collections.OrderedDict()
    for name, outcome in results:
        for step in STEPS:
            code, messages = outcome[step]
            if code not in ("0", "-"):
                text = [line for line in messages if line.startswith("error")] or messages or ["(no message)"]
                grouped.setdefault((name, code, tuple(text)), []).append(step)
    lines += ["| case | step | exit | message |", "|---|---|---|---|"] if grouped else ["None."]
    for (name, code, text), steps in grouped.items():
        message = "<br>".join(escaped(line) for line in text)
        lines.append(f"| {name} | {', '.join(steps)} | {code} | {message} |")
    return "\n".join(lines) + "\n"


def table(results):
    """results.tsv"""
    rows = ["\t".join(["case"] + STEPS)]
    rows += ["\t".join([name] + [outcome[step][0] for step in STEPS]) for name, outcome in results]
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", default=str(HERE.parents[1] / ".build/release/partition"))
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one call")
    parser.add_argument("--only", default="", help="cases whose name has this text; the results are printed, not kept")
    options = parser.parse_args()
    if not os.access(options.command, os.X_OK):
        sys.exit(f"{options.command}: no such command; build it with: swift build -c release --product partition")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "plans").mkdir()
        chosen = [case for case in cases(folder) if options.only in case[0]]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(lambda case: run(case, options.command, options.timeout, folder), chosen))
    if options.only:
        print(page(results), end="")
        return
    (HERE / "results.md").write_text(page(results), encoding="utf-8")
    (HERE / "results.tsv").write_text(table(results), encoding="utf-8")


if __name__ == "__main__":
    main()
