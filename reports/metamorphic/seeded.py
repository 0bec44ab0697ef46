"""Small random models, machines and questions, by seed: recommendation models, chains with branches, attention layers with and
without a cache, convolutions; machines with little memory or unlike cards among them, and questions under rules."""

import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "models" / "generator"))
import onnx_json as ox  # noqa: E402


class Builder:
    """Collects nodes and initializers; names count up."""

    def __init__(self, draw):
        self.draw, self.nodes, self.initializers, self.inputs, self.count = draw, [], [], [], 0

    def name(self, kind):
        self.count += 1
        return f"{kind}_{self.count}"

    def input(self, name, shape, element_type=ox.FLOAT):
        self.inputs.append(ox.value(name, element_type, shape))
        return name

    def weight(self, *shape):
        name = self.name("weight")
        self.initializers.append(ox.weight(name, shape))
        return name

    def integers(self, *values):
        name = self.name("integers")
        self.initializers.append(ox.integers(name, values))
        return name

    def add(self, op_type, *inputs, domain=None, **attributes):
        name = self.name(op_type.lower())
        self.nodes.append(ox.node(name, op_type, list(inputs), name, domain=domain, **attributes))
        return name

    def product(self, value, rows, columns):
        return self.add("MatMul", value, self.weight(rows, columns))

    def model(self, name, outputs):
        return {
            "irVersion": "10", "producerName": "partition reports/metamorphic",
            "opsetImport": [{"domain": "", "version": "20"}, {"domain": "glow", "version": "1"}],
            "graph": {
                "name": name, "input": self.inputs, "node": self.nodes, "initializer": self.initializers,
                "output": [ox.value(output, ox.FLOAT, shape) for output, shape in outputs], "valueInfo": [],
            },
        }


def recommendation(draw):
    builder = Builder(draw)
    batch, width, hidden = draw.choice([16, 64, 256, 1024]), draw.choice([16, 32, 64, 128]), draw.choice([64, 512, 2048])
    bottom = builder.add("Relu", builder.product(builder.input("dense", [batch, 64]), 64, hidden))
    parts = [builder.product(bottom, hidden, width)]
    largest = draw.choice([6.3, 7.3])
    for table in range(draw.randint(1, 9)):
        lookups, rows = draw.choice([1, 1, 4, 16, 64]), builder.weight(int(10 ** draw.uniform(3, largest)), width)
        if draw.random() < 0.5:
            indices = builder.input(f"indices{table}", [batch * lookups], ox.INT64)
            lengths = builder.input(f"lengths{table}", [batch], ox.INT32)
            parts.append(builder.add("SparseLengthsSum", rows, indices, lengths, domain="glow"))
        else:
            read = builder.add("Gather", rows, builder.input(f"indices{table}", [batch, lookups], ox.INT64), axis=0)
            parts.append(builder.add("ReduceSum", read, builder.integers(1), keepdims=0))
    value, columns = builder.add("Concat", *parts, axis=1), width * len(parts)
    for size in [draw.choice([128, 1024, 4096]), draw.choice([64, 256])]:
        value, columns = builder.add("Relu", builder.product(value, columns, size)), size
    return builder.model("recommendation", [(builder.add("Sigmoid", builder.product(value, columns, 1)), [batch, 1])])


def branches(draw):
    builder = Builder(draw)
    batch, width = draw.choice([1, 8, 64]), draw.choice([128, 512, 1024, 4096])
    values = [builder.input("input", [batch, width])]
    for _ in range(draw.randint(2, 14)):
        kind, value = draw.random(), draw.choice(values[-3:])
        if kind < 0.5:
            values.append(builder.product(value, width, width))
        elif kind < 0.8:
            values.append(builder.add(draw.choice(["Relu", "Softmax", "Erf"]), value))
        elif kind < 0.9:
            values.append(builder.add("Add", value, draw.choice(values)))
        else:
            turned = builder.add("Reshape", value, builder.integers(width, batch))
            values.append(builder.add("Reshape", turned, builder.integers(batch, width)))
    read = {name for node in builder.nodes for name in node["input"]}
    return builder.model("branches", [(value, [batch, width]) for value in values[1:] if value not in read])


def attention(draw):
    builder = Builder(draw)
    batch, tokens, heads = draw.choice([1, 4]), draw.choice([1, 32, 128]), draw.choice([4, 8])
    width, past = draw.choice([256, 1024]), draw.choice([0, 128, 2048])
    head = width // heads
    value, outputs = builder.input("input", [batch, tokens, width]), []
    for layer in range(draw.randint(1, 3)):
        parts = []
        for part in ["query", "key", "value"]:
            split = builder.add(
                "Reshape", builder.product(value, width, width), builder.integers(batch, tokens, heads, head))
            split = builder.add("Transpose", split, perm=[0, 2, 1, 3])
            if past and part != "query":
                cache = builder.input(f"past_key_values.{layer}.{part}", [batch, heads, past, head])
                joined, split = split, f"present.{layer}.{part}"
                builder.nodes.append(ox.node(split, "Concat", [cache, joined], split, axis=2))
                outputs.append((split, [batch, heads, past + tokens, head]))
            parts.append(split)
        scores = builder.add("MatMul", parts[0], builder.add("Transpose", parts[1], perm=[0, 1, 3, 2]))
        mixed = builder.add("MatMul", builder.add("Softmax", scores, axis=-1), parts[2])
        mixed = builder.add(
            "Reshape", builder.add("Transpose", mixed, perm=[0, 2, 1, 3]), builder.integers(batch, tokens, width))
        value = builder.add("Add", value, builder.product(mixed, width, width))
        inner = builder.add("Relu", builder.product(value, width, 4 * width))
        value = builder.add("Add", value, builder.product(inner, 4 * width, width))
    words = draw.choice([1000, 32000])
    return builder.model("attention", [(builder.product(value, width, words), [batch, tokens, words])] + outputs)


def convolutions(draw):
    builder = Builder(draw)
    batch, size, channels = draw.choice([1, 8]), draw.choice([32, 112]), 3
    value = builder.input("input", [batch, channels, size, size])
    for _ in range(draw.randint(1, 6)):
        filters, stride = draw.choice([16, 64, 256]), draw.choice([1, 1, 2])
        value = builder.add(
            "Conv", value, builder.weight(filters, channels, 3, 3), kernel_shape=[3, 3], pads=[1] * 4,
            strides=[stride] * 2)
        value, channels = builder.add("Relu", value), filters
        if draw.random() < 0.4:
            own = builder.add(
                "Conv", value, builder.weight(filters, 1, 3, 3), kernel_shape=[3, 3], pads=[1] * 4, group=filters)
            value = builder.add("Add", value, own)
    pooled = builder.add("Flatten", builder.add("GlobalAveragePool", value))
    return builder.model("convolutions", [(builder.product(pooled, channels, 1000), [batch, 1000])])


CARDS = ["nnp-i-1100", "t4", "l4", "cloud-ai-100-standard", "h100-pcie"]


def unlike(draw):
    """The file of a system of two kinds of card."""
    kinds = [{"card": card, "count": draw.choice([1, 1, 2])} for card in draw.sample(CARDS, 2)]
    return {
        "name": "unlike", "host": draw.choice(["twin-lakes", "server-1s-32"]), "cards": kinds,
        "peerToPeer": draw.choice([True, False]), "uplinkGigabytesPerSecond": draw.choice([15.75, 63]),
        "uplinkSustainedFraction": 0.87, "uplinkCommandMicroseconds": 1,
    }


def rules(draw, model, cards):
    """A few rules about single operators and tables, on the host, single cards or their memory."""
    graph = model["graph"]
    tables = [node["input"][0] for node in graph["node"] if node["opType"] in ("Gather", "SparseLengthsSum")]
    # Operators that look up or pool are their table's.
    looked_up = ("Gather", "SparseLengthsSum", "ReduceSum")
    operators = [node["name"] for node in graph["node"] if node["opType"] not in looked_up]
    devices = ["host"] + [f"card{card}" for card in range(cards)]

    def rule():
        units = [draw.choice(tables or operators) if draw.random() < 0.6 else draw.choice(operators)]
        kind = draw.choice(["pin", "forbid", "forbid", "together", "apart", "reserve"] + ["limit"] * bool(tables))
        if kind in ["pin", "forbid"]:
            return {"kind": kind, "units": units, "devices": [draw.choice(devices)]}
        if kind == "together":
            return {"kind": kind, "units": draw.sample(operators, min(2, len(operators)))}
        if kind == "apart":
            return {"kind": kind, "units": draw.sample(tables if len(tables) > 1 else operators, 2)}
        if kind == "limit":
            return {"kind": kind, "devices": ["card*"], "units": tables, "count": draw.choice([2, 4, 8])}
        return {"kind": kind, "devices": [draw.choice(devices)], "bytes": draw.choice([1e7, 1e8])}

    return {"format": "placement-rules", "version": 1, "rules": [rule() for _ in range(draw.choice([1, 1, 2]))]}


def question(seed, folder):
    """A model, its name, the machine in words, a smaller number of cards where there is one, the arguments of a plan and those of
    one under rules; files go to a folder."""
    draw = random.Random(seed)
    model = draw.choice([recommendation, recommendation, recommendation, branches, branches, attention, convolutions])(draw)
    system = draw.choice(["nnpi", "nnpi", "t4", "h100", "l40s", "cloud-ai-100-standard"])
    cards = draw.choice([1, 2, 3, 4, 6])
    arguments = []
    if draw.random() < 0.5:
        gigabytes = draw.choice([0.1, 0.3, 0.6, 1, 2])
        arguments += ["--set", "card.reservedGigabytes=0.05", "--set", f"card.dramGigabytes={gigabytes}"]
    if draw.random() < 0.2:
        gigabytes = draw.choice([0.5, 2])
        arguments += ["--set", "host.reservedGigabytes=0.1", "--set", f"host.dramGigabytes={gigabytes}"]
    precisions = draw.choice([None, "int8", "fp16,int8", "int8,int4", "int4"])
    if precisions:
        arguments += ["--table-precision", precisions]
    arguments += draw.choice([[], [], ["--in-flight", str(draw.choice([1, 2, 8]))], ["--accuracy-budget", "2%"]])

    def write(name, value):
        path = pathlib.Path(folder) / f"{seed}-{name}.json"
        path.write_text(json.dumps(value))
        return str(path)

    if draw.random() < 0.25:
        described = unlike(draw)
        count = sum(kind["count"] for kind in described["cards"])
        fewer, arguments = None, ["--system", write("system", described)] + arguments
        words = " and ".join(f"{kind['count']} x {kind['card']}" for kind in described["cards"])
    else:
        count, fewer, words = cards, cards // 2 or None, f"{cards} x {system}"
        arguments = ["--system", system, "--cards", str(cards)] + arguments
    ruled = ["--constraints", write("rules", rules(draw, model, count))]
    if draw.random() < 0.2:
        arguments, ruled = arguments + ruled, []
    words += "".join(f" {value}" for value in arguments[2:] if not value.startswith(("--", "/")) and value != str(cards))
    path = pathlib.Path(folder) / f"{seed}.json"
    ox.write(model, str(path))
    return str(path), f"seed {seed}, {model['graph']['name']}", words, fewer, arguments, ruled
