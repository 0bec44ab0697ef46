"""Decoder-only language models without weights: one step of decode, whose cache stays where its layer is.

    python3 language.py dense-40b -o dense-40b.json
    python3 language.py mixture-8x7b --batch 16 --past 4096 -o mixture.json

Attention is com.microsoft GroupQueryAttention and mixtures of experts are com.microsoft MoE, as ONNX Runtime's exporters
write them. Weights are in float16. Sizes: dense-40b has 40 layers, so that one layer is as large as a small model
(assumed); mixture-8x7b is Mixtral 8x7B's (arXiv 2401.04088, table 1). Standard library only.
"""

import argparse

import onnx_json as ox

FLOAT16 = 10
MODELS = {
    "dense-40b": dict(layers=40, width=8192, heads=64, kv_heads=8, hidden=34048, vocabulary=128256, experts=0),
    "mixture-8x7b": dict(layers=32, width=4096, heads=32, kv_heads=8, hidden=14336, vocabulary=32000, experts=8),
}
CHOSEN = 2  # experts of a token


def build(name, batch, past):
    """One step for `batch` sequences that have `past` tokens each."""
    m = MODELS[name]
    width, heads, kv_heads = m["width"], m["heads"], m["kv_heads"]
    size = width // heads
    nodes, weights, inputs, outputs = [], [], [], []

    def weight(label, *dims):
        weights.append(ox.weight(label, dims, FLOAT16))
        return label

    def add(label, op_type, ins, outs=None, domain=None, **attributes):
        node = ox.node(label, op_type, ins, label, domain=domain, **attributes)
        node["output"] += outs or []
        nodes.append(node)
        return label

    inputs.append(ox.value("input_ids", ox.INT64, [batch, 1]))
    inputs.append(ox.value("seqlens_k", ox.INT32, [batch]))
    weights.append({"dims": [], "dataType": ox.INT32, "int32Data": [past + 1], "name": "total_sequence_length"})
    x = add("embed_tokens", "Gather", [weight("embed_tokens.weight", m["vocabulary"], width), "input_ids"])
    for layer in range(m["layers"]):
        p = f"layers.{layer}."
        caches = [f"past_key_values.{layer}.{c}" for c in ("key", "value")]
        presents = [f"present.{layer}.{c}" for c in ("key", "value")]
        inputs += [ox.value(c, FLOAT16, [batch, kv_heads, past, size]) for c in caches]
        outputs += [ox.value(c, FLOAT16, [batch, kv_heads, past + 1, size]) for c in presents]
        a = add(p + "input_norm", "RMSNormalization", [x, weight(p + "input_norm.weight", width)], axis=-1)
        q, k, v = (
            add(p + f"{c}_proj", "MatMul", [a, weight(p + f"{c}_proj.weight", width, n)])
            for c, n in (("q", width), ("k", kv_heads * size), ("v", kv_heads * size))
        )
        o = add(p + "attention", "GroupQueryAttention", [q, k, v, *caches, "seqlens_k", "total_sequence_length"],
                presents, "com.microsoft", num_heads=heads, kv_num_heads=kv_heads)
        o = add(p + "o_proj", "MatMul", [o, weight(p + "o_proj.weight", width, width)])
        x = add(p + "attention.residual", "Add", [x, o])
        a = add(p + "post_norm", "RMSNormalization", [x, weight(p + "post_norm.weight", width)], axis=-1)
        if m["experts"]:
            router = add(p + "router", "MatMul", [a, weight(p + "router.weight", width, m["experts"])])
            shape = [m["experts"], m["hidden"], width]
            y = add(p + "experts", "MoE",
                    [a, router, weight(p + "experts.gate", *shape), "", weight(p + "experts.down", shape[0], width, shape[1]),
                     "", weight(p + "experts.up", *shape)], domain="com.microsoft", k=CHOSEN)
        else:
            g = add(p + "gate_proj", "MatMul", [a, weight(p + "gate_proj.weight", width, m["hidden"])])
            u = add(p + "up_proj", "MatMul", [a, weight(p + "up_proj.weight", width, m["hidden"])])
            s = add(p + "silu", "Mul", [g, add(p + "sigmoid", "Sigmoid", [g])])
            y = add(p + "down_proj", "MatMul",
                    [add(p + "gated", "Mul", [s, u]), weight(p + "down_proj.weight", m["hidden"], width)])
        x = add(p + "mlp.residual", "Add", [x, y])
    x = add("norm", "RMSNormalization", [x, weight("norm.weight", width)], axis=-1)
    add("logits", "MatMul", [x, weight("lm_head.weight", width, m["vocabulary"])])
    outputs.insert(0, ox.value("logits", FLOAT16, [batch, 1, m["vocabulary"]]))
    return {
        "irVersion": "10",
        "producerName": "partition models/generator",
        "opsetImport": [{"domain": "", "version": "23"}, {"domain": "com.microsoft", "version": "1"}],
        "metadataProps": [{"key": "partition.batch", "value": str(batch)}],
        "graph": {"name": name, "input": inputs, "output": outputs, "node": nodes, "initializer": weights,
                  "valueInfo": []},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(MODELS))
    parser.add_argument("--batch", type=int, default=8, help="sequences")
    parser.add_argument("--past", type=int, default=2048, help="tokens in the cache of each")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    if arguments.batch < 1 or arguments.past < 1:
        parser.error("--batch and --past must be at least 1")
    ox.write(build(arguments.model, arguments.batch, arguments.past), arguments.output)


if __name__ == "__main__":
    main()
