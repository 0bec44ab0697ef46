"""Measures language models on a GPU with PyTorch and Triton, for language.md.

    python3 reports/fidelity/language.py FOLDER [--seconds 300] [--only models,attention,...] [--tiny]

Writes models.csv (whole decoder-only models: a step of decode, or a prefill), attention.csv (of one query over a cache, by library),
parts.csv (what else a layer has), narrow.csv (products with weights of 4 and 8 bits), trace.csv (kernels of some models, by the
profiler) and card.txt. `data/gpu` has models.csv as language_CARD.csv and attention.csv, of one query, as decode_CARD.csv with the
fastest of Triton's. Shapes are those of Llama 3.2 1B, Llama 3.1 8B and eight layers of Llama 3.1 70B; weights are random, every layer
has its own and a cache of its own.

`kernels`: one kernel an operator, rotation and the cache's update one together. `compiled`: torch.compile makes what is between the
attention of a layer and that of the next one piece, with query, key and value, and gate and up, as one product each. Both are in a
CUDA graph; a time is the median of replays. Attention is whichever of PyTorch's and language_kernels' is fastest in that shape.
fp8: weights and what products read, with one scale; results, caches and attention in bf16. `--tiny` tries everything with small
sizes, on a CPU with TRITON_INTERPRET=1.
"""

import argparse
import itertools
import math
import os
import random
import statistics
import subprocess
import sys
import time
import traceback

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from language_kernels import CARD, Narrow, attend, rotate_and_store

COLD_BYTES = 160 << 20
MODELS = {
    "1b": dict(layers=16, width=2048, heads=32, shared=8, hidden=8192, vocabulary=128256),
    "8b": dict(layers=32, width=4096, heads=32, shared=8, hidden=14336, vocabulary=128256),
    "70b": dict(layers=8, width=8192, heads=64, shared=8, hidden=28672, vocabulary=128256),
    "tiny": dict(layers=2, width=128, heads=4, shared=2, hidden=256, vocabulary=256),
}
BF16, FP8 = torch.bfloat16, torch.float8_e4m3fn
IS_CPU = CARD.type == "cpu"


def error(got, want):
    got, want = got.double(), want.double()
    return float((got - want).norm() / want.norm().clamp(min=1e-30))


def replay(graph, times, warm=2):
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    spent = []
    for _ in range(times + warm):
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        spent.append(start.elapsed_time(end) / 1e3)
    return spent[warm:]


def capture(call):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        call()
        call()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return graph


def seconds(calls, budget=3e-3):
    """Of one call: the mean over a graph of all of them, the median of replays."""
    for call in calls[:2]:
        call()
    if IS_CPU:
        return 1.0
    torch.cuda.synchronize()
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    calls[0]()
    end.record()
    torch.cuda.synchronize()
    count = max(min(len(calls), 32), min(64, int(budget / max(start.elapsed_time(end) / 1e3, 1e-6))), 1)

    def all_of_them():
        for call in itertools.islice(itertools.cycle(calls), count):
            call()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        all_of_them()
    return statistics.median(replay(graph, 5)) / count


def copies(tensor):
    """A list of the tensor and as many others of its kind as a cache does not hold."""
    size = tensor.numel() * tensor.element_size()
    return [tensor] + [tensor.clone() for _ in range(0 if IS_CPU else max(0, min(31, math.ceil(COLD_BYTES / size) - 1)))]


ONE = torch.ones((), device=CARD)


def narrow(x):
    return x.to(FP8)


def product(x, w):
    """x w^T, in the precision of w."""
    if w.dtype == FP8:
        if IS_CPU:
            return (x.float() @ w.float().t()).to(BF16)
        return torch._scaled_mm(x if x.dtype == FP8 else narrow(x), w.t(), scale_a=ONE, scale_b=ONE, out_dtype=BF16,
                                use_fast_accum=True)
    return x @ w.t()


def norm(x, w):
    return F.rms_norm(x, (x.shape[-1],), w, 1e-5)


def feed(a, w):
    """Both branches of a feed-forward part from one product, and their product."""
    g, u = product(a, w).chunk(2, -1)
    return F.silu(g) * u


def first_piece(x, norm1, qkv):
    return product(norm(x, norm1), qkv)


def between_piece(x, o, w_o, norm2, gate_up, down, next_norm, next_qkv):
    x = x + product(o, w_o)
    x = x + product(feed(norm(x, norm2), gate_up), down)
    return x, product(norm(x, next_norm), next_qkv)


def last_piece(x, o, w_o, norm2, gate_up, down, next_norm, head):
    return between_piece(x, o, w_o, norm2, gate_up, down, next_norm, head)[1]


class Network:
    def __init__(self, name, precision, layers=None):
        self.name, self.precision = name, precision
        sizes = dict(MODELS[name], **({"layers": layers} if layers else {}))
        self.layers, self.width, self.heads = sizes["layers"], sizes["width"], sizes["heads"]
        self.shared, self.hidden, self.vocabulary = sizes["shared"], sizes["hidden"], sizes["vocabulary"]
        self.size = self.width // self.heads
        kind = FP8 if precision == "fp8" else BF16

        def weight(n, k):
            return torch.empty(n, k, device=CARD, dtype=BF16).normal_(0, 1 / math.sqrt(k)).to(kind)
        self.weights = []
        for _ in range(self.layers):
            self.weights.append((
                torch.ones(self.width, device=CARD, dtype=BF16), weight((self.heads + 2 * self.shared) * self.size, self.width),
                weight(self.width, self.width), torch.ones(self.width, device=CARD, dtype=BF16),
                weight(2 * self.hidden, self.width), weight(self.width, self.hidden)))
        self.embedding = torch.empty(self.vocabulary, self.width, device=CARD, dtype=BF16).normal_()
        self.norm, self.head = torch.ones(self.width, device=CARD, dtype=BF16), weight(self.vocabulary, self.width)
        self.caches = None

    def prepare(self, batch, queries, past):
        """Caches of `past` tokens with room for `queries` more, and what is read."""
        self.caches, self.batch, self.queries, self.past = None, batch, queries, past
        room = past + queries
        self.caches = [[torch.empty(batch, self.shared, room, self.size, device=CARD, dtype=BF16).normal_() for _ in range(2)]
                       for _ in range(self.layers)]
        at = torch.arange(room, device=CARD)[:, None] * 10000.0 ** (-torch.arange(self.size // 2, device=CARD) / (self.size // 2))
        self.angles = torch.cat((at.cos(), at.sin()), 1).float().contiguous()
        self.tokens = torch.randint(0, self.vocabulary, (batch * queries,), device=CARD)

    def attended(self, q, k, v, layer, attention):
        """Rotates, updates the caches of a layer and attends; [tokens, width]."""
        keys, values = self.caches[layer]
        tokens = self.batch * self.queries
        turned = torch.empty(tokens, self.width, device=CARD, dtype=BF16)
        rotate_and_store[(tokens, self.heads + 2 * self.shared)](
            q, k, v, turned, keys, values, self.angles, self.past, self.queries, q.stride(0), k.stride(0), keys.stride(0),
            keys.stride(1), self.heads, self.shared, self.size, num_warps=1)
        if self.queries > 1:
            turned = turned.view(self.batch, self.queries, self.heads, self.size).transpose(1, 2)
            o = attention(turned, keys, values, True)
            return o.transpose(1, 2).reshape(tokens, self.width)
        return attention(turned.view(self.batch, self.heads, 1, self.size), keys, values, False).reshape(tokens, self.width)

    def kernels(self, attention):
        x = F.embedding(self.tokens, self.embedding)
        wide, narrower = self.heads * self.size, self.shared * self.size
        for layer, (norm1, qkv, w_o, norm2, gate_up, down) in enumerate(self.weights):
            a = norm(x, norm1)
            a = narrow(a) if self.precision == "fp8" else a
            q, k, v = (product(a, w) for w in (qkv[:wide], qkv[wide:wide + narrower], qkv[wide + narrower:]))
            x = x + product(self.attended(q, k, v, layer, attention), w_o)
            a = norm(x, norm2)
            a = narrow(a) if self.precision == "fp8" else a
            x = x + product(F.silu(product(a, gate_up[:self.hidden])) * product(a, gate_up[self.hidden:]), down)
        return product(norm(x, self.norm), self.head)

    def compiled(self, attention, pieces):
        first, between, last = pieces
        x = F.embedding(self.tokens, self.embedding)
        wide, narrower = self.heads * self.size, self.shared * self.size
        qkv = first(x, *self.weights[0][:2])
        for layer, (_, _, w_o, norm2, gate_up, down) in enumerate(self.weights):
            o = self.attended(qkv[:, :wide], qkv[:, wide:wide + narrower], qkv[:, wide + narrower:], layer, attention)
            if layer + 1 < self.layers:
                x, qkv = between(x, o, w_o, norm2, gate_up, down, *self.weights[layer + 1][:2])
            else:
                return last(x, o, w_o, norm2, gate_up, down, self.norm, self.head)


def pieces():
    torch._dynamo.config.automatic_dynamic_shapes = False
    torch._dynamo.config.recompile_limit = 64
    torch._dynamo.config.accumulated_recompile_limit = 1024
    return [torch.compile(f, dynamic=False, fullgraph=True, backend="eager" if IS_CPU else "inductor")
            for f in (first_piece, between_piece, last_piece)]


def by_backend(backend):
    def call(q, k, v, causal):
        with sdpa_kernel(backend):
            return F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
    return call


def by_triton(programs, n):
    return lambda q, k, v, causal: attend(q[:, :, 0], k, v, k.shape[2], programs, n)[:, :, None]


BY_PYTORCH = {"math": by_backend(SDPBackend.MATH)} if IS_CPU else {
    "flash": by_backend(SDPBackend.FLASH_ATTENTION), "cudnn": by_backend(SDPBackend.CUDNN_ATTENTION)}
BY_TRITON = {"triton-%d-%d" % c: by_triton(*c) for c in ((132, 64), (264, 64), (528, 64), (264, 128))}


def fastest(batch, heads, shared, size, queries, length, tell=None):
    """Times of attention over that many keys by library, and the fastest call."""
    q = torch.randn(batch, heads, queries, size, device=CARD, dtype=BF16)
    pairs = list(zip(*(copies(torch.randn(batch, shared, length, size, device=CARD, dtype=BF16)) for _ in range(2))))
    times = {}
    ways = BY_PYTORCH if queries > 1 else dict(BY_PYTORCH, **BY_TRITON)
    for name, way in ways.items():
        try:
            times[name] = seconds([lambda k=k, v=v: way(q, k, v, queries > 1) for k, v in pairs])
            if tell and queries == 1 and name.startswith("triton-264"):
                want = F.scaled_dot_product_attention(q.float(), *(t.repeat_interleave(heads // shared, 1).float() for t in pairs[0]))
                tell("%s %s error %.1e" % (name, (batch, heads, shared, size, length), error(way(q, *pairs[0], False), want)))
        except Exception as problem:
            print("attention", name, batch, heads, shared, size, queries, length, str(problem).split("\n")[0][:160], flush=True)
    best = min(times, key=times.get)
    return times, best, ways[best]


#: Model, precision, and batch, queries and past of each measurement.
DECODE = [(1, 1, 512), (8, 1, 2048), (64, 1, 2048), (32, 1, 2048), (1, 1, 8192), (64, 1, 512), (8, 1, 8192), (32, 1, 8192),
          (8, 1, 512), (1, 1, 2048), (64, 1, 8192)]
PREFILL = [(1, 2048, 0), (1, 512, 0)]
PLAN = [
    ("8b", "bf16", DECODE[:6] + PREFILL + DECODE[6:]), ("8b", "fp8", DECODE[:3] + PREFILL + DECODE[3:8]),
    ("1b", "bf16", [DECODE[0], DECODE[1], DECODE[2], DECODE[8], DECODE[6]] + PREFILL), ("70b", "bf16", [DECODE[0], DECODE[1], DECODE[2]] + PREFILL),
    ("1b", "fp8", [DECODE[0], DECODE[2], PREFILL[0]]), ("70b", "fp8", [DECODE[0], DECODE[1], DECODE[2], PREFILL[0]]),
]
TRACED = {("8b", "bf16", (1, 1, 512)), ("8b", "bf16", (64, 1, 2048)), ("8b", "bf16", (1, 2048, 0)), ("8b", "fp8", (8, 1, 2048)),
          ("8b", "fp8", (1, 2048, 0)), ("1b", "bf16", (1, 1, 512))}


def warm(share, shares):
    """Compiles pieces into the caches on disk, one part of all of them."""
    made = pieces()
    wanted = [(name, precision, tokens) for name, precision, sizes in PLAN
              for tokens in sorted({b * q for b, q, _ in sizes})]
    for name, precision, tokens in wanted[share::shares]:
        net = Network(name, precision, layers=1)
        x = torch.randn(tokens, net.width, device=CARD, dtype=BF16)
        w = net.weights[0]
        made[0](x, *w[:2])
        made[1](x, x, *w[2:], *w[:2])
        made[2](x, x, *w[2:], net.norm, net.head)
        del net, w
        torch.cuda.empty_cache()
    for shape in FLEX[share::shares]:
        flex(*shape)
    torch.cuda.synchronize()


#: Batch and keys of attention by FlexAttention, 32 heads over 8 of 128: each is compiled by itself.
FLEX = [(b, n) for n in (513, 2049, 8193) for b in (1, 8, 32, 64)]


def flex(batch, length):
    """Seconds of one query by FlexAttention's kernel for that."""
    from torch.nn.attention.flex_attention import flex_attention
    torch._dynamo.config.recompile_limit = 64
    torch._dynamo.config.automatic_dynamic_shapes = False
    call = torch.compile(flex_attention, dynamic=False)
    q = torch.randn(batch, 32, 1, 128, device=CARD, dtype=BF16)
    pairs = list(zip(*(copies(torch.randn(batch, 8, length, 128, device=CARD, dtype=BF16)) for _ in range(2))))
    return seconds([lambda k=k, v=v: call(q, k, v, enable_gqa=True) for k, v in pairs])


def trace(write, key, way, graph, net):
    """Kernels of one replay by name: how many, and their time."""
    from torch.profiler import ProfilerActivity, profile
    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        graph.replay()
        torch.cuda.synchronize()
    for event in seen.key_averages():
        write("%s,%s,%s,%s,%d,%.6g" % (
            ",".join(map(str, key)), net.past, way, event.key.replace(",", ";")[:120], event.count, event.device_time_total / 1e6))


def models(open_table, tell, limit, tiny):
    write = open_table("models.csv")
    write("model,precision,way,attention,batch,queries,past,seconds,sustained")
    traced = open_table("trace.csv")
    traced("model,precision,batch,queries,past,way,kernel,count,seconds")
    made = pieces()
    plan = [("tiny", "bf16", [(2, 1, 5), (1, 8, 0)]), ("tiny", "fp8", [(2, 1, 5)])] if tiny else PLAN
    chosen = {}
    for name, precision, sizes in plan:
        net = Network(name, precision)
        for batch, queries, past in sizes:
            if time.time() > limit:
                return
            started = time.time()
            try:
                token = 4 * net.layers * net.shared * net.size
                free = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - torch.cuda.memory_allocated() if not IS_CPU else 1 << 40
                held = sum(c.numel() * 2 for l in net.caches or [] for c in l)
                if batch * (past + queries) * token + (6 << 30) > free + held:
                    continue
                shape = (batch, net.heads, net.shared, net.size, queries, past + queries)
                net.caches = None
                if shape not in chosen:
                    chosen[shape] = fastest(*shape)[1:]
                label, attention = chosen[shape]
                if not IS_CPU:
                    torch.cuda.empty_cache()
                net.prepare(batch, queries, past)
                results = []
                for way, call in (("kernels", lambda: net.kernels(attention)), ("compiled", lambda: net.compiled(attention, made))):
                    results.append(call())
                    if IS_CPU:
                        write("%s,%s,%s,%s,%d,%d,%d,1,1" % (name, precision, way, label, batch, queries, past))
                        continue
                    graph = capture(call)
                    spent = statistics.median(replay(graph, 9))
                    lasting = spent
                    if queries == 2048 or batch == 64 and past == 2048:
                        lasting = statistics.median(replay(graph, max(9, int(1.2 / spent)))[-20:])
                    write("%s,%s,%s,%s,%d,%d,%d,%.5g,%.5g" % (name, precision, way, label, batch, queries, past, spent, lasting))
                    if (name, precision, (batch, queries, past)) in TRACED:
                        trace(traced, (name, precision, batch, queries), way, graph, net)
                    del graph
                tell("%s %s %s: compiled beside kernels error %.1e, %.1f s" % (
                    name, precision, shape, error(results[1], results[0]), time.time() - started))
                del results
            except Exception as problem:
                traceback.print_exc()
                tell("%s %s %s FAILED %s" % (name, precision, (batch, queries, past), str(problem)[:300]))
        del net
        if not IS_CPU:
            torch.cuda.empty_cache()


def attentions(open_table, tell, limit, tiny):
    write = open_table("attention.csv")
    write("library,batch,query_tokens,kv_tokens,heads,kv_heads,head_dim,seconds")
    r = random.Random("decode")
    shapes = [] if tiny else [(b, 32, 8, 128, 1, n) for b in (1, 8, 32, 64) for n in (513, 2049, 8193)]
    shapes += [] if tiny else [(1, 32, 8, 128, n, n) for n in (512, 2048, 8192)] + [(1, 64, 8, 128, 2048, 2048), (1, 32, 8, 64, 2048, 2048)]
    for _ in range(3 if tiny else 400):
        batch, heads = r.choice((1, 2, 4, 8, 16, 32, 64, 128)), r.choice((8, 16, 32, 64))
        shared, size = max(1, heads // r.choice((1, 1, 4, 4, 8, 8, 16))), r.choice((64, 128, 128))
        length = int(math.exp(r.uniform(math.log(64), math.log(32768))))
        if tiny:
            batch, length = min(batch, 2), min(length, 200)
        if 4 * batch * shared * size * length < 12 << 30:
            shapes.append((batch, heads, shared, size, 1, length))
    for count, (batch, heads, shared, size, queries, length) in enumerate(shapes):
        if time.time() > limit:
            break
        times, _, _ = fastest(batch, heads, shared, size, queries, length, tell if count % 16 == 13 or tiny else None)
        for name, spent in times.items():
            write("%s,%d,%d,%d,%d,%d,%d,%.5g" % (name, batch, queries, length, heads, shared, size, spent))
    for batch, length in [] if tiny else FLEX:
        if time.time() > limit + 15:
            return
        write("flex,%d,1,%d,32,8,128,%.5g" % (batch, length, flex(batch, length)))


def parts(open_table, tell, limit, tiny):
    """By type and shapes as a profile has them, and products by m, n and k; all as one kernel each but where a way says otherwise."""
    write, products = open_table("parts.csv"), open_table("products.csv")
    write("type,way,rows,columns,seconds")
    products("precision,m,n,k,seconds")
    compiled = {}
    torch._dynamo.config.recompile_limit = 64
    for rows in (4,) if tiny else (1, 8, 32, 64, 512, 2048, 8192):
        for width, heads, shared, hidden in ((128, 4, 2, 256),) if tiny else ((4096, 32, 8, 14336), (8192, 64, 8, 28672), (2048, 32, 8, 8192)):
            if time.time() > limit:
                return
            x, w = torch.randn(rows, width, device=CARD, dtype=BF16), torch.ones(width, device=CARD, dtype=BF16)
            y = torch.randn_like(x)
            g, u = (torch.randn(rows, hidden, device=CARD, dtype=BF16) for _ in range(2))
            size = width // heads
            q, k, v = (torch.randn(rows, n * size, device=CARD, dtype=BF16) for n in (heads, shared, shared))
            keys, values = (torch.zeros(1, shared, rows, size, device=CARD, dtype=BF16) for _ in range(2))
            angles, out = torch.ones(rows, size, device=CARD), torch.empty_like(q)
            ways = [
                ("RMSNormalization", "torch", width, lambda: norm(x, w)), ("Add", "torch", width, lambda: x + y),
                ("Silu", "torch", hidden, lambda: F.silu(g)), ("Mul", "torch", hidden, lambda: g * u),
                ("Quantise", "torch", width, lambda: narrow(x)), ("Quantise", "torch", hidden, lambda: narrow(g)),
                ("Rotate", "triton", width, lambda: rotate_and_store[(rows, heads + 2 * shared)](
                    q, k, v, out, keys, values, angles, 0, rows, q.stride(0), k.stride(0), keys.stride(0), keys.stride(1), heads,
                    shared, size, num_warps=1)),
            ]
            for kind, way, columns, call in ways:
                write("%s,%s,%d,%d,%.5g" % (kind, way, rows, columns, seconds([call])))
            for precision in ("bf16", "fp8"):
                for n, k in ((width, width), (shared * size, width), ((heads + 2 * shared) * size, width), (hidden, width),
                             (2 * hidden, width), (width, hidden), (128256, width))[:2 if tiny else 7]:
                    if n * rows > 1 << 29:
                        continue
                    try:
                        kind = FP8 if precision == "fp8" else BF16
                        a = torch.randn(rows, k, device=CARD, dtype=BF16).to(kind)
                        ws = copies((torch.randn(n, k, device=CARD, dtype=BF16) * 0.02).to(kind))
                        products("%s,%d,%d,%d,%.5g" % (precision, rows, n, k, seconds([lambda w=w: product(a, w) for w in ws])))
                    except Exception as problem:
                        tell("product %s %d %d %d %s" % (precision, rows, n, k, str(problem)[:200]))


def narrows(open_table, tell, limit, tiny):
    write = open_table("narrow.csv")
    write("precision,library,m,n,k,seconds")
    sizes = [(256, 256)] if tiny else [(4096, 4096), (14336, 4096), (4096, 14336), (28672, 8192), (1024, 4096), (8192, 2048), (8192, 8192), (28672, 4096)]
    checked = set()
    for n, k in sizes:
        for bits in (4, 8):
            count = 1 if tiny else max(2, min(24, math.ceil(COLD_BYTES / (n * k * bits // 8))))
            made = Narrow(n, k, bits, count)
            packed = None
            for m in (2,) if tiny else (1, 8, 64, 16, 4, 32, 2, 128):
                if time.time() > limit:
                    return
                x = torch.randn(m, k, device=CARD, dtype=BF16)
                if bits == 4 and not IS_CPU:
                    try:
                        if packed is None:
                            packed = [torch.ops.aten._convert_weight_to_int4pack(
                                torch.randint(0, 256, (n, k // 2), device=CARD, dtype=torch.uint8), 8) for _ in range(count)]
                            zeros = torch.rand(k // 128, n, 2, device=CARD, dtype=BF16) * 0.01
                        write("w4a16,torch,%d,%d,%d,%.5g" % (m, n, k, seconds(
                            [lambda p=p: torch.ops.aten._weight_int4pack_mm(x, p, 128, zeros) for p in packed])))
                    except Exception as problem:
                        tell("int4pack %s %s" % ((m, n, k), str(problem)[:200]))
                best = {}
                for columns, splits, warps in ((32, 1, 4), (32, 4, 4), (64, 1, 4), (64, 4, 4)):
                    if splits > 1 and n // columns * splits > 2048:
                        continue
                    best[columns, splits, warps] = seconds(
                        [lambda i=i: made.call(x, i, columns, splits, warps) for i in range(count)], 1e-3)
                if (m, bits) not in checked:
                    checked.add((m, bits))
                    at = min(best, key=best.get)
                    tell("narrow %d bits, m %d, best %s, error %.1e" % (
                        bits, m, at, error(made.call(x, 0, *at), x.float() @ made.weights().t())))
                write("w%da16,triton,%d,%d,%d,%.5g" % (bits, m, n, k, min(best.values())))
            del made, packed


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--only", default="models,attention,parts,narrow")
    options.add_argument("--tiny", action="store_true")
    options.add_argument("--warm", default="")
    options = options.parse_args()
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    begin = time.time()
    if options.warm:
        return warm(*map(int, options.warm.split("/")))
    os.makedirs(options.folder, exist_ok=True)
    files = {}

    def open_table(name):
        if name not in files:
            files[name] = open(os.path.join(options.folder, name), "w", buffering=1)
        return lambda line: print(line, file=files[name])

    def tell(line):
        open_table("card.txt")(line)
        print(line, flush=True)
    wanted = options.only.split(",")
    if not options.tiny and "models" in wanted:
        shares = 12
        running = [subprocess.Popen([sys.executable, sys.argv[0], options.folder, "--warm", "%d/%d" % (i, shares)]) for i in range(shares)]
        print("warm:", [p.wait() for p in running], "in %.1f s" % (time.time() - begin), flush=True)
    if not IS_CPU:
        card = torch.cuda.get_device_properties(0)
        import triton
        tell("%s; PyTorch %s, CUDA %s, cuDNN %s, Triton %s; L2 %d bytes, %d multiprocessors" % (
            torch.cuda.get_device_name(), torch.__version__, torch.version.cuda, torch.backends.cudnn.version(),
            triton.__version__, card.L2_cache_size, card.multi_processor_count))
    sections = [("attention", 0.15, attentions), ("models", 0.45, models), ("parts", 0.2, parts), ("narrow", 0.2, narrows)]
    sections = [s for s in sections if s[0] in wanted]
    left, total = options.seconds - (time.time() - begin), sum(s[1] for s in sections)
    limit = time.time()
    for name, share, section in sections:
        start = time.time()
        limit += left * share / total
        try:
            section(open_table, tell, limit, options.tiny)
        except Exception:
            traceback.print_exc()
        if not IS_CPU:
            torch.cuda.empty_cache()
        tell("%s in %.1f s" % (name, time.time() - start))


if __name__ == "__main__":
    main()
