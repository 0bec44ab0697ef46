#!/usr/bin/env python3
"""Asks drawn questions (`drawn.py`) and holds their answers against each other: no command ends in a crash, `check` accepts every plan,
a simulation serves what is predicted, no plan with fewer choices, on fewer cards or with less memory is below a bound, and one
that is given as start is never lost.

    reports/metamorphic/strangers.py PARTITION FIRST LAST [--effort 0.05] [--output FILE]

Writes strangers.md beside itself, or another file. Exit code 1 when something is a defect.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import drawn

HERE = pathlib.Path(__file__).parent
FIGURES = {"throughput": "bottleneckSeconds", "latency": "latencySeconds", "energy": "energyJoulesPerBatch"}
TINY = 1 + 1e-9
# What a simulation may serve less than predicted.
SHORT = 0.05
# What narrower tables must save to be taken; a start that has them may be left for one that is as good.
LEAST_GAIN = 1.01


class Asked:
    """One question with all that is asked about it."""

    def __init__(self, given, seed, folder):
        self.given, self.folder = given, folder
        self.question = drawn.Question(seed, folder)
        self.defects, self.better, self.short, self.is_planned = [], [], [], False

    def command(self, *arguments, fine=(0,)):
        """Exit code and standard output; any other code than those that are fine is a defect."""
        command = [self.given.partition, *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.given.seconds)
        except subprocess.TimeoutExpired:
            self.defects.append((f"{arguments[0]}: no end after {self.given.seconds:g} s", command))
            return None, ""
        if done.returncode not in fine:
            text = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[0]
            self.defects.append((f"{arguments[0]}: exit code {done.returncode}: {text[:200]}", command))
        elif "defect of the program" in done.stdout + done.stderr:
            self.defects.append((f"{arguments[0]}: a proof that a plan contradicts", command))
        return done.returncode, done.stdout

    def plan(self, name, arguments, effort=None):
        """The document with the `path` of its file, or `None` where there is none."""
        path = f"{self.folder}/{self.question.seed}-plan-{name}.json"
        # A team may not be possible.
        fine = (0, 2, 64) if "--cut" in arguments else (0, 2)
        code, _ = self.command("plan", *arguments, "--effort", effort or self.given.effort, "-f", "-o", path, fine=fine)
        if code != 0:
            return None
        found = {**json.loads(pathlib.Path(path).read_text()), "path": path}
        if "buckets" not in found:
            self.command("check", path)
        return found

    def run(self):
        question, draw = self.question, self.question.draw
        answer = self.plan("answer", question.arguments())
        if answer is None:
            return
        self.is_planned = True
        self.use(answer)
        if "--lengths" in question.length:
            return self.command("check", answer["path"])
        figure = FIGURES[question.objective]
        value, bound = answer["predicted"][figure], answer["certificate"]["bound"]
        others = {}
        for fewer in draw.sample(drawn.FEWER, 2):
            if not set(fewer) & set(question.options):
                others[" ".join(fewer)] = question.arguments(options=question.options + fewer)
        for objective in draw.sample(sorted(set(FIGURES) - {question.objective}), 1):
            others[f"for {objective}"] = question.arguments(objective=objective)
        # Rules name cards, and a team needs its number.
        if not {"--constraints", "--cut"} & set(question.options):
            count = draw.randrange(question.system.count)
            # What cards are to run without a net-split is the host's where there are none.
            if count > 0 or "--no-net-split" not in question.options:
                others["on fewer cards"] = question.arguments(cards=count)
            if "--constraints" not in question.options and (question.drawn.tables or question.drawn.operators):
                path = question.files.json("more-rules", drawn.rules(draw, question.drawn, question.system.count))
                others["under rules"] = question.arguments(options=question.options + ["--constraints", path])
        best = answer
        for number, (name, arguments) in enumerate(others.items()):
            other = self.plan(f"other{number}", arguments)
            if other is None:
                continue
            # Operators cut over teams are a choice for latency alone.
            if other["model"].get("cut") and not answer["model"].get("cut") and question.objective != "latency":
                continue
            found = other["predicted"][figure]
            meets = other["predicted"].get("meetsLatencyBudget", True)
            if name == "on fewer cards" and question.objective == "energy":
                # Cards that are not there do not idle.
                continue
            if meets and found < bound / TINY:
                self.defects.append((f"{name}: {found:.6g} below the bound of {bound:.6g}", arguments))
            if meets:
                self.compare(name, found, answer, figure, question.arguments())
            if meets and found < best["predicted"][figure] and name != "on fewer cards":
                best = other
        start = best if best is not answer else answer
        if not start["model"].get("cut"):
            started = self.plan("started", question.arguments() + ["--start", start["path"]])
            slack = LEAST_GAIN if question.drawn.tables else TINY
            if started is None or started["predicted"][figure] > start["predicted"][figure] * slack:
                found = "no plan" if started is None else f"{started['predicted'][figure]:.6g}"
                self.defects.append((f"from a start of {start['predicted'][figure]:.6g}: {found}", question.arguments()))
        self.roomier(answer, figure)
        self.lose(answer)

    def roomier(self, answer, figure):
        """With more memory a plan is as good."""
        question = self.question
        arguments = question.arguments(described=question.system.roomier())
        roomier = self.plan("roomier", arguments)
        value = answer["predicted"][figure]
        if roomier is None:
            self.defects.append(("no plan with more memory", arguments))
        elif roomier["certificate"]["bound"] > value * TINY and not answer["model"].get("cut"):
            self.defects.append((f"with more memory a bound of {roomier['certificate']['bound']:.6g} above {value:.6g}", arguments))
        else:
            self.compare("with less memory", value, roomier, figure, arguments)

    def compare(self, name, value, answer, figure, arguments):
        """Lists a plan that is better than the answer by far, and than one that is sought with all effort."""
        def is_better(answer):
            return value < answer["predicted"][figure] * (1 - self.given.better)

        if is_better(answer):
            answer = self.plan("again", arguments, effort=1)
            # One that does not end in time says nothing.
            if answer is not None and is_better(answer):
                self.better.append((name, 1 - value / answer["predicted"][figure], answer["certificate"]["gap"]))

    def use(self, plan):
        """Everything that takes a plan, and a simulation against the prediction."""
        path, draw = plan["path"], self.question.draw
        out = f"{self.folder}/{self.question.seed}"
        self.command("report", path, "-o", f"{out}.html", "-f")
        self.command("dot", path)
        buckets = "buckets" in plan
        if not buckets:
            code, text = self.command("simulate", path, "--json", fine=(0, 3))
            if code is not None and text and plan["predicted"]["throughputPerSecond"] > 0:
                report = json.loads(text)
                served, promised = report["throughputPerSecond"]["value"], plan["predicted"]["throughputPerSecond"]
                if served < promised * (1 - SHORT):
                    self.short.append((served, promised))
        if draw.random() < 0.3 and not buckets:
            self.command("explain", path, "--no-what-if")

    def lose(self, plan):
        """After the loss of a card."""
        question = self.question
        if question.system.count and question.draw.random() < 0.4:
            # A plan for teams leaves other kinds of card out.
            cards = [card["name"] for card in plan["system"]["cards"]]
            card = cards[question.draw.randrange(question.system.count) % len(cards)]
            path = f"{self.folder}/{question.seed}-lost.json"
            code, _ = self.command("replan", plan["path"], "--lost", card, "--effort", self.given.effort, "-f", "-o", path, fine=(0, 2))
            if code == 0:
                self.command("check", path)
        if question.draw.random() < 0.15:
            self.command("plan", *question.arguments(), "--survive", "1", "--effort", self.given.effort, "-f", "-o",
                         f"{self.folder}/{question.seed}-survive.json", fine=(0, 2))


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) if rows else "None."


def page(given, asked):
    def place(one):
        return [f"seed {one.question.seed}, {one.question.drawn.name}", one.question.system.words,
                f"{one.question.objective} {one.question.shown}".strip()]

    defects = [[*place(one), text] for one in asked for text, _ in one.defects]
    better = [[*place(one), name, f"{100 * share:.1f} %", f"{100 * gap:.1f} %"] for one in asked for name, share, gap in one.better]
    short = [[*place(one), f"{served:,.0f}", f"{promised:,.0f}"] for one in asked for served, promised in one.short]
    header = ["model", "system", "question"]
    return (
        "# Drawn questions\n\n"
        f"Made by `reports/metamorphic/strangers.py PARTITION {given.first} {given.last}`: models, systems and options of `drawn.py`, half a second of\n"
        "work or so for each plan; every plan checked, simulated, drawn and given as start, with fewer choices, on fewer cards, under more rules, with\n"
        "more memory and after the loss of a card.\n"
        f"{len(asked)} questions, {sum(one.is_planned for one in asked)} with a plan.\n\n"
        "## Defects\n\nCrashes, plans that the check refuses, plans below a bound, starts that were lost.\n\n"
        + table([*header, "defect"], defects)
        + f"\n\n## Rates that a simulation does not reach\n\nLess than {100 * (1 - SHORT):.0f} % of the predicted batches a second, back to back.\n\n"
        + table([*header, "simulated", "predicted"], short)
        + f"\n\n## Plans better than the answer by more than {100 * given.better:.0f} %\n\n"
        "Also than the answer with all effort: a search that fell short, within its gap.\n\n"
        + table([*header, "plan", "better by", "gap"], better) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("partition")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--effort", type=float, default=0.05)
    parser.add_argument("--seconds", type=float, default=120, help="for one command at most")
    parser.add_argument("--better", type=float, default=0.05, help="what a plan with fewer choices may be better without being listed")
    parser.add_argument("--keep", help="a folder to keep the files in")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "strangers.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or temporary
        pathlib.Path(folder).mkdir(exist_ok=True)
        every = []
        for seed in range(given.first, given.last + 1):
            asked = Asked(given, seed, folder)
            asked.run()
            every.append(asked)
            question = asked.question
            print(f"{seed}: {question.drawn.name} on {question.system.words}, {question.objective} {question.shown}", flush=True)
            for text, command in asked.defects:
                print(f"   DEFECT {text}\n      {' '.join(map(str, command))}", flush=True)
            for name, share, gap in asked.better:
                print(f"   better by {100 * share:.1f} % of a gap of {100 * gap:.1f} %: {name}", flush=True)
            for served, promised in asked.short:
                print(f"   simulated {served:.5g} of {promised:.5g} a second", flush=True)
    given.output.write_text(page(given, every))
    sys.exit(1 if any(asked.defects for asked in every) else 0)


main()
