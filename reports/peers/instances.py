"""The public instances as their authors wrote them, and an evaluator of its own for each: it shares nothing with the
solvers compared, this project's included."""

import json
from pathlib import Path


class Invalid(Exception):
    """An answer that breaks a rule of its instance."""


def load(path):
    data = json.loads(Path(path).read_text())
    name = Path(path).name.removesuffix(".json").removesuffix(".options")
    if "hbm_caps" in data:
        return Sharding(name, data)
    if "maxFPGAs" in data:
        return Graph(name, data)
    return None


class Sharding:
    """Embedding tables with the sharding options of TorchRec's enumerator.

    Minimise the largest sum of `perf` on a device within its `hbm_caps`. An option's groups of `n` equal shards go to any
    devices; with `uniform` there is exactly one shard on each device, in order.
    """

    modes = ["tables"]

    def __init__(self, name, data):
        self.name = name
        self.capacities = data["hbm_caps"]
        self.tables = {
            table: [(option["uniform"], [(s["perf"], s["hbm"], s["n"]) for s in option["shards"]]) for option in options]
            for table, options in data["tables"].items()
        }

    def evaluate(self, answer, mode):
        loads = [0.0] * len(self.capacities)
        bytes_ = [0] * len(self.capacities)
        if set(answer) != set(self.tables):
            raise Invalid("not every table has its place")
        for table, choice in answer.items():
            uniform, groups = self.tables[table][choice["option"]]
            shards = [(perf, hbm) for perf, hbm, count in groups for _ in range(count)]
            if len(shards) != len(choice["devices"]):
                raise Invalid(f"{table}: {len(choice['devices'])} devices for {len(shards)} shards")
            if uniform and choice["devices"] != list(range(len(self.capacities))):
                raise Invalid(f"{table}: a uniform option is in the order of the devices")
            for (perf, hbm), device in zip(shards, choice["devices"]):
                loads[device] += perf
                bytes_[device] += hbm
        for device, (used, capacity) in enumerate(zip(bytes_, self.capacities)):
            if used > capacity:
                raise Invalid(f"device {device} holds {used} of {capacity} bytes")
        return max(loads)


class Graph:
    """Operator and layer graphs of Tarnawski et al. 2020 (arXiv 2006.16423), throughput.

    An accelerator's load: its nodes' `fpgaLatency`, each outside producer's cost once, each inside producer with an outside
    reader once. The CPU's load: its nodes' `cpuLatency`. Minimise the largest. Contiguous: no cycle among the devices over
    the edges between forward nodes.
    """

    modes = ["contiguous", "non-contiguous"]

    def __init__(self, name, data):
        self.name = name
        self.accelerators = data["maxFPGAs"]
        self.cores = data["maxCPUs"]
        self.capacity = data["maxSizePerFPGA"]
        self.nodes = {node["id"]: node for node in data["nodes"]}
        self.cost = {}
        self.readers = {}
        for edge in data["edges"]:
            self.cost[edge["sourceId"]] = edge["cost"]
            self.readers.setdefault(edge["sourceId"], set()).add(edge["destId"])

    def forward_edges(self):
        backward = {i for i, node in self.nodes.items() if node.get("isBackwardNode")}
        return [
            (a, b) for a, readers in self.readers.items() for b in sorted(readers)
            if a not in backward and b not in backward
        ]

    def evaluate(self, answer, mode):
        place = {}
        for device, nodes in enumerate(answer["fpgas"] + answer["cpus"]):
            for node in nodes:
                if node in place:
                    raise Invalid(f"node {node} is placed twice")
                place[node] = device
        if set(place) != set(self.nodes):
            raise Invalid("not every node has its place")
        if len(answer["fpgas"]) > self.accelerators or len(answer["cpus"]) > self.cores:
            raise Invalid("more devices than there are")
        classes = {}
        for i, node in self.nodes.items():
            if node.get("colorClass") is not None and classes.setdefault(node["colorClass"], place[i]) != place[i]:
                raise Invalid(f"class {node['colorClass']} is torn apart")
        loads = [self.accelerator_load(set(nodes)) for nodes in answer["fpgas"]]
        loads += [sum(self.nodes[i]["cpuLatency"] for i in nodes) for nodes in answer["cpus"]]
        if mode == "contiguous" and self.has_cycle(place):
            raise Invalid("the devices wait for each other in a circle")
        return max(loads)

    def accelerator_load(self, nodes):
        if any(not self.nodes[i]["supportedOnFpga"] for i in nodes):
            raise Invalid("an unsupported node is on an accelerator")
        size = sum(self.nodes[i].get("size", 0) for i in nodes)
        if size > self.capacity:
            raise Invalid(f"an accelerator holds {size} of {self.capacity} bytes")
        load = sum(self.nodes[i]["fpgaLatency"] for i in nodes)
        for producer, readers in self.readers.items():
            inside = producer in nodes
            if (inside and readers - nodes) or (not inside and readers & nodes):
                load += self.cost[producer]
        return load

    def has_cycle(self, place):
        after = {}
        for a, b in self.forward_edges():
            if place[a] != place[b]:
                after.setdefault(place[a], set()).add(place[b])
        done, open_ = set(), set()

        def visit(device):
            if device in open_:
                return True
            if device in done:
                return False
            open_.add(device)
            found = any(visit(other) for other in sorted(after.get(device, ())))
            open_.discard(device)
            done.add(device)
            return found

        return any(visit(device) for device in sorted(after))
