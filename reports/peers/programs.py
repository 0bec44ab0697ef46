"""The integer programs that the peers get, written for them with the care a specialist would take: equal tables merged into
counted classes, devices that are alike ordered by load, nodes of one co-location class merged, the staged form of
contiguity, tensors with the same ends merged."""

from instances import Graph, Sharding


class Program:
    """min T; rows low <= sum coefficient * variable <= high. Variable 0 is T."""

    def __init__(self):
        self.upper = [None]
        self.integer = [False]
        self.rows = []

    def variable(self, upper, integer=True):
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.upper) - 1

    def row(self, terms, low=None, high=None, kind="count"):
        """`load`: T is at least what the terms, all but T negative, add up to. `order`: one device's load is at least
        another's. `count`: whole numbers, bytes included."""
        merged = {}
        for coefficient, variable in terms:
            if coefficient:
                merged[variable] = merged.get(variable, 0) + coefficient
        self.rows.append((sorted(merged.items()), low, high, kind))


def build(instance, mode):
    """The program, and a function from values of its variables to an answer in the instance's own terms."""
    if isinstance(instance, Sharding):
        return sharding(instance)
    return graph(instance, mode == "contiguous")


def sharding(instance):
    program = Program()
    devices = range(len(instance.capacities))
    classes = {}
    for table, options in instance.tables.items():
        classes.setdefault(repr(options), []).append(table)
    loads = [[] for _ in devices]
    bytes_ = [[] for _ in devices]
    chosen = []
    alike = len(set(instance.capacities)) == 1
    for tables in classes.values():
        options = instance.tables[tables[0]]
        entries = []
        for uniform, groups in options:
            taken = program.variable(len(tables))
            places = []
            if uniform:
                shards = [(perf, hbm) for perf, hbm, count in groups for _ in range(count)]
                alike = alike and len(set(shards)) == 1
                for device, (perf, hbm) in enumerate(shards):
                    loads[device].append((perf, taken))
                    bytes_[device].append((hbm, taken))
            else:
                for perf, hbm, count in groups:
                    here = [program.variable(count * len(tables)) for _ in devices]
                    program.row([(1, v) for v in here] + [(-count, taken)], 0, 0)
                    for device in devices:
                        loads[device].append((perf, here[device]))
                        bytes_[device].append((hbm, here[device]))
                    places.append(here)
            entries.append((taken, places))
        program.row([(1, taken) for taken, _ in entries], len(tables), len(tables))
        chosen.append((tables, options, entries))
    for device in devices:
        program.row([(1, 0)] + [(-c, v) for c, v in loads[device]], low=0, kind="load")
        program.row(bytes_[device], high=instance.capacities[device])
    if alike:
        for device in devices[1:]:
            program.row(loads[device - 1] + [(-c, v) for c, v in loads[device]], low=0, kind="order")

    def answer(values):
        result = {}
        for tables, options, entries in chosen:
            rest = iter(tables)
            for option, ((uniform, groups), (taken, places)) in enumerate(zip(options, entries)):
                pools = [
                    [device for device, v in enumerate(here) for _ in range(round(values[v]))] for here in places
                ]
                for _ in range(round(values[taken])):
                    spread = list(devices) if uniform else []
                    for pool, (_, _, count) in zip(pools, groups if not uniform else []):
                        spread += [pool.pop() for _ in range(count)]
                    result[next(rest)] = {"option": option, "devices": spread}
        return result

    return program, answer


def graph(instance, contiguous):
    program = Program()
    unit_of = {}
    units = []
    for i, node in instance.nodes.items():
        colour = node.get("colorClass")
        key = ("class", colour) if colour is not None else ("node", i)
        if key not in unit_of:
            unit_of[key] = len(units)
            units.append([])
        units[unit_of[key]].append(i)
    unit_of = {i: unit for unit, nodes in enumerate(units) for i in nodes}
    stages = stage_order(instance, contiguous)
    x = []
    for nodes in units:
        supported = all(instance.nodes[i]["supportedOnFpga"] for i in nodes)
        x.append([program.variable(1 if kind == "cpu" or supported else 0) for kind, _ in stages])
        program.row([(1, v) for v in x[-1]], 1, 1)
    loads = {stage: [] for stage in stages}
    sizes = {stage: [] for stage in stages}
    for nodes, row in zip(units, x):
        for stage, v in zip(stages, row):
            time = "fpgaLatency" if stage[0] == "fpga" else "cpuLatency"
            loads[stage].append((sum(instance.nodes[i][time] for i in nodes), v))
            sizes[stage].append((sum(instance.nodes[i].get("size", 0) for i in nodes), v))
    for (producer, readers), cost in tensors(instance, unit_of).items():
        for position, stage in enumerate(stages):
            if stage[0] == "cpu" or cost == 0:
                continue
            inside = x[producer][position]
            moved = program.variable(1, integer=False), program.variable(1, integer=False)
            loads[stage] += [(cost, v) for v in moved]
            for reader in readers:
                program.row([(1, moved[0]), (-1, inside), (1, x[reader][position])], low=0)
                program.row([(1, moved[1]), (1, inside), (-1, x[reader][position])], low=0)
    accelerators = [stage for stage in stages if stage[0] == "fpga"]
    for stage in accelerators:
        program.row([(1, 0)] + [(-c, v) for c, v in loads[stage]], low=0, kind="load")
        program.row(sizes[stage], high=instance.capacity)
    for core in range(instance.cores):
        slots = [stage for stage in stages if stage[0] == "cpu" and (contiguous or stage[1] == core)]
        program.row(
            [(1, 0)] + [(-c, v) for stage in slots for c, v in loads[stage]], low=0, kind="load")
    if contiguous:
        stage_rows(program, instance, unit_of, x, stages)
    else:
        for a, b in zip(accelerators, accelerators[1:]):
            program.row(loads[a] + [(-c, v) for c, v in loads[b]], low=0, kind="order")

    def answer(values):
        result = {"fpgas": [[] for _ in range(instance.accelerators)], "cpus": [[] for _ in range(instance.cores)]}
        for nodes, row in zip(units, x):
            kind, number = next(stage for stage, v in zip(stages, row) if round(values[v]) == 1)
            if kind == "fpga":
                result["fpgas"][number] += nodes
            else:
                result["cpus"][0 if contiguous else number] += nodes
        return result

    return program, answer


def stage_order(instance, contiguous):
    """Devices in order. With contiguity, the CPU may stand in front of, between or behind the accelerators."""
    accelerators = [("fpga", k) for k in range(instance.accelerators)]
    if not contiguous:
        return accelerators + [("cpu", c) for c in range(instance.cores)]
    if instance.cores > 1:
        raise ValueError("contiguous graphs with more than one CPU core are not compared")
    slots = [("cpu", k) for k in range(instance.accelerators + 1)] if instance.cores else []
    stages = slots[:1]
    for k, stage in enumerate(accelerators):
        stages += [stage] + slots[k + 1:k + 2]
    return stages


def stage_rows(program, instance, unit_of, x, stages):
    """No forward edge leads to an earlier stage; the CPU uses one of its places."""
    slots = [p for p, stage in enumerate(stages) if stage[0] == "cpu"]
    if slots:
        used = {p: program.variable(1) for p in slots}
        program.row([(1, v) for v in used.values()], high=1)
        for row in x:
            for p in slots:
                program.row([(1, used[p]), (-1, row[p])], low=0)
    edges = {(unit_of[a], unit_of[b]) for a, b in instance.forward_edges()}
    for a, b in sorted(edge for edge in edges if edge[0] != edge[1]):
        for last in range(len(stages) - 1):
            program.row(
                [(1, x[a][p]) for p in range(last + 1)] + [(-1, x[b][p]) for p in range(last + 1)], low=0)


def tensors(instance, unit_of):
    """Cost by producing unit and reading units other than it."""
    merged = {}
    for producer, readers in instance.readers.items():
        unit = unit_of[producer]
        others = tuple(sorted({unit_of[r] for r in readers} - {unit}))
        if others:
            merged[unit, others] = merged.get((unit, others), 0) + instance.cost[producer]
    return merged
