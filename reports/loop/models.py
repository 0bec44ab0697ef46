"""Models whose parts take long beside what handing them over takes."""

import os

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def weights(random, name, *shape):
    return numpy_helper.from_array((random.standard_normal(shape) / shape[0] ** 0.5).astype(numpy.float32), name)


def save(path, nodes, inputs, outputs, constants):
    values = [
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in entries] for entries in (inputs, outputs)]
    graph = helper.make_graph(nodes, os.path.basename(path).split(".")[0], *values, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 8
    onnx.save(model, path)


def dense(path, layers=8, width=1024, batch=256):
    """Fully connected layers."""
    random = numpy.random.default_rng(1)
    nodes, constants, value = [], [], "x"
    for layer in range(layers):
        constants.append(weights(random, f"w{layer}", width, width))
        nodes.append(helper.make_node("MatMul", [value, f"w{layer}"], [f"m{layer}"], name=f"matmul{layer}"))
        nodes.append(helper.make_node("Relu", [f"m{layer}"], [f"r{layer}"], name=f"relu{layer}"))
        value = f"r{layer}"
    size = [batch, width]
    save(path, nodes, [("x", TensorProto.FLOAT, size)], [(value, TensorProto.FLOAT, size)], constants)


def convolutional(path, layers=6, channels=64, side=32, batch=8):
    """Convolutions of one size, then a pooled vector and a classifier."""
    random = numpy.random.default_rng(2)
    nodes, constants, value = [], [], "x"
    for layer in range(layers):
        constants.append(weights(random, f"w{layer}", channels, channels, 3, 3))
        nodes.append(helper.make_node("Conv", [value, f"w{layer}"], [f"c{layer}"], name=f"conv{layer}", pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"], name=f"relu{layer}"))
        value = f"r{layer}"
    constants.append(weights(random, "head", channels, 10))
    nodes += [
        helper.make_node("GlobalAveragePool", [value], ["p"], name="pool"),
        helper.make_node("Flatten", ["p"], ["f"], name="flatten"), helper.make_node("MatMul", ["f", "head"], ["y"], name="head_"),
    ]
    size = [batch, channels, side, side]
    save(path, nodes, [("x", TensorProto.FLOAT, size)], [("y", TensorProto.FLOAT, [batch, 10])], constants)


#: Elements of a row.
WIDTH = 64


def place_in_shard(ids, table, rows):
    """Nodes that lead ids to the rows of the first half of a table, or to the zeros behind them, as exported shards of rows do."""
    def node(kind, inputs, part):
        return helper.make_node(kind, inputs, [f"{part}{table}"], name=f"place{table}/{part}")

    constants = [numpy_helper.from_array(numpy.int64(number), name) for name, number in (("first_row", 0), ("all_rows", rows), ("own_rows", rows // 2))]
    return constants if table == 0 else [], [
        node("Less", [ids, "first_row"], "negative"), node("Add", [ids, "all_rows"], "from_end"),
        node("Where", [f"negative{table}", f"from_end{table}", ids], "row"), node("Sub", [f"row{table}", "first_row"], "local"),
        node("Less", [f"local{table}", "first_row"], "before"), node("Less", [f"local{table}", "own_rows"], "in"),
        node("Not", [f"before{table}"], "not_before"), node("And", [f"not_before{table}", f"in{table}"], "here"),
        node("Where", [f"here{table}", f"local{table}", "own_rows"], "place")]


def shards(path):
    """The same with the first half of each table's rows."""
    recommendation(path, halves=True)


def recommendation(path, tables=8, rows=200_000, width=WIDTH, batch=1024, lookups=32, halves=False):
    """Embedding bags, then layers on all of them."""
    random = numpy.random.default_rng(3)
    nodes, inputs, constants = [], [("dense", TensorProto.FLOAT, [batch, width])], []
    constants.append(numpy_helper.from_array(numpy.array([1], numpy.int64), "axis"))
    for table in range(tables):
        constants.append(weights(random, f"table{table}", rows // 2 + 1 if halves else rows, width))
        ids = f"ids{table}"
        inputs.append((ids, TensorProto.INT64, [batch, lookups]))
        if halves:
            more, places = place_in_shard(ids, table, rows)
            constants, nodes, ids = constants + more, nodes + places, f"place{table}"
        nodes.append(helper.make_node("Gather", [f"table{table}", ids], [f"g{table}"], name=f"lookup{table}"))
        nodes.append(helper.make_node("ReduceSum", [f"g{table}", "axis"], [f"e{table}"], name=f"pool{table}", keepdims=0))
    nodes.append(helper.make_node("Concat", ["dense"] + [f"e{table}" for table in range(tables)], ["all"], name="concat", axis=1))
    value, size = "all", width * (tables + 1)
    for layer, out in enumerate([512, 256, 1]):
        constants.append(weights(random, f"w{layer}", size, out))
        nodes.append(helper.make_node("MatMul", [value, f"w{layer}"], [f"m{layer}"], name=f"top{layer}"))
        nodes.append(helper.make_node("Relu" if out > 1 else "Sigmoid", [f"m{layer}"], [f"r{layer}"], name=f"act{layer}"))
        value, size = f"r{layer}", out
    save(path, nodes, inputs, [(value, TensorProto.FLOAT, [batch, 1])], constants)


def feed(path):
    """Seeded inputs; ids are of any row of the table that they are looked up in."""
    graph = onnx.load(path).graph
    rows = {table.name: table.dims[0] for table in graph.initializer}
    tables = {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Gather"}
    random = numpy.random.default_rng(4)
    made = {}
    for value in graph.input:
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        if value.name in tables:
            made[value.name] = random.integers(0, rows[tables[value.name]], shape)
        else:
            made[value.name] = random.standard_normal(shape).astype(numpy.float32)
    return made
