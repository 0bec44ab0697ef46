#!/usr/bin/env python3
"""Holds plans of one question against each other: no plan with fewer choices, under rules, on fewer cards or for another objective
is below a bound, none is better than the answer by more than its gap, and a plan given as start is never lost. `partition check`
confirms each answer.

    reports/metamorphic/run.py PARTITION [--models FILE ...] [--systems NAME ...] [--seeds FIRST LAST] [--output FILE]

Writes results.md beside itself, or another file. Exit code 1 when a plan is below a bound.
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


def run(command, seconds, fine):
    """What it printed, or `None` where it ended with one of the other exit codes that are `fine`."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    if done.returncode == 0:
        if "a defect of the program" in done.stdout:
            sys.exit(f"{' '.join(command)}: a proof that a plan contradicts")
        return done.stdout
    if done.returncode not in fine:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return None


class Question:
    """A model and the arguments of its plans."""

    def __init__(self, given, model, folder):
        self.given, self.model, self.folder, self.count = given, model, folder, 0

    def plan(self, arguments):
        """The plan document with the `path` of its file, or `None` where there is none."""
        self.count += 1
        path = f"{self.folder}/plan-{self.count}.json"
        command = [self.given.partition, "plan", self.model, *arguments, "-f", "-o", path]
        if run(command, self.given.seconds, fine=(2, 64)) is None:
            return None
        return {**json.loads(pathlib.Path(path).read_text()), "path": path}

    def check(self, plan):
        run([self.given.partition, "check", plan["path"]], self.given.seconds, fine=())


def compare(given, model, name, machine, fewer, arguments, ruled, folder):
    """Rows of what is below a bound, rows of what is better than the answer, and how many plans were held against each other."""
    question = Question(given, model, folder)
    answers = {o: question.plan([*arguments, "--objective", o]) for o in OBJECTIVES}
    plans = {f"for {o}": found for o, found in answers.items()}
    for variation in VARIATIONS:
        if not {"--in-flight"} & set(variation) & set(arguments):
            plans[" ".join(variation)] = question.plan([*arguments, *variation])
    if ruled:
        for objective in OBJECTIVES:
            plans[f"under rules for {objective}"] = question.plan([*arguments, *ruled, "--objective", objective])
    if fewer:
        for objective in ["throughput", "latency"]:
            # The last value of an option counts.
            varied = ["--objective", objective, "--cards", str(fewer)]
            plans[" ".join(varied)] = question.plan([*arguments, *varied])
    below, better, count = [], [], 0
    for objective, figure in OBJECTIVES.items():
        answer = answers[objective]
        if answer is None:
            continue
        question.check(answer)
        certificate = answer["certificate"]
        best = None
        for variation, other in plans.items():
            # Operators cut over teams are a choice for latency alone, and a bound says over what it ranges.
            if other is None or (other["model"].get("cut") and objective != "latency"):
                continue
            count += 1
            value = other["predicted"][figure]
            place = [name, machine, objective, variation]
            if value < certificate["bound"] * (1 - 1e-9):
                below.append([*place, f"{value:.6g}", f"{certificate['bound']:.6g}"])
            excess = 1 - value / certificate["objective"] if certificate["objective"] else 0
            if excess > 0.0101:
                better.append([*place, f"{100 * excess:.1f} %", f"{100 * certificate['gap']:.1f} %"])
            if variation.startswith("for ") and (best is None or value < best["predicted"][figure]):
                best = other
        if best is not answer and not best["model"].get("cut"):
            count += 1
            started = question.plan([*arguments, "--objective", objective, "--start", best["path"]])
            if started is None or started["predicted"][figure] > best["predicted"][figure] * (1 + 1e-9):
                value = "no plan" if started is None else f"{started['predicted'][figure]:.6g}"
                below.append([name, machine, objective, "from a start", value, f"{best['predicted'][figure]:.6g}"])
    return below, better, count


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) if rows else "None."


def questions(given, folder):
    """What `seeded.question` gives."""
    for model in given.models:
        for system in given.systems:
            yield model, pathlib.Path(model).stem, system, 2, ["--system", system], []
    if given.seeds:
        for seed in range(given.seeds[0], given.seeds[1] + 1):
            yield seeded.question(seed, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("partition")
    parser.add_argument("--models", nargs="*", default=sorted(map(str, (HERE.parent.parent / "models").glob("*.json"))))
    parser.add_argument("--systems", nargs="+", default=["nnpi", "t4", "h100", "l40s"])
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "LAST"), help="small models by seed as well")
    parser.add_argument("--seconds", type=float, default=300, help="for one plan at most")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results.md")
    given = parser.parse_args()
    below, better, count, asked = [], [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for model, name, machine, *rest in questions(given, folder):
            found = compare(given, model, name, machine, *rest, folder)
            below, better, count, asked = below + found[0], better + found[1], count + found[2], asked + 1
            print(f"{name} on {machine}: {len(found[0])} below a bound, {len(found[1])} better", flush=True)
    place = ["model", "system", "objective", "plan"]
    given.output.write_text(
        "# Plans of one question held against each other\n\n"
        f"Made by `{' '.join(['reports/metamorphic/run.py', 'PARTITION', *sys.argv[2:]])}`: each model on each machine, for each objective, with one\n"
        "decision left out at a time, on fewer cards, with two requests in flight, under rules and from a start, and its answers checked;\n"
        "models by seed are those of `seeded.py`.\n"
        f"{count} comparisons over {asked} models and machines.\n\n"
        "## Plans below a bound, and starts that were lost\n\nEach would be a defect.\n\n"
        + table([*place, "value", "bound"], below)
        + "\n\n## Plans better than the answer by more than 1 %\n\nWithin the gap each is a search that fell short, not a false proof.\n\n"
        + table([*place, "better by", "gap"], better) + "\n")
    sys.exit(1 if below else 0)


main()
