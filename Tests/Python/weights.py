"""Checks that parts whose products have their weights in codes compute what the model does with weights as the codes hold them.

    python3 weights.py MODEL PARTS BITS PRODUCT ...
"""

import json
import os
import sys

import numpy
import onnx
from onnx import numpy_helper

from equal import difference, made_up, run_parts, session

model, folder, bits, *wanted = sys.argv[1:]
bits = int(bits)
with open(os.path.join(folder, "manifest.json")) as file:
    manifest = json.load(file)
whole = onnx.load(model)
constants = {value.name: value for value in whole.graph.initializer}
nodes = {node.name: node for node in whole.graph.node}
found = []
for part in manifest["parts"]:
    own = onnx.load(os.path.join(folder, part["file"]))
    onnx.checker.check_model(own)
    arrays = {value.name: numpy_helper.to_array(value) for value in own.graph.initializer}
    for node in own.graph.node:
        if node.op_type != "MatMulNBits":
            continue
        found.append(node.name)
        known = {entry.name: entry.i for entry in node.attribute}
        rows, columns = known["K"], known["N"]
        assert (known["bits"], known["block_size"]) == (bits, 128), known
        codes, scales = arrays[node.input[1]], arrays[node.input[2]].astype(numpy.float32)
        if bits == 4:
            codes = numpy.stack([codes & 15, codes >> 4], axis=-1).reshape(columns, -1, 128)
        steps = codes.astype(numpy.float32) - (1 << bits - 1)
        held = (steps * scales[:, :, None]).reshape(columns, -1)[:, :rows].T
        original = nodes[node.name]
        name = original.input[1]
        assert name not in arrays, f"{name}: is in the part in two forms"
        weights = numpy_helper.to_array(constants[name]).astype(numpy.float32)
        turned = any(entry.name == "transB" and entry.i for entry in original.attribute)
        weights = weights.T if turned else weights
        # Each value is at the code nearest to it, and the largest of a block, or of a column, at the last one.
        step = numpy.repeat(scales, 128, axis=1)[:, :rows].T
        assert (abs(held - weights) <= 0.5001 * step).all(), node.name
        assert abs(steps).max() == (1 << bits - 1) - 1 and (bits == 4 or (scales == scales[:, :1]).all()), node.name
        copy = numpy_helper.from_array(
            numpy.ascontiguousarray(held.T if turned else held).astype(numpy_helper.to_array(constants[name]).dtype),
            name + "/held")
        if copy.name not in constants:
            whole.graph.initializer.append(copy)
            constants[copy.name] = copy
        original.input[1] = copy.name
assert sorted(found) == sorted(wanted), found
held = os.path.join(folder, "held.onnx")
onnx.save(whole, held)
runner = session(held, False)
feed = made_up(runner.get_inputs(), manifest, {"ids": 300}, {}, {})
results = runner.run(manifest["outputs"], feed)
for a, b in zip(results, run_parts(folder, manifest, feed, False, False)):
    assert difference(a, b) <= 1e-5, difference(a, b)
