"""Executes exported parts: a worker process a device, tensors in shared memory. For checking plans, not for serving."""

from __future__ import annotations

import contextlib
import heapq
import json
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass, field
from multiprocessing import shared_memory
from typing import Any, Iterator, Mapping, Optional, Union

from ._library import PartitionError

_TYPES = {
    "float32": "float32", "float64": "float64", "float16": "float16", "int8": "int8", "int16": "int16",
    "int32": "int32", "int64": "int64", "uint8": "uint8", "uint16": "uint16", "uint32": "uint32",
    "uint64": "uint64", "bool": "bool",
}
_ALIGNMENT = 64


@dataclass
class Outcome:
    """What a run gave."""

    #: Of the first batch, by name.
    outputs: dict[str, Any]
    throughput_per_second: float
    #: Seconds of each batch from its start to its last output, in the order of their starts.
    latencies: list[float]
    #: Busy seconds of each device.
    busy: dict[str, float]
    #: Devices that share a core with another, so that times mean little.
    is_timed: bool
    #: In the Chrome trace event format.
    trace: str = field(repr=False)

    def percentile(self, share: float) -> float:
        """Seconds that this share (0 to 1) of the batches takes at most."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Slots:
    """Room for the tensors of the batches in flight, in one block of shared memory."""

    def __init__(self, tensors: Mapping[str, Any], count: int, name: Optional[str] = None) -> None:
        self.places: dict[str, tuple[int, Any, list[int]]] = {}
        end = 0
        for tensor, entry in sorted(tensors.items()):
            self.places[tensor] = (end, _TYPES[entry["type"]], entry["shape"])
            end += -(-max(1, entry["bytes"]) // _ALIGNMENT) * _ALIGNMENT
        self.size = max(end, _ALIGNMENT)
        if name is None:
            self.memory = shared_memory.SharedMemory(create=True, size=self.size * count)
        else:
            self.memory = shared_memory.SharedMemory(name=name)

    def array(self, slot: int, tensor: str) -> Any:
        import numpy

        offset, kind, shape = self.places[tensor]
        return numpy.ndarray(shape, kind, self.memory.buf, slot * self.size + offset)


def _session(path: str, fuses: bool) -> Any:
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not fuses:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class _Bound:
    """A part that reads its inputs from a slot and writes its outputs there, without copies between."""

    def __init__(self, session: Any, part: Mapping[str, Any], room: _Slots, slot: int) -> None:
        self.session = session
        self.binding = session.io_binding()
        # They keep the memory that the binding points to.
        self.arrays = {name: room.array(slot, name) for name in [*part["inputs"], *part["outputs"]]}
        for names, bind in ((part["inputs"], self.binding.bind_input), (part["outputs"], self.binding.bind_output)):
            for name in names:
                array = self.arrays[name]
                bind(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)

    def run(self) -> None:
        self.session.run_with_iobinding(self.binding)


def _work(
    device: str, core: Optional[int], folder: str, manifest: dict[str, Any], memory: str, slots: int, fuses: bool, pipe: Any,
) -> None:
    """A worker: runs the parts of one device, one after the other, those of the oldest batch first."""
    try:
        if core is not None:
            os.sched_setaffinity(0, [core])
        room = _Slots(manifest["tensors"], slots, memory)
        bound = {}
        for index, part in enumerate(manifest["parts"]):
            if device in part["devices"]:
                session = _session(os.path.join(folder, part["file"]), fuses)
                for slot in range(slots):
                    bound[index, slot] = _Bound(session, part, room, slot)
        pipe.send((device, None, None, 0.0, 0.0, None))
        waiting: list[tuple[int, int, int]] = []
        while True:
            while not waiting or pipe.poll():
                task = pipe.recv()
                if task is None:
                    return
                heapq.heappush(waiting, task)
            batch, index, slot = heapq.heappop(waiting)
            start = time.perf_counter()
            bound[index, slot].run()
            pipe.send((device, index, batch, start, time.perf_counter(), None))
    except EOFError:
        pass  # The caller ended.
    except BaseException as error:
        pipe.send((device, None, None, 0.0, 0.0, f"{type(error).__name__}: {error}"))


@contextlib.contextmanager
def _main_left_alone() -> Iterator[None]:
    """Workers that are started inside need nothing of the caller's script, and must not run it again."""
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        main.__spec__ = None
        if "__file__" in kept:
            del main.__file__
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)


def _made_up(manifest: Mapping[str, Any], seed: int) -> dict[str, Any]:
    import numpy

    random = numpy.random.default_rng(seed)
    made = {}
    for name in manifest["inputs"]:
        entry = manifest["tensors"][name]
        kind = numpy.dtype(_TYPES[entry["type"]])
        values = random.standard_normal(entry["shape"]) if kind.kind == "f" else random.integers(0, 2, entry["shape"])
        made[name] = values.astype(kind)
    return made


def run(
    parts: Union[str, "os.PathLike[str]"], inputs: Optional[Mapping[str, Any]] = None, *, batches: int = 20,
    in_flight: Optional[int] = None, warm_up: int = 3, cores: Optional[Mapping[str, int]] = None, fuses: bool = True,
    seed: int = 1, trace: Optional[Union[str, "os.PathLike[str]"]] = None, timeout: float = 600,
) -> Outcome:
    """Runs exported parts back to back. It is for checking plans, not for serving.

    :param parts: a folder that ``export`` wrote.
    :param inputs: arrays by name, the same for every batch; made up from ``seed`` where they are not given.
    :param batches: how many are measured, after ``warm_up`` more.
    :param in_flight: batches that are under way at once; default: what the plan has room for, at most 8 a card.
    :param cores: a core for a device; default: one after the other, the host's first. Where devices share cores, the
        outcome says that it is not timed.
    :param fuses: whether ONNX Runtime may fuse operators.
    :param trace: a file for the Chrome trace.
    :param timeout: seconds without news after which the run fails.
    """
    folder = os.fspath(parts)
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    for name, entry in manifest["tensors"].items():
        if entry.get("shape") is None or entry.get("type") not in _TYPES:
            raise PartitionError(65, f"tensor '{name}' has no fixed size, so that it has no place in shared memory")
    devices = sorted({device for part in manifest["parts"] for device in part["devices"]},
                     key=lambda device: (device != "host", device))
    replicas = max([len(part["devices"]) for part in manifest["parts"]], default=1)
    flights = in_flight or min(manifest.get("requestsInFlight", 8), 8) * replicas
    own = sorted(os.sched_getaffinity(0))
    places = dict(cores) if cores else {device: own[index % len(own)] for index, device in enumerate(devices)}
    feed = dict(_made_up(manifest, seed) if inputs is None else inputs)
    missing = [name for name in manifest["inputs"] if name not in feed]
    if missing:
        raise PartitionError(64, f"input '{missing[0]}' is not given")

    room = _Slots(manifest["tensors"], flights)
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Any] = {}
    workers: dict[str, Any] = {}
    try:
        with _main_left_alone():
            for device in devices:
                pipes[device], theirs = context.Pipe()
                workers[device] = context.Process(
                    target=_work, daemon=True,
                    args=(device, places.get(device), folder, manifest, room.memory.name, flights, fuses, theirs))
                workers[device].start()
                # The worker has the only other end, so that its end is heard of.
                theirs.close()
        return _Conductor(manifest, workers, pipes, replicas, feed, room, flights, timeout).run(
            batches, warm_up, is_timed=len(set(places.values())) == len(places), trace=trace)
    finally:
        for pipe in pipes.values():
            with contextlib.suppress(OSError):
                pipe.send(None)
        for worker in [worker for worker in workers.values() if worker.pid is not None]:
            worker.join(5)
            if worker.is_alive():
                worker.kill()
        room.memory.close()
        room.memory.unlink()


class _Conductor:
    """Hands parts to workers as soon as what they read is there."""

    def __init__(
        self, manifest: dict[str, Any], workers: dict[str, Any], pipes: dict[str, Any], replicas: int, feed: dict[str, Any],
        room: _Slots, flights: int, timeout: float,
    ) -> None:
        self.manifest, self.workers, self.pipes, self.replicas, self.feed = manifest, workers, pipes, replicas, feed
        self.room, self.flights, self.timeout = room, flights, timeout
        self.devices = list(workers)
        self.unread: list[Any] = []
        parts = manifest["parts"]
        writer = {name: index for index, part in enumerate(parts) for name in part["outputs"]}
        self.needs = [{writer[name] for name in part["inputs"] if name in writer} for part in parts]
        self.readers: list[list[int]] = [[] for _ in parts]
        for index, needs in enumerate(self.needs):
            for need in needs:
                self.readers[need].append(index)

    def _device(self, part: int, batch: int) -> str:
        holders: list[str] = self.manifest["parts"][part]["devices"]
        return holders[batch % self.replicas * len(holders) // self.replicas]

    def _news(self) -> tuple[Any, ...]:
        from multiprocessing.connection import wait

        if not self.unread:
            self.unread = wait(list(self.pipes.values()), self.timeout)
        if not self.unread:
            raise PartitionError(70, f"no part has ended for {self.timeout} s")
        pipe: Any = self.unread.pop(0)
        try:
            news: tuple[Any, ...] = pipe.recv()
        except (EOFError, ConnectionResetError):
            device = next(device for device, other in self.pipes.items() if other is pipe)
            self.workers[device].join(self.timeout)
            raise PartitionError(70, f"{device}: its worker ended with exit code {self.workers[device].exitcode}") from None
        if news[5] is not None:
            raise PartitionError(65, f"{news[0]}: {news[5]}")
        return news

    def run(self, batches: int, warm_up: int, is_timed: bool, trace: Any) -> Outcome:
        for _ in self.devices:
            self._news()
        parts = self.manifest["parts"]
        total = batches + warm_up
        begun: dict[int, float] = {}
        ended: dict[int, float] = {}
        left: dict[int, list[set[int]]] = {}
        slices: list[tuple[str, int, int, float, float]] = []
        outputs: dict[str, Any] = {}
        free = list(range(self.flights))
        slot_of: dict[int, int] = {}
        next_batch = 0
        while len(ended) < total:
            while free and next_batch < total:
                batch, slot = next_batch, free.pop(0)
                next_batch += 1
                slot_of[batch] = slot
                begun[batch] = time.perf_counter()
                for name, value in self.feed.items():
                    self.room.array(slot, name)[...] = value
                left[batch] = [set(needs) for needs in self.needs]
                for index, needs in enumerate(left[batch]):
                    if not needs:
                        self.pipes[self._device(index, batch)].send((batch, index, slot))
                if not parts:
                    ended[batch] = time.perf_counter()
                    free.append(slot)
            if not parts:
                continue
            device, index, batch, start, end, _ = self._news()
            slices.append((device, index, batch, start, end))
            for reader in self.readers[index]:
                left[batch][reader].discard(index)
                if not left[batch][reader]:
                    self.pipes[self._device(reader, batch)].send((batch, reader, slot_of[batch]))
            done = left[batch]
            done[index] = {-1}  # ran
            if all(needs == {-1} for needs in done):
                ended[batch] = time.perf_counter()
                if batch == 0:
                    outputs = {
                        name: self.room.array(slot_of[0], name).copy() for name in self.manifest["outputs"]}
                free.append(slot_of[batch])
                del left[batch]
        measured = range(warm_up, total)
        first = min((ended[batch] for batch in range(warm_up)), default=begun[0]) if warm_up else begun[0]
        last = max(ended.values())
        start_of_measure = max((ended[batch] for batch in range(warm_up)), default=first)
        busy = {
            device: sum(min(end, last) - max(start, start_of_measure) for name, _, _, start, end in slices
                        if name == device and end > start_of_measure)
            for device in self.devices
        }
        text = self._trace(slices, begun[0])
        if trace is not None:
            with open(trace, "w", encoding="utf-8") as file:
                file.write(text)
        return Outcome(
            outputs=outputs, throughput_per_second=batches / max(1e-12, last - start_of_measure),
            latencies=[ended[batch] - begun[batch] for batch in measured], busy=busy, is_timed=is_timed, trace=text)

    def _trace(self, slices: list[tuple[str, int, int, float, float]], origin: float) -> str:
        events: list[dict[str, Any]] = []
        for index, device in enumerate(self.devices):
            events.append({"ph": "M", "name": "process_name", "pid": index, "args": {"name": device}})
            events.append({"ph": "M", "name": "process_sort_index", "pid": index, "args": {"sort_index": index}})
        for device, part, batch, start, end in slices:
            events.append({
                "ph": "X", "name": self.manifest["parts"][part]["file"], "pid": self.devices.index(device), "tid": 0,
                "ts": round((start - origin) * 1e6, 3), "dur": round((end - start) * 1e6, 3),
                "args": {"request": batch},
            })
        lines = ",\n".join(json.dumps(event) for event in events)
        return '{"displayTimeUnit":"ms",\n"traceEvents":[\n' + lines + "\n]}\n"
