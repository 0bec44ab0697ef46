"""From a model to parts that were run, a cell at a time.

    python3 notebook.py FOLDER

It needs onnx and onnxruntime beside the package; what it writes goes to FOLDER.
"""

# %% A small classifier; with yours, this cell is `model = "yours.onnx"`.
import os
import sys

import numpy
import onnx
import partitioner

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = numpy.random.default_rng(0)


def weight(name: str, rows: int, columns: int) -> onnx.TensorProto:
    return onnx.numpy_helper.from_array(random.standard_normal((rows, columns)).astype(numpy.float32) / rows**0.5, name)


graph = onnx.helper.make_graph(
    [
        onnx.helper.make_node("MatMul", ["x", "w0"], ["h0"], name="first"),
        onnx.helper.make_node("Relu", ["h0"], ["h1"], name="activation"),
        onnx.helper.make_node("MatMul", ["h1", "w1"], ["h2"], name="second"),
        onnx.helper.make_node("Softmax", ["h2"], ["y"], name="softmax"),
    ],
    "classifier",
    [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [16, 512])],
    [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [16, 32])],
    [weight("w0", 512, 512), weight("w1", 512, 32)],
)
model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)])
model.ir_version = 10
path = os.path.join(folder, "classifier.onnx")
onnx.save(model, path)

# %% What is in it, and what each operator costs.
loaded = partitioner.load(path)
print("operators", loaded.inspect()["operators"])
print(partitioner.frame(loaded.costs(cards=2)["rows"]))

# %% A plan on two cards, the softmax on the host.
rules = [{"kind": "pin", "units": ["softmax"], "devices": ["host"]}]
plan = loaded.plan(cards=2, rules=rules, progress=lambda news: print(f"best {news.objective}, bound {news.bound}"))
print(f"{plan['predicted']['throughputPerSecond']:,.0f} batches/s, gap {plan['certificate']['gap']:.2%}")
assert plan.check()["holds"]

# %% Does it hold under load?
report = plan.simulate(requests=500)
print("holds" if report["verdict"]["holds"] else report["verdict"])

# %% The partitions as ONNX models, run on this machine and held against the whole.
parts = os.path.join(folder, "parts")
plan.export(parts)
feed = {"x": random.standard_normal((16, 512)).astype(numpy.float32)}
outcome = partitioner.run(parts, feed, batches=8)
import onnxruntime  # noqa: E402

whole = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, feed)[0]
difference = float(numpy.abs(outcome.outputs["y"] - whole).max())
print(f"{outcome.throughput_per_second:,.0f} batches/s here, largest difference {difference:.1e}")
assert difference < 1e-5
