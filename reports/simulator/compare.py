#!/usr/bin/env python3
"""Runs the same small systems in this project's simulator and in SimPy, and writes the results side by side.

Usage, from the top of the project:  python3 reports/simulator/compare.py [--speed]

Needs SimPy (pip install simpy) and Swift. Writes reports/simulator/README.md, the same bytes each time; with --speed
also reports/simulator/speed.md, which holds measured times and differs from run to run.
"""

import json
import math
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path

import simpy

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STUDENT_95 = {7: 2.365}


class Machine:
    """Replays a program in SimPy, straight from the definition: it shares no code with the Swift simulator."""

    def __init__(self, system, seed):
        self.system = system
        self.random = random.Random(seed)
        self.env = simpy.Environment()
        self.resources = [simpy.Resource(self.env, capacity=count) for count in system["servers"]]
        self.latencies = []
        self.done = self.env.event()
        self.credit = [0.0] * len(system["variants"])

    def run(self):
        self.env.process(self.arrivals())
        self.env.run(until=self.done)
        return self.latencies[self.system["warmUp"]:]

    def arrivals(self):
        rate = self.system["requestsPerSecond"]
        count = 0
        while True:
            # From the start, not summed up, so that evenly spaced requests come at exactly the same times.
            if self.system["isPoisson"]:
                yield self.env.timeout(self.random.expovariate(rate))
            else:
                yield self.env.timeout(count / rate - self.env.now)
            count += 1
            self.env.process(self.request(self.choose()))

    def choose(self):
        """Round robin, weighted by share."""
        variants = self.system["variants"]
        for index, variant in enumerate(variants):
            self.credit[index] += variant["share"]
        best = 0
        for index in range(1, len(variants)):
            if self.credit[index] > self.credit[best] + 1e-9:
                best = index
        self.credit[best] -= 1.0
        return variants[best]

    def request(self, variant):
        start = self.env.now
        tasks = []
        for task in variant["tasks"]:
            tasks.append(self.env.process(self.task(task, [tasks[p] for p in task["predecessors"]])))
        yield self.env.all_of(tasks)
        self.latencies.append(self.env.now - start)
        if len(self.latencies) == self.system["warmUp"] + self.system["requests"]:
            self.done.succeed()

    def task(self, task, predecessors):
        if predecessors:
            yield self.env.all_of(predecessors)
        scale = self.random.expovariate(1.0) if self.system["isExponential"] else 1.0
        first, others = task["legs"][0], task["legs"][1:]
        with self.resources[first["resource"]].request() as turn:
            yield turn
            streams = [self.env.process(self.leg(leg, scale)) for leg in others]
            yield self.env.timeout(first["seconds"] * scale)
        if streams:
            yield self.env.all_of(streams)

    def leg(self, leg, scale):
        with self.resources[leg["resource"]].request() as turn:
            yield turn
            yield self.env.timeout(leg["seconds"] * scale)


def estimate(values):
    count = len(values)
    mean = sum(values) / count
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (count - 1))
    return mean, STUDENT_95[count - 1] * deviation / math.sqrt(count)


def quantile(values, fraction):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(fraction * len(ordered)) - 1)]


def replay(system):
    means, tails = [], []
    start = time.process_time()
    for replication in range(system["replications"]):
        latencies = Machine(system, seed=1000 + replication).run()
        means.append(sum(latencies) / len(latencies))
        tails.append(quantile(latencies, 0.99))
    return estimate(means), estimate(tails), time.process_time() - start


def milliseconds(value, half_width=None):
    text = f"{value * 1e3:.4g}"
    return text if half_width is None else f"{text} ± {half_width * 1e3:.2g}"


def verdict(ours, theirs):
    """Whether the two agree within their joint 95 % interval, or to 0.1 % where both are without noise."""
    difference = abs(ours["value"] - theirs[0])
    joint = math.hypot(ours["halfWidth95"], theirs[1])
    if difference <= max(joint, 0.001 * theirs[0]):
        return "yes"
    return f"off by {difference / joint:.1f} intervals" if joint > 0 else "no"


def results_page(rows):
    lines = [
        "# The simulator beside SimPy and queueing theory",
        "",
        "Made by `python3 reports/simulator/compare.py`, from a fixed seed: the same bytes each time. Speed is in",
        "[speed.md](speed.md), made by the same script with `--speed`.",
        "",
        "Each system runs 8 replications in both simulators; ± is the half width of the 95 % interval (Student's t).",
        "The two draw different random numbers, so that they agree within their joint interval or not at all: with",
        "12 figures, one outside by a little is to be expected every other time. The evenly spaced load has no",
        "randomness and must agree to the histogram's 0.1 %. SimPy replays the program from its definition in 30 lines;",
        "it knows nothing of limits on requests in flight, which do not bind in these systems.",
        "",
        "| system | figure | theory, ms | this simulator, ms | SimPy, ms | agree |",
        "|---|---|---|---|---|---|",
    ]
    for system, mean, tail, _ in rows:
        for label, exact, ours, theirs in (
            ("mean", system.get("exactMeanSeconds"), system["mean"], mean),
            ("p99", system.get("exactP99Seconds"), system["p99"], tail),
        ):
            theory = milliseconds(exact) if exact else ""
            lines.append(
                f"| {system['name']} | {label} | {theory} | {milliseconds(ours['value'], ours['halfWidth95'])} "
                f"| {milliseconds(*theirs)} | {verdict(ours, theirs)} |")
    return "\n".join(lines) + "\n"


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def speed_page(rows, speed):
    lines = [
        "# Speed of the simulator",
        "",
        "Made by `python3 reports/simulator/compare.py --speed`. Processor seconds, not wall time; they differ from run",
        "to run.",
        "",
        f"Machine: {processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, SimPy {simpy.__version__}.",
        "",
        "One core, release build, recommendation model on six cards (21 tasks and 41 legs a request):",
        "",
        "```",
        speed.strip(),
        "```",
        "",
        "The same requests of the same systems, in processor seconds:",
        "",
        "| system | requests | this simulator | SimPy | times faster |",
        "|---|---|---|---|---|",
    ]
    for system, _, _, seconds in rows:
        requests = system["replications"] * (system["requests"] + system["warmUp"])
        ours = system["processorSeconds"]
        lines.append(
            f"| {system['name']} | {requests} | {ours:.3g} s | {seconds:.3g} s | {seconds / ours:.0f} |")
    return "\n".join(lines) + "\n"


def main():
    build = ["swift", "build", "-c", "release", "--product", "simulator-benchmark"]
    subprocess.run(build, cwd=ROOT, check=True, stdout=sys.stderr)
    shown = subprocess.run(build + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    binary = Path(shown.stdout.strip()) / "simulator-benchmark"
    output = subprocess.run([binary, "systems"], check=True, capture_output=True, text=True).stdout
    rows = []
    for system in json.loads(output):
        print(f"SimPy: {system['name']}", file=sys.stderr)
        rows.append((system, *replay(system)))
    (HERE / "README.md").write_text(results_page(rows))
    if "--speed" in sys.argv[1:]:
        speed = subprocess.run([binary, "speed"], check=True, capture_output=True, text=True).stdout
        (HERE / "speed.md").write_text(speed_page(rows, speed))


if __name__ == "__main__":
    main()
