"""What a compiler answers about its own code: callbacks of the library's handles."""

from __future__ import annotations

import ctypes
import functools
import json
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

from ._library import PROGRESS, _library, call, checked


@dataclass(frozen=True)
class Tensor:
    """A value that an operator reads or writes."""

    name: str
    #: Of its elements: ``float32``, ``int64`` ...
    type: str
    shape: tuple[int, ...]
    bytes: int
    is_constant: bool


@dataclass(frozen=True)
class Operator:
    """An operator as it is planned: constants are folded, functions inlined, bodies of control flow part of their operator."""

    #: Its place in an order in which operators can run.
    index: int
    name: str
    #: For example ``Conv``.
    type: str
    #: Empty for ONNX's own.
    domain: str
    #: ``None`` for an optional one that is not there.
    inputs: tuple[Optional[Tensor], ...]
    outputs: tuple[Optional[Tensor], ...]
    #: Numbers, strings and lists of these.
    attributes: dict[str, Any]


#: The operators with the same number are one kernel; ``None`` for one of its own.
Kernel = Callable[[Operator], Optional[int]]
#: Whether a kind of card (its model's name) runs an operator in a precision; ``None`` for what the system's description says.
Supports = Callable[[Operator, str, str], Optional[bool]]
#: Seconds of a batch on a kind of device (``host``, or a card's model); ``None`` for the cost model's.
Seconds = Callable[[Operator, str, str], Optional[float]]


class _Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_char_p), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("rank", ctypes.c_size_t), ("bytes", ctypes.c_int64), ("is_constant", ctypes.c_int32)]

    def value(self) -> Optional[Tensor]:
        if self.name is None:
            return None
        shape = tuple(self.shape[axis] for axis in range(self.rank))
        return Tensor(self.name.decode(), (self.type or b"").decode(), shape, self.bytes, bool(self.is_constant))


class _Operator(ctypes.Structure):
    _fields_ = [("index", ctypes.c_size_t), ("name", ctypes.c_char_p), ("type", ctypes.c_char_p), ("domain", ctypes.c_char_p),
                ("inputs", ctypes.POINTER(_Tensor)), ("input_count", ctypes.c_size_t),
                ("outputs", ctypes.POINTER(_Tensor)), ("output_count", ctypes.c_size_t), ("attributes_json", ctypes.c_char_p)]

    def value(self) -> Operator:
        return Operator(
            self.index, self.name.decode(), self.type.decode(), self.domain.decode(),
            tuple(self.inputs[place].value() for place in range(self.input_count)),
            tuple(self.outputs[place].value() for place in range(self.output_count)),
            json.loads(self.attributes_json or b"{}"))


_KERNEL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(_Operator))
_SUPPORTS = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Operator), ctypes.c_char_p, ctypes.c_char_p)
_SECONDS = ctypes.CFUNCTYPE(
    ctypes.c_double, ctypes.c_void_p, ctypes.POINTER(_Operator), ctypes.c_char_p, ctypes.c_char_p)


class _Compiler(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("context", ctypes.c_void_p), ("progress", PROGRESS), ("kernel", _KERNEL),
                ("supports", _SUPPORTS), ("seconds", _SECONDS)]


@functools.lru_cache(maxsize=None)
def _handles() -> ctypes.CDLL:
    library = _library()
    text, size, handle = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p
    out = ctypes.POINTER(ctypes.c_void_p)
    for name, arguments in {
        "model_load": [text, size, text, out],
        "system_load": [text, text, out],
        "plan_make": [handle, handle, text, ctypes.POINTER(_Compiler), out],
        "plan_json": [handle, out],
        "model_release": [handle],
        "system_release": [handle],
        "plan_release": [handle],
    }.items():
        function = getattr(library, "partitioner_" + name)
        function.argtypes = arguments
        function.restype = None if name.endswith("release") else ctypes.c_int32
    return library


def _json(options: Mapping[str, Any]) -> bytes:
    return json.dumps(options).encode()


def plan(
    content: Optional[bytes], options: dict[str, Any], progress: object, raised: list[BaseException],
    kernel: Optional[Kernel], supports: Optional[Supports], seconds: Optional[Seconds],
) -> str:
    """Plans with a compiler's answers. What a callback raises is kept in ``raised`` and ends the search."""
    operators: dict[int, Operator] = {}

    def asked(function: Callable[..., Any], number: Callable[[Any], Any]) -> Callable[..., Any]:
        left = number(-1)

        def answer(_: object, pointer: Any, *words: bytes) -> Any:
            if raised:
                return left
            try:
                entry = pointer.contents
                if entry.index not in operators:
                    operators[entry.index] = entry.value()
                said = function(operators[entry.index], *(word.decode() for word in words))
                return left if said is None else number(said)
            except BaseException as error:  # it must not pass through C
                raised.append(error)
                return left

        return answer

    compiler = _Compiler(size=ctypes.sizeof(_Compiler), progress=progress)
    if kernel is not None:
        compiler.kernel = _KERNEL(asked(kernel, int))
    if supports is not None:
        compiler.supports = _SUPPORTS(asked(supports, int))
    if seconds is not None:
        compiler.seconds = _SECONDS(asked(seconds, float))

    library = _handles()
    named: dict[str, Any] = {key: options.pop(key) for key in ("name", "path", "dimensions", "states", "form", "dense") if key in options}
    machine: dict[str, Any] = {key: options.pop(key) for key in ("cards", "set") if key in options}
    system = options.pop("system", None)
    model, device, made = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    try:
        checked(library.partitioner_model_load(content, len(content or b""), _json(named), ctypes.byref(model)))
        checked(library.partitioner_system_load(
            system.encode() if system is not None else None, _json(machine), ctypes.byref(device)))
        checked(library.partitioner_plan_make(model, device, _json(options), ctypes.byref(compiler), ctypes.byref(made)))
        return call("plan_json", made)
    finally:
        library.partitioner_plan_release(made)
        library.partitioner_system_release(device)
        library.partitioner_model_release(model)
