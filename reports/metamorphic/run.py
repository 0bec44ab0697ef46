#!/usr/bin/env python3
"""Holds plans of one question against each other: no plan with fewer choices, on fewer cards or for another objective is below
a bound, and none is better than the answer by more than its gap.

    reports/metamorphic/run.py PARTITION [--models FILE ...] [--systems NAME ...] [--seeds FIRST LAST]

Writes results.md beside itself. Exit code 1 when a plan is below a bound.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import seeded

HERE = pathlib.Path(__file__).parent
OBJECTIVES = {
    "throughput": "bottleneckSeconds",
    "latency": "latencySeconds",
    "energy": "energyJoulesPerBatch",
}
# What is left out one at a time, and fewer requests in flight.
VARIATIONS = [
    ["--no-copies"], ["--no-net-split"], ["--no-groups"], ["--no-cores"], ["--no-split"],
    ["--objective", "latency", "--no-cut"], ["--objective", "latency", "--no-net-split"],
    ["--objective", "latency", "--no-copies"], ["--objective", "energy", "--no-copies"], ["--in-flight", "2"],
]


def plan(partition, model, arguments, seconds):
    """The plan document, or `None` where there is none."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [partition, "plan", model, *arguments, "-f", "-o", file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        if done.returncode == 0:
            if "a defect of the program" in done.stdout:
                sys.exit(f"{' '.join(command)}: a proof that a plan contradicts")
            return json.loads(pathlib.Path(file.name).read_text())
        if done.returncode not in (2, 64):
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return None


def compare(partition, model, name, machine, cards, arguments, seconds):
    """Rows of what is below a bound, rows of what is better than the answer, and how many plans were held against each other."""
    common = [*arguments, "--cards", str(cards)] if cards else arguments
    answers = {o: plan(partition, model, [*common, "--objective", o], seconds) for o in OBJECTIVES}
    plans = {f"for {o}": found for o, found in answers.items()}
    for variation in VARIATIONS:
        if not {"--in-flight"} & set(variation) & set(arguments):
            plans[" ".join(variation)] = plan(partition, model, [*common, *variation], seconds)
    if not cards or cards > 1:
        fewer = (cards or 4) // 2
        for objective in ["throughput", "latency"]:
            given = ["--objective", objective, "--cards", str(fewer)]
            plans[" ".join(given)] = plan(partition, model, [*arguments, *given], seconds)
    below, better, count = [], [], 0
    for objective, figure in OBJECTIVES.items():
        answer = answers[objective]
        if answer is None:
            continue
        certificate = answer["certificate"]
        for variation, other in plans.items():
            # Operators cut over teams are a choice for latency alone, and a bound says over what it ranges.
            if other is None or (other["model"].get("cut") and objective != "latency"):
                continue
            count += 1
            value = other["predicted"][figure]
            place = [name, machine, objective, variation]
            if value < certificate["bound"] * (1 - 1e-9):
                below.append([*place, f"{value:.6g}", f"{certificate['bound']:.6g}"])
            excess = 1 - value / certificate["objective"]
            if excess > 0.0101:
                better.append([*place, f"{100 * excess:.1f} %", f"{100 * certificate['gap']:.1f} %"])
    return below, better, count


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) if rows else "None."


def questions(given):
    """Model file, its name, the machine in words, cards and arguments."""
    for model in given.models:
        for system in given.systems:
            yield model, pathlib.Path(model).stem, system, None, ["--system", system]
    if given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            for seed in range(given.seeds[0], given.seeds[1] + 1):
                model, cards, arguments = seeded.question(seed)
                path = f"{folder}/{seed}.json"
                seeded.ox.write(model, path)
                words = " ".join(a for a in arguments if not a.startswith("--"))
                yield path, f"seed {seed}, {model['graph']['name']}", f"{cards} x {words}", cards, arguments


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("partition")
    parser.add_argument("--models", nargs="*", default=sorted(map(str, (HERE.parent.parent / "models").glob("*.json"))))
    parser.add_argument("--systems", nargs="+", default=["nnpi", "t4", "h100", "l40s"])
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "LAST"), help="small models by seed as well")
    parser.add_argument("--seconds", type=float, default=300, help="for one plan at most")
    given = parser.parse_args()
    below, better, count, asked = [], [], 0, 0
    for model, name, machine, cards, arguments in questions(given):
        found = compare(given.partition, model, name, machine, cards, arguments, given.seconds)
        below, better, count, asked = below + found[0], better + found[1], count + found[2], asked + 1
        print(f"{name} on {machine}: {len(found[0])} below a bound, {len(found[1])} better", flush=True)
    place = ["model", "system", "objective", "plan"]
    (HERE / "results.md").write_text(
        "# Plans of one question held against each other\n\n"
        f"Made by `{' '.join(['reports/metamorphic/run.py', 'PARTITION', *sys.argv[2:]])}`: each model on each machine, for each objective, with one\n"
        "decision left out at a time, on fewer cards, and with two requests in flight; models by seed are those of `seeded.py`.\n"
        f"{count} comparisons over {asked} models and machines.\n\n"
        "## Plans below a bound\n\nEach would be a false proof.\n\n"
        + table([*place, "value", "bound"], below)
        + "\n\n## Plans better than the answer by more than 1 %\n\nWithin the gap each is a search that fell short, not a false proof.\n\n"
        + table([*place, "better by", "gap"], better) + "\n")
    sys.exit(1 if below else 0)


main()
