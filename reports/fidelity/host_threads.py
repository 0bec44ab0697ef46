"""Measures how kernels of ONNX Runtime speed up with threads, for threads.md.

    python3 reports/fidelity/host_threads.py FILE [--threads 1,2,4,8] [--seconds 300] [--small]

Networks of models/generator/benchmarks.py with seeded weights, fp32, all optimisations. A row is all kernels of a type (or the whole
network, type `all`) of a network at a number of threads; a kernel counts with the quickest of its runs.
"""

import argparse
import collections
import json
import math
import os
import sys
import tempfile
import time

import numpy
import onnx
import onnxruntime
from google.protobuf import json_format

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "models", "generator"))
import benchmarks

MOST_ROWS = 100_000
NETWORKS = (("resnet50", 1), ("bert-base", 1), ("mobilenet_v2", 1), ("dlrm-criteo", 2048), ("resnet50", 8), ("mobilenet_v2", 8),
            ("bert-base", 8), ("dlrm-criteo", 256), ("resnext101-32x4d", 1), ("resnet18", 1), ("vgg16", 1), ("bert-large-178", 1))


def network(name, batch):
    """The model with weights, and its inputs."""
    model = json_format.ParseDict(benchmarks.build(name, batch), onnx.ModelProto(), ignore_unknown_fields=True)
    r = numpy.random.default_rng(1)
    rows = {}
    for weight in model.graph.initializer:
        if weight.int64_data:
            continue
        if len(weight.dims) == 2 and weight.dims[0] > MOST_ROWS:
            weight.dims[0] = MOST_ROWS
        shape = list(weight.dims)
        rows[weight.name] = shape[0] if shape else 1
        inner = max(1, math.prod(shape[1:] if len(shape) > 2 else shape[:1]))
        weight.raw_data = (r.standard_normal(shape, dtype=numpy.float32) * math.sqrt(1 / inner)).tobytes()
    bounds = {n.input[1]: rows[n.input[0]] for n in model.graph.node if n.op_type == "Gather" and n.input[0] in rows}
    feeds = {}
    for entry in model.graph.input:
        if entry.name in rows:
            continue
        shape = [d.dim_value for d in entry.type.tensor_type.shape.dim]
        is_float = entry.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        feeds[entry.name] = (r.standard_normal(shape, dtype=numpy.float32) if is_float
                             else r.integers(0, bounds.get(entry.name, 2), shape))
    return model.SerializeToString(), feeds


def measure(model, feeds, threads, budget):
    """Seconds of a run, and of all kernels by type."""
    folder = tempfile.mkdtemp()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.enable_profiling = True
    options.profile_file_prefix = folder + "/profile"
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session.run(None, feeds)
    walls, start = [], time.time()
    while len(walls) < 5 or time.time() - start < budget and len(walls) < 40:
        begin = time.perf_counter()
        session.run(None, feeds)
        walls.append(time.perf_counter() - begin)
    with open(session.end_profiling()) as file:
        events = json.load(file)
    kernels = collections.OrderedDict()
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            kernels.setdefault((event["args"]["op_name"], event["name"]), []).append(event["dur"] / 1e6)
    types = collections.OrderedDict()
    for (kind, _), times in kernels.items():
        types.setdefault(kind, []).append(min(times))
    return min(walls), types


def main():
    options = argparse.ArgumentParser()
    options.add_argument("file")
    options.add_argument("--threads", default="1,2,4,8")
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--small", action="store_true")
    options = options.parse_args()
    limit = time.time() + options.seconds
    with open(options.file, "w", buffering=1) as out:
        print("network,batch,threads,type,kernels,seconds", file=out)
        for name, batch in NETWORKS[9:10] if options.small else NETWORKS:
            if time.time() > limit:
                break
            model, feeds = network(name, batch)
            for threads in map(int, options.threads.split(",")):
                wall, types = measure(model, feeds, threads, 1.5)
                print("%s,%d,%d,all,%d,%.5g" % (name, batch, threads, sum(map(len, types.values())), wall), file=out)
                for kind, times in sorted(types.items()):
                    print("%s,%d,%d,%s,%d,%.5g" % (name, batch, threads, kind, len(times), sum(times)), file=out)
            print(name, batch, round(limit - time.time()), "s left", flush=True)


main()
