"""libpartitioner through ctypes: text in, text out, statuses as errors."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import os
from typing import Callable, Optional

#: What a call hears of a sweep: context, points finished, all points, seconds left.
SWEEP_PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_double)

#: What a call hears of a search: context, objective, bound, seconds, share.
PROGRESS = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_double, ctypes.c_double, ctypes.c_double, ctypes.c_double)

_OK = 0
_VIOLATION = 3


class PartitionError(Exception):
    """Why a call failed; ``status`` is the exit code that the ``partition`` command has for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def library_path() -> str:
    """The library that is used: PARTITIONER_LIBRARY, else one beside this package, else the loader's."""
    named = os.environ.get("PARTITIONER_LIBRARY")
    if named:
        return named
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libpartitioner.so")
    if os.path.exists(beside):
        return beside
    return ctypes.util.find_library("partitioner") or "libpartitioner.so"


@functools.lru_cache(maxsize=None)
def _library() -> ctypes.CDLL:
    path = library_path()
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise PartitionError(
            69, f"{path}: cannot be loaded: {error}; install it with 'make install', or name it in PARTITIONER_LIBRARY"
        ) from None
    text, size, out = ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_void_p)
    for name, arguments in {
        "plan_watched": [text, size, text, PROGRESS, ctypes.c_void_p, out],
        "inspect": [text, size, text, out],
        "costs": [text, size, text, out],
        "simulate": [text, text, size, text, out],
        "check": [text, text, size, out],
        "draw": [text, ctypes.c_int, out],
        "bucket": [text, ctypes.c_int64, out],
        "explain": [text, text, size, text, out],
        "replan_model": [text, text, size, text, size, text, out],
        "program": [text, size, text, text, out],
        "compare": [text, text, out],
        "report": [text, text, size, ctypes.c_int, out],
        "sweep": [text, text, text, SWEEP_PROGRESS, ctypes.c_void_p, out],
        "sweep_merge": [text, out],
        "pareto": [text, text, out],
        "export": [text, text, text, out],
    }.items():
        function = getattr(library, "partitioner_" + name)
        function.argtypes = arguments
        function.restype = ctypes.c_int32
    library.partitioner_free.argtypes = [ctypes.c_void_p]
    library.partitioner_free.restype = None
    library.partitioner_last_error.restype = ctypes.c_char_p
    library.partitioner_version.restype = ctypes.c_char_p
    return library


def version() -> str:
    """The version of the library."""
    named: bytes = _library().partitioner_version()
    return named.decode()


def call(name: str, *arguments: object, allows_violation: bool = False) -> str:
    """Calls the library and answers its text.

    A plan that does not hold is an error unless ``allows_violation``; the report then says what does not hold.
    """
    library = _library()
    result = ctypes.c_void_p()
    status = getattr(library, "partitioner_" + name)(*arguments, ctypes.byref(result))
    try:
        text = ctypes.string_at(result.value).decode() if result.value else ""
    finally:
        if result.value:
            library.partitioner_free(result)
    if status == _OK or (status == _VIOLATION and allows_violation and text):
        return text
    raise PartitionError(status, library.partitioner_last_error().decode())


def checked(status: int) -> None:
    """Raises what the last call said unless it was done."""
    if status != _OK:
        raise PartitionError(status, _library().partitioner_last_error().decode())


def watched(progress: Optional[Callable[[float, float, float, float], bool]]) -> tuple[object, list[BaseException]]:
    """A progress function for the library, and where what it raises is kept: it must not pass through C."""
    raised: list[BaseException] = []
    if progress is None:
        return PROGRESS(), raised

    def report(_: object, objective: float, bound: float, seconds: float, share: float) -> int:
        if raised:
            return 1
        try:
            return 0 if progress(objective, bound, seconds, share) else 1
        except BaseException as error:  # KeyboardInterrupt too ends the search
            raised.append(error)
            return 1

    return PROGRESS(report), raised
