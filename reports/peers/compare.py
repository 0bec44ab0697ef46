#!/usr/bin/env python3
"""Solves the same instances with this project, plain GLPK, CP-SAT and HiGHS, and writes results.md and results.svg.

    python3 reports/peers/compare.py INSTANCE_OR_FOLDER ...

Needs a Python with ortools and highspy, `glpsol`, and the built command. One result file a run goes to --results, so that
a comparison can be interrupted, split and resumed: what is there is not run again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import glpk
import instances
import page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOLVERS = ["partition", "glpk", "cpsat", "highs"]


def measured(command, limit):
    """Runs a command to its end. Its output comes as lines with the seconds since its start, beside wall seconds, CPU
    seconds, peak bytes and exit code."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # Solvers keep their own limit; one that does not is ended.
    watchdog = threading.Timer(2 * limit + 60, process.kill)
    watchdog.start()
    lines = [(time.monotonic() - start, line.rstrip("\n")) for line in process.stdout]
    _, status, usage = os.wait4(process.pid, 0)
    watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return lines, {
        "wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024,
        "exit": process.returncode,
    }


def run_partition(path, mode, options, folder):
    log = folder / "log"
    command = [
        str(options.partition), "solve", str(path), "--json", "--gap", "0", "--time-limit", str(options.limit),
        "--threads", str(options.threads), "--log", str(log)]
    if mode != "tables":
        command.append("--" + mode)
    lines, result = measured(command, options.limit)
    report = json.loads("\n".join(line for _, line in lines))
    # Seconds count from the start of the process.
    lead = max(0, result["wall"] - report["seconds"])
    events = [json.loads(line) for line in log.read_text().splitlines()]
    result["events"] = [[e["seconds"] + lead, e["incumbent"], e["bound"]] for e in events]
    result["events"].append([result["wall"], report.get("objective"), report.get("bound")])
    return result | {"answer": report.get("assignment"), "bound": report.get("bound")}


def run_python_peer(solver):
    def run(path, mode, options, folder):
        command = [
            sys.executable, str(HERE / "peer.py"), solver, str(path), mode, "--threads", str(options.threads),
            "--limit", str(options.limit)]
        lines, result = measured(command, options.limit)
        entries = [json.loads(line) for _, line in lines if line.startswith("{")]
        if result["exit"] != 0 or not entries:
            raise RuntimeError(f"{solver} on {path.name}: " + "\n".join(line for _, line in lines[-30:]))
        result["events"] = [[e["seconds"], e["incumbent"], e["bound"]] for e in entries[:-1]]
        return result | entries[-1]

    return run


def run_glpk(path, mode, options, folder):
    return glpk.run(instances.load(path), mode, options, folder, measured)


RUNNERS = {
    "partition": run_partition, "glpk": run_glpk, "cpsat": run_python_peer("cpsat"), "highs": run_python_peer("highs")}


def find(paths):
    files = []
    for path in map(Path, paths):
        files += sorted(path.glob("*.json")) if path.is_dir() else [path]
    found = [(path, instances.load(path)) for path in files]
    return [(path, instance) for path, instance in found if instance]


def compare(path, instance, mode, solver, options):
    target = options.results / f"{instance.name}.{mode}.{solver}.json"
    if target.exists():
        return
    print(f"{instance.name}, {mode}: {solver}", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        result = RUNNERS[solver](path, mode, options, Path(folder))
    answer = result.pop("answer", None)
    result["objective"] = None
    if answer:
        try:
            result["objective"] = instance.evaluate(answer, mode)
        except instances.Invalid as problem:
            result["invalid"] = str(problem)
    result |= {
        "instance": instance.name, "mode": mode, "solver": solver, "limit": options.limit, "threads": options.threads,
        "load": load, "date": time.strftime("%Y-%m-%d", time.gmtime()), "version": version(solver, options)}
    target.write_text(json.dumps(result) + "\n")


def version(solver, options):
    if solver == "partition":
        shown = subprocess.run([options.partition, "--version"], capture_output=True, text=True, check=True)
        commit = subprocess.run(
            ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
        return f"Partition {shown.stdout.strip()} ({commit.stdout.strip()})"
    if solver == "glpk":
        shown = subprocess.run(["glpsol", "--version"], capture_output=True, text=True, check=True)
        return shown.stdout.splitlines()[0].removeprefix("GLPSOL--").split(",")[0]
    from importlib.metadata import version as installed

    package = {"cpsat": "ortools", "highs": "highspy"}[solver]
    return f"{package} {installed(package)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="instances, or folders of them")
    parser.add_argument("--solvers", default=",".join(SOLVERS), help="default: all")
    parser.add_argument("--modes", help="for graphs: contiguous, non-contiguous; default: both")
    parser.add_argument("--limit", type=float, default=60, help="seconds a run; default 60")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--results", type=Path, default=Path(tempfile.gettempdir()) / "partition-peers",
        help="folder of the runs' results; default: partition-peers in the system's temporary folder")
    parser.add_argument("--output", type=Path, default=HERE, help="where results.md and results.svg go")
    parser.add_argument("--partition", type=Path, default=ROOT / ".build/release/partition", help="the built command")
    parser.add_argument("--page-only", action="store_true", help="only write the page from the results there are")
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    solvers = options.solvers.split(",")
    chosen = []
    for path, instance in find(options.paths):
        for mode in instance.modes:
            if options.modes and mode != "tables" and mode not in options.modes.split(","):
                continue
            chosen.append((instance.name, mode))
            for solver in solvers if not options.page_only else []:
                compare(path, instance, mode, solver, options)
    results = {}
    for name, mode in chosen:
        for solver in SOLVERS:
            file = options.results / f"{name}.{mode}.{solver}.json"
            if file.exists():
                results[name, mode, solver] = json.loads(file.read_text())
    page.write(options.output, chosen, SOLVERS, results)


if __name__ == "__main__":
    main()
