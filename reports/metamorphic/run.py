#!/usr/bin/env python3
"""Holds plans of one question against each other: no plan with fewer choices, on fewer cards or for another objective is below
a bound, and none is better than the answer by more than its gap.

    reports/metamorphic/run.py PARTITION [--models FILE ...] [--systems NAME ...]

Writes results.md beside itself. Exit code 1 when a plan is below a bound.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
OBJECTIVES = {
    "throughput": "bottleneckSeconds",
    "latency": "latencySeconds",
    "energy": "energyJoulesPerBatch",
}
# What is left out one at a time, and fewer cards.
VARIATIONS = [
    ["--no-copies"], ["--no-net-split"], ["--no-groups"], ["--no-cores"], ["--no-split"],
    ["--objective", "latency", "--no-cut"], ["--objective", "latency", "--no-net-split"],
    ["--objective", "latency", "--no-copies"], ["--cards", "2"], ["--in-flight", "2"], ["--cut", "2"],
]


def plan(partition, model, system, arguments, seconds):
    """The plan document, or `None` where there is none."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [partition, "plan", model, "--system", system, *arguments, "-f", "-o", file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        if done.returncode == 0:
            return json.loads(pathlib.Path(file.name).read_text())
        if done.returncode not in (2, 64):
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return None


def compare(partition, model, system, seconds):
    """Rows of what is below a bound, rows of what is better than the answer, and how many plans were held against each other."""
    answers = {name: plan(partition, model, system, ["--objective", name], seconds) for name in OBJECTIVES}
    plans = {f"for {name}": found for name, found in answers.items()}
    plans |= {" ".join(v): plan(partition, model, system, v, seconds) for v in VARIATIONS}
    below, better, count = [], [], 0
    for objective, figure in OBJECTIVES.items():
        answer = answers[objective]
        if answer is None:
            continue
        certificate = answer["certificate"]
        for name, other in plans.items():
            # Operators cut over teams are a choice for latency alone, and a bound says over what it ranges.
            if other is None or (other["model"].get("cut") and objective != "latency"):
                continue
            count += 1
            value = other["predicted"][figure]
            place = [pathlib.Path(model).stem, system, objective, name]
            if value < certificate["bound"] * (1 - 1e-9):
                below.append([*place, f"{value:.6g}", f"{certificate['bound']:.6g}"])
            excess = 1 - value / certificate["objective"]
            if excess > 0.01:
                better.append([*place, f"{100 * excess:.1f} %", f"{100 * certificate['gap']:.1f} %"])
    return below, better, count


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) if rows else "None."


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("partition")
    parser.add_argument("--models", nargs="+", default=sorted(map(str, (HERE.parent.parent / "models").glob("*.json"))))
    parser.add_argument("--systems", nargs="+", default=["nnpi", "t4", "h100", "l40s"])
    parser.add_argument("--seconds", type=float, default=300, help="for one plan at most")
    given = parser.parse_args()
    below, better, count = [], [], 0
    for model in given.models:
        for system in given.systems:
            found = compare(given.partition, model, system, given.seconds)
            below, better, count = below + found[0], better + found[1], count + found[2]
            print(f"{pathlib.Path(model).stem} on {system}: {len(found[0])} below a bound, {len(found[1])} better", flush=True)
    place = ["model", "system", "objective", "plan"]
    (HERE / "results.md").write_text(
        "# Plans of one question held against each other\n\n"
        "Made by `make metamorphic`: each model on each system, for each objective, with one decision left out at a time, on two\n"
        f"cards, and with two requests in flight. {count} comparisons of {len(given.models)} models on {len(given.systems)} systems.\n\n"
        "## Plans below a bound\n\nEach would be a false proof.\n\n"
        + table([*place, "value", "bound"], below)
        + "\n\n## Plans better than the answer by more than 1 %\n\nWithin the gap each is a search that fell short, not a false proof.\n\n"
        + table([*place, "better by", "gap"], better) + "\n")
    sys.exit(1 if below else 0)


main()
