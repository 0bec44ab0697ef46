"""Measures kernels on a GPU with PyTorch, for gpu.md.

    python3 reports/fidelity/gpu.py DEVICE FOLDER [--seconds 300]

DEVICE is what the rows call the card (a card's model), FOLDER takes the tables: kernels.csv, gemm.csv (products by precision),
lookups.csv (bags of rows), copies.csv (between host and card) and card.txt (what was measured on, and with what).

Sizes are drawn with fixed seeds, class after class in turn, so that a run that ends early has some of each. A kernel is captured
many times into one CUDA graph, and the graph replayed: the time is the median replay over the number of kernels, the gap between
kernels of a graph included. Activations stay where they are, as if a kernel before had just written them; constants go around a
set of copies larger than twice the L2 cache. Values are random, layouts of convolutions are channels last, precisions fp16 where
no other stands there. A shape that PyTorch or its libraries refuse is left out.
"""

import argparse
import itertools
import math
import os
import random
import statistics
import time

import torch
import torch.nn.functional as F

CARD = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CHANNELS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048)
COLD_BYTES = 128 << 20
MOST_BYTES = 2 << 30
MOST_OPERATIONS = 4e12


def tensor(*shape, kind=torch.float16):
    if kind in (torch.int8,):
        return torch.randint(-100, 100, shape, device=CARD, dtype=kind)
    if kind == torch.float8_e4m3fn:
        return torch.randn(*shape, device=CARD, dtype=torch.float16).to(kind)
    return torch.randn(*shape, device=CARD, dtype=kind)


def copies(make, *constants):
    """`make` for as many copies of its constants as a cache does not hold."""
    size = sum(c.numel() * c.element_size() for c in constants)
    count = max(1, min(16, math.ceil(COLD_BYTES / max(1, size)))) if size > 1 << 16 else 1
    return [make(*(constants if i == 0 else [c.clone() for c in constants])) for i in range(count)]


def seconds(calls):
    """Of one call, the mean over all of a graph."""
    for call in calls[:2] + calls[:1]:
        call()
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    calls[0]()
    end.record()
    torch.cuda.synchronize()
    count = max(1, min(64, int(2 / max(start.elapsed_time(end), 1e-3))))
    count = max(count, min(len(calls), 16))
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for call in itertools.islice(itertools.cycle(calls), count):
            call()
    times = []
    for _ in range(9):
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end) / 1e3 / count)
    return statistics.median(times[2:])


def shape(values):
    return "x".join(map(str, values))


class Kernel:
    """One kernel: what a row says of it, and its calls."""

    def __init__(self, kind, inputs, output, calls, attributes="", precision="fp16"):
        self.kind, self.inputs, self.output, self.calls = kind, inputs, output, calls
        self.attributes, self.precision = attributes, precision

    def row(self, device, time):
        return "%s,%s,%s,%s,1,%s,%s,%.5g" % (
            self.kind, ";".join(map(shape, self.inputs)), shape(self.output), self.attributes, device, self.precision,
            time * 1e6)


def fits(elements, operations=0):
    return 2 * elements <= MOST_BYTES and operations <= MOST_OPERATIONS


def convolution(r, window, groups=1, depthwise=False):
    n, size = r.choice((1, 1, 2, 4, 8, 16, 32, 64, 128, 256)), r.choice((7, 14, 28, 56, 112))
    spatial = [size] * len(window)
    if len(window) == 3:
        n, spatial[0] = min(n, 16), r.choice((4, 8, 16))
    if depthwise:
        channels = results = groups = r.choice(CHANNELS)
    elif groups > 1:
        channels = results = groups * r.choice((4, 8, 16, 32, 64, 128))
    else:
        channels, results = r.choice(CHANNELS), r.choice(CHANNELS)
        if len(window) == 2 and window[0] > 1 and r.random() < 0.1:
            channels = 3
    stride = r.choice((1, 1, 1, 2)) if size > 7 and max(window) > 1 else 1
    pad = [w // 2 for w in window]
    out = [(s + 2 * p - w) // stride + 1 for s, p, w in zip(spatial, pad, window)]
    elements = n * (channels * math.prod(spatial) + results * math.prod(out))
    if not fits(elements, 2 * n * results * math.prod(out) * channels // groups * math.prod(window)):
        return None
    layout = torch.channels_last if len(window) == 2 else torch.channels_last_3d
    x = tensor(n, channels, *spatial).to(memory_format=layout)
    w = tensor(results, channels // groups, *window).to(memory_format=layout)
    run = F.conv2d if len(window) == 2 else F.conv3d
    calls = copies(lambda w: lambda: run(x, w, None, stride, pad, 1, groups), w)
    return Kernel("Conv", [x.shape, w.shape], [n, results] + out, calls,
                  "group=%d kernel_shape=%s" % (groups, shape(window)))


def transposed(r):
    n, size, window = r.choice((1, 2, 4, 8, 16)), r.choice((7, 14, 28, 56)), r.choice((2, 4))
    channels, results = r.choice(CHANNELS[4:10]), r.choice(CHANNELS[2:9])
    pad = 0 if window == 2 else 1
    x = tensor(n, channels, size, size).to(memory_format=torch.channels_last)
    w = tensor(channels, results, window, window).to(memory_format=torch.channels_last)
    calls = copies(lambda w: lambda: F.conv_transpose2d(x, w, None, 2, pad), w)
    return Kernel("ConvTranspose", [x.shape, w.shape], [n, results, 2 * size, 2 * size], calls,
                  "group=1 kernel_shape=%dx%d" % (window, window))


def stacks(r):
    b, m, n, k = r.choice((1, 4, 8, 16, 64, 256, 1024)), power(r, 1, 2048), power(r, 8, 2048), power(r, 8, 1024)
    if not fits(b * (m * k + k * n + m * n), 2 * b * m * n * k):
        return None
    x, y = tensor(b, m, k, kind=torch.bfloat16), tensor(b, k, n, kind=torch.bfloat16)
    return Kernel("MatMul", [x.shape, y.shape], [b, m, n], [lambda: torch.bmm(x, y)], precision="bf16")


def attention(r, decode):
    b, heads, d = r.choice((1, 2, 4, 8, 16, 32, 64)), r.choice((8, 16, 32, 64)), r.choice((64, 128))
    shared = heads // r.choice((1, 1, 4, 8))
    length = power(r, 64, 16384 if decode else 4096)
    queries = 1 if decode else length
    if not fits(b * d * length * (2 * shared + (0 if decode else 2 * heads)), 4 * b * heads * queries * length * d):
        return None
    q = tensor(b, heads, queries, d, kind=torch.bfloat16)
    k, v = (tensor(b, shared, length, d, kind=torch.bfloat16) for _ in range(2))
    calls = copies(
        lambda k, v: lambda: F.scaled_dot_product_attention(q, k, v, enable_gqa=shared < heads), k, v)
    return Kernel("Attention", [q.shape, k.shape, v.shape], q.shape, calls, precision="bf16")


def power(r, low, high):
    """Log-uniform, mostly multiples of 8."""
    value = math.exp(r.uniform(math.log(low), math.log(high)))
    return max(low, int(value // 8 * 8)) if value >= 16 else max(low, round(value))


def rows_of(r, most=1 << 27):
    columns = r.choice((32, 64, 128, 197, 256, 384, 512, 768, 1024, 2048, 4096, 8192))
    return power(r, 1, max(2, most // columns)), columns


def softmax(r):
    x = tensor(*rows_of(r))
    return Kernel("Softmax", [x.shape], x.shape, [lambda: torch.softmax(x, -1)])


def normalisation(r):
    n, columns = rows_of(r)
    x, scale, bias = tensor(n, columns), tensor(columns), tensor(columns)
    return Kernel("LayerNormalization", [x.shape, scale.shape, bias.shape], x.shape,
                  [lambda: F.layer_norm(x, (columns,), scale, bias)])


def arithmetic(r):
    x = tensor(power(r, 256, 1 << 28))
    y = torch.randn_like(x)
    kind, call, count = r.choice((("Add", lambda: x + y, 2), ("Mul", lambda: x * y, 2), ("Relu", lambda: torch.relu(x), 1)))
    return Kernel(kind, [x.shape] * count, x.shape, [call])


def transcendental(r):
    x = tensor(power(r, 256, 1 << 28))
    kind, call = r.choice((("Sigmoid", lambda: torch.sigmoid(x)), ("Tanh", lambda: torch.tanh(x)),
                           ("Exp", lambda: torch.exp(x)), ("Gelu", lambda: F.gelu(x))))
    return Kernel(kind, [x.shape], x.shape, [call])


def pooling(r):
    n, channels, size = r.choice((1, 4, 16, 64, 256)), r.choice(CHANNELS[4:]), r.choice((7, 14, 28, 56, 112))
    if not fits(n * channels * size * size):
        return None
    x = tensor(n, channels, size, size).to(memory_format=torch.channels_last)
    if size > 7 and r.random() < 0.6:
        kind, run = r.choice((("MaxPool", F.max_pool2d), ("AveragePool", F.avg_pool2d)))
        out = (size - 1) // 2 + 1
        return Kernel(kind, [x.shape], [n, channels, out, out], [lambda: run(x, 3, 2, 1)], "kernel_shape=3x3")
    return Kernel("GlobalAveragePool", [x.shape], [n, channels, 1, 1], [lambda: F.adaptive_avg_pool2d(x, 1)])


def reduction(r):
    x = tensor(*rows_of(r))
    return Kernel("ReduceMean", [x.shape], [x.shape[0], 1], [lambda: x.mean(-1, keepdim=True)], "axes=1 keepdims=1")


def transposition(r, inner):
    n, a, b, c = r.choice((1, 4, 16, 64)), power(r, 2, 512), power(r, 2, 512), r.choice((8, 32, 64, 128, 512))
    order = r.choice(((0, 1, 3, 2), (0, 3, 1, 2), (0, 2, 3, 1))) if inner else r.choice(((0, 2, 1, 3), (1, 0, 2, 3), (2, 1, 0, 3)))
    if not fits(2 * n * a * b * c):
        return None
    x = tensor(n, a, b, c)
    out = [x.shape[i] for i in order]
    return Kernel("Transpose", [x.shape], out, [lambda: x.permute(order).contiguous()], "perm=" + shape(order))


def gathered(r):
    width, count = r.choice((16, 32, 64, 128, 256, 1024)), power(r, 64, 1 << 20)
    x = tensor(min(1 << 20, MOST_BYTES // 2 // width), width)
    index = torch.randint(0, x.shape[0], (count,), device=CARD)
    return Kernel("Gather", [x.shape, index.shape], [count, width], [lambda: F.embedding(index, x)])


def resampling(r):
    n, channels, size = r.choice((1, 2, 8, 32)), r.choice(CHANNELS[4:9]), r.choice((7, 14, 28, 56))
    mode = r.choice(("nearest", "bilinear"))
    x = tensor(n, channels, size, size).to(memory_format=torch.channels_last)
    return Kernel("Resize", [x.shape], [n, channels, 2 * size, 2 * size],
                  [lambda: F.interpolate(x, scale_factor=2, mode=mode)])


def joined(r):
    n, columns = rows_of(r, 1 << 26)
    x, y = tensor(n, columns), tensor(n, columns)
    return Kernel("Concat", [x.shape, y.shape], [n, 2 * columns], [lambda: torch.cat((x, y), 1)], "axis=1")


def recurrent(r):
    steps, n, hidden = r.choice((1, 4, 16, 64, 128)), r.choice((1, 4, 16, 64)), r.choice((64, 128, 256, 512, 1024))
    width = r.choice((64, 256, 512, 1024))
    layer = torch.nn.LSTM(width, hidden).to(CARD, torch.float16).eval()
    x = tensor(steps, n, width)
    return Kernel("LSTM", [x.shape, (1, 4 * hidden, width), (1, 4 * hidden, hidden)], (steps, 1, n, hidden),
                  [lambda: layer(x)], "hidden_size=%d" % hidden)


CLASSES = {
    "pointwise": lambda r: convolution(r, (1, 1)),
    "convolution": lambda r: convolution(r, [r.choice((3, 3, 3, 5, 7))] * 2),
    "grouped": lambda r: convolution(r, (3, 3), r.choice((2, 4, 8, 16, 32))),
    "depthwise": lambda r: convolution(r, [r.choice((3, 3, 5, 7))] * 2, depthwise=True),
    "volumetric": lambda r: convolution(r, r.choice(((3, 3, 3), (1, 3, 3), (3, 1, 1)))),
    "transposed": transposed, "stacks": stacks,
    "prefill": lambda r: attention(r, False), "decode": lambda r: attention(r, True),
    "softmax": softmax, "normalisation": normalisation, "arithmetic": arithmetic, "transcendental": transcendental,
    "pooling": pooling, "reduction": reduction, "inner": lambda r: transposition(r, True),
    "outer": lambda r: transposition(r, False), "rows": gathered, "resampling": resampling, "copy": joined,
    "recurrent": recurrent,
}
CONVOLUTIONS = {"pointwise", "convolution", "grouped", "depthwise", "volumetric"}


def product(r, precision):
    """y[m, n] = x[m, k] w[k, n]; `None` for sizes that are too large."""
    m, n, k = power(r, 1, 16384), power(r, 32, 16384), power(r, 32, 16384)
    if precision in ("int8", "fp8"):
        m, n, k = max(32, m), n // 16 * 16, k // 16 * 16
        m = m // 16 * 16
    if not fits(m * k + n * k + m * n, 2 * m * n * k):
        return None
    if precision == "bf16":
        x, w = tensor(m, k, kind=torch.bfloat16), tensor(n, k, kind=torch.bfloat16)
        calls = copies(lambda w: lambda: x @ w.t(), w)
    elif precision == "int8":
        x, w = tensor(m, k, kind=torch.int8), tensor(n, k, kind=torch.int8)
        calls = copies(lambda w: lambda: torch._int_mm(x, w.t()), w)
    else:
        x, w = (tensor(*s, kind=torch.float8_e4m3fn) for s in ((m, k), (n, k)))
        one = torch.ones((), device=CARD)
        calls = copies(
            lambda w: lambda: torch._scaled_mm(x, w.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16), w)
    return (m, n, k), calls


def lookups(write, limit):
    write("rows,row_bytes,batch,pooling,seconds")
    table = torch.empty(8 << 30, device=CARD, dtype=torch.int8).view(torch.float16).normal_()
    for width, batch, pooling in itertools.product((32, 64, 128, 256), (256, 2048, 16384), (1, 8, 40)):
        if time.time() > limit:
            return
        rows = table.view(-1, width)
        index = [torch.randint(0, rows.shape[0], (batch * pooling,), device=CARD) for _ in range(4)]
        offsets = torch.arange(0, batch * pooling, pooling, device=CARD)
        spent = seconds([lambda i=i: F.embedding_bag(i, rows, offsets, mode="sum") for i in index])
        write("%d,%d,%d,%d,%.5g" % (rows.shape[0], 2 * width, batch, pooling, spent))


def transfers(write):
    write("from,to,bytes,seconds")
    for exponent in range(10, 29):
        size = 1 << exponent
        host, card = torch.empty(size, dtype=torch.int8).pin_memory(), torch.empty(size, device=CARD, dtype=torch.int8)
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        for to, source, target in (("card", host, card), ("host", card, host)):
            count, times = max(2, min(50, (64 << 20) // size)), []
            for _ in range(5):
                start.record()
                for _ in range(count):
                    target.copy_(source, non_blocking=True)
                end.record()
                torch.cuda.synchronize()
                times.append(start.elapsed_time(end) / 1e3 / count)
            write("%s,%s,%d,%.5g" % ("host" if to == "card" else "card", to, size, statistics.median(times)))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("device")
    options.add_argument("folder")
    options.add_argument("--seconds", type=float, default=300)
    options = options.parse_args()
    begin = time.time()
    limit = begin + options.seconds
    torch.backends.cudnn.benchmark = True
    torch.set_grad_enabled(False)
    os.makedirs(options.folder, exist_ok=True)
    files = {}

    def writer(name):
        files[name] = open(os.path.join(options.folder, name), "w", buffering=1)
        return lambda line: print(line, file=files[name])

    tell = writer("card.txt")
    tell("%s; PyTorch %s, CUDA %s, cuDNN %s; L2 %d bytes, %d multiprocessors" % (
        torch.cuda.get_device_name(), torch.__version__, torch.version.cuda, torch.backends.cudnn.version(),
        torch.cuda.get_device_properties(0).L2_cache_size, torch.cuda.get_device_properties(0).multi_processor_count))
    nothing = torch.zeros(1, device=CARD)
    tell("a kernel of one element in a graph: %.3g us" % (1e6 * seconds([lambda: nothing.add_(1)])))
    start = time.time()
    for _ in range(1000):
        nothing.add_(1)
    torch.cuda.synchronize()
    tell("the same without a graph: %.3g us" % (1e3 * (time.time() - start)))
    transfers(writer("copies.csv"))
    lookups(writer("lookups.csv"), begin + 0.15 * options.seconds)
    torch.cuda.empty_cache()
    kernels, products = writer("kernels.csv"), writer("gemm.csv")
    kernels("type,inputs,outputs,attributes,count,device,precision,microseconds")
    products("precision,m,n,k,seconds")
    generators = {name: random.Random(name) for name in list(CLASSES) + ["bf16", "int8", "fp8"]}
    refused, spent_of = {}, {}
    for turn in range(240):
        for name, r in generators.items():
            if time.time() > limit:
                break
            # Products by size are known from elsewhere; convolutions choose among algorithms, which takes longer.
            if name in CONVOLUTIONS and turn % 2 or name in ("transposed", "recurrent", "resampling") and turn % 3:
                continue
            torch.manual_seed(turn)
            start = time.time()
            try:
                made = product(r, name) if name in ("bf16", "int8", "fp8") else CLASSES[name](r)
                if made is None:
                    continue
                if isinstance(made, tuple):
                    sizes, calls = made
                    products("%s,%d,%d,%d,%.5g" % ((name,) + sizes + (seconds(calls),)))
                else:
                    kernels(made.row(options.device, seconds(made.calls)))
            except Exception as error:
                refused.setdefault(name, []).append(str(error).split("\n")[0][:100])
                torch.cuda.synchronize()
            spent_of[name] = spent_of.get(name, 0) + time.time() - start
            made = calls = None
        if torch.cuda.memory_reserved() > 30 << 30:
            torch.cuda.empty_cache()
        if time.time() > limit:
            break
    print("turns %d; spent by class %s" % (turn, {k: round(v, 1) for k, v in spent_of.items()}))
    print("refused: %s" % {k: (len(v), v[0]) for k, v in refused.items()})


main()
