"""Checks that an annotated copy of a model computes what the model does, and that its nodes say where they run.

    python3 annotated.py MODEL FOLDER onnx-devices|ort
"""

import json
import os
import sys

import onnx

from equal import difference, made_up, session

model, folder, format = sys.argv[1:]
path = os.path.join(folder, "model.onnx")
if format == "onnx-devices":
    onnx.checker.check_model(path)
copy = onnx.load(path, load_external_data=False)
whole = session(model, False)
feed = made_up(whole.get_inputs(), {"tensors": {}}, {"ids": 300}, {}, {})
# A runtime that knows no later version of the format still runs the nodes.
copy.ir_version = min(copy.ir_version, 10)
onnx.save(copy, os.path.join(folder, "older.onnx"))
found = session(os.path.join(folder, "older.onnx"), False).run(None, feed)
assert all(difference(a, b) == 0 for a, b in zip(whole.run(None, feed), found))
if format == "ort":
    named = {entry.value for node in copy.graph.node for entry in node.metadata_props if entry.key == "layer_ann"}
    assert named == {"host", "card0"}, named
    with open(os.path.join(folder, "session.json")) as file:
        assert json.load(file) == {"session.layer_assignment_settings": "gpu(=card0); cpu(=host)"}
else:
    names = list(copy.configuration[0].device)
    assert names == ["CPU", "card0", "card1"] and copy.configuration[0].num_devices == 3
    where = {node.name: names[node.device_configurations[0].sharding_spec[0].device[0]] for node in copy.graph.node}
    assert where["/model/layers.0/mlp/up/MatMul"] == "card0" and where["/model/layers.1/mlp/up/MatMul"] == "card1", where
