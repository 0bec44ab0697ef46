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


def tail(system, time_in_system):
    """The chance of a longer time in the system, from queueing theory (Erlang; Reich 1957 for the tandem)."""
    arrivals = system["requestsPerSecond"]
    seconds = [task["legs"][0]["seconds"] for task in system["variants"][0]["tasks"]]
    t = time_in_system
    if system["theory"] == "tandem":
        a, b = (1 / s - arrivals for s in seconds)
        return (b * math.exp(-a * t) - a * math.exp(-b * t)) / (b - a)
    if system["theory"] == "constantService":
        service, wait = seconds[0], t - seconds[0]
        if wait < 0:
            return 1.0
        total = 0.0
        for k in range(int(wait / service) + 1):
            x = arrivals * (k * service - wait)
            total += math.exp(-x) * x**k / math.factorial(k)
        return 1 - (1 - arrivals * service) * total
    servers, service = system["servers"][0], 1 / seconds[0]
    offered = arrivals / service
    queued = offered**servers / math.factorial(servers) * servers / (servers - offered)
    waits = queued / (queued + sum(offered**k / math.factorial(k) for k in range(servers)))
    drain = servers * service - arrivals
    if servers == 1:
        return math.exp(-drain * t)
    both = (drain * math.exp(-service * t) - service * math.exp(-drain * t)) / (drain - service)
    return (1 - waits) * math.exp(-service * t) + waits * both


def theory(system):
    """Mean (the integral of the tail, by Simpson's rule) and p99 of the time in the system."""
    if "theory" not in system:
        return None, None
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(system, middle) > 0.01 else (low, middle)
    steps, longest = 20000, 0.25 if system["theory"] == "constantService" else 2.0
    h = longest / steps
    weights = (1 if i in (0, steps) else 4 if i % 2 else 2 for i in range(steps + 1))
    mean = h / 3 * sum(weight * tail(system, i * h) for i, weight in enumerate(weights))
    return mean, low


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
        "[speed.md](speed.md), made by the same script with `--speed`. [theory.md](theory.md) has further closed forms (`make theory`).",
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
    for system, mean, p99, _ in rows:
        exact_mean, exact_p99 = theory(system)
        for label, exact, ours, theirs in (
            ("mean", exact_mean, system["mean"], mean),
            ("p99", exact_p99, system["p99"], p99),
        ):
            known = milliseconds(exact) if exact else ""
            lines.append(
                f"| {system['name']} | {label} | {known} | {milliseconds(ours['value'], ours['halfWidth95'])} "
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
