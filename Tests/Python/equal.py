"""Runs a model whole and in parts on the same inputs and compares the outputs.

    python3 equal.py MODEL PARTS [--tolerance T] [--limit INPUT=N] [--value INPUT=N] [--dim NAME=N]
        [--fused-tolerance T] [--reference]

Prints the largest difference and the number of parts; ends with 1 where the outputs differ by more than the tolerance
(0: not a bit). A tolerance is relative to the largest absolute value of an output. Whole numbers are 0 or 1, or below the
limit of their input; below a negative limit they are of both signs. Parts that take an input in 8 bits, or one item of it
for all, are given it so; parts of another batch than the model are held against the model's results for one of its batches after the
other. With `--fused-tolerance` both sides are run once more, by ONNX Runtime's optimiser. With `--reference` both sides
are run by onnx's own evaluator and lookups.py, which know operators that ONNX Runtime does not.
"""

import argparse
import json
import os
import sys
import types

import numpy
import onnxruntime

# No warnings about unused or missing things: what is wrong shows in the outputs.
onnxruntime.set_default_logger_severity(4)

TYPES = {
    "float": numpy.float32, "double": numpy.float64, "float16": numpy.float16, "int64": numpy.int64,
    "int32": numpy.int32, "int16": numpy.int16, "int8": numpy.int8, "uint8": numpy.uint8, "bool": numpy.bool_,
    "uint32": numpy.uint32, "uint64": numpy.uint64, "uint16": numpy.uint16,
}


class Reference:
    """A model that onnx's evaluator runs, with what of a session is used here."""

    def __init__(self, path):
        import lookups
        import onnx.reference
        model = onnx.load(path)
        self.runner = onnx.reference.ReferenceEvaluator(model, new_ops=lookups.OPERATORS)
        names = {1: "float", 6: "int32", 7: "int64"}
        self.inputs, self.outputs = (
            [types.SimpleNamespace(
                name=value.name, type=f"tensor({names.get(value.type.tensor_type.elem_type)})",
                shape=[dim.dim_value for dim in value.type.tensor_type.shape.dim]) for value in values]
            for values in (model.graph.input, model.graph.output))

    def get_inputs(self):
        return self.inputs

    def get_outputs(self):
        return self.outputs

    def run(self, names, feed):
        return self.runner.run(names, feed)


def session(path, fused, reference=False):
    if reference:
        return Reference(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if not fused:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def made_up(inputs, manifest, limits, dimensions, values, seed=1):
    random = numpy.random.default_rng(seed)
    feed = {}
    for value in inputs:
        kind = value.type[len("tensor("):-1]
        known = manifest["tensors"].get(value.name, {}).get("shape")
        if kind.startswith("float") and manifest["tensors"].get(value.name, {}).get("type") == "uint8":
            kind = "uint8"
            limits = {value.name: 256, **limits}
        shape = known or [d if isinstance(d, int) else dimensions.get(d, 1) for d in value.shape]
        if value.name in values:
            feed[value.name] = numpy.full(shape, values[value.name], TYPES[kind])
        elif kind == "string":
            words = numpy.array(["", "a", "bc", "def"], dtype=object)
            feed[value.name] = words[random.integers(0, len(words), shape)]
        elif kind in ("float", "double", "float16"):
            feed[value.name] = random.standard_normal(shape).astype(TYPES[kind])
        else:
            low, high = (0, 2)
            if value.name in limits:
                high = limits[value.name]
                low, high = (high, 1) if high < 0 else (0, high)
            feed[value.name] = random.integers(low, high, shape).astype(TYPES[kind])
    return feed


def batches(inputs, feed, dimensions):
    """What a model is given so that it sees all that its parts do: a batch of its own after the other."""
    wanted = {value.name: value.shape[0] if value.shape and isinstance(value.shape[0], int) else dimensions.get((value.shape or [None])[0])
              for value in inputs}
    fixed = [len(feed[name]) // size for name, size in wanted.items() if size and len(feed[name]) > size]
    count = max(fixed, default=1)
    for index in range(count):
        given = {}
        for value in inputs:
            data, size = feed[value.name], wanted[value.name]
            if size and len(data) > size:
                data = data[index * size:(index + 1) * size]
            elif size and len(data) < size:
                data = numpy.repeat(data, size, axis=0)
            kind = value.type[len("tensor("):-1]
            given[value.name] = data.astype(TYPES[kind]) if kind in TYPES else data
        yield given


def joined(results, manifest):
    """Results of several batches as those of one."""
    if len(results) == 1:
        return results[0]
    return [numpy.concatenate(parts) if list(parts[0].shape) != manifest["tensors"][name]["shape"] else parts[0]
            for name, parts in zip(manifest["outputs"], zip(*results))]


def run_parts(folder, manifest, feed, fused, reference):
    known = dict(feed)
    for part in manifest["parts"]:
        runner = session(os.path.join(folder, part["file"]), fused, reference)
        assert [value.name for value in runner.get_inputs()] == part["inputs"], part["file"] + ": inputs"
        assert [value.name for value in runner.get_outputs()] == part["outputs"], part["file"] + ": outputs"
        results = runner.run(part["outputs"], {name: known[name] for name in part["inputs"]})
        for name, result in zip(part["outputs"], results):
            assert name not in known, name + " is written twice"
            stated = manifest["tensors"][name].get("shape")
            if stated is not None and hasattr(result, "shape"):
                assert list(result.shape) == stated, f"{name}: {result.shape}, the manifest says {stated}"
            known[name] = result
    return [known[name] for name in manifest["outputs"]]


def difference(a, b):
    if isinstance(a, (list, dict)):
        pairs = zip(a, b) if isinstance(a, list) else ((a[key], b[key]) for key in a)
        return max([0.0 if len(a) == len(b) else float("inf")] + [difference(x, y) for x, y in pairs])
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return float("inf")
    if a.dtype.kind not in "fiu":
        return 0.0 if (a == b).all() else float("inf")
    if numpy.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
        return 0.0
    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    # What is no number, or infinite, has to be so on both sides.
    finite = numpy.isfinite(a)
    if not numpy.array_equal(a[~finite], b[~finite], equal_nan=True):
        return float("inf")
    return float(numpy.abs(a - b)[finite].max(initial=0) / max(1e-30, numpy.abs(a[finite]).max(initial=0)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("parts")
    parser.add_argument("--tolerance", type=float, default=0)
    parser.add_argument("--limit", action="append", default=[], metavar="INPUT=N")
    parser.add_argument("--dim", action="append", default=[], metavar="NAME=N")
    parser.add_argument("--value", action="append", default=[], metavar="INPUT=N")
    parser.add_argument("--fused-tolerance", type=float)
    parser.add_argument("--reference", action="store_true")
    given = parser.parse_args()
    numbers = [dict((k, int(v)) for k, v in (text.rsplit("=", 1) for text in texts))
               for texts in (given.limit, given.dim, given.value)]
    with open(os.path.join(given.parts, "manifest.json")) as file:
        manifest = json.load(file)
    runs = [(False, given.tolerance)]
    # onnx's evaluator has no optimiser.
    if given.fused_tolerance is not None and not given.reference:
        runs.append((True, given.fused_tolerance))
    within = True
    for fused, tolerance in runs:
        whole = session(given.model, fused, given.reference)
        feed = made_up(whole.get_inputs(), manifest, *numbers)
        expected = joined([whole.run(None, batch) for batch in batches(whole.get_inputs(), feed, numbers[1])], manifest)
        found = run_parts(given.parts, manifest, feed, fused, given.reference)
        worst = max(difference(a, b) for a, b in zip(expected, found))
        assert len(expected) == len(found)
        print(json.dumps({"difference": worst, "parts": len(manifest["parts"])}))
        within = within and worst <= tolerance
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
