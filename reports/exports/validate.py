"""Has plans written in every format and read by the package that the format is of, where PyPI has one.

    python3 reports/exports/validate.py [--partition PROGRAM] [--torchrec PYTHON]

Needs what Tests/Python lists, onnx-ir, openvino and tritonclient[grpc]; --torchrec names a Python that has TorchRec.
Prints results.md.
"""

import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Python"))

import equal  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402

ROWS = []


class Exporter:
    def __init__(self, partition, folder):
        self.partition, self.folder = partition, folder
        subprocess.run([sys.executable, os.path.join(ROOT, "Tests", "Python", "models.py"), folder], check=True)

    def model(self, name):
        return os.path.join(self.folder, name + ".onnx")

    def plan(self, name, model, rules=(), options=()):
        path = os.path.join(self.folder, name + ".json")
        command = [self.partition, "plan", self.model(model), "-o", path, "--effort", "0.1", "--force", *options]
        if rules:
            with open(path + ".rules", "w", encoding="utf-8") as file:
                json.dump({"format": "placement-rules", "version": 1, "rules": list(rules)}, file)
            command += ["--constraints", path + ".rules"]
        subprocess.run(command, check=True, capture_output=True)
        return path

    def export(self, plan, format, expects=0):
        """The place of what was written, and what was said on standard error."""
        place = f"{plan}.{format}"
        done = subprocess.run(
            [self.partition, "export", plan, "--to", format, "-o", place, "--force"], capture_output=True, text=True)
        assert done.returncode == expects, f"{format}: {done.returncode}: {done.stderr}"
        return place, done.stderr


def pin(units, device):
    return {"kind": "pin", "units": units, "devices": [device]}


def read(place):
    with open(place, encoding="utf-8") as file:
        return json.load(file)


def row(format, validated, what):
    ROWS.append((format, validated, what))


STAGES = [pin(["layer0/*", "x"], "card0"), pin(["layer1/*"], "card1"),
          pin(["layer2/*", "logits"], "card2")]
STEPS = ["--cards", "3", "--dim", "batch=2", "--dim", "steps=16"]
LAYERS = ([pin([f"/model/layers.{layer}/*"], f"card{0 if layer < 4 else 1}") for layer in range(6)]
          + [pin(["/model/embed_tokens/*"], "card0"), pin(["/lm_head/*"], "card1")])
HOST_LAYERS = LAYERS[:5] + [pin(["/model/layers.5/*", "/lm_head/*"], "host"), pin(["/model/embed_tokens/*"], "card0")]


def never(*options):
    return {"kind": "options", "units": ["*"], "never": list(options)}


def onnx_devices(exporter):
    import onnx_ir

    plan = exporter.plan("rows2", "recommendation", [never("host*", "every*", "whole*", "columns*", "rows 3*", "rows 4*", "rows 6*")],
                         ["--cards", "3"])
    place, _ = exporter.export(plan, "onnx-devices")
    path = os.path.join(place, "model.onnx")
    onnx.checker.check_model(path)
    model = onnx.load(path, load_external_data=False)
    devices = model.configuration[0].device
    shards = [spec for node in model.graph.node for entry in node.device_configurations
              for spec in entry.sharding_spec if spec.sharded_dim]
    assert len(shards) == 6 and all(len(spec.device) == spec.sharded_dim[0].simple_sharding[0].num_shards for spec in shards)
    assert all(index < len(devices) for node in model.graph.node for entry in node.device_configurations
               for spec in entry.sharding_spec for index in spec.device)
    again = onnx_ir.serde.serialize_model(onnx_ir.load(path))
    assert len(again.graph.node) == len(model.graph.node) and again.ir_version >= 11
    row("onnx-devices", f"onnx {onnx.__version__} (checker), onnx-ir {onnx_ir.__version__}",
        f"{len(model.graph.node)} nodes on {len(devices)} devices, {len(shards)} tables in even shards")


def same(exporter, model, place, options, dimensions=None):
    limits = {"ids": 300}
    whole = equal.session(exporter.model(model), False)
    manifest = {"tensors": {}}
    feed = equal.made_up(whole.get_inputs(), manifest, limits, dimensions or {}, {})
    other = onnxruntime.InferenceSession(place, options, providers=["CPUExecutionProvider"])
    assert all(equal.difference(a, b) == 0 for a, b in zip(whole.run(None, feed), other.run(None, feed)))


def ort(exporter):
    plan = exporter.plan("one", "language", [pin(["/model/layers.*"], "card0"), pin(["/lm_head/*"], "host")], ["--cards", "1"])
    place, _ = exporter.export(plan, "ort")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for key, value in read(os.path.join(place, "session.json")).items():
        options.add_session_config_entry(key, value)
    same(exporter, "language", os.path.join(place, "model.onnx"), options)
    model = onnx.load(os.path.join(place, "model.onnx"), load_external_data=False)
    named = {entry.value for node in model.graph.node for entry in node.metadata_props if entry.key == "layer_ann"}
    assert named == {"card0", "host"}, named
    exporter.export(exporter.plan("stages", "layers", STAGES, STEPS), "ort", expects=65)
    row("ort", f"onnxruntime {onnxruntime.__version__}", "runs with the session option and gives the same bits; several cards are an error")


def openvino(exporter):
    import openvino

    plan = exporter.plan("stages", "layers", STAGES, STEPS)
    place, _ = exporter.export(plan, "openvino")
    affinities = read(place)
    core = openvino.Core()
    model = core.read_model(exporter.model("layers"))
    names = {op.get_friendly_name(): op for op in model.get_ops()}
    found = [name for name in affinities if name in names]
    # What the model's nodes become beside themselves (inputs, constants) goes where a query puts it.
    for name, device in core.query_model(model, "CPU").items():
        names[name].get_rt_info()["affinity"] = device
    for name in found:
        names[name].get_rt_info()["affinity"] = "CPU"
    core.compile_model(model, "HETERO:CPU")
    row("openvino", f"openvino {openvino.__version__.split('-')[0]}",
        f"{len(found)} of {len(affinities)} names are friendly names; compiled by HETERO over the CPU alone, which is what is there")


def triton(exporter):
    from google.protobuf import text_format
    from tritonclient.grpc import model_config_pb2

    plan = exporter.plan("stages", "layers", STAGES, STEPS)
    place, said = exporter.export(plan, "triton")
    configs = {}
    for path in sorted(glob.glob(os.path.join(place, "*", "config.pbtxt"))):
        with open(path, encoding="utf-8") as file:
            config = text_format.Parse(file.read(), model_config_pb2.ModelConfig())
        assert config.name == os.path.basename(os.path.dirname(path))
        assert os.path.isdir(os.path.join(os.path.dirname(path), "1"))
        configs[config.name] = config
        if config.platform == "onnxruntime_onnx":
            runner = equal.session(os.path.join(os.path.dirname(path), "1", "model.onnx"), False)
            assert [i.name for i in runner.get_inputs()] == [i.name for i in config.input]
            assert [list(i.shape) for i in runner.get_inputs()] == [list(i.dims) for i in config.input]
    ensemble = next(config for config in configs.values() if config.platform == "ensemble")
    known = {value.name for value in ensemble.input}
    for step in ensemble.ensemble_scheduling.step:
        assert set(step.input_map.values()) <= known
        known |= set(step.output_map.values())
    assert {value.name for value in ensemble.output} <= known and "max_batch_size 0" in said
    import importlib.metadata
    row("triton", f"tritonclient {importlib.metadata.version('tritonclient')}",
        f"{len(configs)} configurations parse; each model's inputs are those of its file, the ensemble's steps feed each other")


def nodes(exporter):
    plan = exporter.plan("stages", "layers", STAGES, STEPS)
    model = onnx.load(exporter.model("layers"))
    order = [node.name for node in model.graph.node]
    place, _ = exporter.export(plan, "mdp")
    mdp = read(place)
    listed = [name for part in mdp["partitions"] for name in part["nodeList"]]
    assert len(listed) == len(set(listed)) and set(listed) <= set(order)
    for part in mdp["partitions"]:
        assert part["nodeList"] == sorted(part["nodeList"], key=order.index)
    assert [part["devices"][0]["deviceId"] for part in mdp["partitions"]] == [0, 1, 2]
    row("mdp", "documented schema", f"{len(listed)} nodes in topological order in {len(mdp['partitions'])} partitions")
    place, _ = exporter.export(plan, "glow")
    glow = read(place)
    assert len(glow["backendNames"]) == len(glow["partitionNames"]) == len(glow["logicalIDs"]) == glow["numOfPartitions"]
    assert set(glow["nodeToPartition"]) == set(listed) and max(glow["nodeToPartition"].values()) < glow["numOfPartitions"]
    row("glow", "documented schema", f"{glow['numOfPartitions']} partitions")
    for format in ("mdp", "glow", "openvino"):
        _, said = exporter.export(exporter.plan("unnamed", "transformer", [], STEPS), format, expects=65)
        assert "no name of their own" in said


def languages(exporter):
    plan = exporter.plan("two", "language", LAYERS, ["--cards", "2"])
    place, _ = exporter.export(plan, "device-map")
    modules = read(place)
    assert modules == {"model.embed_tokens": 0, **{f"model.layers.{i}": int(i > 3) for i in range(6)}, "lm_head": 1}, modules
    row("device-map", "documented schema", "the outermost modules that are in one place")
    place, _ = exporter.export(plan, "vllm")
    with open(place, encoding="utf-8") as file:
        assert file.read() == 'VLLM_PP_LAYER_PARTITION="4,2"\n'
    row("vllm", "documented form", "layers of each stage; layers on the host are an error")
    plan = exporter.plan("hosted", "language", HOST_LAYERS, ["--cards", "2"])
    exporter.export(plan, "vllm", expects=65)
    place, _ = exporter.export(plan, "llama.cpp")
    with open(place, encoding="utf-8") as file:
        text = file.read()
    pattern = re.compile(re.search(r'-ot "(.*)=CPU"', text).group(1))
    assert pattern.match("blk.5.ffn_up.weight") and not pattern.match("blk.4.ffn_up.weight"), text
    row("llama.cpp", "documented form", f"`{text.strip()}`")


def tables(exporter, torchrec):
    rows = exporter.plan("rows", "recommendation",
                         [never("host*", "every*", "whole*", "columns*"),
                          *({"kind": "limit", "devices": ["card*"], "units": [f"table_{i}"], "count": 1} for i in range(6))],
                         ["--cards", "2"])
    columns = exporter.plan("columns", "recommendation", [never("host*", "every*", "whole*", "rows*")], ["--cards", "3"])
    whole = exporter.plan("whole", "recommendation",
                          [never("host*", "every*", "rows*", "columns*"),
                           {"kind": "limit", "devices": ["card*"], "units": ["*"], "count": 2}], ["--cards", "3"])
    copied = exporter.plan("copied", "recommendation", [never("host*", "whole*", "rows*", "columns*")], ["--cards", "3"])
    place, _ = exporter.export(whole, "hugectr")
    entry = read(place)
    assert len(entry["shard_matrix"]) == 3 and all(entry["shard_matrix"]) and entry["shard_strategy"][0][0] == "mp"
    exporter.export(columns, "hugectr", expects=65)
    row("hugectr", "documented schema", "no GPU empty; columns and the host are errors")
    plans = [exporter.export(plan, "torchrec")[0] for plan in (rows, columns, whole, copied)]
    if torchrec is None:
        return row("torchrec", "not run: no Python with TorchRec was named", "")
    done = subprocess.run([torchrec, os.path.join(HERE, "torchrec_check.py"), *plans], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    row("torchrec", done.stdout.strip(), "row-wise, column-wise, table-wise and data-parallel plans for six tables")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--partition", default=os.path.join(ROOT, ".build", "release", "partition"))
    parser.add_argument("--torchrec", default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        exporter = Exporter(given.partition, folder)
        onnx_devices(exporter)
        ort(exporter)
        nodes(exporter)
        openvino(exporter)
        languages(exporter)
        tables(exporter, given.torchrec)
        triton(exporter)
    print("# Plans in other tools' formats\n\nMade by `validate.py`, which says what it needs.\n")
    print("| format | read by | what was checked |\n|---|---|---|")
    for entry in ROWS:
        print("| " + " | ".join(entry) + " |")


if __name__ == "__main__":
    main()
