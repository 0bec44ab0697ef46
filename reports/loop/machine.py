"""This machine, measured, and described as two systems."""

import multiprocessing
import os
import statistics
import time
from multiprocessing import shared_memory

import numpy


def seconds_of(call, repeat=9):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def answer(pipe, core):
    os.sched_setaffinity(0, [core])
    while (task := pipe.recv()) is not None:
        pipe.send(task)


def measure(cores):
    """Bytes a second of a copy into shared memory and of a stream through memory, and seconds of handing a task over and back, as
    `partitioner.run` does both."""
    block = numpy.ones(1 << 18, numpy.float32)
    room = shared_memory.SharedMemory(create=True, size=block.nbytes)
    shared = numpy.ndarray(block.shape, block.dtype, room.buf)
    copied = block.nbytes / seconds_of(lambda: shared.__setitem__(..., block), 99)
    del shared
    room.close()
    room.unlink()
    large = numpy.ones(1 << 26, numpy.float32)
    target = numpy.empty_like(large)
    streamed = 2 * large.nbytes / seconds_of(lambda: target.__setitem__(..., large))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=answer, args=(theirs, cores[0]))
    worker.start()

    def turn():
        ours.send((0, 0, 0))
        ours.recv()

    seconds_of(turn, 50)
    handed = seconds_of(turn, 999)
    ours.send(None)
    worker.join()
    return {"copyBytesPerSecond": copied, "memoryBytesPerSecond": streamed, "turnSeconds": handed}


def figure(value):
    return {"value": value, "source": "measured by reports/loop"}


def processor(machine, memory):
    """One core; its operators' times are measured one by one, so that its peaks decide nothing but how the measured time of a look-up
    is shared out over shards: fetching a row costs each shard of columns the same, adding it up costs by its width."""
    rough = {"value": machine["addedPerSecond"] / 1e12, "source": "elements added up a second, measured by reports/loop"}
    share = {"value": 1, "source": "not used: costs are measured", "assumed": True}
    return {
        "cores": {"value": 1, "source": "one core of this machine"},
        "matrixTeraOperationsPerSecond": {"fp32": rough}, "matrixSustainedFraction": {"fp32": share},
        "vectorTeraOperationsPerSecond": {"fp32": rough}, "vectorSustainedFraction": {"fp32": share},
        "dramGigabytes": {"value": memory, "source": "a part of this machine's"},
        "dramGigabytesPerSecond": figure(machine["memoryBytesPerSecond"] / 1e9), "dramSustainedFraction": share,
        "dramRandomFraction": {"value": 1, "source": "rows of whole cache lines", "assumed": True},
        "dramBurstBytes": {"value": 64, "source": "one cache line"},
        "launchMicroseconds": {"value": 0, "source": "part of what is measured"},
        "lookupsPerCorePerSecond": figure(machine["lookupsPerSecond"]),
        "foreignLookupFraction": figure(machine["foreignLookupFraction"]),
        "idleWatts": {"value": 1, "source": "not used", "assumed": True}, "busyWatts": {"value": 2, "source": "not used", "assumed": True},
        "reservedGigabytes": {"value": 0, "source": "nothing is set aside"},
    }


def system(name, machine, cards):
    """Cards are cores; each direction of a link is half of handing over, and the copy into shared memory."""
    host = {"name": "core-host", **processor(machine, 8)}
    card = {
        "model": "core", **processor(machine, 4),
        "linkGigabytesPerSecond": figure(machine["copyBytesPerSecond"] / 1e9),
        "linkSustainedFraction": {"value": 1, "source": "measured as sustained"},
        "linkCommandMicroseconds": figure(machine["turnSeconds"] / 2 * 1e6),
        "unsupportedOperators": {"value": [], "source": "ONNX Runtime runs all of them"},
    }
    return {
        "name": name, "description": "This machine's cores", "host": host,
        "cards": [{"card": card, "count": {"value": cards, "source": "as many cores"}}],
        "peerToPeer": {"value": False, "source": "everything is handed over by the host"},
        "uplinkGigabytesPerSecond": figure(cards * machine["copyBytesPerSecond"] / 1e9),
        "uplinkSustainedFraction": {"value": 1, "source": "measured as sustained"},
        "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port"},
    }
