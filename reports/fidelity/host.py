"""Measures the kernels of models with ONNX Runtime on this machine, for host.md.

    venv/bin/pip install onnxruntime onnx numpy
    venv/bin/python reports/fidelity/host.py MODEL.onnx [dimension=size ...] [--plain] > reports/fidelity/data/host/NAME.csv

A row is a kernel with the shapes that it ran with; `count` kernels are alike. A kernel counts with the quickest of 8 to 60 runs
at one thread, since other work on the machine only adds to it; kernels of more than 2 ms, which are interrupted every time, are
scaled so that all together take the processor time of a run. The quickest kernels that together take 1 % are left out, and so are
the bodies of loops, which their loop counts as well. `--plain` keeps ONNX Runtime from fusing operators and changing layouts.
"""

import collections
import json
import os
import sys
import tempfile
import time

import numpy
import onnx
import onnxruntime


def whole(node):
    """The attributes of a node that are whole numbers, as lists."""
    kinds = onnx.AttributeProto
    return {a.name: list(a.ints) if a.type == kinds.INTS else [a.i] for a in node.attribute
            if a.type in (kinds.INT, kinds.INTS)}


def feeds(session, sizes, bound):
    random = numpy.random.default_rng(1)
    result = {}
    for entry in session.get_inputs():
        if entry.name in sizes:
            result[entry.name] = numpy.array(sizes[entry.name], dtype=entry.type[7:-1])
            continue
        shape = [d if isinstance(d, int) and d > 0 else sizes.get(d, 1) for d in entry.shape]
        kind = {"float": "float32", "double": "float64"}.get(entry.type[7:-1], entry.type[7:-1])
        if kind.startswith("float"):
            result[entry.name] = random.random(shape).astype(kind)
        else:
            result[entry.name] = random.integers(0, bound, shape).astype(kind)
    return result


def measure(path, sizes, fuses):
    folder = tempfile.mkdtemp()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.enable_profiling = True
    options.profile_file_prefix = folder + "/profile"
    options.intra_op_num_threads = 1
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if fuses else levels.ORT_DISABLE_ALL
    options.optimized_model_filepath = folder + "/optimised.onnx"
    for name, size in sizes.items():
        if isinstance(size, int):
            options.add_free_dimension_override_by_name(name, size)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    graph = onnx.load(folder + "/optimised.onnx", load_external_data=False).graph
    nodes = {n.name: n for n in graph.node}
    constants = {t.name: list(t.dims) for t in graph.initializer}
    for bound in (1000, 100, 10, 2, 1):
        feed = feeds(session, sizes, bound)
        try:
            session.run(None, feed)
            break
        except Exception:
            if bound == 1:
                raise
    start = time.time()
    session.run(None, feed)
    runs = max(8, min(60, int(8 / max(time.time() - start, 1e-3))))
    processor = []
    for _ in range(runs):
        start = time.process_time()
        session.run(None, feed)
        processor.append((time.process_time() - start) * 1e6)
    with open(session.end_profiling()) as file:
        events = json.load(file)
    ends = [i for i, e in enumerate(events) if e.get("name") == "model_run"]
    times = collections.OrderedDict()
    for event in events[ends[-runs - 1] + 1:]:
        if event.get("cat") != "Node" or not event["name"].endswith("_kernel_time"):
            continue
        args = event["args"]
        key = (event["name"][:-len("_kernel_time")], args["op_name"], json.dumps(args.get("input_type_shape", [])),
               json.dumps(args.get("output_type_shape", [])))
        times.setdefault(key, []).append(event["dur"])
    rows = collections.OrderedDict()
    for (name, kind, given, results), durations in times.items():
        node = nodes.get(name)
        if node is None or kind in ("Loop", "If", "Scan"):
            continue
        given = [next(iter(s.values())) for s in json.loads(given)]
        inputs = []
        for name in node.input:
            dims = constants.get(name)
            if not name:
                inputs.append(None)
            elif given and (dims is None or sorted(dims) == sorted(given[0]) or len(dims) == len(given[0]) == 4):
                inputs.append(given.pop(0))
            else:
                inputs.append(dims)
        results = [next(iter(s.values())) for s in json.loads(results)]
        attributes = {k: v for k, v in whole(node).items() if k in ("kernel_shape", "perm", "group") and v != [1]}
        key = (kind, shapes(inputs), shapes(results),
               " ".join("%s=%s" % (k, "x".join(map(str, v))) for k, v in sorted(attributes.items())))
        rows.setdefault(key, []).append(max(0.2, min(durations)))
    total = sum(map(sum, rows.values()))
    long = sum(t for r in rows.values() for t in r if t > 2000)
    spent = sorted(processor)[len(processor) // 4]
    factor = (spent - total + long) / long if total > spent and long else 1
    return {k: [t * factor if t > 2000 else t for t in r] for k, r in rows.items()}


def shapes(list_of_shapes):
    return ";".join("?" if s is None else "x".join(map(str, s)) or "1" for s in list_of_shapes)


def csv(rows):
    order = sorted(rows.items(), key=lambda r: -sum(r[1]))
    total = sum(sum(r) for _, r in order)
    lines, seen = ["type,inputs,outputs,attributes,count,device,microseconds"], 0
    for (kind, inputs, outputs, attributes), times in order:
        if seen > 0.99 * total:
            break
        seen += sum(times)
        lines.append("%s,%s,%s,%s,%d,cpu,%.4g" % (kind, inputs, outputs, attributes, len(times), sum(times) / len(times)))
    return "\n".join(lines) + "\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--plain"]
    sizes = {}
    for text in arguments[1:]:
        name, _, size = text.partition("=")
        sizes[name] = [int(s) for s in size.split(",")] if "," in size else int(size)
    print(csv(measure(arguments[0], sizes, "--plain" not in sys.argv)), end="")


if __name__ == "__main__":
    main()
