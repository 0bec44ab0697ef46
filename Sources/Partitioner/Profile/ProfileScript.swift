/// The program that runs a model through ONNX Runtime. It reads a request from one file and writes its answer to another, both
/// JSON, so that whatever libraries print does not matter.
enum ProfileScript {
  static let text = #"""
    import json, os, sys, tempfile

    def fail(kind, message):
        answer({"failure": kind, "message": message})
        sys.exit(0)

    def answer(value):
        with open(sys.argv[2], "w") as file:
            json.dump(value, file)

    with open(sys.argv[1]) as file:
        request = json.load(file)

    missing = []
    for name in ("numpy", "onnxruntime", "onnx"):
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    if missing:
        fail("unavailable", "Python (%s) has no %s; install with: %s -m pip install %s"
             % (sys.executable, " and no ".join(missing), sys.executable, " ".join(missing)))

    import numpy, onnx, onnxruntime
    from onnx import TensorProto, external_data_helper

    FLOATS = {TensorProto.FLOAT: 4, TensorProto.DOUBLE: 8, TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2}

    def read_model(path):
        try:
            with open(path, "rb") as file:
                data = file.read()
            if data.lstrip()[:1] == b"{":
                from google.protobuf import json_format
                return json_format.Parse(data.decode(), onnx.ModelProto(), ignore_unknown_fields=True)
            return onnx.ModelProto.FromString(data)
        except Exception as error:
            fail("input", "it cannot be read: %s" % error)

    def is_empty(tensor):
        fields = ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data")
        return not any(len(getattr(tensor, field)) for field in fields)

    def fill(model, folder, seed):
        """Gives constants that have no values seeded ones; answers how many."""
        random = numpy.random.default_rng(seed)
        filled = 0
        size = 0
        for tensor in model.graph.initializer:
            count = 1
            for d in tensor.dims:
                count *= d
            if count == 0:
                continue
            if external_data_helper.uses_external_data(tensor):
                location = external_data_helper.ExternalDataInfo(tensor).location
                if os.path.isfile(os.path.join(folder, location)):
                    external_data_helper.load_external_data_for_tensor(tensor, folder)
                    tensor.data_location = TensorProto.DEFAULT
                    del tensor.external_data[:]
                    continue
                tensor.data_location = TensorProto.DEFAULT
                del tensor.external_data[:]
            elif not is_empty(tensor):
                continue
            if tensor.data_type == TensorProto.STRING:
                fail("input", "constant '%s' holds texts and has no values" % tensor.name)
            dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
            size += count * dtype.itemsize
            if size > request["largestBytes"]:
                fail("input", "constants without values take more than %d bytes, the largest '%s'; profile a model with "
                     "smaller tables" % (request["largestBytes"],
                     max(model.graph.initializer, key=lambda t: numpy.prod([float(d) for d in t.dims])).name))
            if tensor.data_type in FLOATS or numpy.issubdtype(dtype, numpy.floating):
                values = (random.random(count, dtype=numpy.float32) * 0.1).astype(dtype)
            elif dtype.itemsize == 1:
                values = random.integers(0, 2 if dtype == numpy.bool_ else 100, count).astype(dtype)
            else:
                values = numpy.zeros(count, dtype)
            tensor.raw_data = values.tobytes()
            filled += 1
        return filled

    def inputs(session, bound, seed):
        random = numpy.random.default_rng(seed)
        feed = {}
        for entry in session.get_inputs():
            shape = request["inputs"].get(entry.name)
            if shape is None:
                shape = [d if isinstance(d, int) else request["dimensions"].get(d, 1) for d in entry.shape]
            given = entry.shape
            if len(given) != len(shape) or any(isinstance(a, int) and a != b for a, b in zip(given, shape)):
                fail("input", "input '%s' has the shape %s and cannot be run with %s; bind dimensions by name with --dim"
                     % (entry.name, given, shape))
            kind = entry.type[len("tensor("):-1] if entry.type.startswith("tensor(") else None
            names = {"float": "float32", "double": "float64", "bool": "bool", "float16": "float16"}
            try:
                dtype = numpy.dtype(names.get(kind, kind))
            except TypeError:
                fail("input", "input '%s' is a %s, which cannot be made up" % (entry.name, entry.type))
            if dtype == numpy.bool_:
                feed[entry.name] = numpy.ones(shape, dtype)
            elif numpy.issubdtype(dtype, numpy.integer):
                rows = request["rows"].get(entry.name, 1000) if bound is None else bound
                feed[entry.name] = random.integers(0, rows, shape).astype(dtype)
            else:
                feed[entry.name] = random.random(shape).astype(dtype)
        return feed

    def whole(node):
        """The attributes of a node that are whole numbers, as lists."""
        kinds = onnx.AttributeProto
        return {a.name: list(a.ints) if a.type == kinds.INTS else [a.i] for a in node.attribute
                if a.type in (kinds.INT, kinds.INTS)}

    class Nodes:
        """The model's nodes by what ONNX Runtime calls their kernels: their names, or those of their results."""
        def __init__(self, graph):
            self.named = {n.name: n for n in graph.node if n.name}
            self.producers = {o: n for n in graph.node for o in n.output if o}
            self.constants = {t.name: list(t.dims) for t in graph.initializer}

        def details(self, kernel, args):
            """What the profile leaves out: attributes, and the shapes of constants that are packed."""
            name = kernel[len("fused "):] if kernel.startswith("fused ") else kernel
            node = self.named.get(name)
            if node is None and name.endswith("_nchwc"):
                node = self.producers.get(name[:-len("_nchwc")])
            if node is None or args.get("op_name") not in (node.op_type, "Fused" + node.op_type):
                return {}
            given = [next(iter(s.values())) for s in args.get("input_type_shape", [])]
            inputs = []
            for name in node.input:
                dims = self.constants.get(name)
                if not name:
                    inputs.append([-1])
                elif given and (dims is None or sorted(dims) == sorted(given[0]) or len(dims) == len(given[0]) == 4):
                    inputs.append(given.pop(0))
                else:
                    inputs.append(dims if dims is not None else [-1])
            found = {"attributes": whole(node), "results": [name for name in node.output if name]}
            if not given:
                found["inputs"] = inputs
            return found

    def middle(values):
        """The mean of the middle half."""
        values = sorted(values)
        cut = len(values) // 4
        kept = values[cut:len(values) - cut]
        return sum(kept) / len(kept)

    def main():
        model = read_model(request["model"])
        filled = fill(model, os.path.dirname(os.path.abspath(request["model"])), request["seed"])
        available = onnxruntime.get_available_providers()
        providers = request["providers"] or ["CPUExecutionProvider"]
        for provider in providers:
            if provider not in available:
                fail("usage", "ONNX Runtime has no provider '%s' here; it has %s" % (provider, ", ".join(available)))
        if "CPUExecutionProvider" not in providers:
            providers = providers + ["CPUExecutionProvider"]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(tempfile.mkdtemp(dir=request["folder"]), "profile")
        if request["threads"]:
            options.intra_op_num_threads = request["threads"]
        levels = onnxruntime.GraphOptimizationLevel
        options.graph_optimization_level = levels.ORT_ENABLE_ALL if request["fuses"] else levels.ORT_DISABLE_ALL
        for name, size in request["dimensions"].items():
            options.add_free_dimension_override_by_name(name, size)
        path = os.path.join(request["folder"], "model.onnx")
        try:
            large = sum(len(t.raw_data) for t in model.graph.initializer) > 1 << 30
            onnx.save(model, path, save_as_external_data=large, location="model.data")
            session = onnxruntime.InferenceSession(path, options, providers=providers)
        except Exception as error:
            fail("input", "ONNX Runtime cannot load it: %s" % error)
        # Whole numbers are mostly rows of a table: smaller ones where these are too large.
        # Look-ups read all of their table; what whole numbers stand for elsewhere is not known.
        for bound in (None, 1000, 2, 1):
            feed = inputs(session, bound, request["seed"])
            try:
                session.run(None, feed)
                break
            except Exception as error:
                if bound == 1:
                    fail("input", "ONNX Runtime cannot run it: %s" % error)
        for _ in range(request["runs"]):
            session.run(None, feed)
        with open(session.end_profiling()) as file:
            events = json.load(file)
        # Only the last runs count: the first allocate.
        ends = [i for i, e in enumerate(events) if e.get("name") == "model_run"]
        start = ends[-request["runs"] - 1] + 1
        times, order, kept = {}, [], {}
        for event in events[start:]:
            if event.get("cat") != "Node" or not event["name"].endswith("_kernel_time"):
                continue
            args = {k: event["args"][k] for k in ("op_name", "provider", "input_type_shape", "output_type_shape")
                    if k in event["args"]}
            key = (event["name"], json.dumps(args, sort_keys=True))
            if key not in times:
                order.append(key)
                times[key] = []
                kept[key] = args
            times[key].append(event["dur"])
        nodes = Nodes(model.graph)
        rows = [{"cat": "Node", "ph": "X", "name": key[0], "dur": round(middle(times[key]), 3),
                 "args": {**kept[key], **nodes.details(key[0][:-len("_kernel_time")], kept[key])}} for key in order]
        runs = [e["dur"] for e in events[start:] if e.get("name") == "model_run"]
        answer({"events": rows, "runSeconds": middle(runs) * 1e-6, "filled": filled,
                "version": onnxruntime.__version__})

    main()
    """#
}
