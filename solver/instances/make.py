"""Writes the instances of this folder, with their optima in optima.json.

Optima are planted, counted, enumerated here, or proven by HiGHS (`pip install highspy`) on the integer program; none comes of this
project. Seeds are fixed: the same files come out.
"""
import itertools, json, random


def write(name, problem, optimum, known):
    problem = {"format": "placement-problem", "version": 1, "name": name, **problem}
    with open(name + ".json", "w") as file:
        json.dump(problem, file, indent=None, separators=(",", ":"))
        file.write("\n")
    OPTIMA[name] = {"optimum": optimum, "known": known}


OPTIMA = {}


def devices(count, **more):
    return [{"name": f"card{k}", **more} for k in range(count)]


def whole(name, loads, memory=0.0):
    return {"name": "whole", "shards": [{"loads": loads, "memory": memory}]}


def pieces(random, total, count):
    """`count` positive integers that add up to `total`."""
    cuts = sorted(random.sample(range(1, total), count - 1))
    return [b - a for a, b in zip([0] + cuts, cuts + [total])]


def planted():
    """Each card's share was cut from a second of compute and all of its memory: no card can do less."""
    r = random.Random(1)
    units = []
    for card in range(8):
        for seconds, dram, memory in zip(*(pieces(r, 4096, 8) for _ in range(3))):
            units.append((seconds / 4096, dram / 8192, memory))
    r.shuffle(units)
    units = [
        {"name": f"t{i}", "options": [whole("whole", {"compute": c, "dram": d}, m)]} for i, (c, d, m) in enumerate(units)
    ]
    write("planted-64x8", {"lanes": ["compute", "dram"], "devices": devices(8, memory=4300), "units": units}, 1.0,
          "planted: eight seconds of compute on eight cards")


def equal():
    units = [{"name": f"t{i}", "options": [whole("whole", {"compute": 1})]} for i in range(26)]
    write("equal-26x6", {"lanes": ["compute"], "devices": devices(6), "units": units}, 5,
          "counted: some card of six has five of 26")


def splits():
    """Large tables that may be cut in two or four, at a price, with an uplink that all cards share."""
    r = random.Random(2)
    units = []
    for i in range(16):
        c, m = r.randint(8, 400) / 1000, r.randint(1, 40)
        options = [whole("whole", {"compute": c, "in": c / 10}, m)]
        for n in (2, 4):
            shard = {"count": n, "loads": {"compute": 1.1 * c / n, "in": c / 10}, "memory": m / n}
            options.append({"name": f"rows {n}", "shards": [shard], "shared": {"uplink": n * c / 40}})
        units.append({"name": f"t{i}", "options": options})
    write("splits-16x4", {"lanes": ["compute", "in"], "shared": ["uplink"],
                          "devices": devices(4, memory=100), "units": units}, None, "by HiGHS")


def ruled():
    r = random.Random(3)
    units = [{"name": f"t{i}", "options": [whole("whole", {"compute": r.randint(10, 90) / 100})]} for i in range(12)]
    write("ruled-12x4", {"lanes": ["compute"], "devices": devices(4), "units": units,
                         "apart": [["t0", "t1", "t2"], ["t3", "t4"]],
                         "limits": [{"units": [f"t{i}" for i in range(12)], "devices": ["card0"], "count": 2}]}, None,
          "by HiGHS")


def unlike():
    """Two kinds of card, and a host that takes the rest."""
    r = random.Random(4)
    cards = [{"name": f"fast{k}", "memory": 60} for k in range(2)] + [{"name": f"slow{k}", "memory": 90} for k in range(3)]
    units = []
    for i in range(30):
        c, m = r.randint(5, 60) / 1000, r.randint(2, 20)
        options = [
            {"name": kind, "shards": [{"devices": names, "loads": {"compute": factor * c}, "memory": m}]}
            for kind, names, factor in (("fast", ["fast0", "fast1"], 1), ("slow", ["slow0", "slow1", "slow2"], 2.5),
                                        ("host", ["host"], 6))
        ]
        units.append({"name": f"t{i}", "options": options})
    write("unlike-30x6", {"lanes": ["compute"], "devices": cards + [{"name": "host"}], "units": units}, None, "by HiGHS")


def graph(seed, count, order, name):
    r = random.Random(seed)
    units = [{"name": f"n{i}", "options": [whole("whole", {"compute": r.randint(2, 20) / 10}, r.randint(1, 9))]} for i in range(count)]
    nets = []
    for i in range(count - 1):
        readers = sorted(r.sample(range(i + 1, count), min(count - 1 - i, r.randint(1, 2))))
        cost = {"compute": r.randint(1, 8) / 10}
        nets.append({"producer": f"n{i}", "consumers": [f"n{j}" for j in readers], "out": [cost], "incoming": [cost]})
    problem = {"order": order, "lanes": ["compute"], "devices": devices(3, memory=30), "units": units, "nets": nets}
    write(name, problem, enumerated(problem), "enumerated: every assignment")


def enumerated(problem):
    """The least largest load over every assignment of whole units to devices."""
    names = [u["name"] for u in problem["units"]]
    shards = [u["options"][0]["shards"][0] for u in problem["units"]]
    nets = [(names.index(n["producer"]), [names.index(c) for c in n["consumers"]], n["out"][0]["compute"])
            for n in problem["nets"]]
    count, best = len(problem["devices"]), float("inf")
    for sites in itertools.product(range(count), repeat=len(names)):
        load, held = [0.0] * count, [0.0] * count
        for site, shard in zip(sites, shards):
            load[site] += shard["loads"]["compute"]
            held[site] += shard["memory"]
        if any(h > d["memory"] for h, d in zip(held, problem["devices"])):
            continue
        edges = set()
        for producer, readers, seconds in nets:
            others = {sites[j] for j in readers} - {sites[producer]}
            for other in others:
                load[other] += seconds
                edges.add((sites[producer], other))
            if others:
                load[sites[producer]] += seconds
        if max(load) >= best or (problem["order"] != "free" and circular(edges, count)):
            continue
        best = max(load)
    return best


def circular(edges, count):
    reach = [[(a, b) in edges for b in range(count)] for a in range(count)]
    for k, a, b in itertools.product(range(count), repeat=3):
        reach[a][b] = reach[a][b] or (reach[a][k] and reach[k][b])
    return any(reach[a][a] for a in range(count))


def chain():
    """Contiguous parts of a chain; by dynamic programming over its prefixes."""
    r = random.Random(7)
    times = [r.randint(5, 50) for _ in range(60)]
    costs = [r.randint(1, 12) for _ in range(59)] + [0]

    def part(a, b):
        return sum(times[a:b]) + (costs[a - 1] if a else 0) + costs[b - 1]

    best = [0] + [part(0, b) for b in range(1, 61)]
    for _ in range(5):
        best = [0] + [min([best[b]] + [max(best[a], part(a, b)) for a in range(1, b)]) for b in range(1, 61)]
    units = [{"name": f"n{i}", "options": [whole("whole", {"compute": t})]} for i, t in enumerate(times)]
    nets = [{"producer": f"n{i}", "consumers": [f"n{i + 1}"], "out": [{"compute": costs[i]}],
             "incoming": [{"compute": costs[i]}]} for i in range(59)]
    write("chain-60x6", {"order": "acyclicQuotient", "lanes": ["compute"], "devices": devices(6), "units": units,
                         "nets": nets}, best[60], "dynamic programming over prefixes")


def by_highs(name):
    """The optimum of a problem without nets: a column an option and device, of alike shards a count."""
    import highspy
    problem = json.load(open(name + ".json"))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 1e-9)
    index = {d["name"]: k for k, d in enumerate(problem["devices"])}
    load = {(k, lane): 0 for k in index.values() for lane in problem["lanes"]}
    held, shared = [0] * len(index), {lane: 0 for lane in problem.get("shared", [])}
    on = {}
    top = solver.addVariable(0, highspy.kHighsInf, 1)
    for unit in problem["units"]:
        chosen = 0
        for option in unit["options"]:
            x = solver.addBinary()
            chosen += x
            for lane, seconds in option.get("shared", {}).items():
                shared[lane] += seconds * x
            for shard in option["shards"]:
                placed = 0
                for device in (index[d] for d in shard.get("devices", index)):
                    y = solver.addIntegral(lb=0)
                    placed += y
                    on.setdefault((unit["name"], device), []).append(y)
                    held[device] += shard.get("memory", 0) * y
                    for lane, seconds in shard["loads"].items():
                        load[device, lane] += seconds * y
                solver.addConstr(placed - shard.get("count", 1) * x == 0)
        solver.addConstr(chosen == 1)
    for row in [*load.values(), *shared.values()]:
        if not isinstance(row, int):
            solver.addConstr(row - top <= 0)
    for device, row in zip(problem["devices"], held):
        if "memory" in device:
            solver.addConstr(row <= device["memory"])
    for group in problem.get("apart", []):
        for device in index.values():
            solver.addConstr(sum(sum(on[unit, device]) for unit in group) <= 1)
    for limit in problem.get("limits", []):
        for device in limit["devices"]:
            solver.addConstr(sum(sum(on[unit, index[device]]) for unit in limit["units"]) <= limit["count"])
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, name
    return solver.getInfo().objective_function_value


if __name__ == "__main__":
    planted(), equal(), splits(), ruled(), unlike(), chain()
    graph(5, 9, "free", "graph-9x3")
    graph(5, 9, "acyclicQuotient", "graph-9x3-contiguous")
    for name, entry in OPTIMA.items():
        if entry["optimum"] is None:
            entry["optimum"] = by_highs(name)
    with open("optima.json", "w") as file:
        json.dump(OPTIMA, file, indent=2)
        file.write("\n")
