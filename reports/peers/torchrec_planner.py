#!/usr/bin/env python3
"""Runs TorchRec's planner and this project on the same sharding options, and writes torchrec.md.

    python3 reports/peers/torchrec_planner.py INSTANCE.options.json ...

Needs a Python with torchrec and fbgemm-gpu-cpu. The planner gets the options of the file through an enumerator of its own,
so that it solves exactly the problem that this project solves, with TorchRec's proposers and partitioners as they are.
"""

import argparse
import json
import logging
import resource
import subprocess
import sys
import time
from pathlib import Path

import instances
import page

logging.disable(logging.CRITICAL)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLANNERS = ["default", "sorted by perf", "memory balanced", "dynamic programming"]


def planner(name, topology, enumerator, limit):
    from torchrec.distributed.planner import EmbeddingShardingPlanner
    from torchrec.distributed.planner.partitioners import GreedyPerfPartitioner, MemoryBalancedPartitioner, SortBy
    from torchrec.distributed.planner.proposers import DynamicProgrammingProposer
    from torchrec.distributed.planner.storage_reservations import FixedPercentageStorageReservation

    special = {
        "default": {},
        "sorted by perf": {"partitioner": GreedyPerfPartitioner(sort_by=SortBy.PERF)},
        "memory balanced": {"partitioner": MemoryBalancedPartitioner()},
        "dynamic programming": {"proposer": DynamicProgrammingProposer()},
    }[name]
    return EmbeddingShardingPlanner(
        topology=topology, enumerator=enumerator, stats=[], debug=False, timeout_seconds=limit,
        storage_reservation=FixedPercentageStorageReservation(0), **special)


def enumerate_options(instance, kinds):
    """The file's options as TorchRec's own."""
    import torch
    from torchrec.distributed.planner.types import Perf, Shard, ShardingOption, Storage

    module = ("tables", torch.nn.Module())
    found = []
    for table, options in instance.tables.items():
        for kind, (uniform, groups) in zip(kinds[table], options):
            shards = [
                Shard(
                    size=[1, 1], offset=[number, 0], storage=Storage(hbm=hbm, ddr=0),
                    perf=Perf(fwd_compute=perf, fwd_comms=0, bwd_compute=0, bwd_comms=0))
                for number, (perf, hbm) in enumerate((p, h) for p, h, count in groups for _ in range(count))]
            found.append(
                ShardingOption(
                    name=table, tensor=torch.empty((1, 1), device="meta"), module=module, input_lengths=[1.0],
                    batch_size=1, sharding_type=kind, partition_by="uniform" if uniform else "device",
                    compute_kernel="quant", shards=shards, is_pooled=True))
    return found


def plan(path, name, limit):
    """One planner on one instance, in this process."""
    from torchrec.distributed.planner.types import Enumerator, PlannerError, Topology

    instance = instances.load(path)
    kinds = {
        table: [option["type"] for option in options]
        for table, options in json.loads(Path(path).read_text())["tables"].items()}

    class FileOptions(Enumerator):
        def __init__(self, options):
            self.options = options

        def enumerate(self, module, sharders):
            return self.options

        def populate_estimates(self, sharding_options):
            pass

    if len(set(instance.capacities)) != 1:
        raise SystemExit(f"{path}: TorchRec's topology has one capacity for all devices, the instance has several")
    topology = Topology(
        world_size=len(instance.capacities), local_world_size=len(instance.capacities), compute_device="cuda",
        hbm_cap=instance.capacities[0])
    import torch

    start = time.monotonic()
    chosen = planner(name, topology, FileOptions(enumerate_options(instance, kinds)), limit)
    try:
        chosen.plan(torch.nn.Module(), [])
    except PlannerError as problem:
        return {"error": str(problem).strip().splitlines()[0], "seconds": time.monotonic() - start}
    seconds = time.monotonic() - start
    answer = {}
    for option in chosen._best_plan:
        perfs = [shard.perf.total for shard in option.shards]
        index = next(
            i for i, (_, groups) in enumerate(instance.tables[option.name])
            if kinds[option.name][i] == option.sharding_type
            and [perf for perf, _, count in groups for _ in range(count)] == perfs)
        answer[option.name] = {"option": index, "devices": [shard.rank for shard in option.shards]}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"objective": instance.evaluate(answer, "tables"), "seconds": seconds, "peak": peak}


def solve(path, options):
    """This project, at its default gap of 1 % and at 0.1 %: whole process."""
    rows = []
    for gap in ("0.01", "0.001"):
        start = time.monotonic()
        command = [options.partition, "solve", path, "--json", "--gap", gap, "--time-limit", str(options.limit)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.monotonic() - start
        report = json.loads(shown.stdout)
        objective = instances.load(path).evaluate(report["assignment"], "tables")
        rows.append((f"this project, gap {float(gap):.1%}", {
            "objective": objective, "seconds": seconds, "bound": report["bound"]}))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--limit", type=int, default=120, help="seconds a run; default 120")
    parser.add_argument("--output", type=Path, default=HERE, help="where torchrec.md goes")
    parser.add_argument("--partition", type=Path, default=ROOT / ".build/release/partition", help="the built command")
    parser.add_argument("--one", metavar="PLANNER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(plan(options.paths[0], options.one, options.limit)))
        return
    from importlib.metadata import version

    lines = [
        "# Side by side with TorchRec's planner", "",
        "Made by `reports/peers/torchrec_planner.py`: the same options with the same costs for both, the objective recomputed "
        "from the file.", "",
        f"- Machine: {page.processor()}; {time.strftime('%Y-%m-%d', time.gmtime())}; limit {options.limit} s a run",
        f"- TorchRec {version('torchrec')}, whose planners use one thread; this project, two threads and the whole process", "",
    ]
    for path in options.paths:
        instance = instances.load(path)
        rows = []
        for name in PLANNERS:
            print(f"{instance.name}: {name}", file=sys.stderr)
            command = [sys.executable, __file__, path, "--one", name, "--limit", str(options.limit)]
            shown = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append((f"TorchRec, {name}", json.loads(shown.stdout.splitlines()[-1])))
        rows += solve(path, options)
        best = min(row["objective"] for _, row in rows if "objective" in row)
        lines += [
            f"## {instance.name}", "", "| planner | objective | above best | s | proven bound |", "|---|---|---|---|---|"]
        for name, row in rows:
            if "error" in row:
                lines.append(f"| {name} | no plan: {row['error']} | | {row['seconds']:.2f} | |")
                continue
            bound = page.number(row["bound"]) if "bound" in row else ""
            lines.append(
                f"| {name} | {page.number(row['objective'])} | {page.gap_text(row['objective'] / best - 1)} "
                f"| {row['seconds']:.2f} | {bound} |")
        lines.append("")
    (options.output / "torchrec.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
