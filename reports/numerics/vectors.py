"""Small vectors of ONNX Runtime's QuantizeLinear, DequantizeLinear and QLinearMatMul, which the tests of the reference kernels hold.

    python3 vectors.py ../../Tests/AccuracyTests/Vectors/linear.json          # makes them again
    python3 vectors.py --check ../../Tests/AccuracyTests/Vectors/linear.json  # compares them with the ONNX Runtime that is installed

Needs: pip install numpy onnx onnxruntime
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def run(op, inputs, output_type, **attributes):
    """One operator alone."""
    names = [f"i{n}" for n in range(len(inputs))]
    graph = helper.make_graph(
        [helper.make_node(op, names, ["o"], **attributes)], op,
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for n, v in zip(names, inputs)],
        [helper.make_tensor_value_info("o", output_type, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, inputs)))[0]


TYPES = {"int8": (np.int8, TensorProto.INT8), "uint8": (np.uint8, TensorProto.UINT8)}


def vectors():
    random = np.random.default_rng(5)
    quantize, dequantize, products = [], [], []
    for kind, (dtype, code) in TYPES.items():
        for scale, zero in ((0.5, 0), (0.013, 7), (1.0, 3), (3.7e-3, 100)):
            steps = np.array([-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 1e9, -1e9], np.float32) * np.float32(scale)
            x = np.concatenate([steps, random.normal(0, 60 * scale, 23).astype(np.float32)])
            s, z = np.array(scale, np.float32), np.array(zero, dtype)
            q = run("QuantizeLinear", [x, s, z], code)
            y = run("DequantizeLinear", [q, s, z], TensorProto.FLOAT)
            quantize.append({"type": kind, "scale": float(s), "zero": zero, "x": bits(x), "q": q.tolist()})
            dequantize.append({"type": kind, "scale": float(s), "zero": zero, "q": q.tolist(), "y": bits(y)})
    for kind, (dtype, code) in TYPES.items():
        info = np.iinfo(dtype)
        for rows, inner, columns in ((2, 3, 4), (3, 17, 5), (1, 64, 2)):
            a = random.integers(info.min, info.max, (rows, inner), dtype, endpoint=True)
            b = random.integers(info.min, info.max, (inner, columns), dtype, endpoint=True)
            for wide in (False, True):
                scales = random.uniform(0.001, 0.02, columns if wide else ()).astype(np.float32)
                b_zero = np.zeros(columns if wide else (), dtype)
                inputs = [a, np.array(0.02, np.float32), np.array(3, dtype), b, np.asarray(scales), b_zero,
                          np.array(0.05 * np.sqrt(inner), np.float32), np.array(-5 if kind == "int8" else 120, dtype)]
                y = run("QLinearMatMul", inputs, code)
                products.append({
                    "type": kind, "rows": rows, "inner": inner, "columns": columns, "a": a.ravel().tolist(),
                    "aScale": bits(inputs[1].reshape(1))[0], "aZero": 3, "b": b.ravel().tolist(),
                    "bScales": bits(np.atleast_1d(scales)), "yScale": bits(inputs[6].reshape(1))[0],
                    "yZero": int(inputs[7]), "y": y.ravel().tolist()})
    return {"quantizeLinear": quantize, "dequantizeLinear": dequantize, "qLinearMatMul": products}


def bits(values):
    """Bit patterns, so that nothing is lost in a decimal."""
    return np.asarray(values, np.float32).view(np.uint32).tolist()


def main():
    if sys.argv[1] == "--check":
        recorded, found = json.load(open(sys.argv[2])), json.loads(json.dumps(vectors()))
        same = {key: sum(a == b for a, b in zip(recorded[key], found[key])) for key in recorded}
        for key, count in same.items():
            print(f"{key}: {count} of {len(recorded[key])} the same with ONNX Runtime {onnxruntime.__version__}")
        sys.exit(recorded != found)
    with open(sys.argv[1], "w") as file:
        json.dump(vectors(), file, indent=None, separators=(",", ":"), sort_keys=True)
        file.write("\n")


main()
