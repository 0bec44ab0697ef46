"""Measures what recommendation models do on a GPU with PyTorch and Triton, for recommendation.md.

    python3 reports/fidelity/recommendation.py FOLDER [--seconds 330] [--tiny]

Writes bags.csv (sums of looked-up rows: one kernel for all tables of a card, or one a table), interaction.csv (the dot products of
all pairs of features, kernel by kernel or as one), dense.csv (layers by precision), networks.csv (MLPerf's DLRM), watts.csv and
card.txt.

Sizes are drawn with fixed seeds. A time is the median replay of a CUDA graph of many calls; every call of a graph looks up rows of
its own, drawn evenly over a table, so that no cache holds them unless the whole table fits. Kernels are checked against PyTorch.
`--tiny` tries everything with small sizes, on a CPU with TRITON_INTERPRET=1.
"""

import argparse
import itertools
import math
import os
import random
import statistics
import threading
import time

import torch
import torch.nn.functional as F
import triton
import triton.language as tl

CARD = torch.device("cuda" if torch.cuda.is_available() else "cpu")
COLD_BYTES = 192 << 20
# MLPerf Inference, recommendation/dlrm: rows of Criteo's tables with at most 40 M.
CRITEO = (39884406, 39043, 17289, 7420, 20263, 3, 7120, 1543, 63, 38532951, 2953546, 403346, 10, 2208, 11938, 155, 4, 976, 14,
          39979771, 25641295, 39664984, 585935, 12972, 108, 36)
STORED = {"fp32": torch.float32, "fp16": torch.float16, "int8": torch.int8}


@triton.jit(do_not_specialize=["batch", "pooling"])
def sum_rows(table, first, index, offsets, out, batch, pooling, WIDTH: tl.constexpr, PITCH: tl.constexpr,
             IS_INT8: tl.constexpr, BAGS: tl.constexpr, AHEAD: tl.constexpr):
    """Sums of rows of all tables; PITCH is bytes of an int8 row with its scale and bias behind, else elements."""
    t = tl.program_id(1)
    bag = tl.program_id(0) * BAGS + tl.arange(0, BAGS)
    is_bag = bag < batch
    begin = tl.load(offsets + t * batch + bag, mask=is_bag, other=0)
    base = tl.load(first + t)
    column = tl.arange(0, WIDTH)
    total = tl.zeros((BAGS, WIDTH), tl.float32)
    for step in range(0, pooling, AHEAD):
        for ahead in tl.static_range(AHEAD):
            is_row = is_bag & (step + ahead < pooling)
            row = base + tl.load(index + begin + step + ahead, mask=is_row, other=0)
            value = tl.load(table + row[:, None] * PITCH + column[None, :], mask=is_row[:, None], other=0).to(tl.float32)
            if IS_INT8:
                scale = (table + row * PITCH + WIDTH).to(tl.pointer_type(tl.float16))
                value = value * tl.load(scale, mask=is_row, other=0).to(tl.float32)[:, None]
                value += tl.load(scale + 1, mask=is_row, other=0).to(tl.float32)[:, None]
            total += value
    place = (bag[:, None].to(tl.int64) * tl.num_programs(1) + t) * WIDTH + column[None, :]
    tl.store(out + place, total.to(tl.float16), mask=is_bag[:, None])


@triton.jit
def interact(dense, rows, first, index, out, batch, pitch, FEATURES: tl.constexpr, PADDED: tl.constexpr, WIDTH: tl.constexpr,
             LOOKS_UP: tl.constexpr):
    """The dense feature and the dot products of all pairs; `rows` are the joined features, or tables that are looked up."""
    b = tl.program_id(0).to(tl.int64)
    feature = tl.arange(0, PADDED)
    column = tl.arange(0, WIDTH)
    is_feature = feature < FEATURES
    if LOOKS_UP:
        is_row = is_feature & (feature > 0)
        row = tl.load(index + (feature - 1) * batch + b, mask=is_row, other=0) + tl.load(first + feature - 1, mask=is_row, other=0)
        x = tl.load(rows + row[:, None] * WIDTH + column[None, :], mask=is_row[:, None], other=0)
        top = tl.load(dense + b * WIDTH + column)
        x = tl.where((feature == 0)[:, None], top[None, :], x)
    else:
        x = tl.load(rows + (b * FEATURES + feature[:, None]) * WIDTH + column[None, :], mask=is_feature[:, None], other=0)
        top = tl.load(rows + b * FEATURES * WIDTH + column)
    if x.dtype == tl.int8:
        product = (tl.dot(x, tl.trans(x), out_dtype=tl.int32).to(tl.float32) * 0.01).to(tl.int8)
    else:
        product = tl.dot(x, tl.trans(x)).to(tl.float16)
    tl.store(out + b * pitch + column, top)
    i, j = feature[:, None], feature[None, :]
    tl.store(out + b * pitch + WIDTH + i * (i - 1) // 2 + j, product, mask=(i < FEATURES) & (j < i))


@triton.jit
def layer8(x, w, out, m, n, k, M: tl.constexpr, N: tl.constexpr, K: tl.constexpr):
    """relu(x w^T) with int8 in and out, as compilers of int8 networks run it."""
    columns = tl.cdiv(n, N)
    i = (tl.program_id(0) // columns) * M + tl.arange(0, M)
    j = (tl.program_id(0) % columns) * N + tl.arange(0, N)
    c = tl.arange(0, K)
    total = tl.zeros((M, N), tl.int32)
    for step in range(0, k, K):
        a = tl.load(x + i[:, None].to(tl.int64) * k + step + c[None, :], mask=(i < m)[:, None] & (step + c < k)[None, :], other=0)
        b = tl.load(w + j[None, :] * k + step + c[:, None], mask=(j < n)[None, :] & (step + c < k)[:, None], other=0)
        total = tl.dot(a, b, total, out_dtype=tl.int32)
    result = tl.minimum(tl.maximum(total.to(tl.float32) * 0.001, 0), 127).to(tl.int8)
    tl.store(out + i[:, None].to(tl.int64) * n + j[None, :], result, mask=(i < m)[:, None] & (j < n)[None, :])


def seconds(calls, budget=4e-3):
    """Of one call: the mean over a graph of all of them, the median of replays."""
    for call in calls[:2]:
        call()
    if CARD.type == "cpu":
        return 1.0
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    start.record()
    calls[0]()
    end.record()
    torch.cuda.synchronize()
    count = max(min(len(calls), 32), min(64, int(budget / max(start.elapsed_time(end) / 1e3, 1e-6))), 1)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for call in itertools.islice(itertools.cycle(calls), count):
            call()
    times = []
    for _ in range(7):
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end) / 1e3 / count)
    return statistics.median(times[2:])


def error(got, want):
    got, want = got.double(), want.double()
    return float((got - want).norm() / want.norm().clamp(min=1e-30))


class Bags:
    """Tables of equal rows in one buffer, and the calls that look them up."""

    def __init__(self, memory, stored, width, tables, rows, batch, pooling):
        self.stored, self.width, self.tables, self.rows, self.batch, self.pooling = stored, width, tables, rows, batch, pooling
        # FBGEMM aligns quantised rows to 16 bytes.
        self.pitch = (width + 4 + 15) // 16 * 16 if stored == "int8" else width
        self.row_bytes = self.pitch if stored == "int8" else width * STORED[stored].itemsize
        self.memory = memory.view(STORED[stored])
        self.first = torch.arange(tables, device=CARD, dtype=torch.int64) * rows
        self.offsets = torch.arange(0, tables * batch * pooling, pooling, device=CARD, dtype=torch.int64)
        self.out = torch.empty(batch, tables, width, device=CARD, dtype=torch.float16)
        touched = tables * batch * pooling * self.row_bytes
        cached = tables * rows * self.row_bytes < COLD_BYTES
        count = 2 if cached else max(2, min(48, math.ceil(COLD_BYTES / touched)))
        self.index = [torch.randint(0, rows, (tables * batch * pooling,), device=CARD, dtype=torch.int64) for _ in range(count)]

    def joint(self, elements, ahead, warps):
        bags = max(1, elements // self.width)
        grid = (triton.cdiv(self.batch, bags), self.tables)
        return [lambda i=i: sum_rows[grid](
            self.memory, self.first, i, self.offsets, self.out, self.batch, self.pooling, self.width, self.pitch,
            self.stored == "int8", bags, ahead, num_warps=warps) for i in self.index]

    def apart(self):
        size = self.batch * self.pooling
        views = [self.memory[t * self.rows * self.width:(t + 1) * self.rows * self.width].view(self.rows, self.width)
                 for t in range(self.tables)]
        offsets = self.offsets[:self.batch]

        def call(index):
            for t, view in enumerate(views):
                F.embedding_bag(index[t * size:(t + 1) * size], view, offsets, mode="sum")
        return [lambda i=i: call(i) for i in self.index]

    def reference(self):
        at = (self.index[0].view(self.tables, -1) + self.first[:, None]).view(-1)
        if self.stored == "int8":
            raw = self.memory[:self.tables * self.rows * self.pitch].view(-1, self.pitch)[at]
            ends = raw[:, self.width:self.width + 4].contiguous().view(torch.float16).double()
            value = raw[:, :self.width].double() * ends[:, :1] + ends[:, 1:]
        else:
            value = self.memory[:self.tables * self.rows * self.width].view(-1, self.width)[at].double()
        return value.view(self.tables, self.batch, self.pooling, self.width).sum(2).transpose(0, 1)


def bags(write, memory, limit, tiny):
    write("way,stored,row_bytes,tables,rows,batch,pooling,seconds")
    r = random.Random("bags")
    kinds = [("fp16", w) for w in (8, 16, 32, 64, 128, 256)] + [("int8", w) for w in (16, 32, 64, 128, 256)] + [
        ("fp32", w) for w in (16, 64, 128)]
    checked = set()
    for turn in range(3 if tiny else 60):
        for stored, width in kinds:
            if time.time() > limit:
                return
            tables, batch, pooling = r.choice((1, 4, 16, 26, 64)), r.choice((64, 256, 1024, 4096, 16384, 65536)), r.choice(
                (1, 1, 2, 5, 10, 20, 40, 80))
            cached, apart = r.random() < 0.3, r.random() < 0.3 and stored != "int8"
            if tiny:
                tables, batch, pooling = min(tables, 4), min(batch, 64), min(pooling, 5)
            pitch = (width + 4 + 15) // 16 * 16 if stored == "int8" else width * STORED[stored].itemsize
            if tables * batch * pooling * pitch > 3 << 30 or tables * batch * pooling > 1 << 26 or tables * batch * width > 1 << 30:
                continue
            space = min(memory.numel() * 2, (r.choice((2, 8, 20)) << 20) if cached else memory.numel() * 2)
            made = Bags(memory, stored, width, tables, max(2, min((1 << 31) - 1, space // pitch // tables)), batch, pooling)
            ahead = 1 if pooling == 1 else 4
            best = min(((seconds(made.joint(e, a, w)), e, a, w) for e, a, w in (
                [(512, ahead, 4)] if tiny else [(1024, ahead, 4), (2048, min(2, ahead), 4), (512, 2 * ahead if ahead > 1 else 1, 2)])))
            if (stored, width) not in checked and tables * batch * pooling * width < 1 << 26:
                checked.add((stored, width))
                made.out.fill_(float("nan"))
                made.joint(*best[1:])[0]()
                print("bags", stored, width, "error %.1e" % error(made.out, made.reference()), best, flush=True)
            for way, spent in [("joint", best[0])] + ([("apart", seconds(made.apart()))] if apart else []):
                write("%s,%s,%d,%d,%d,%d,%d,%.5g" % (way, stored, made.row_bytes, tables, made.rows, batch, pooling, spent))
            del made


def padded(features):
    return max(16, triton.next_power_of_2(features))


def interactions(write, limit, tiny):
    write("way,precision,features,width,batch,seconds")
    sizes = [(f, w, b) for b in (256, 2048, 16384, 65536, 108000) for f, w in (
        (27, 128), (9, 32), (33, 64), (11, 32), (51, 64), (27, 64), (27, 32), (101, 64), (9, 128))]
    for features, width, batch in [(9, 32, 8), (27, 64, 8)] if tiny else sizes:
        if time.time() > limit:
            return
        if features * width * batch > 1 << 29:
            continue
        pairs = features * (features - 1) // 2
        pitch = (width + pairs + 15) // 16 * 16
        for precision in ("fp16", "int8"):
            kind = STORED[precision]
            x = torch.randn(batch, features, width, device=CARD).mul_(20 if precision == "int8" else 0.2).to(kind)
            out = torch.empty(batch, pitch, device=CARD, dtype=kind)
            run = lambda warps: lambda: interact[(batch,)](x, x, x, x, out, batch, pitch, features, padded(features), width, False,
                                                           num_warps=warps)
            spent = min(seconds([run(w)]) for w in ((4,) if tiny else (1, 2, 4)))
            write("one,%s,%d,%d,%d,%.5g" % (precision, features, width, batch, spent))
            if precision == "int8":
                continue
            lower = torch.tril_indices(features, features, -1, device=CARD)
            picked = lower[0] * features + lower[1]
            want = torch.bmm(x.float(), x.float().transpose(1, 2)).view(batch, -1)[:, picked]
            if batch <= 2048:
                print("interaction", features, width, "error %.1e" % error(out[:, width:width + pairs], want), flush=True)
            parts = [x[:, f].contiguous() for f in range(features)]
            turned, product = x.transpose(1, 2).contiguous(), torch.bmm(x, x.transpose(1, 2))
            flat = product.view(batch, -1)
            chosen = flat[:, picked]
            for way, call in (
                ("concat", lambda: torch.stack(parts, 1)), ("transpose", lambda: x.transpose(1, 2).contiguous()),
                ("product", lambda: torch.bmm(x, turned)), ("gather", lambda: flat.index_select(1, picked)),
                ("join", lambda: torch.cat((parts[0], chosen), 1))):
                write("%s,%s,%d,%d,%d,%.5g" % (way, precision, features, width, batch, seconds([call])))


LAYERS = ((512, 16), (256, 512), (128, 256), (1024, 480), (1024, 1024), (512, 1024), (256, 512), (16, 256))


def layers(n, k, precision):
    """A call of a layer on x in a precision, with its weight and output."""
    if precision == "fp16":
        w, bias = torch.randn(n, k, device=CARD, dtype=torch.float16) * 0.05, torch.zeros(n, device=CARD, dtype=torch.float16)
        return lambda x: torch._addmm_activation(bias, x, w.t())
    if precision == "fp8":
        w, one = (torch.randn(n, k, device=CARD) * 0.05).to(torch.float8_e4m3fn), torch.ones((), device=CARD)
        return lambda x: torch._scaled_mm(x, w.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=True)
    w = torch.randint(-100, 100, (n, k), device=CARD, dtype=torch.int8)

    def call(x, tile=(128, 128, 64, 8)):
        out = torch.empty(x.shape[0], n, device=CARD, dtype=torch.int8)
        size = [min(tile[0], max(16, triton.next_power_of_2(x.shape[0]))), min(tile[1], max(16, triton.next_power_of_2(n)))]
        layer8[(triton.cdiv(x.shape[0], size[0]) * triton.cdiv(n, size[1]),)](
            x, w, out, x.shape[0], n, k, size[0], size[1], tile[2], num_warps=tile[3])
        return out
    call.weight = w
    return call


def dense(write, limit, tiny):
    write("precision,m,n,k,seconds")
    for m in (32,) if tiny else (256, 2048, 16384, 65536, 108000):
        for n, k in LAYERS[:2] if tiny else LAYERS:
            for precision in ("fp16", "int8") if tiny else ("fp16", "int8", "fp8"):
                if time.time() > limit:
                    return
                try:
                    call = layers(n, k, precision)
                    x = torch.randn(m, k, device=CARD)
                    x = (x * 40).to(torch.int8) if precision == "int8" else x.to({"fp16": torch.float16}.get(precision, torch.float8_e4m3fn))
                    ways = [lambda: call(x)]
                    if precision == "int8":
                        want = (x[:64].float() @ call.weight.float().t() * 0.001).clamp(0, 127).trunc()
                        if m <= 256:
                            print("layer8", m, n, k, "error %.1e" % error(call(x)[:64], want), flush=True)
                        if not tiny:
                            ways += [lambda t=t: call(x, t) for t in ((128, 256, 64, 8), (128, 128, 128, 4))]
                    spent = min(seconds([way]) for way in ways)
                    write("%s,%d,%d,%d,%.5g" % (precision, m, n, k, spent))
                except Exception as problem:
                    print("dense", precision, m, n, k, str(problem)[:200], flush=True)


class Network:
    """MLPerf's DLRM; bottom and top layers, 26 tables of width 128, one look-up of each."""

    def __init__(self, memory, way, batch, tiny):
        self.way, self.batch = way, batch
        kind = torch.int8 if way == "int8" else torch.float16
        counts = [min(c, 100) for c in CRITEO] if tiny else CRITEO
        self.starts = [0] + list(itertools.accumulate(counts))[:-1]
        self.first = torch.tensor(self.starts, device=CARD, dtype=torch.int64)
        self.counts = counts
        total = sum(counts)
        self.table = memory.view(kind)[:total * 128].view(total, 128)
        self.layers = [layers(n, k, "int8" if way == "int8" else "fp16") for n, k in LAYERS]
        x = torch.randn(batch, 16, device=CARD)
        self.x = (x * 40).to(torch.int8) if way == "int8" else x.half()
        self.index = [torch.stack([torch.randint(0, c, (batch,), device=CARD) for c in counts]) for _ in range(2)]
        lower = torch.tril_indices(27, 27, -1, device=CARD)
        self.pairs = lower[0] * 27 + lower[1]
        self.joined = torch.zeros(batch, 480, device=CARD, dtype=kind)

    def call(self, index):
        x = self.x
        for layer in self.layers[:3]:
            x = layer(x)
        if self.way == "apart":
            rows = [x] + [F.embedding(index[t], self.table[f:f + c]) for t, (f, c) in enumerate(zip(self.starts, self.counts))]
            joined = torch.stack(rows, 1)
            product = torch.bmm(joined, joined.transpose(1, 2)).view(self.batch, -1)
            self.joined = F.pad(torch.cat((x, product.index_select(1, self.pairs)), 1), (0, 1))
        else:
            interact[(self.batch,)](x, self.table, self.first, index, self.joined, self.batch, 480, 27, 32, 128, True, num_warps=2)
        x = self.joined
        for layer in self.layers[3:]:
            x = layer(x)
        return x

    def calls(self):
        return [lambda i=i: self.call(i) for i in self.index]


def networks(write, memory, limit, tiny):
    write("way,batch,seconds")
    for batch in (8,) if tiny else (108000, 2048, 256, 16384, 54000):
        for way in ("one", "int8", "apart"):
            if time.time() > limit:
                return
            net = Network(memory, way, batch, tiny)
            write("%s,%d,%.5g" % (way, batch, seconds(net.calls(), 20e-3)))
            del net


def interact_with_tables(write, memory, limit, tiny):
    """Appended to interaction.csv: looking up the tables of MLPerf's DLRM in the same kernel."""
    for batch in (8,) if tiny else (256, 2048, 16384, 65536, 108000):
        for precision in ("fp16", "int8"):
            if time.time() > limit:
                return
            net = Network(memory, "int8" if precision == "int8" else "one", batch, tiny)
            x = torch.randn(batch, 128, device=CARD).to(net.joined.dtype)
            calls = [lambda i=i: interact[(batch,)](x, net.table, net.first, i, net.joined, batch, 480, 27, 32, 128, True, num_warps=2)
                     for i in net.index]
            if batch <= 256 and precision == "fp16":
                calls[0]()
                joined = torch.stack([x] + [net.table[net.index[0][t] + net.first[t]] for t in range(26)], 1).float()
                want = torch.bmm(joined, joined.transpose(1, 2)).view(batch, -1)[:, net.pairs]
                print("tables in the kernel: error %.1e" % error(net.joined[:, 128:479], want), flush=True)
            write("tables,%s,27,128,%d,%.5g" % (precision, batch, seconds(calls)))
            del net


def watts(write, memory, limit):
    """Mean power under loads of two seconds, the first half not counted."""
    import pynvml
    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    write("load,watts,clock_mhz")
    a = torch.randn(8192, 8192, device=CARD, dtype=torch.float16)
    a8 = torch.randint(-100, 100, (8192, 8192), device=CARD, dtype=torch.int8)
    big = torch.empty(1 << 30, device=CARD, dtype=torch.int8)
    lookup = Bags(memory, "fp16", 64, 26, memory.numel() // 64 // 26, 16384, 10)
    dlrm = Network(memory, "int8", 108000, False)
    calls = {"idle": None, "fp16 product": lambda: a @ a, "int8 product": lambda: torch._int_mm(a8, a8.t()),
             "copy": lambda: big.clone(), "look-ups": lookup.joint(1024, 4, 4)[0], "DLRM int8": dlrm.calls()[0]}
    import torchvision
    net = torchvision.models.resnet50().eval().to(CARD, torch.float16).to(memory_format=torch.channels_last)
    images = torch.randn(256, 3, 224, 224, device=CARD, dtype=torch.float16).to(memory_format=torch.channels_last)
    calls["ResNet-50 fp16"] = lambda: net(images)
    for name, call in calls.items():
        if time.time() > limit:
            return
        seen, begin = [], time.time()
        while time.time() - begin < 2:
            if call is None:
                time.sleep(0.05)
            else:
                for _ in range(4):
                    call()
                torch.cuda.synchronize()
            if time.time() - begin > 1:
                seen.append((pynvml.nvmlDeviceGetPowerUsage(handle) / 1e3, pynvml.nvmlDeviceGetClockInfo(handle, 1)))
        write("%s,%.1f,%d" % (name, statistics.mean(s[0] for s in seen), statistics.median(s[1] for s in seen)))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--seconds", type=float, default=330)
    options.add_argument("--tiny", action="store_true")
    options = options.parse_args()
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    os.makedirs(options.folder, exist_ok=True)
    files = {}

    def writer(name):
        files[name] = open(os.path.join(options.folder, name), "w", buffering=1)
        return lambda line: print(line, file=files[name])

    begin = time.time()
    tell = writer("card.txt")
    if CARD.type == "cuda":
        card = torch.cuda.get_device_properties(0)
        tell("%s; PyTorch %s, CUDA %s, Triton %s; L2 %d bytes, %d multiprocessors" % (
            torch.cuda.get_device_name(), torch.__version__, torch.version.cuda, triton.__version__, card.L2_cache_size,
            card.multi_processor_count))
    memory = torch.empty((1 << 20) if options.tiny else 26_200_000_000, device=CARD, dtype=torch.float16).normal_()
    interaction = writer("interaction.csv")
    sections = [
        ("networks", 0.17, lambda limit: networks(writer("networks.csv"), memory, limit, options.tiny)),
        ("interaction", 0.32, lambda limit: interactions(interaction, limit, options.tiny)),
        ("tables", 0.37, lambda limit: interact_with_tables(interaction, memory, limit, options.tiny)),
        ("dense", 0.54, lambda limit: dense(writer("dense.csv"), limit, options.tiny)),
        ("watts", 0.60, lambda limit: watts(writer("watts.csv"), memory, limit)),
        ("bags", 1.0, lambda limit: bags(writer("bags.csv"), memory, limit, options.tiny)),
    ]
    for name, share, section in sections:
        start = time.time()
        try:
            section(begin + share * options.seconds)
        except Exception as problem:
            import traceback
            traceback.print_exc()
            print(name, "FAILED", str(problem)[:300], flush=True)
        print(name, "in", round(time.time() - start, 1), "s", flush=True)
        if CARD.type == "cuda":
            torch.cuda.empty_cache()


main()
