"""Drawn questions, wider than those of `seeded.py`: tables with and without a dense part, DLRM graphs, language models, convolutional
networks and lists of layers; systems of one to three kinds of card with figures of their own; options, rules and levers."""

import csv
import json
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "models" / "generator"))
import dlrm  # noqa: E402
import language  # noqa: E402
import onnx_json as ox  # noqa: E402
import seeded  # noqa: E402

CARDS = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "models" / "systems" / "cards").glob("*.json"))}
HOSTS = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "models" / "systems" / "hosts").glob("*.json"))}
LANES = [0.985, 3.94, 7.88, 15.75, 63]


def figure(entry):
    return entry["value"] if isinstance(entry, dict) else entry


class System:
    """Cards of a few kinds, each with figures of its own, in any order; some with links to each other.

    The latter come of a stream of their own, `links`, so that all else of a seed is as it was without them.
    """

    def __init__(self, draw, links):
        kinds = [self.card(draw) for _ in range(draw.choice([1, 2, 2, 2, 3]))]
        if links.random() < 0.25:
            for kind in kinds:
                kind.update(
                    peerLinkGigabytesPerSecond=links.choice([1, 25, 300, 900]), peerLinkSustainedFraction=0.5,
                    peerLinkCommandMicroseconds=links.choice([0, 2, 10]))
        runs = draw.choice([1, 1, 2]) * len(kinds)
        total = draw.choice([1, 2, 3, 4, 5, 6, 8, 12])
        cards = [(kinds[run % len(kinds)], 1) for run in range(min(runs, total))]
        for _ in range(total - len(cards)):
            place = draw.randrange(len(cards))
            cards[place] = (cards[place][0], cards[place][1] + 1)
        name = draw.choice(sorted(HOSTS))
        host = dict(HOSTS[name])
        if draw.random() < 0.3:
            host.update(dramGigabytes=draw.choice([0.5, 2, 16]), reservedGigabytes=0.1)
        self.count = sum(count for _, count in cards)
        self.bytes = sum((figure(card["dramGigabytes"]) - figure(card["reservedGigabytes"])) * count for card, count in cards) * 1e9
        self.described = {
            "name": "drawn", "host": host, "cards": [{"card": card, "count": count} for card, count in cards],
            "peerToPeer": draw.random() < 0.6, "uplinkGigabytesPerSecond": draw.choice([3.94, 15.75, 63, 252]),
            "uplinkSustainedFraction": 0.87, "uplinkCommandMicroseconds": draw.choice([0, 1, 5]),
        }
        self.words = f"{name}, " + " and ".join(f"{count} x {card['model']}" for card, count in cards)

    @staticmethod
    def card(draw):
        name = draw.choice(sorted(CARDS))
        card = dict(CARDS[name])
        if draw.random() < 0.5:
            card.update(
                dramGigabytes=draw.choice([0.05, 0.2, 0.6, 1, 4]), reservedGigabytes=draw.choice([0, 0.01, 0.02]))
        if draw.random() < 0.3:
            card.update(cores=draw.choice([1, 2, 7, 64]))
        if draw.random() < 0.4:
            card.update(linkGigabytesPerSecond=draw.choice(LANES))
        if draw.random() < 0.2:
            card.update(linkCommandMicroseconds=draw.choice([0, 1, 50]))
        if draw.random() < 0.2:
            lacked = draw.sample(["Relu", "Softmax", "Concat", "Conv", "Gather", "Add", "Gemm", "SparseLengthsSum"], 2)
            card.update(unsupportedOperators=figure(card["unsupportedOperators"]) + lacked)
        return {key: value for key, value in card.items() if key != "description"}

    def roomier(self):
        """The same with twice the memory everywhere."""
        described = json.loads(json.dumps(self.described))
        for device in [described["host"], *(entry["card"] for entry in described["cards"])]:
            device["dramGigabytes"] = 2 * figure(device["dramGigabytes"])
        return described


class Files:
    """Files of one question."""

    def __init__(self, folder, seed):
        self.folder, self.seed = pathlib.Path(folder), seed

    def json(self, name, value):
        path = self.folder / f"{self.seed}-{name}.json"
        path.write_text(json.dumps(value))
        return str(path)

    def model(self, model):
        path = self.folder / f"{self.seed}.json"
        ox.write(model, str(path))
        return str(path)

    def csv(self, name, rows):
        path = self.folder / f"{self.seed}-{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return str(path)


class Drawn:
    """A model: its arguments, its tables and operators for rules, and a dimension that may vary."""

    def __init__(self, name, arguments, tables=(), operators=(), dimension=None):
        self.name, self.arguments, self.tables, self.operators = name, arguments, list(tables), list(operators)
        self.dimension = dimension


def of_graph(name, model, files, dimension=None):
    graph = model["graph"]
    tables = [node["input"][0] for node in graph["node"] if node["opType"] == "SparseLengthsSum"]
    operators = [node["name"] for node in graph["node"] if node["opType"] in ("Gemm", "MatMul", "Conv", "Relu", "Add")]
    return Drawn(name, [files.model(model)], tables, operators, dimension)


def sheet(draw, system, files):
    """Tables that fill a drawn part of the memory, in fp32, and often a dense part."""
    count = draw.choice([1, 2, 3, 5, 8, 17, 40, 100])
    same = draw.choice([None, None, 16, 64, 128])
    rows = []
    for index in range(count):
        average = draw.choice([1, 1, 2.5, 8, 20, 80])
        rows.append({
            "name": f"t{index}", "rows": 10 ** draw.uniform(1, 4), "dim": same or draw.choice([1, 4, 10, 16, 32, 64, 100, 256]),
            "lookups": average, "max_lookups": int(average * draw.choice([1, 1, 2])) + 1, "bytes": draw.choice([4, 4, 4, 2, 1]),
            "features": draw.choice([1, 1, 1, 1, 3]),
        })
    if draw.random() < 0.3:
        for row in rows:
            row["skew"] = draw.choice([0, 0.7, 1.05, 1.3])
    if not same and draw.random() < 0.3:
        for row in rows:
            row["pooling"] = draw.choice(["sum", "mean", "none"])
    share = draw.choice([0.01, 0.3, 0.9, 2, 5]) * system.bytes / sum(row["rows"] * row["dim"] * row["bytes"] for row in rows)
    for row in rows:
        row["rows"] = min(10**10, max(1, int(row["rows"] * share)))
    arguments = ["--tables", files.csv("tables", rows), "--batch", str(draw.choice([1, 16, 64, 256, 2048]))]
    if draw.random() < 0.7:
        features = draw.choice([0, 13, 64])
        dense = {"denseFeatures": features, "bottom": [draw.choice([64, 512]), same or 32] if features else [],
                 "interaction": draw.choice(["concat", "dot", "sum"] if same and "pooling" not in rows[0] else ["concat"]),
                 "top": [draw.choice([64, 512, 2048]) for _ in range(draw.randint(0, 3))] + [1]}
        arguments += ["--dense", files.json("dense", dense)]
    # Small tables of which rows are read unpooled count as operands, which rules know by the operator's name.
    return Drawn(f"{count} tables", arguments, [row["name"] for row in rows if row.get("pooling") != "none"])


def recommendation(draw, system, files):
    width = draw.choice([16, 64, 96])
    dlrm.VARIANTS["less-complex", "per-item"] = dict(
        parameters=draw.choice([0.01, 0.2, 0.7, 1.5]) * system.bytes, tables=draw.choice([1, 4, 13, 48]), width=width,
        lookups=[draw.choice([1, 2, 8, 40]) for _ in range(4)], interaction=draw.choice(["dot", "sum"]),
        bottom=[draw.choice([13, 256]), draw.choice([64, 1024]), width], top=[draw.choice([128, 2048]), 64, 1])
    return of_graph("DLRM", dlrm.build("less-complex", "per-item", draw.choice([1, 16, 64, 512])), files)


def language_model(draw, system, files):
    heads, size = draw.choice([4, 8, 16]), draw.choice([32, 64])
    language.MODELS["drawn"] = dict(
        layers=draw.choice([1, 2, 5, 12]), width=heads * size, heads=heads, kv_heads=draw.choice([1, 4, heads]),
        hidden=4 * heads * size, vocabulary=draw.choice([1000, 32000, 128256]), experts=draw.choice([0, 0, 4]))
    model = language.build("drawn", draw.choice([1, 4, 32]), draw.choice([16, 500, 8000]))
    return of_graph("language model", model, files)


def encoder(draw, system, files):
    """Attention over a number of tokens that varies."""
    builder = seeded.Builder(draw)
    heads, width = draw.choice([2, 8]), draw.choice([128, 512])
    shape = ["batch", "tokens", width]
    value = builder.input("input", [1, 1, width])
    for _ in range(draw.randint(1, 3)):
        parts = []
        for _ in range(3):
            split = builder.add(
                "Reshape", builder.product(value, width, width), builder.integers(0, 0, heads, width // heads))
            parts.append(builder.add("Transpose", split, perm=[0, 2, 1, 3]))
        scores = builder.add("MatMul", parts[0], builder.add("Transpose", parts[1], perm=[0, 1, 3, 2]))
        mixed = builder.add("MatMul", builder.add("Softmax", scores, axis=-1), parts[2])
        mixed = builder.add("Reshape", builder.add("Transpose", mixed, perm=[0, 2, 1, 3]), builder.integers(0, 0, width))
        value = builder.add("Add", value, builder.product(mixed, width, width))
        inner = builder.add("Relu", builder.product(value, width, 4 * width))
        value = builder.add("Add", value, builder.product(inner, 4 * width, width))
    model = builder.model("encoder", [(value, [1, 1, width])])
    for end in model["graph"]["input"] + model["graph"]["output"]:
        end["type"]["tensorType"]["shape"]["dim"] = [
            {"dimParam": size} if isinstance(size, str) else {"dimValue": str(size)} for size in shape]
    drawn = of_graph("encoder", model, files, "tokens")
    drawn.arguments += ["--dim", f"batch={draw.choice([1, 8])}"]
    return drawn


def network(draw, system, files):
    """Convolutions that fold the picture and unfold it, with the way around of a U-Net, or those of `seeded.py`."""
    if draw.random() < 0.4:
        return of_graph("convolutions", seeded.convolutions(draw), files)
    builder = seeded.Builder(draw)
    batch, size, channels, around = draw.choice([1, 4]), draw.choice([32, 128]), 3, []
    value = builder.input("input", [batch, 3, size, size])

    def convolution(value, channels, filters):
        value = builder.add("Conv", value, builder.weight(filters, channels, 3, 3), kernel_shape=[3, 3], pads=[1] * 4)
        return builder.add(draw.choice(["Relu", "Sigmoid", "Relu"]), value)

    for filters in [draw.choice([8, 32, 128]) for _ in range(draw.randint(1, 4))]:
        value, channels = convolution(value, channels, filters), filters
        around.append((value, channels))
        value = builder.add("MaxPool", value, kernel_shape=[2, 2], strides=[2, 2])
    for other, filters in reversed(around):
        value = builder.add(
            "ConvTranspose", value, builder.weight(channels, filters, 2, 2), kernel_shape=[2, 2], strides=[2, 2])
        value = convolution(builder.add("Concat", value, other, axis=1), 2 * filters, filters)
        channels = filters
    return of_graph("U-Net", builder.model("unet", [(value, [batch, channels, size, size])]), files)


def layers(draw, system, files):
    rows = []
    for index in range(draw.choice([1, 3, 10, 30])):
        above = [f"l{other}" for other in range(index)][-4:]
        row = {
            "name": f"l{index}", "seconds": 10 ** draw.uniform(-6, -3), "host_seconds": 10 ** draw.uniform(-5, -2),
            "bytes": int(draw.choice([0, 0.01, 0.1]) * system.bytes), "output_bytes": int(10 ** draw.uniform(1, 7)),
            "state_bytes": draw.choice([0, 0, 10**6]), "inputs": ";".join(draw.sample(above, min(len(above), draw.choice([1, 1, 2])))),
        }
        rows.append(row)
    return Drawn("layers", ["--layers", files.csv("layers", rows)], [], [row["name"] for row in rows])


def rules(draw, drawn, cards):
    tables, operators = drawn.tables, drawn.operators
    devices = ["host", "every card"] + [f"card{card}" for card in range(cards)]

    def rule():
        units = draw.sample(tables, 1) if tables and (not operators or draw.random() < 0.7) else draw.sample(operators, 1)
        kind = draw.choice(
            ["pin", "forbid", "forbid", "together", "apart", "reserve"] + ["limit", "options"] * bool(tables))
        if kind in ["pin", "forbid"]:
            return {"kind": kind, "units": units, "devices": draw.sample(devices, draw.choice([1, 1, min(2, len(devices))]))}
        if kind in ["together", "apart"]:
            among = tables + operators if draw.random() < 0.5 else tables or operators
            return {"kind": kind, "units": draw.sample(among, min(len(among), 2))}
        if kind == "limit":
            return {"kind": kind, "devices": ["card*"], "units": tables, "count": draw.choice([1, 2, 10])}
        if kind == "options":
            never = draw.choice(["* int4", "rows*", "columns*", "every card*", "host*", "whole*"])
            return {"kind": kind, "units": draw.sample(tables, 1), "never": [never]}
        return {"kind": kind, "devices": [draw.choice(["host"] + devices[2:])], "bytes": draw.choice([1e6, 1e7, 1e8])}

    return {"format": "placement-rules", "version": 1, "rules": [rule() for _ in range(draw.choice([1, 1, 2, 3]))]}


LEVERS = ["--no-net-split", "--no-copies", "--no-split", "--no-groups", "--no-cores", "--no-cut", "--no-partial-transfers",
          "--no-command-batching", "--no-peer-to-peer", "--no-narrow-activations", "--no-heat-split"]
# Each leaves plans out and adds none.
FEWER = [["--no-net-split"], ["--no-copies"], ["--no-split"], ["--no-groups"], ["--no-cores"]]
MODELS = [sheet, sheet, sheet, recommendation, recommendation, language_model, encoder, network, network, layers]


class Question:
    """What is asked, with seed."""

    def __init__(self, seed, folder):
        draw = self.draw = random.Random(seed)
        self.seed, self.files, self.system = seed, Files(folder, seed), System(draw, random.Random(f"links {seed}"))
        drawn = self.drawn = draw.choice(MODELS)(draw, self.system, self.files)
        self.objective = draw.choice(["throughput", "throughput", "latency", "energy"])
        options = [lever for lever in LEVERS if draw.random() < 0.07]
        if drawn.tables and draw.random() < 0.3:
            options += ["--table-precision", draw.choice(["int8", "int4", "fp16,int8", "fp32", "fp16,int8,int4", "fp32,int4"])]
        if draw.random() < 0.2:
            options += ["--in-flight", str(draw.choice([1, 2, 3, 40]))]
        if draw.random() < 0.15:
            options += ["--latency-budget", draw.choice(["50us", "500us", "5ms", "100ms"])]
        if drawn.tables and draw.random() < 0.2:
            options += ["--skew", draw.choice(["meta-2021", "none"])]
        if drawn.tables and draw.random() < 0.15:
            options += ["--accuracy-budget", draw.choice(["0.5%", "2%", "8%", "int8"])]
        if draw.random() < 0.15:
            options += ["--precision", draw.choice(["fp16", "bf16", "fp8", "int4", "fp32"])]
        if draw.random() < 0.1 and "--no-cut" not in options and self.system.count > 1:
            options += ["--cut", str(draw.randint(2, self.system.count))]
        if (drawn.tables or drawn.operators) and draw.random() < 0.3:
            options += ["--constraints", self.files.json("rules", rules(draw, drawn, self.system.count))]
        self.length = []
        if drawn.dimension:
            longest = draw.choice([8, 100, 700])
            self.length = ["--dim", f"{drawn.dimension}={longest}"]
            if draw.random() < 0.4:
                self.length = ["--lengths", f"{drawn.dimension}=1-{longest}", "--buckets", str(draw.choice([1, 2, 4]))]
        self.set = []
        if draw.random() < 0.3:
            self.set = ["--set", draw.choice([
                "card.dramGigabytesPerSecond=30", "card.launchMicroseconds=0", "host.cores=1", "uplinkGigabytesPerSecond=2",
                "card.lookupsPerCorePerSecond=1000000", "card.linkCommandMicroseconds=0", "host.launchMicroseconds=50"])]
        self.options = options
        self.shown = " ".join(value for value in options + self.length[:2] + self.set if not value.startswith(str(folder)))

    def arguments(self, described=None, options=None, objective=None, cards=None):
        """Of one plan; what is not given is as asked."""
        system = self.files.json("roomier" if described else "system", described or self.system.described)
        found = [*self.drawn.arguments, *self.length, "--system", system, *self.set]
        found += self.options if options is None else options
        return found + ["--objective", objective or self.objective] + (["--cards", str(cards)] if cards is not None else [])
