#!/usr/bin/env python3
"""Closes the loop: plans are made from costs measured on this machine, exported, run, and held against the simulator.

    make loop        (or reports/loop/run --rounds N)

makes `results.md`, `results.json` and `results.svg` in this folder; README.md says what is measured how.
"""

import argparse
import copy
import json
import os
import statistics
import subprocess
import sys

import machine
import models
import page
import partitioner

FOLDER = os.path.dirname(os.path.abspath(__file__))
#: On each card, or each copy.
IN_FLIGHT = 3

def pin(device, *units):
    return {"kind": "pin", "units": list(units), "devices": [device]}


def named(pattern, first, last):
    return [f"{pattern}{number}" for number in range(first, last + 1)]


def never(*options):
    return [{"kind": "forbid", "units": ["*"], "devices": ["host"]}, {"kind": "options", "units": ["*"], "never": list(options)}]


COPIES = [{"kind": "forbid", "units": ["*"], "devices": ["host"]}, pin("every card", "*")]


def halves(first, second, kinds, count, behind=()):
    """The first half of the layers on one device, the second on another."""
    return [
        pin(first, *[name for kind in kinds for name in named(kind, 0, count // 2 - 1)]),
        pin(second, *[name for kind in kinds for name in named(kind, count // 2, count - 1)], *behind),
    ]


#: Name, model, system, rules.
CASES = [
    ("copies", "dense", "two-cards", COPIES),
    ("pipeline", "dense", "two-cards", halves("card0", "card1", ["matmul", "relu"], 8)),
    ("net-split", "dense", "host-and-card", halves("host", "card0", ["matmul", "relu"], 8)),
    ("copies", "convolutional", "two-cards", COPIES),
    ("pipeline", "convolutional", "two-cards",
     halves("card0", "card1", ["conv", "relu"], 6, ["pool", "flatten", "head_"])),
    ("as planned", "convolutional", "host-and-card", []),
    ("copies", "recommendation", "two-cards", COPIES),
    ("whole tables", "recommendation", "two-cards", never("rows*", "columns*", "every card*")),
    ("tables by rows", "recommendation", "two-cards", never("whole*", "columns*", "every card*")),
    ("tables by columns", "recommendation", "two-cards", never("whole*", "rows*", "every card*")),
]


def medians(dictionaries):
    return {key: statistics.median(entry[key] for entry in dictionaries) for key in dictionaries[0]}


class Case:
    """A plan with its parts, and what its runs gave."""

    def __init__(self, loop, label, model, system, rules):
        self.name, self.system, self.seconds = f"{model}, {label}", system, loop.seconds
        stem = loop.path(f"{model}-{label}-{system}".replace(" ", "-"))
        with open(stem + ".rules.json", "w", encoding="utf-8") as file:
            json.dump({"format": "placement-rules", "version": 1, "rules": rules}, file)
        self.parts = stem + ".parts"
        loop.command(
            "plan", loop.path(model + ".onnx"), "--system", loop.path(system + ".json"), "--constraints", stem + ".rules.json",
            "--costs", loop.path(model + ".host.json"), "--costs", loop.path(model + ".cards.json"), "--precision", "fp32",
            "--table-precision", "fp32", "--in-flight", str(IN_FLIGHT), "--no-cut", "--effort", "0.1", "--force", "--quiet",
            "-o", stem + ".plan.json")
        loop.command("export", stem + ".plan.json", "-o", self.parts, "--keep-precision", "--force")
        with open(os.path.join(self.parts, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        with open(stem + ".plan.json", encoding="utf-8") as file:
            self.plan = json.load(file)
        self.replicas = max(len(part["devices"]) for part in manifest["parts"])
        self.clients = IN_FLIGHT * self.replicas
        replay = json.loads(loop.command(
            "simulate", stem + ".plan.json", "--clients", str(self.clients), "--requests", "4000", "--json"))
        loads = {load["resource"]: load["seconds"] for load in self.plan["predicted"]["loads"]}
        self.predicted = {
            "throughput": replay["throughputPerSecond"]["value"], "p50": replay["latency"]["p50"]["value"],
            "p99": replay["latency"]["p99"]["value"], "alone": self.plan["predicted"]["latencySeconds"],
            "busiest": self.replicas * max(seconds for name, seconds in loads.items() if name.endswith((".cores", ".dense"))),
        }
        last = loop.cores[-1]
        first = loop.cores[0]
        self.cores = {"host": first, "card0": first if system == "two-cards" else last, "card1": last}
        self.feed = loop.feeds[model]
        self.runs = []

    def run(self):
        batches = max(20, int(self.seconds * self.predicted["throughput"]))
        loaded = partitioner.run(
            self.parts, self.feed, batches=batches, in_flight=self.clients, warm_up=2 * self.clients, cores=self.cores)
        alone = partitioner.run(self.parts, self.feed, batches=20, in_flight=1, warm_up=3, cores=self.cores)
        self.runs.append({
            "throughput": loaded.throughput_per_second, "p50": loaded.percentile(0.5), "p99": loaded.percentile(0.99),
            "alone": alone.percentile(0.5), "busiest": self.replicas * max(loaded.busy.values()) / batches,
        })

    def row(self):
        return {
            "case": self.name, "system": self.system, "replicas": self.replicas, "predicted": self.predicted,
            "measured": medians(self.runs), "runs": self.runs,
            "sites": sorted({entry["site"] for entry in self.plan["partitions"]}),
        }


class Loop:
    def __init__(self, program, folder, cores, rounds, seconds):
        self.program, self.folder, self.cores, self.seconds = program, folder, cores, seconds
        self.machine = medians([machine.measure(cores) for _ in range(rounds)])
        names = sorted({model for _, model, _, _ in CASES})
        for name in names:
            getattr(models, name)(self.path(name + ".onnx"))
        self.feeds = {name: models.feed(self.path(name + ".onnx")) for name in names}
        names.append("shards")
        models.shards(self.path("shards.onnx"))
        profiles = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                profiles[name] += self.profiles(name)
        for name in names:
            self.write_costs(name, profiles[name])
        self.machine["lookupsPerSecond"], self.machine["addedPerSecond"] = self.lookup_rates("recommendation")
        self.machine["foreignLookupFraction"] = self.foreign_fraction()
        for name, cards in (("two-cards", 2), ("host-and-card", 1)):
            with open(self.path(name + ".json"), "w", encoding="utf-8") as file:
                json.dump(machine.system(name, self.machine, cards), file)

    def lookup_rates(self, model):
        """Rows that a core fetches in a second, and their elements that it adds up."""
        with open(self.path(model + ".host.json"), encoding="utf-8") as file:
            kernels = json.load(file)
        rows = sum(ids.size for ids in self.feeds[model].values() if ids.dtype.kind == "i")
        fetching, adding = (
            sum(kernel["dur"] for kernel in kernels if kernel["args"]["op_name"] == name) * 1e-6
            for name in ("Gather", "ReduceSum"))
        return rows / fetching, rows * models.WIDTH / adding

    def foreign_fraction(self):
        """What a look-up of another shard's row costs, as a part of one of a shard's own: from half of every table beside all of it."""
        def seconds(model):
            with open(self.path(model + ".host.json"), encoding="utf-8") as file:
                return sum(
                    kernel["dur"] for kernel in json.load(file) if kernel["name"].startswith(("lookup", "pool", "place")))

        half = seconds("recommendation") / 2
        return min(1, max(1e-3, seconds("shards") / half - 1))

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True)
        if done.returncode not in (0, 3):
            sys.exit(f"partition {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def profiles(self, model):
        """Times of the kernels on each of the cores while the others run the same model: they share memory and caches."""
        started = []
        for core in self.cores:
            out = self.path(f"{model}.core{core}.json")
            started.append((out, subprocess.Popen(
                ["taskset", "-c", str(core), self.program, "profile", self.path(model + ".onnx"), "--threads", "1", "--runs", "40",
                 "--python", sys.executable, "--force", "-o", out], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)))
        read = []
        for out, process in started:
            _, errors = process.communicate()
            if process.returncode != 0:
                sys.exit(f"partition profile {model}: {errors}")
            with open(out, encoding="utf-8") as file:
                read.append(json.load(file))
        return read

    def write_costs(self, model, profiles):
        """The median of each kernel, for the host and for the cards: all are cores of one kind."""
        kernels = profiles[0]
        for index, kernel in enumerate(kernels):
            kernel["dur"] = statistics.median(profile[index]["dur"] for profile in profiles)
        on_cards = copy.deepcopy(kernels)
        for kernel in on_cards:
            kernel["args"]["provider"] = "core"
        for name, rows in (("host", kernels), ("cards", on_cards)):
            with open(self.path(f"{model}.{name}.json"), "w", encoding="utf-8") as file:
                json.dump(rows, file)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("program", help="the partition command")
    arguments.add_argument("--rounds", type=int, default=5, help="in each, everything is measured once; medians count")
    arguments.add_argument("--seconds", type=float, default=3, help="of a run, after its start")
    arguments.add_argument("--work", required=True, help="a folder for models, plans and parts")
    arguments.add_argument("--out", default=FOLDER, help="a folder for the results")
    given = arguments.parse_args()
    own = sorted(os.sched_getaffinity(0))
    if len(own) < 2:
        sys.exit("this needs two cores")
    if len(own) > 2:
        # Handing over has cores of its own.
        os.sched_setaffinity(0, own[:-2])
    before = os.getloadavg()[0]
    loop = Loop(given.program, given.work, own[-2:], given.rounds, given.seconds)
    cases = [Case(loop, *case) for case in CASES]
    for _ in range(given.rounds):
        for case in cases:
            case.run()
    results = [case.row() for case in cases]
    is_first = os.sched_getscheduler(0) in (os.SCHED_FIFO, os.SCHED_RR)
    settings = {
        "rounds": given.rounds, "load": (before, os.getloadavg()[0]),
        "priority": ", all with real-time priority" if is_first else "",
    }
    text = page.markdown(results, loop.machine, settings)
    for name, content in (
        ("results.json", json.dumps({"machine": loop.machine, **settings, "plans": results}, indent=1) + "\n"),
        ("results.md", text), ("results.svg", page.picture(results)),
    ):
        with open(os.path.join(given.out, name), "w", encoding="utf-8") as file:
            file.write(content)
    print(text)


if __name__ == "__main__":
    main()
