"""Measures how much slower copies over PCIe and kernels become beside each other on a GPU, for language.md.

    python3 reports/fidelity/overlap.py FOLDER [--seconds 60]

Writes overlap.csv: what ran (`first`), beside what (`second`, busy for all of that time, in another stream), seconds of one alone and
beside it. And commands.csv: chains of small copies and kernels, seconds of a chain. Pinned memory; copies of 64 MiB where nothing else
stands there. Kernels: `memory` adds to 256 MiB, `compute` multiplies 8192 x 8192 x 8192 in bf16, `thin` multiplies 8 rows by weights
that no cache holds, `small` multiplies 64 rows of 512 by 512 columns, which a fraction of the cores does.
"""

import argparse
import itertools
import os
import statistics
import time

import torch

from language import BF16, capture, replay
from language_kernels import CARD

MIB = 1 << 20


class Work:
    """Calls that are repeated in a stream."""

    def __init__(self, calls):
        self.calls, self.stream = calls, torch.cuda.Stream()
        self.seconds = 0
        self.seconds = self.alone()

    def start(self, count, gate):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        with torch.cuda.stream(self.stream):
            self.stream.wait_event(gate)
            start.record()
            for call in itertools.islice(itertools.cycle(self.calls), count):
                call()
            end.record()
        return start, end

    def count(self, span):
        return max(3, min(700, round(span / self.seconds))) if self.seconds else 8

    def alone(self, span=12e-3):
        times = []
        for _ in range(4):
            count = self.count(span)
            start, end = self.start(count, gate())
            torch.cuda.synchronize()
            self.seconds = start.elapsed_time(end) / 1e3 / count
            times.append(self.seconds)
        return statistics.median(times[1:])

    def beside(self, others, span=12e-3):
        """Seconds of one while the others are busy, or none where they were not busy for long enough."""
        times = []
        for _ in range(3):
            opened = gate()
            count, factor = self.count(span), 6
            ends = [other.start(other.count(span * factor), opened) for other in others]
            start, end = self.start(count, opened)
            torch.cuda.synchronize()
            if all(e[0].elapsed_time(end) < e[0].elapsed_time(e[1]) for e in ends):
                times.append(start.elapsed_time(end) / 1e3 / count)
        return statistics.median(times) if times else float("nan")


def gate():
    """An event that opens once the host had time to enqueue everything."""
    torch.cuda._sleep(30_000_000)
    event = torch.cuda.Event()
    event.record()
    return event


def works():
    """By name; thin and small ones are graphs of 8 and 40, so that the host keeps up."""
    size = 64 * MIB
    host = [torch.empty(size, dtype=torch.int8).pin_memory() for _ in range(2)]
    card = [torch.empty(size, dtype=torch.int8, device=CARD) for _ in range(2)]
    x, y = torch.randn(64 * MIB, device=CARD), torch.empty(64 * MIB, device=CARD)
    x2, y2 = torch.randn(64 * MIB, device=CARD), torch.empty(64 * MIB, device=CARD)

    def square():
        a, b = (torch.randn(8192, 8192, device=CARD, dtype=BF16) for _ in range(2))
        c = torch.empty_like(a)
        return [lambda: torch.mm(a, b, out=c)]

    def thin(m, n, k, count):
        a = torch.randn(m, k, device=CARD, dtype=BF16)
        out = torch.empty(m, n, device=CARD, dtype=BF16)
        weights = [torch.randn(n, k, device=CARD, dtype=BF16) for _ in range(count)]

        def all_of_them():
            for w in weights:
                torch.mm(a, w.t(), out=out)
        graph = capture(all_of_them)
        # What a graph reads has to live as long as it.
        return [lambda kept=(a, out, weights): graph.replay()]
    made = {
        "to card": [lambda: card[0].copy_(host[0], non_blocking=True)], "to host": [lambda: host[1].copy_(card[1], non_blocking=True)],
        "memory": [lambda: torch.add(x, 1, out=y)], "memory again": [lambda: torch.add(x2, 1, out=y2)],
        "compute": square(), "compute again": square(), "thin": thin(8, 14336, 4096, 8), "thin again": thin(8, 14336, 4096, 8),
        "small": thin(64, 512, 512, 40), "small again": thin(64, 512, 512, 40),
    }
    for kib in (4, 64, 1024):
        part = slice(0, kib << 10)
        made["to card %d KiB" % kib] = [lambda p=part: card[0][p].copy_(host[0][p], non_blocking=True)]
        made["to host %d KiB" % kib] = [lambda p=part: host[1][p].copy_(card[1][p], non_blocking=True)]
    return {name: Work(calls) for name, calls in made.items()}


PAIRS = [(k, [c]) for k in ("memory", "compute", "thin", "small") for c in ("to card", "to host")] + [
    (c, [k]) for k in ("memory", "compute", "thin", "small") for c in ("to card", "to host")] + [
    ("to card", ["to host"]), ("to host", ["to card"])] + [(k, ["to card", "to host"]) for k in ("memory", "compute", "thin")] + [
    ("to card", ["to host", "memory"]), ("to host", ["to card", "memory"]), ("to card", ["to host", "compute"])] + [
    (c, [k]) for k in ("memory", "compute", "to host", "to card") for c in (
        "to card 4 KiB", "to host 4 KiB", "to card 64 KiB", "to host 64 KiB", "to card 1024 KiB", "to host 1024 KiB")] + [
    (k, [k + " again"]) for k in ("memory", "compute", "thin", "small")] + [
    (a, [b]) for a, b in itertools.permutations(("memory", "compute", "thin", "small"), 2)]


def overlaps(write, limit):
    write("first,second,alone,beside")
    made = works()
    for first, second in PAIRS:
        if time.time() > limit:
            return
        write("%s,%s,%.5g,%.5g" % (first, " + ".join(second), made[first].seconds, made[first].beside([made[s] for s in second])))


def commands(write, limit):
    """Chains in a stream: by stream as commands, and as a graph."""
    write("chain,bytes,way,seconds")
    a, w = torch.randn(8, 1024, device=CARD, dtype=BF16), torch.randn(1024, 1024, device=CARD, dtype=BF16)
    out = torch.empty(8, 1024, device=CARD, dtype=BF16)
    for size in (4 << 10, 64 << 10, 1 << 20):
        host, back = (torch.empty(size, dtype=torch.int8).pin_memory() for _ in range(2))
        card = torch.empty(size, dtype=torch.int8, device=CARD)

        def run(kinds, repeat):
            for kind in kinds * repeat:
                if kind == "k":
                    torch.mm(a, w, out=out)
                elif kind == "i":
                    card.copy_(host, non_blocking=True)
                else:
                    back.copy_(card, non_blocking=True)
        for kinds in ("k", "i", "o", "ik", "iko", "io", "kkkk", "ikkkko"):
            if time.time() > limit:
                return
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            spent = []
            for _ in range(5):
                torch.cuda._sleep(20_000_000)
                start.record()
                run(kinds, 100)
                end.record()
                torch.cuda.synchronize()
                spent.append(start.elapsed_time(end) / 1e5)
            write("%s,%d,stream,%.5g" % (kinds, size, statistics.median(spent)))
            try:
                graph = capture(lambda: run(kinds, 50))
                write("%s,%d,graph,%.5g" % (kinds, size, statistics.median(replay(graph, 7)) / 50))
            except Exception as problem:
                print("graph", kinds, str(problem)[:200], flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--seconds", type=float, default=60)
    options = options.parse_args()
    torch.set_grad_enabled(False)
    limit = time.time() + options.seconds
    os.makedirs(options.folder, exist_ok=True)
    for name, section in (("overlap", overlaps), ("commands", commands)):
        start = time.time()
        file = open(os.path.join(options.folder, name + ".csv"), "w", buffering=1)
        section(lambda line: print(line, file=file), limit)
        print(name, "in %.1f s" % (time.time() - start), flush=True)
        torch.cuda.empty_cache()


main()
