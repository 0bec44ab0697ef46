"""The package for Python against the library that PARTITIONER_LIBRARY names.

    python3 package.py MODEL FOLDER
"""

import json
import os
import sys

import numpy
import onnx
import onnxruntime
import partitioner


def error(call):
    try:
        call()
    except partitioner.PartitionError as failure:
        return failure.status, str(failure)
    raise AssertionError("no error")


def main():
    path, folder = sys.argv[1:]
    assert os.path.dirname(partitioner.library_path()), partitioner.library_path()
    model = partitioner.load(path)
    assert model.inspect()["operators"] > 10
    assert {row["operator"] for row in model.costs(cards=2)["rows"]} > {"top", "head"}

    news = []
    plan = model.plan(cards=2, effort=0.1, progress=news.append)
    assert news and all(isinstance(item, partitioner.Progress) for item in news)
    assert plan.check() == {"holds": True, "violations": []}
    assert plan.simulate(requests=200)["verdict"]["holds"]
    assert plan.draw().startswith("digraph plan {")
    assert plan.explain(whatIf=False)["objective"] == plan["certificate"]["objective"]
    moved, changes = plan.replan(lost=["card1"], effort=0.02)
    assert moved.check()["holds"] and changes["frontier"]
    assert "<html" in plan.compare(moved)
    assert 'id="latency"' in plan.report() and 'id="latency"' not in plan.report(replayed=False)

    question = {"models": [path], "cards": "1..8", "effort": 0.02}
    output = os.path.join(folder, "sweep.csv")
    heard = []
    first = partitioner.sweep(question, output, threads=1, progress=lambda news: heard.append(news) or False)
    assert heard and not first["isComplete"] and first["planned"] < 8
    again = partitioner.sweep(question, output)
    assert again["isComplete"] and again["planned"] == 8 and again["found"] >= first["planned"]
    for part in ("0/2", "1/2"):
        partitioner.sweep(question, os.path.join(folder, "parts.csv"), shard=part)
    assert partitioner.merge_sweep(os.path.join(folder, "parts.csv")) == 8
    assert open(output).read() == open(os.path.join(folder, "parts.csv")).read()
    assert "<html" in partitioner.pareto(output) and partitioner.pareto(output, "svg").startswith("<svg")
    assert error(lambda: partitioner.sweep({"modles": []}, output))[0] == 65
    assert error(lambda: partitioner.sweep({"models": ["none.onnx"]}, output))[0] == 66
    for other in (path, open(path, "rb").read()):
        assert plan.replan(other, effort=0.02)[0].check()["holds"]
    assert "no integer program states this question" in error(lambda: model.program("lp", cards=2))[1]
    assert any("after the loss of any one" in note for note in model.plan(cards=2, effort=0.02, survive=1)["notes"])
    assert "belongs to one batch" in error(lambda: model.plan(batch="auto", frontier=True))[1]
    longest = model.plan(largest="batch", cards=1, without=["cut"], effort=0.02, latencyBudgetMilliseconds=1)
    assert longest["model"]["dimensions"]["batch"] > 1 and "batch" in longest["notes"][-1] and longest.check()["holds"]
    assert "is of one length; give it without largest" in error(lambda: model.plan(largest="batch", robust=True))[1]
    levers = model.plan(cards=2, effort=0.05, without=["copies"], frontier=True, accuracyBudget="int8")
    assert levers["request"]["without"] == ["copies"] and levers["accuracy"]["frontier"]
    layers = model.plan(cards=2, effort=0.05, layerPrecisions=["int8", "fp16"], accuracyBudget=plan["accuracy"]["error"] / 2)
    assert layers["accuracy"]["error"] <= plan["accuracy"]["error"] / 2 and layers.check()["holds"]
    assert error(lambda: model.plan(layerPrecisions=["int9"]))[0] == 64
    assert "is of no embedding table" in error(lambda: model.plan(errors={"none": {"int8": 0.1}}))[1]
    assert error(lambda: plan.bucket(8))[0] == 64
    # The same, whatever the model comes from.
    for other in (open(path, "rb").read(), onnx.load(path)):
        assert partitioner.load(other).plan(cards=2, effort=0.1)["predicted"] == plan["predicted"]
    plan.save(os.path.join(folder, "plan.json"))
    assert partitioner.load_plan(os.path.join(folder, "plan.json")).check()["holds"]
    broken = partitioner.Plan(json.loads(plan.text), model)
    broken["predicted"]["latencySeconds"] *= 2
    assert not broken.check()["holds"]

    stopped = model.plan(cards=2, effort="none", gap=0, progress=lambda item: False)
    assert stopped.check()["holds"]

    # A compiler's answers, in the order of the operators, and what its functions raise.
    asked = []

    def supports(op, kind, precision):
        asked.append(op.index)
        return False if op.type == "Sigmoid" else None

    compiled = model.plan(
        cards=2, effort=0.1, supports=supports, kernel=lambda op: None,
        seconds=lambda op, kind, precision: 1e-3 if op.name == "top" and kind != "host" else None)
    sites = {name: part["site"] for part in compiled["partitions"] for name in part["operators"]}
    assert compiled.check()["holds"] and sites["score"] == "host" and sites["top"] == "host", sites
    assert asked and asked == sorted(asked)
    first = {}
    model.plan(cards=2, effort=0.1, kernel=lambda op: first.setdefault(op.name, op) and None)
    assert first["top"].inputs[1].is_constant and first["top"].inputs[1].shape[1] == 64
    for name in ("kernel", "supports", "seconds"):
        for wrong in (lambda *_: {}["mine"], lambda *_: "no number"):
            try:
                model.plan(cards=2, **{name: wrong})
            except (KeyError, ValueError):
                continue
            raise AssertionError(name + ": what it raised is lost")
    assert error(lambda: model.plan(cards=2, seconds=lambda *_: float("inf")))[0] == 64

    def fails(item):
        raise KeyError("mine")

    try:
        model.plan(cards=2, progress=fails)
        raise AssertionError("the callback's error is lost")
    except KeyError:
        pass
    assert error(lambda: model.plan(cards=-1))[0] == 64
    assert "'wrong' is not an option" in error(lambda: model.plan(wrong=1))[1]
    assert error(lambda: partitioner.load(b"no model").plan())[0] == 65
    assert error(lambda: partitioner.load(os.path.join(folder, "none.onnx")).inspect())[0] == 66

    parts = os.path.join(folder, "parts")
    assert plan.export(parts, keepsPrecision=True)["losses"]
    assert json.loads(plan.export(format="torchrec")["text"])
    assert error(lambda: plan.export(format="vllm"))[0] == 65
    assert error(lambda: plan.export(folder))[0] == 73
    whole = onnxruntime.InferenceSession(path)
    random = numpy.random.default_rng(0)
    feed = {
        value.name: random.standard_normal(value.shape).astype(numpy.float32) if "float" in value.type
        else random.integers(0, 12_000, value.shape)
        for value in whole.get_inputs()
    }
    trace = os.path.join(folder, "trace.json")
    outcome = partitioner.run(parts, feed, batches=6, trace=trace)
    assert numpy.abs(outcome.outputs["score"] - whole.run(None, feed)[0]).max() < 1e-5
    assert len(outcome.latencies) == 6 and outcome.throughput_per_second > 0
    manifest = json.load(open(os.path.join(parts, "manifest.json")))
    with open(trace) as file:
        slices = [event for event in json.load(file)["traceEvents"] if event["ph"] == "X"]
    assert len(slices) == 9 * len(manifest["parts"])

    # A worker that ends without a word, here because what it calls takes other arguments, is an error and not a wait.
    work, partitioner._run._work = partitioner._run._work, os.abort
    try:
        assert "exit code" in error(lambda: partitioner.run(parts, feed, batches=1))[1]
    finally:
        partitioner._run._work = work


if __name__ == "__main__":
    main()
