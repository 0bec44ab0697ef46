"""The two recommendation workloads: DLRM (Naumov et al., arXiv 1906.00091) at the sizes of Table I.

Standard library only; the graph is written directly, so tables of 100 G parameters take no memory.

    python3 dlrm.py more-complex -o ../dlrm-more-complex.json
    python3 dlrm.py more-complex --reading per-batch -o dlrm-more-complex-per-batch.json

Table I says 0.02 and 0.1 GFLOP "per batch". Over 64 items that would be 0.3 and 1.6 MFLOP an item, far below the
10-100 MFLOP a sample of early-stage ranking models (MTIA 2i, ISCA 2025), so the shipped models read it as per item.
`--reading per-batch` makes models for the other reading: there the dot interaction alone would exceed the figure, so
the pooled embeddings are added up instead, and the layers are narrower. Tables and look-ups are the same.
"""

import argparse

import onnx_json as ox
from serving import SERVING

# Padded look-ups of one sample, given to the tables in turn.
LESS_LOOKUPS = [1, 1, 1, 1, 2, 4, 8, 16]
MORE_LOOKUPS = [1, 1, 2, 4, 8, 16, 32, 64]

# Average over padded look-ups, given to the tables in turn [assumed].
AVERAGE_SHARE = [0.5, 0.55, 0.6, 0.65, 0.7]

VARIANTS = {
    ("less-complex", "per-item"): dict(
        parameters=70_000e6, tables=128, width=64, lookups=LESS_LOOKUPS, interaction="dot",
        bottom=[256, 512, 256, 64], top=[1024, 512, 256, 1]),
    ("more-complex", "per-item"): dict(
        parameters=105_000e6, tables=256, width=96, lookups=MORE_LOOKUPS, interaction="dot",
        bottom=[512, 1024, 512, 96], top=[1280, 1024, 512, 1]),
    ("less-complex", "per-batch"): dict(
        parameters=70_000e6, tables=128, width=64, lookups=LESS_LOOKUPS, interaction="sum",
        bottom=[256, 256, 64], top=[256, 128, 1]),
    ("more-complex", "per-batch"): dict(
        parameters=105_000e6, tables=256, width=96, lookups=MORE_LOOKUPS, interaction="sum",
        bottom=[512, 512, 96], top=[640, 512, 1]),
}


def table_rows(parameters, tables, width, exponent=0.8, step=1000):
    """Rows of every table: a power law with a total of `parameters`, in a fixed shuffled order [assumed]."""
    weights = [(rank + 1) ** -exponent for rank in range(tables)]
    scale = parameters / width / sum(weights)
    by_rank = [max(step, round(scale * w / step) * step) for w in weights]
    return [by_rank[i * 37 % tables] for i in range(tables)]


class Builder:
    """Collects nodes, initializers and shapes of one graph."""

    def __init__(self):
        self.nodes, self.initializers, self.inputs, self.infos = [], [], [], []

    def input(self, name, element_type, shape):
        self.inputs.append(ox.value(name, element_type, shape))
        return name

    def constant(self, tensor):
        self.initializers.append(tensor)
        return tensor["name"]

    def add(self, name, op_type, inputs, shape, **options):
        self.nodes.append(ox.node(name, op_type, inputs, name, **options))
        self.infos.append(ox.value(name, ox.FLOAT, shape))
        return name

    def layers(self, name, x, batch, sizes, last):
        """Fully connected layers, each followed by Relu except the last, which `last` follows."""
        for i, (before, after) in enumerate(zip(sizes[:-1], sizes[1:])):
            w = self.constant(ox.weight(f"{name}.{i}.weight", [after, before]))
            b = self.constant(ox.weight(f"{name}.{i}.bias", [after]))
            x = self.add(f"{name}.{i}", "Gemm", [x, w, b], [batch, after], transB=1)
            is_last = i == len(sizes) - 2
            x = self.add(f"{name}.{i}.activation", last if is_last else "Relu", [x], [batch, after])
        return x


def build(complexity, reading, batch):
    """The model as a dictionary; `batch` items are ranked together."""
    v = VARIANTS[complexity, reading]
    rows, width = table_rows(v["parameters"], v["tables"], v["width"]), v["width"]
    lookups = [v["lookups"][i % len(v["lookups"])] for i in range(v["tables"])]
    b = Builder()

    dense = b.layers("bottom", b.input("dense", ox.FLOAT, [batch, v["bottom"][0]]), batch, v["bottom"], "Relu")
    pooled = []
    for i, count in enumerate(rows):
        table = b.constant(ox.weight(f"table_{i}", [count, width]))
        indices = b.input(f"indices_{i}", ox.INT64, [batch * lookups[i]])
        lengths = b.input(f"lengths_{i}", ox.INT32, [batch])
        pooled.append(
            b.add(f"lookup_{i}", "SparseLengthsSum", [table, indices, lengths], [batch, width], domain="glow"))

    if v["interaction"] == "dot":
        features = v["tables"] + 1
        pairs = features * (features - 1) // 2
        flat = b.add("features", "Concat", [dense] + pooled, [batch, features * width], axis=1)
        shape = b.constant(ox.integers("features.shape", [batch, features, width]))
        stacked = b.add("features.stacked", "Reshape", [flat, shape], [batch, features, width])
        turned = b.add("features.turned", "Transpose", [stacked], [batch, width, features], perm=[0, 2, 1])
        dots = b.add("interaction", "MatMul", [stacked, turned], [batch, features, features])
        shape = b.constant(ox.integers("interaction.shape", [batch, features * features]))
        square = b.add("interaction.flat", "Reshape", [dots, shape], [batch, features * features])
        triangle = b.constant(ox.weight("interaction.triangle", [pairs], ox.INT64))
        lower = b.add("interaction.pairs", "Gather", [square, triangle], [batch, pairs], axis=1)
        joined = b.add("joined", "Concat", [dense, lower], [batch, width + pairs], axis=1)
        top = [width + pairs] + v["top"]
    else:
        summed = b.add("interaction", "Sum", pooled, [batch, width])
        joined = b.add("joined", "Concat", [dense, summed], [batch, 2 * width], axis=1)
        top = [2 * width] + v["top"]
    score = b.layers("top", joined, batch, top, "Sigmoid")

    model = {
        "irVersion": "10",
        "producerName": "partition models/generator",
        "opsetImport": [{"domain": "", "version": "20"}, {"domain": "glow", "version": "1"}],
        "metadataProps": [],
        "graph": {
            "name": "",
            "input": b.inputs,
            "output": [ox.value(score, ox.FLOAT, [batch, 1])],
            "node": b.nodes,
            "initializer": b.initializers,
            "valueInfo": [info for info in b.infos if info["name"] != score],
        },
    }
    name = f"dlrm-{complexity}"
    facts = dict(SERVING[name], batch=batch)
    facts["average_lookups"] = {
        f"table_{i}": round(n * AVERAGE_SHARE[i % len(AVERAGE_SHARE)], 2) for i, n in enumerate(lookups)
    }
    if reading == "per-batch":
        name += "-per-batch"
        facts["provenance"] = facts["provenance"].replace("dot interaction", "sum interaction").replace(
            "read as per item", "read as per batch")
    ox.set_serving(model, name, facts)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("complexity", choices=["less-complex", "more-complex"])
    parser.add_argument("--reading", choices=["per-item", "per-batch"], default="per-item")
    parser.add_argument("--batch", type=int, default=64, help="items ranked together")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    if arguments.batch < 1:
        parser.error("--batch must be at least 1")
    ox.write(build(arguments.complexity, arguments.reading, arguments.batch), arguments.output)


if __name__ == "__main__":
    main()
