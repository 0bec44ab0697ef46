"""ONNX models in the protobuf JSON mapping, written one node a line. Standard library only.

A model is the plain dictionary that json.load gives: camelCase keys, 64-bit integers as strings, enum names for
attribute types, integers for element types.
"""

import json

FLOAT, INT32, INT64 = 1, 6, 7


def value(name, element_type, shape):
    """A typed, static graph input, output or intermediate."""
    dims = [{"dimValue": str(size)} for size in shape]
    return {"name": name, "type": {"tensorType": {"elemType": element_type, "shape": {"dim": dims}}}}


def weight(name, shape, element_type=FLOAT):
    """An initializer with a shape and no data: plans need sizes, never values."""
    return {"dims": [str(size) for size in shape], "dataType": element_type, "name": name}


def integers(name, values):
    """A small int64 initializer with its data; Reshape targets are read by shape inference."""
    return {"dims": [str(len(values))], "dataType": INT64, "int64Data": [str(v) for v in values], "name": name}


def node(name, op_type, inputs, output, domain=None, **attributes):
    """One operator with one output; attributes are integers or lists of integers."""
    result = {"input": inputs, "output": [output], "name": name, "opType": op_type}
    if domain:
        result["domain"] = domain
    if attributes:
        result["attribute"] = [
            {"name": key, "ints": [str(v) for v in val], "type": "INTS"}
            if isinstance(val, (list, tuple))
            else {"name": key, "i": str(val), "type": "INT"}
            for key, val in attributes.items()
        ]
    return result


def tidy(model):
    """The model without what plans do not use: empty documentation, the exporter's build number, and value_info
    that repeats initializers."""
    def strip(item):
        if isinstance(item, dict):
            return {k: strip(v) for k, v in item.items() if not (k == "docString" and v == "")}
        if isinstance(item, list):
            return [strip(v) for v in item]
        return item

    model = strip(model)
    model.pop("producerVersion", None)
    graph = model["graph"]
    constants = {tensor["name"] for tensor in graph.get("initializer", [])}
    graph["valueInfo"] = [info for info in graph.get("valueInfo", []) if info["name"] not in constants]
    return model


def set_serving(model, name, facts):
    """Names the graph and records how it is served, under keys that Partition reads."""
    model["graph"]["name"] = name
    properties = [
        ("partition.latency_budget_ms", format(facts["latency_budget_ms"], "g")),
        ("partition.batch", str(facts["batch"])),
        ("partition.provenance", facts["provenance"]),
    ]
    if facts.get("average_lookups"):
        properties.append(("partition.average_lookups", json.dumps(facts["average_lookups"])))
    model["metadataProps"] = [{"key": key, "value": text} for key, text in properties]


def write(model, path):
    """Writes the model so that a changed node is a changed line."""
    def compact(item):
        return json.dumps(item, ensure_ascii=False)

    def listing(items):
        return "[\n" + ",\n".join(compact(item) for item in items) + "\n]" if items else "[]"

    graph = model["graph"]
    order = ["name", "input", "output", "node", "initializer", "valueInfo"]
    keys = [k for k in order if k in graph] + [k for k in graph if k not in order]
    parts = [
        f"{compact(k)}: {listing(graph[k]) if isinstance(graph[k], list) else compact(graph[k])}" for k in keys
    ]
    head = [
        f"{compact(k)}: {listing(v) if k == 'metadataProps' else compact(v)}"
        for k, v in model.items()
        if k != "graph"
    ]
    with open(path, "w", encoding="utf-8") as out:
        out.write("{\n" + ",\n".join(head + ['"graph": {\n' + ",\n".join(parts) + "\n}"]) + "\n}\n")
