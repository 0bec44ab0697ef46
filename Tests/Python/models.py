"""Writes the models that tests of exported parts run: some of its own, and those of packages from PyPI.

    python3 models.py FOLDER
"""

import glob
import os
import shutil
import sys
import sysconfig

import numpy
import onnx
from google.protobuf import json_format
from onnx import TensorProto, helper, numpy_helper

RANDOM = numpy.random.default_rng(0)
#: Of embedding tables: enough for them to be seen as such.
ROWS = 12_000


def weight(name, *shape):
    values = RANDOM.standard_normal(shape) / max(1, shape[-1]) ** 0.5
    return numpy_helper.from_array(values.astype(numpy.float32), name)


def ints(name, *values):
    return numpy_helper.from_array(numpy.array(values), name)


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def save(folder, name, nodes, inputs, outputs, weights, opset=17, domains=(), functions=(), external=False,
         known=(), sets=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights, value_info=list(known))
    sets = ([helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
            + [helper.make_opsetid(*pair) for pair in sets])
    model = helper.make_model(graph, opset_imports=sets, functions=list(functions), ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, name + ".onnx"), save_as_external_data=external,
              location=name + ".data", size_threshold=1024)
    # A model's weights do not depend on what was made before it.
    global RANDOM
    RANDOM = numpy.random.default_rng(0)


def recommendation(folder, name, tables=6, width=32, pooling="ReduceSum", batch=8, ids=4, weighted=False, opset=17,
                   kind=TensorProto.INT64, bags_alone=False, external=False):
    nodes = [helper.make_node("Gemm", ["dense", "w0", "b0"], ["h0"], name="bottom"),
             helper.make_node("Relu", ["h0"], ["bottom"], name="bottom_relu")]
    weights = [weight("w0", 13, width), weight("b0", width)]
    inputs, features = [value("dense", [batch, 13])], ["bottom"]
    for table in range(tables):
        weights.append(weight(f"table_{table}", ROWS, width))
        inputs.append(value(f"ids_{table}", [batch, ids], kind))
        nodes.append(helper.make_node("Gather", [f"table_{table}", f"ids_{table}"], [f"rows_{table}"],
                                      name=f"lookup_{table}"))
        rows = f"rows_{table}"
        if weighted:
            inputs.append(value(f"weights_{table}", [batch, ids, 1]))
            nodes.append(helper.make_node("Mul", [rows, f"weights_{table}"], [f"weighted_{table}"],
                                          name=f"weigh_{table}"))
            rows = f"weighted_{table}"
        result = f"bags_{table}"
        if pooling == "ReduceSum" and opset >= 13:
            weights.append(ints(f"axes_{table}", 1))
            nodes.append(helper.make_node(pooling, [rows, f"axes_{table}"], [result], keepdims=0, name=f"pool_{table}"))
        else:
            nodes.append(helper.make_node(pooling, [rows], [result], axes=[1], keepdims=0, name=f"pool_{table}"))
        features.append(result)
    outputs = [value("score", [batch, 1])]
    if bags_alone:
        # A look-up that nothing but the caller reads.
        outputs.append(value(features.pop(), [batch, width]))
    nodes.append(helper.make_node("Concat", features, ["joined"], axis=1, name="join"))
    weights += [weight("w1", width * len(features), 64), weight("b1", 64), weight("w2", 64, 1), weight("b2", 1)]
    nodes += [helper.make_node("Gemm", ["joined", "w1", "b1"], ["h1"], name="top"),
              helper.make_node("Relu", ["h1"], ["h1_relu"], name="top_relu"),
              helper.make_node("Gemm", ["h1_relu", "w2", "b2"], ["h2"], name="head"),
              helper.make_node("Sigmoid", ["h2"], ["score"], name="score")]
    save(folder, name, nodes, inputs, outputs, weights, opset, external=external)


def pool(kind, rows, axis, result, weights, **attributes):
    """A reduction of rows in operator set 17, where the axes of a sum alone are an input."""
    if kind != "ReduceSum":
        return helper.make_node(kind, [rows], [result], axes=[axis], **attributes)
    weights.append(ints(f"axis_of_{result}", axis))
    return helper.make_node(kind, [rows, f"axis_of_{result}"], [result], **attributes)


def bag_loop(folder, name="bags_in_a_loop", tables=3, batch=4, ids=5, width=32, pooling="ReduceSum", condition=""):
    """Embedding bags as the older exporter of PyTorch writes them: a loop over bags."""
    nodes, weights, inputs, features = [], [], [], []
    if condition:
        # One node for all loops, which has no name.
        inputs.append(value("start", [], TensorProto.INT64))
        nodes.append(helper.make_node("Cast", ["start"], [condition], to=TensorProto.BOOL))
    for table in range(tables):
        weights.append(weight(f"table_{table}", ROWS, width))
        inputs.append(value(f"ids_{table}", [batch, ids], TensorProto.INT64))
        body = helper.make_graph(
            [helper.make_node("Gather", [f"ids_{table}", "pass"], ["bag"], axis=0),
             helper.make_node("Gather", [f"table_{table}", "bag"], ["rows"], axis=0),
             pool(pooling, "rows", 0, f"sum_{table}", weights, keepdims=0),
             helper.make_node("Identity", ["go"], ["go_on"])],
            "body", [value("pass", [], TensorProto.INT64), value("go", [], TensorProto.BOOL)],
            [value("go_on", [], TensorProto.BOOL), value(f"sum_{table}", [width])])
        weights.append(numpy_helper.from_array(numpy.int64(batch), f"bags_{table}"))
        nodes.append(helper.make_node("Loop", [f"bags_{table}", condition], [f"pooled_{table}"], body=body,
                                      name=f"bag_{table}"))
        features.append(f"pooled_{table}")
    weights.append(weight("w", tables * width, 8))
    nodes += [helper.make_node("Concat", features, ["joined"], axis=1, name="join"),
              helper.make_node("MatMul", ["joined", "w"], ["score"], name="head")]
    save(folder, name, nodes, inputs, [value("score", [batch, 8])], weights)


def bag_sequence(folder, name="maxima_in_a_sequence", tables=2, batch=4, ids=5, width=32):
    """Maxima as the newer exporter of PyTorch writes them: slices of the ids, an If for bags without any, a sequence of bags."""
    starts = numpy.arange(0, batch * ids, ids)
    starts[2] = starts[1]
    weights = [numpy_helper.from_array(numpy.append(starts, batch * ids)[part], word)
               for word, part in (("starts", slice(0, batch)), ("ends", slice(1, batch + 1)))]
    weights += [ints("first", 0), ints("new_axis", 0), numpy_helper.from_array(numpy.int64(batch), "bags")]
    nodes, inputs, features = [], [], []
    for table in range(tables):
        weights.append(weight(f"table_{table}", ROWS, width))
        inputs.append(value(f"ids_{table}", [batch * ids], TensorProto.INT64))
        none = helper.make_graph(
            [helper.make_node("Constant", [], ["zeros"], value=numpy_helper.from_array(numpy.zeros(width, numpy.float32), "zeros"))],
            "none", [], [value("zeros", [width])])
        some = helper.make_graph(
            [helper.make_node("ReduceMax", ["rows"], ["largest"], axes=[0], keepdims=0)], "some", [], [value("largest", [width])])
        kinds = [helper.make_tensor_sequence_value_info(word, TensorProto.FLOAT, None) for word in ("bags_before", "bags_after")]
        body = helper.make_graph(
            [helper.make_node("Gather", ["starts", "pass"], ["start"], axis=0), helper.make_node("Gather", ["ends", "pass"], ["end"], axis=0),
             helper.make_node("Unsqueeze", ["start", "new_axis"], ["from"]), helper.make_node("Unsqueeze", ["end", "new_axis"], ["to"]),
             helper.make_node("Slice", [f"ids_{table}", "from", "to", "first"], ["bag"]),
             helper.make_node("Gather", [f"table_{table}", "bag"], ["rows"], axis=0),
             helper.make_node("Equal", ["start", "end"], ["is_empty"]),
             helper.make_node("If", ["is_empty"], ["row"], then_branch=none, else_branch=some),
             helper.make_node("SequenceInsert", ["bags_before", "row"], ["bags_after"]),
             helper.make_node("Identity", ["go"], ["go_on"])],
            "body", [value("pass", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), kinds[0]],
            [value("go_on", [], TensorProto.BOOL), kinds[1]])
        nodes += [helper.make_node("SequenceEmpty", [], [f"none_{table}"], dtype=TensorProto.FLOAT, name=f"empty_{table}"),
                  helper.make_node("Loop", ["bags", "", f"none_{table}"], [f"bags_{table}"], body=body, name=f"bag_{table}"),
                  helper.make_node("ConcatFromSequence", [f"bags_{table}"], [f"pooled_{table}"], axis=0, new_axis=1, name=f"stack_{table}")]
        features.append(f"pooled_{table}")
    weights.append(weight("w", tables * width, 8))
    nodes += [helper.make_node("Concat", features, ["joined"], axis=1, name="join"),
              helper.make_node("MatMul", ["joined", "w"], ["score"], name="head")]
    save(folder, name, nodes, inputs, [value("score", [batch, 8])], weights)


def long_bags(folder, name="long_bags", tables=2, batch=6, ids=40, width=96, pooling="ReduceSum"):
    """Bags that are long enough for shards of rows to look their own ids up alone; those of the second table are of two axes."""
    nodes, weights, inputs, features = [], [], [], []
    for table in range(tables):
        shape = [2, batch // 2, ids] if table == 1 else [batch, ids]
        weights += [weight(f"table_{table}", ROWS, width), ints(f"flat_{table}", batch, width)]
        inputs.append(value(f"ids_{table}", shape, TensorProto.INT32 if table == 1 else TensorProto.INT64))
        nodes += [helper.make_node("Gather", [f"table_{table}", f"ids_{table}"], [f"rows_{table}"], name=f"lookup_{table}"),
                  pool(pooling, f"rows_{table}", len(shape) - 1, f"bags_{table}", weights, keepdims=table, name=f"pool_{table}"),
                  helper.make_node("Reshape", [f"bags_{table}", f"flat_{table}"], [f"flat_bags_{table}"], name=f"flatten_{table}")]
        features.append(f"flat_bags_{table}")
    weights.append(weight("w", tables * width, 8))
    nodes += [helper.make_node("Concat", features, ["joined"], axis=1, name="join"),
              helper.make_node("MatMul", ["joined", "w"], ["score"], name="head")]
    save(folder, name, nodes, inputs, [value("score", [batch, 8])], weights)


def bag_operators(folder, name="bag_operators", batch=4, ids=5, width=32, largest=False, weighted=False):
    """Look-ups by operators of Caffe2, Glow and PyTorch, which ONNX Runtime does not know: see lookups.py."""
    nodes, weights, inputs, features = [], [], [], []
    number = batch * ids
    lengths = [("lengths_sum", "Sum", []), ("lengths_mean", "Mean", []), ("weighted", "WeightedSum", ["weights"])]
    modes = [("sum", 0), ("mean", 1), ("padded", 0)]
    starts = numpy.arange(0, number, ids)
    if largest:
        # One bag is empty; one table has a row that counts for nothing, in a mean and in a maximum.
        lengths, modes = [], [("sum", 0), ("largest", 2), ("largest_padded", 2), ("mean_padded", 1)]
        # PyTorch weighs sums alone, and takes no weights here.
        modes = [("sum", 0), ("largest", 2), ("weighed", 2)] if weighted else modes
        starts[2] = starts[1]
    for word in [entry[0] for entry in lengths + modes]:
        weights.append(weight(f"table_{word}", ROWS, width))
        inputs += [value(f"ids_{word}", [number], TensorProto.INT32 if word == "weighted" else TensorProto.INT64)]
        features.append(f"bags_{word}")
    weights += [numpy_helper.from_array(numpy.full(batch, ids, numpy.int32), "lengths"),
                numpy_helper.from_array(starts, "offsets")]
    inputs.append(value("weights", [number]))
    for word, kind, more in lengths:
        nodes.append(helper.make_node(f"SparseLengths{kind}", [f"table_{word}", *more, f"ids_{word}", "lengths"], [f"bags_{word}"],
                                      name=f"bag_{word}", domain="glow"))
    no = numpy_helper.from_array(numpy.array(False), "no")
    weights += [no, numpy_helper.from_array(numpy.array(7), "padding_row")]
    for word, mode in modes:
        weights.append(numpy_helper.from_array(numpy.array(mode), f"mode_{word}"))
        nodes.append(helper.make_node(
            "ATen", [f"table_{word}", f"ids_{word}", "offsets", "no", f"mode_{word}", "no", "weights" if word in ("sum", "weighed") else "", "no"]
            + (["padding_row"] if "padded" in word else []), [f"bags_{word}"], name=f"bag_{word}", domain="org.pytorch.aten",
            operator="embedding_bag"))
    if largest and not weighted:
        for word, attributes in (("max", {}), ("max_without", {"padding_idx": 7})):
            weights.append(weight(f"table_{word}", ROWS, width))
            inputs += [value(f"ids_{word}", [number], TensorProto.INT32)]
            features.append(f"bags_{word}")
            nodes.append(helper.make_node("EmbeddingBag", [f"table_{word}", f"ids_{word}", "offsets"], [f"bags_{word}"],
                                          name=f"bag_{word}", domain="glow", mode="max", **attributes))
    weights.append(weight("w", width * len(features), 8))
    nodes += [helper.make_node("Concat", features, ["joined"], axis=1, name="join"),
              helper.make_node("MatMul", ["joined", "w"], ["score"], name="head")]
    shapes = [value(feature, [batch, width]) for feature in features]
    save(folder, name, nodes, inputs, [value("score", [batch, 8])], weights, domains=["glow", "org.pytorch.aten"], known=shapes)


def transformer(folder, name="transformer", named=False, layers=3, width=64, heads=4, words=500):
    """Shapes are computed, and the table of words is the output's projection as well."""
    nodes, weights = [], [weight("words", words, width), ints("first_two", 0, 1)]

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output if named else "", **attributes))

    node("Gather", ["words", "ids"], "x")
    x = "x"
    weights += [ints("split", heads, width // heads),
                numpy_helper.from_array(numpy.float32((width // heads) ** 0.5), "root")]
    for layer in range(layers):
        p = f"layer{layer}/"
        weights += [weight(p + w, width, width) for w in ("wq", "wk", "wv", "wo")]
        weights += [weight(p + "up", width, 4 * width), weight(p + "down", 4 * width, width)]
        weights += [weight(p + w, width) for w in ("scale1", "bias1", "scale2", "bias2")]
        node("Shape", [x], p + "shape")
        node("Gather", [p + "shape", "first_two"], p + "outer")
        node("Concat", [p + "outer", "split"], p + "heads", axis=0)
        for part in "qkv":
            node("MatMul", [x, p + "w" + part], p + part)
            node("Reshape", [p + part, p + "heads"], p + part + "h")
            node("Transpose", [p + part + "h"], p + part + "t", perm=[0, 2, 3, 1] if part == "k" else [0, 2, 1, 3])
        node("MatMul", [p + "qt", p + "kt"], p + "scores")
        node("Div", [p + "scores", "root"], p + "scaled")
        node("Softmax", [p + "scaled"], p + "weights", axis=-1)
        node("MatMul", [p + "weights", p + "vt"], p + "mixed")
        node("Transpose", [p + "mixed"], p + "back", perm=[0, 2, 1, 3])
        node("Reshape", [p + "back", p + "shape"], p + "joined")
        node("MatMul", [p + "joined", p + "wo"], p + "attended")
        node("Add", [x, p + "attended"], p + "sum1")
        node("LayerNormalization", [p + "sum1", p + "scale1", p + "bias1"], p + "norm1")
        node("MatMul", [p + "norm1", p + "up"], p + "hidden")
        node("Relu", [p + "hidden"], p + "relu")
        node("MatMul", [p + "relu", p + "down"], p + "out")
        node("Add", [p + "norm1", p + "out"], p + "sum2")
        node("LayerNormalization", [p + "sum2", p + "scale2", p + "bias2"], p + "norm2")
        x = p + "norm2"
    node("Transpose", ["words"], "projection", perm=[1, 0])
    node("MatMul", [x, "projection"], "logits")
    save(folder, name, nodes, [value("ids", ["batch", "steps"], TensorProto.INT64)],
         [value("logits", ["batch", "steps", words])], weights)


def attention(folder, name, packing, layers=2, width=64, heads=4, batch=2, steps=6):
    """Attention with a mask a head, and layers with biases; queries, keys and values by one product, which `packing` takes apart.

    With "batch" heads and batch are one axis for keys, and for the product with values.
    """
    nodes, weights, size = [], [ints("heads", batch, steps, heads, width // heads), ints("joined", batch, steps, width),
                                ints("packed", batch, steps, 3, heads, width // heads), ints("thirds", width, width, width),
                                ints("axis", 2), numpy_helper.from_array(numpy.float32((width // heads) ** 0.5), "root")], width

    if packing == "batch":
        weights += [ints("rows", batch * heads, steps, width // heads), ints("shares", batch * heads, steps, steps),
                    ints("turned", batch, heads, width // heads, steps), ints("mixture", batch, heads, steps, width // heads)]

    def node(kind, inputs, outputs, **attributes):
        outputs = outputs if isinstance(outputs, list) else [outputs]
        nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes))

    def product(value, p, word, rows, columns):
        weights.extend([weight(p + word + ".w", rows, columns), weight(p + word + ".b", columns)])
        node("MatMul", [value, p + word + ".w"], p + word + ".product")
        node("Add", [p + word + ".product", p + word + ".b"], p + word)
        return p + word

    x = "x"
    for layer in range(layers):
        p = f"layer{layer}/"
        packed = product(x, p, "qkv", size, 3 * size)
        if packing == "view":
            node("Reshape", [packed, "packed"], p + "five")
            node("Split", [p + "five"], [p + part + "5" for part in "qkv"], axis=2, num_outputs=3)
        else:
            node("Split", [packed, "thirds"], [p + part for part in "qkv"], axis=-1)
        for part in "qkv":
            kind, inputs = ("Squeeze", [p + part + "5", "axis"]) if packing == "view" else ("Reshape", [p + part, "heads"])
            node(kind, inputs, p + part + "h")
            isPlain = part != "k" or packing == "batch"
            node("Transpose", [p + part + "h"], p + part + "t", perm=[0, 2, 1, 3] if isPlain else [0, 2, 3, 1])
        keys = p + "kt"
        if packing == "batch":
            node("Reshape", [keys, "rows"], p + "krows")
            node("Transpose", [p + "krows"], p + "kturned", perm=[0, 2, 1])
            keys = p + "kback"
            node("Reshape", [p + "kturned", "turned"], keys)
        node("MatMul", [p + "qt", keys], p + "scores")
        node("Div", [p + "scores", "root"], p + "scaled")
        node("Add", [p + "scaled", "mask"], p + "masked")
        node("Softmax", [p + "masked"], p + "shares", axis=-1)
        if packing == "batch":
            node("Reshape", [p + "shares", "shares"], p + "srows")
            node("Reshape", [p + "vt", "rows"], p + "vrows")
            node("MatMul", [p + "srows", p + "vrows"], p + "mixedrows")
            node("Reshape", [p + "mixedrows", "mixture"], p + "mixed")
        else:
            node("MatMul", [p + "shares", p + "vt"], p + "mixed")
        node("Transpose", [p + "mixed"], p + "back", perm=[0, 2, 1, 3])
        node("Reshape", [p + "back", "joined"], p + "joined")
        node("Add", [x, product(p + "joined", p, "out", size, size)], p + "sum1")
        node("Relu", [product(p + "sum1", p, "up", size, 4 * size)], p + "relu")
        node("Add", [p + "sum1", product(p + "relu", p, "down", 4 * size, size)], p + "sum2")
        x = p + "sum2"
    save(folder, name, nodes, [value("x", [batch, steps, width]), value("mask", [batch, heads, steps, steps])],
         [value(x, [batch, steps, width])], weights, opset=18)


def gemms(folder, name="gemms", width=64, hidden=256, batch=3):
    """Products with biases inside, the second of which is a sum of terms where it is shared out."""
    weights = [weight("w1", width, hidden), weight("b1", hidden), weight("w2", width, hidden), weight("b2", width)]
    nodes = [helper.make_node("Gemm", ["x", "w1", "b1"], ["up"], name="up"), helper.make_node("Relu", ["up"], ["act"], name="act"),
             helper.make_node("Gemm", ["act", "w2", "b2"], ["down"], name="down", transB=1, alpha=0.5, beta=3.0),
             helper.make_node("Add", ["x", "down"], ["y"], name="sum")]
    save(folder, name, nodes, [value("x", [batch, width])], [value("y", [batch, width])], weights)


def blocks(folder, name="blocks", width=128, hidden=512, batch=3, block=32):
    """Products with weights of four bits in blocks: with zero points, with scales in one row, with a bias; as a language model has."""
    def packed(word, rows, columns, flat=False, zeros=False, bias=False):
        count = rows // block
        parts = [numpy_helper.from_array(RANDOM.integers(0, 256, (columns, count, block // 2)).astype(numpy.uint8), word + ".q"),
                 numpy_helper.from_array((0.01 + RANDOM.random((columns * count,) if flat else (columns, count)) / 50)
                                         .astype(numpy.float32), word + ".s")]
        if zeros:
            size = (columns * (count // 2),) if flat else (columns, count // 2)
            parts.append(numpy_helper.from_array(RANDOM.integers(0, 256, size).astype(numpy.uint8), word + ".z"))
        if bias:
            parts.append(weight(word + ".b", columns))
        return parts

    def product(value, word, rows, columns, zeros=False, bias=False, **_):
        inputs = [value, word + ".q", word + ".s"] + ([word + ".z"] if zeros else [])
        inputs += [""] * (5 - len(inputs)) + [word + ".b"] if bias else []
        return helper.make_node("MatMulNBits", inputs, [word], name=word, domain="com.microsoft", K=rows, N=columns, bits=4,
                                block_size=block)

    up, down, last = {"flat": True, "zeros": True}, {"zeros": True, "bias": True}, {}
    nodes = [product("x", "up", width, hidden, **up), helper.make_node("Relu", ["up"], ["act"], name="act"),
             product("act", "down", hidden, width, **down), helper.make_node("Add", ["x", "down"], ["sum"], name="sum"),
             product("sum", "out", width, hidden, **last)]
    weights = packed("up", width, hidden, **up) + packed("down", hidden, width, **down) + packed("out", width, hidden, **last)
    save(folder, name, nodes, [value("x", [batch, width])], [value("out", [batch, hidden])], weights, domains=["com.microsoft"])


def gates(folder, name="gates", width=128, batch=3, opset=17, hands_on=False):
    """A gated unit by hand, as PyTorch writes it: slices of one product for each gate, the middle one counted from the end."""
    nodes = [helper.make_node("Gemm", ["x", "wx", "bx"], ["from_x"], name="of_x"), helper.make_node("Gemm", ["h", "wh", "bh"], ["from_h"], name="of_h")]
    weights = [weight("wx", width, 3 * width), weight("bx", 3 * width), weight("wh", width, 3 * width), weight("bh", 3 * width),
               weight("w", width, 64), ints("columns", -1)]
    for gate, (start, end) in enumerate([(0, width), (-2 * width, -width), (2 * width, 2 ** 62)]):
        if opset >= 10:
            weights += [ints(f"start_{gate}", start), ints(f"end_{gate}", end)]
        for source in ("x", "h"):
            given = ([f"start_{gate}", f"end_{gate}", "columns"], {}) if opset >= 10 else ([], {"starts": [start], "ends": [end], "axes": [1]})
            nodes.append(helper.make_node("Slice", [f"from_{source}", *given[0]], [f"{source}_{gate}"], name=f"gate_{source}_{gate}", **given[1]))
    def step(kind, inputs, output):
        nodes.append(helper.make_node(kind, inputs, [output], name=output))
    for gate, word in enumerate(["reset", "update"]):
        step("Add", [f"x_{gate}", f"h_{gate}"], word + "_sum")
        step("Sigmoid", [word + "_sum"], word)
    step("Mul", ["reset", "h_2"], "kept")
    step("Add", ["x_2", "kept"], "new_sum")
    step("Tanh", ["new_sum"], "new")
    step("Sub", ["h", "new"], "change")
    step("Mul", ["update", "change"], "changed")
    step("Add", ["new", "changed"], "state")
    step("MatMul", ["state", "w"], "y")
    outputs = [("state", width), ("y", 64)]
    if hands_on:
        outputs.append(("before", width))
        step("Identity", ["h"], "before")
    save(folder, name, nodes, [value("x", [batch, width]), value("h", [batch, width])], [value(word, [batch, columns]) for word, columns in outputs],
         weights, opset)


def mixture(folder, name="mixture", width=64, inner=128, experts=8, batch=2, steps=3):
    """Layers of experts of which a router chooses some, with and without shares that add up to 1, and with weights of 8 and 4 bits.

    The third chooses more than a card has where the experts are shared out.
    """
    nodes, weights, x = [], [ints("flat", batch * steps, width)], "x"
    for layer, (chosen, bits, attributes) in enumerate([
            (2, 32, {"activation_type": "silu", "normalize_routing_weights": 1}), (1, 32, {"activation_type": "relu"}),
            (6, 32, {"activation_type": "gelu"}), (2, 8, {"activation_type": "silu", "normalize_routing_weights": 1}),
            (3, 4, {"activation_type": "silu"})]):
        p, own, kind = f"layer{layer}/", [], "MoE"
        weights.append(weight(p + "router", width, experts))
        for word, rows, columns in (("up", inner, width), ("down", width, inner)):
            words = [p + word, p + word + ".b"]
            if bits == 32:
                weights.append(weight(words[0], experts, rows, columns))
            else:
                kind, attributes = "QMoE", attributes | {"expert_weight_bits": bits}
                words.insert(1, p + word + ".s")
                codes = RANDOM.integers(0, 256, (experts, rows, columns * bits // 8)).astype(numpy.uint8)
                scales = (0.2 + RANDOM.random((experts, rows))) / (100 if bits == 8 else 10)
                weights += [numpy_helper.from_array(codes, words[0]), numpy_helper.from_array(scales.astype(numpy.float32), words[1])]
            weights.append(weight(words[-1], experts, rows))
            own += words
        nodes += [helper.make_node("Reshape", [x, "flat"], [p + "rows"], name=p + "rows"),
                  helper.make_node("MatMul", [p + "rows", p + "router"], [p + "scores"], name=p + "scores"),
                  helper.make_node(kind, [x, p + "scores", *own], [p + "mixed"], name=p + "mixed", domain="com.microsoft", k=chosen,
                                   **attributes),
                  helper.make_node("Add", [x, p + "mixed"], [p + "sum"], name=p + "sum")]
        x = p + "sum"
    save(folder, name, nodes, [value("x", [batch, steps, width])], [value(x, [batch, steps, width])], weights, domains=["com.microsoft"])


def channels(folder, name="channels"):
    """Convolutions whose channels can be shared out, two of them with one bias, and an output that lies in parts then."""
    nodes, weights = [], [weight("w1", 32, 8, 3, 3), weight("b1", 32), weight("w2", 32, 1, 3, 3), weight("w3", 16, 32, 1, 1),
                          weight("w", 16, 12), weight("b", 12), weight("scale", 32), weight("shift", 32), weight("mean", 32),
                          numpy_helper.from_array(numpy.ones(32, numpy.float32), "variance")]
    for kind, inputs, output, attributes in (
            ("Conv", ["x", "w1", "b1"], "wide", {"pads": [1] * 4}),
            ("BatchNormalization", ["wide", "scale", "shift", "mean", "variance"], "normal", {}), ("Relu", ["normal"], "active", {}),
            ("Conv", ["active", "w2", "b1"], "deep", {"group": 32, "pads": [1] * 4}), ("Clip", ["deep"], "kept", {}),
            ("Conv", ["kept", "w3"], "narrow", {}), ("GlobalAveragePool", ["narrow"], "pooled", {}),
            ("Flatten", ["pooled"], "flat", {}), ("Gemm", ["flat", "w", "b"], "score", {})):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
    save(folder, name, nodes, [value("x", [2, 8, 9, 9])], [value("score", [2, 12]), value("kept", [2, 32, 9, 9])], weights)


def grouped_heads(folder, name="grouped_heads", heads=4, shared=2, size=16, batch=2, steps=5):
    """Attention of ONNX Runtime's own whose keys and values are shared by heads, packed in one product, with its cache."""
    width, narrow = heads * size, shared * size
    weights = [weight("w", width, width + 2 * narrow), weight("wo", width, width),
               numpy_helper.from_array(numpy.array([steps] * batch, numpy.int32), "lengths"),
               numpy_helper.from_array(numpy.array(steps + 1, numpy.int32), "total")]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["qkv"], name="qkv"),
             helper.make_node("GroupQueryAttention", ["qkv", "", "", "keys", "values", "lengths", "total"],
                              ["mixed", "new_keys", "new_values"], name="attention", domain="com.microsoft", num_heads=heads,
                              kv_num_heads=shared),
             helper.make_node("MatMul", ["mixed", "wo"], ["y"], name="out")]
    cache = [batch, shared, steps, size]
    grown = [batch, shared, steps + 1, size]
    save(folder, name, nodes, [value("x", [batch, 1, width]), value("keys", cache), value("values", cache)],
         [value("y", [batch, 1, width]), value("new_keys", grown), value("new_values", grown)], weights, domains=["com.microsoft"])


def recurrent(folder, name="recurrent", steps=10, batch=4, width=32, hidden=48):
    weights = [weight("w", 1, 4 * hidden, width), weight("r", 1, 4 * hidden, hidden), weight("b", 1, 8 * hidden),
               weight("out", hidden, 10), ints("axis", 0)]
    nodes = [helper.make_node("LSTM", ["x", "w", "r", "b"], ["y", "last", "cell"], hidden_size=hidden, name="lstm"),
             helper.make_node("Squeeze", ["last", "axis"], ["state"], name="squeeze"),
             helper.make_node("MatMul", ["state", "out"], ["score"], name="head")]
    save(folder, name, nodes, [value("x", [steps, batch, width])],
         [value("score", [batch, 10]), value("cell", [1, batch, hidden])], weights)


def one_item(folder, name="one_item", opset=17):
    """Written for a batch of one, which shapes, a token, an initial state and what a body reads hold."""
    weights = [weight("kernel", 8, 3, 3, 3), weight("token", 1, 1, 8), weight("first", 1, 1, 12), weight("w", 1, 36, 8),
               weight("r", 1, 36, 12), weight("b", 1, 72), weight("out", 12, 10), weight("inner", 10, 10),
               ints("image", 1, 8, 64), ints("row", 1, 12), ints("axis", 0), numpy_helper.from_array(numpy.int64(2), "trips")]
    body = helper.make_graph(
        [helper.make_node("MatMul", ["state", "inner"], ["product"], name="loop_product"),
         helper.make_node("Reshape", ["product", "flat"], ["next"], name="loop_shape"),
         helper.make_node("Identity", ["go"], ["go_on"], name="loop_go")],
        "body", [value("pass", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("state", [1, 10])],
        [value("go_on", [], TensorProto.BOOL), value("next", [1, 10])], [ints("flat", 1, 10)])
    nodes = [helper.make_node("Conv", ["x", "kernel"], ["map"], pads=[1] * 4, name="convolution"),
             helper.make_node("Reshape", ["map", "image"], ["words"], name="words"),
             helper.make_node("Transpose", ["words"], ["steps"], perm=[0, 2, 1], name="steps"),
             helper.make_node("Concat", ["token", "steps"], ["sentence"], axis=1, name="sentence"),
             helper.make_node("Transpose", ["sentence"], ["sequence"], perm=[1, 0, 2], name="sequence"),
             helper.make_node("GRU", ["sequence", "w", "r", "b", "", "first"], ["all", "last"], hidden_size=12, name="gru"),
             helper.make_node("Reshape", ["last", "row"], ["state0"], name="last_state"),
             helper.make_node("MatMul", ["state0", "out"], ["logits"], name="head"),
             helper.make_node("Loop", ["trips", "", "logits"], ["score"], body=body, name="loop")]
    save(folder, name, nodes, [value("x", [1, 3, 8, 8])], [value("score", [1, 10])], weights, opset)


def sized_by_attributes(folder, name="sized_by_attributes"):
    """An operator set in which Slice has attributes, at a batch of two."""
    nodes = [helper.make_node("Slice", ["x"], ["cut"], axes=[0, 1], starts=[0, 4], ends=[2, 20], name="cut"),
             helper.make_node("MatMul", ["cut", "w"], ["y"], name="product")]
    save(folder, name, nodes, [value("x", [2, 32])], [value("y", [2, 8])], [weight("w", 16, 8)], opset=9)


def ranking(folder, name="ranking", items=6):
    """One user beside its items, and pixels, of which a branch's body reads some."""
    then = helper.make_graph([helper.make_node("MatMul", ["pixels", "w_pixels"], ["then_out"], name="then_product")], "then", [],
                             [value("then_out", None)])
    other = helper.make_graph([helper.make_node("Neg", ["hidden"], ["else_out"], name="else_sign")], "else", [],
                              [value("else_out", None)])
    weights = [weight("w", 48, 16), weight("w_pixels", 32, 16), weight("out", 16, 4), ints("axes", 0, 1),
               numpy_helper.from_array(numpy.float32(0), "zero")]
    nodes = [helper.make_node("Concat", ["user", "item"], ["all"], axis=1, name="all"),
             helper.make_node("MatMul", ["all", "w"], ["hidden"], name="hidden"),
             helper.make_node("ReduceSum", ["user", "axes"], ["total"], keepdims=0, name="total"),
             helper.make_node("Greater", ["total", "zero"], ["positive"], name="positive"),
             helper.make_node("If", ["positive"], ["seen"], then_branch=then, else_branch=other, name="choice"),
             # No name: it has the one that its position gives it.
             helper.make_node("Add", ["hidden", "seen"], ["sum"]),
             helper.make_node("MatMul", ["sum", "out"], ["score"], name="head")]
    save(folder, name, nodes, [value("user", [items, 40]), value("item", [items, 8]), value("pixels", [items, 32])],
         [value("score", [items, 4])], weights)


def encoded(folder, name="encoded", words=5000):
    """A large table in an attribute."""
    table = RANDOM.standard_normal(words).astype(numpy.float32)
    nodes = [helper.make_node("LabelEncoder", ["ids"], ["codes"], name="codes", domain="ai.onnx.ml",
                              keys_tensor=ints("keys", *range(words)), values_tensor=numpy_helper.from_array(table, "values"),
                              default_tensor=numpy_helper.from_array(numpy.array([0], numpy.float32), "none")),
             helper.make_node("MatMul", ["codes", "w"], ["y"], name="product")]
    save(folder, name, nodes, [value("ids", [4, 16], TensorProto.INT64)], [value("y", [4, 8])], [weight("w", 16, 8)], opset=18,
         sets=[("ai.onnx.ml", 4)])


def branches(folder, name="branches"):
    """An If and a Loop whose bodies own weights, one of them as a node."""
    then = helper.make_graph([helper.make_node("MatMul", ["z", "then_w"], ["then_out"], name="then_product")], "then",
                             [], [value("then_out", None)], [weight("then_w", 64, 64)])
    other = helper.make_graph(
        [helper.make_node("Constant", [], ["else_w"], value=weight("", 64, 64), name="else_weight"),
         helper.make_node("MatMul", ["z", "else_w"], ["else_out"], name="else_product")],
        "else", [], [value("else_out", None)])
    body = helper.make_graph(
        [helper.make_node("MatMul", ["state", "loop_w"], ["product"], name="loop_product"),
         helper.make_node("Tanh", ["product"], ["next"], name="loop_tanh"),
         helper.make_node("Identity", ["go"], ["go_on"], name="loop_go")],
        "body", [value("pass", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("state", [4, 64])],
        [value("go_on", [], TensorProto.BOOL), value("next", [4, 64])])
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"], name="first"),
             helper.make_node("ReduceSum", ["z"], ["total"], keepdims=0, name="total"),
             helper.make_node("Greater", ["total", "zero"], ["positive"], name="positive"),
             helper.make_node("If", ["positive"], ["y"], then_branch=then, else_branch=other, name="choice"),
             helper.make_node("Loop", ["trips", "", "y"], ["looped"], body=body, name="loop"),
             helper.make_node("MatMul", ["looped", "out"], ["score"], name="last")]
    weights = [weight("w", 64, 64), weight("loop_w", 64, 64), weight("out", 64, 8),
               numpy_helper.from_array(numpy.float32(0), "zero"), numpy_helper.from_array(numpy.int64(3), "trips")]
    save(folder, name, nodes, [value("x", [4, 64])], [value("score", [4, 8])], weights)


def functions(folder, name="functions"):
    """Calls of a local function with an attribute of its own."""
    block = helper.make_function(
        "local", "Block", ["x", "w", "b"], ["y"],
        [helper.make_node("MatMul", ["x", "w"], ["product"]), helper.make_node("Add", ["product", "b"], ["sum"]),
         helper.make_node("LeakyRelu", ["sum"], ["y"])], [helper.make_opsetid("", 17)], ["alpha"])
    block.node[2].attribute.append(
        onnx.AttributeProto(name="alpha", ref_attr_name="alpha", type=onnx.AttributeProto.FLOAT))
    nodes, weights, x = [], [], "x"
    for layer in range(4):
        weights += [weight(f"w{layer}", 128, 128), weight(f"b{layer}", 128)]
        nodes.append(helper.make_node("Block", [x, f"w{layer}", f"b{layer}"], [f"y{layer}"], domain="local",
                                      alpha=0.1 * (layer + 1)))
        x = f"y{layer}"
    save(folder, name, nodes, [value("x", [8, 128])], [value(x, [8, 128])], weights, domains=["local"],
         functions=[block])


def quantised(folder, name="quantised"):
    """Weights of 8 bits that are dequantised before they are used."""
    nodes, weights, x = [], [], "x"
    for layer in range(3):
        codes = RANDOM.integers(-127, 127, (64, 64)).astype(numpy.int8)
        weights += [numpy_helper.from_array(codes, f"codes{layer}"),
                    numpy_helper.from_array(numpy.float32(0.01), f"scale{layer}")]
        nodes += [helper.make_node("DequantizeLinear", [f"codes{layer}", f"scale{layer}"], [f"w{layer}"],
                                   name=f"dequantise{layer}"),
                  helper.make_node("MatMul", [x, f"w{layer}"], [f"y{layer}"], name=f"product{layer}")]
        x = f"y{layer}"
    save(folder, name, nodes, [value("x", [8, 64])], [value(x, [8, 64])], weights)


def constants(folder, name="constants"):
    """Outputs that are constant or an input, and a large constant that is a node."""
    nodes = [helper.make_node("Constant", [], ["w"], value=weight("", 64, 64), name="weight"),
             helper.make_node("MatMul", ["x", "w"], ["y"], name="product"),
             helper.make_node("Add", ["a", "a"], ["doubled"], name="doubled")]
    save(folder, name, nodes, [value("x", [4, 64])],
         [value("y", [4, 64]), value("doubled", [5]), value("x", [4, 64])], [weight("a", 5)])


def typed(folder, name="typed"):
    """Large constants in typed fields rather than as raw bytes, some of them packed into variable-length numbers."""
    def tensor(name, kind, values):
        return helper.make_tensor(name, kind, values.shape, values.flatten().tolist())

    half = (RANDOM.standard_normal((128, 128)) / 16).astype(numpy.float16)
    weights = [tensor("w", TensorProto.FLOAT, RANDOM.standard_normal((128, 128)).astype(numpy.float32)),
               tensor("half", TensorProto.FLOAT16, half),
               tensor("order", TensorProto.INT64, RANDOM.permutation(3000) % 128),
               tensor("wide", TensorProto.DOUBLE, RANDOM.standard_normal((128, 64)))]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"], name="first"),
             helper.make_node("Cast", ["half"], ["half_wide"], to=TensorProto.FLOAT, name="widen"),
             helper.make_node("MatMul", ["a", "half_wide"], ["b"], name="second"),
             helper.make_node("Gather", ["b", "order"], ["c"], axis=1, name="pick"),
             helper.make_node("Cast", ["b"], ["b_wide"], to=TensorProto.DOUBLE, name="to_double"),
             helper.make_node("MatMul", ["b_wide", "wide"], ["d"], name="third")]
    save(folder, name, nodes, [value("x", [4, 128])],
         [value("c", [4, 3000]), value("d", [4, 64], TensorProto.DOUBLE)], weights)


def language(folder, name="language", layers=6, width=64, words=300):
    """Weights and nodes are named as PyTorch's exporter names those of a language model."""
    nodes, weights, x = [], [weight("model.embed_tokens.weight", words, width)], "x"
    nodes.append(helper.make_node("Gather", ["model.embed_tokens.weight", "ids"], [x],
                                  name="/model/embed_tokens/Gather"))
    for layer in range(layers):
        p = f"model.layers.{layer}."
        weights += [weight(p + "mlp.up.weight", width, 4 * width), weight(p + "mlp.down.weight", 4 * width, width)]
        for kind, inputs, part in (("MatMul", [x, p + "mlp.up.weight"], "mlp/up"), ("Relu", [p + "mlp/up"], "mlp/act"),
                                   ("MatMul", [p + "mlp/act", p + "mlp.down.weight"], "mlp/down"),
                                   ("Add", [x, p + "mlp/down"], "add")):
            nodes.append(helper.make_node(kind, inputs, [p + part], name=f"/model/layers.{layer}/{part}/{kind}"))
        x = p + "add"
    weights.append(weight("lm_head.weight", width, words))
    nodes.append(helper.make_node("MatMul", [x, "lm_head.weight"], ["logits"], name="/lm_head/MatMul"))
    save(folder, name, nodes, [value("ids", [2, 8], TensorProto.INT64)], [value("logits", [2, 8, words])], weights)


def narrow(folder, name="narrow"):
    """Products whose weights can be in few bits alone, and some whose cannot."""
    weights = [weight("A", 200, 384), weight("B", 96, 384), weight("b", 96), weight("C", 96, 64), weight("D", 64, 64),
               weight("E", 64, 64), weight("F", 64, 64)]
    nodes = [helper.make_node("MatMul", ["x", "A"], ["rows"], name="rows"),
             helper.make_node("Relu", ["rows"], ["positive"], name="positive"),
             helper.make_node("Gemm", ["positive", "B", "b"], ["columns"], name="columns", transB=1),
             helper.make_node("MatMul", ["columns", "C"], ["both"], name="both"),
             helper.make_node("Softmax", ["columns"], ["soft"], name="soft"),
             helper.make_node("MatMul", ["soft", "C"], ["again"], name="again"),
             helper.make_node("Add", ["both", "again"], ["sum"], name="sum"),
             helper.make_node("Gemm", ["sum", "D"], ["scaled"], name="scaled", alpha=0.5),
             helper.make_node("MatMul", ["scaled", "E"], ["shown"], name="shown"),
             helper.make_node("ReduceMean", ["E"], ["mean"], name="mean", axes=[0], keepdims=0),
             helper.make_node("Add", ["shown", "mean"], ["shifted"], name="shifted"),
             helper.make_node("Neg", ["F"], ["negative"], name="negative"),
             helper.make_node("MatMul", ["shifted", "negative"], ["made"], name="made")]
    save(folder, name, nodes, [value("x", [8, 200])], [value("made", [8, 64])], weights)


def as_json(folder, name):
    model = onnx.load(os.path.join(folder, name + ".onnx"))
    with open(os.path.join(folder, name + "_as_json.json"), "w") as file:
        file.write(json_format.MessageToJson(model))
    shutil.copy(os.path.join(folder, name + ".onnx"), os.path.join(folder, name + "_as_json.onnx"))


def main():
    folder = sys.argv[1]
    recommendation(folder, "recommendation")
    recommendation(folder, "weighted", pooling="ReduceMean", weighted=True)
    recommendation(folder, "maximum", pooling="ReduceMax")
    recommendation(folder, "older", opset=11, kind=TensorProto.INT32, bags_alone=True)
    recommendation(folder, "beside", tables=2, external=True)
    recommendation(folder, "odd", tables=2, width=31)
    transformer(folder, "layers", named=True)
    bag_operators(folder, "largest_bags", largest=True)
    bag_operators(folder, "largest_of_weighed", largest=True, weighted=True)
    attention(folder, "packed_view", "view")
    attention(folder, "packed_split", "split")
    attention(folder, "packed_batch", "batch")
    for make in (one_item, sized_by_attributes, ranking, encoded, blocks, gemms, channels, grouped_heads, long_bags, bag_operators, bag_loop, transformer, recurrent, branches, functions, quantised, constants, typed,
                 language, mixture, narrow):
        make(folder)
    bag_loop(folder, "long_bags_in_a_loop", tables=2, ids=40, width=96)
    bag_loop(folder, "maxima_in_a_loop", pooling="ReduceMax")
    bag_loop(folder, "loops_of_one_condition", condition="go_at_first")
    bag_loop(folder, "long_maxima_in_a_loop", tables=2, ids=40, width=96, pooling="ReduceMax")
    long_bags(folder, "long_maxima", pooling="ReduceMax")
    bag_sequence(folder)
    gates(folder)
    gates(folder, "older_gates", opset=9)
    gates(folder, "gates_and_an_input", batch=4, hands_on=True)
    as_json(folder, "recurrent")
    packages = sysconfig.get_paths()["purelib"]
    found = [path for package in ("magika", "rapidocr_onnxruntime", "silero_vad", "onnx/backend/test/data/light",
                                  "onnxruntime/datasets")
             for path in glob.glob(f"{packages}/{package}/**/*.onnx", recursive=True)]
    for path in found:
        name = os.path.basename(path)
        shutil.copy(path, os.path.join(folder, "magika.onnx" if name == "model.onnx" else name))


if __name__ == "__main__":
    main()
