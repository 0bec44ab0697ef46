"""Small random models, machines and questions, by seed: recommendation models, chains with branches, attention layers with and
without a cache, convolutions; machines with little memory among them."""

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


def question(seed):
    """A model, a number of cards and the arguments of a plan."""
    draw = random.Random(seed)
    model = draw.choice([recommendation, recommendation, recommendation, branches, branches, attention, convolutions])(draw)
    arguments = ["--system", draw.choice(["nnpi", "nnpi", "t4", "h100", "l40s", "cloud-ai-100-standard"])]
    cards = draw.choice([1, 2, 3, 4, 6])
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
    return model, cards, arguments
