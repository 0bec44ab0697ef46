#!/usr/bin/env python3
"""Plans models and solves instances with each solver that the built command has, and writes solvers.md.

    swift build -c release --traits default,COIN --product partition
    python3 reports/peers/solvers.py models/*.json INSTANCE ...

A model is planned for throughput and for energy. Work is counted, not timed, so that only the seconds depend on the machine.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOLVERS = ["glpk", "coin"]


def run(command, solver):
    start = time.monotonic()
    shown = subprocess.run(command + ["--json", "--solver", solver], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - start
    if shown.returncode != 0:
        return {"seconds": seconds, "error": shown.returncode}
    answer = json.loads(shown.stdout)
    answer = answer.get("certificate", answer)
    return {"seconds": seconds, "objective": answer["objective"], "bound": answer["bound"], "solver": answer["solver"]}


def cells(result):
    if "error" in result:
        return f"{result['seconds']:.1f} | exit {result['error']} | | "
    gap = (result["objective"] - result["bound"]) / result["objective"] if result["objective"] else 0
    return f"{result['seconds']:.1f} | {result['objective']:.6g} | {result['bound']:.6g} | {max(0, round(100 * gap, 4)):.2g} %"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--partition", default=ROOT / ".build/release/partition")
    parser.add_argument("--output", type=Path, default=HERE / "solvers.md")
    options = parser.parse_args()
    questions = []
    for path in options.paths:
        name = path.name.removesuffix(".json").removesuffix(".options")
        if path.resolve().parent == ROOT / "models":
            for objective in ["throughput", "energy"]:
                questions.append((f"{name}, {objective}", ["plan", str(path), "--objective", objective]))
        else:
            questions.append((f"{name}, solve", ["solve", str(path), "--gap", "0.001"]))
    load = os.getloadavg()[0]
    rows, names, faster = [], {}, {solver: [] for solver in SOLVERS}
    for name, command in questions:
        results = {solver: run([str(options.partition), *command], solver) for solver in SOLVERS}
        names |= {solver: result["solver"] for solver, result in results.items() if "solver" in result}
        rows += [f"| {name} | {solver} | {cells(results[solver])} |" for solver in SOLVERS]
        best = min(SOLVERS, key=lambda solver: results[solver]["seconds"])
        other = max(results[solver]["seconds"] for solver in SOLVERS)
        if other > 1.2 * results[best]["seconds"]:
            faster[best].append(name)
    lines = [
        "# The planner with each of its solvers", "",
        "Made by `reports/peers/solvers.py`; the same counted work for both, 2 threads, seconds of the whole command.", "",
        f"- {', '.join(names.get(solver, solver) for solver in SOLVERS)}",
        f"- Run: {time.strftime('%Y-%m-%d', time.gmtime())}; load average {load:.1f} before, {os.getloadavg()[0]:.1f} after", "",
    ]
    for solver in SOLVERS:
        lines.append(f"Faster by more than a fifth with {solver}: {'; '.join(faster[solver]) or 'nowhere'}.")
        lines.append("")
    lines += ["| question | solver | s | objective | bound | gap |", "|---|---|---|---|---|---|"] + rows
    options.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
