"""Exports a PyTorch model to ONNX without ever holding its weights.

Modules are made on the meta device and traced with fake tensors, so a model of any size exports in little memory.
Before optimisation every weight gets a stand-in that repeats one number with stride zero; each a different number, or
the optimizer would merge equal weights. Afterwards weights keep name, shape and type and lose their data; small
constants that shape inference reads (shapes, axes, scales) keep theirs.
"""

import math

import numpy as np
import onnx
import onnx_ir as ir
import onnxscript.optimizer
import torch
from google.protobuf import json_format
from onnx import TensorProto, helper, numpy_helper
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

# Constants of up to this many elements keep their values.
KEPT_INTEGERS = 64
KEPT_FLOATS = 8

FLOATING = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16}
DATA_FIELDS = (
    "raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data", "external_data",
    "data_location")


def export(build, arguments, input_names):
    """The model that `build` makes, for the shapes of `arguments`, as a dictionary in the protobuf JSON mapping."""
    with torch.device("meta"):
        module = build().eval()
    with FakeTensorMode(), torch.no_grad():
        fake_weights(module)
        program = torch.export.export(module, tuple(arguments()), strict=False)
    exported = torch.onnx.export(program, dynamo=True, optimize=False, verbose=False, input_names=input_names).model
    stand_in_weights(exported)
    onnxscript.optimizer.optimize_ir(exported)
    proto = without_weights(exported)
    proto = onnx.shape_inference.infer_shapes(proto, check_type=False, strict_mode=False, data_prop=True)
    return json_format.MessageToDict(proto)


def fake_weights(module):
    """Replaces meta parameters and buffers by fake ones; shared weights stay shared."""
    replaced = {}
    for part in module.modules():
        for store in (part._parameters, part._buffers):
            for name, tensor in list(store.items()):
                if tensor is None:
                    continue
                if id(tensor) not in replaced:
                    fake = torch.empty(tensor.shape, dtype=tensor.dtype)
                    is_parameter = isinstance(tensor, torch.nn.Parameter)
                    # The original is kept too, or its id could be given to another tensor.
                    new = torch.nn.Parameter(fake, requires_grad=False) if is_parameter else fake
                    replaced[id(tensor)] = (tensor, new)
                store[name] = replaced[id(tensor)][1]


def stand_in_weights(model):
    """Gives every fake weight a zero-stride array of one number of its own."""
    count = 0
    for graph in model.graphs():
        for name, val in graph.initializers.items():
            raw = getattr(val.const_value, "raw", None)
            if not isinstance(raw, torch.Tensor) or not (isinstance(raw, FakeTensor) or raw.is_meta):
                continue
            count += 1
            dtype = val.const_value.dtype
            number = (count % 30000 + 1) * 1e-3 if dtype.is_floating_point() else count % 100
            shape = tuple(int(d) for d in val.const_value.shape)
            array = np.broadcast_to(np.asarray(number).astype(dtype.numpy()), shape)
            val.const_value = ir.Tensor(array, dtype=dtype, name=name)


def without_weights(model):
    """The protobuf message, large constants reduced to name, shape and type."""
    for graph in model.graphs():
        for name, val in graph.initializers.items():
            tensor = val.const_value
            size = math.prod(int(d) for d in tensor.shape)
            if size > (KEPT_FLOATS if tensor.dtype.is_floating_point() else KEPT_INTEGERS):
                val.const_value = ir.ExternalTensor("none", 0, 0, tensor.dtype, shape=tensor.shape, name=name)
    proto = ir.to_proto(model)
    del proto.metadata_props[:]
    proto.graph.doc_string = ""
    del proto.graph.metadata_props[:]
    for tensor in proto.graph.initializer:
        strip(tensor)
    for node in proto.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                strip(attribute.t)
    for info in [*proto.graph.value_info, *proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        info.doc_string = ""
        del info.metadata_props[:]
    return proto


def strip(tensor):
    """Drops a large tensor's data; writes a small integer one as numbers that people can read."""
    is_float = tensor.data_type in FLOATING
    is_external = tensor.data_location == TensorProto.EXTERNAL
    if is_external or math.prod(tensor.dims) > (KEPT_FLOATS if is_float else KEPT_INTEGERS):
        for field in DATA_FIELDS:
            tensor.ClearField(field)
    elif not is_float and tensor.data_type != TensorProto.STRING:
        numbers = numpy_helper.to_array(tensor).flatten().tolist()
        tensor.CopyFrom(helper.make_tensor(tensor.name, tensor.data_type, list(tensor.dims), numbers))
