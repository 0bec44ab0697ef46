#!/usr/bin/env python3
"""Fits the figures of matrix products and of attention of a card to measured kernels: those of models/systems/cards/*-sxm.json and
l40s.json.

    python3 reports/fidelity/fit.py [--cross]

The model is that of Sources/CostModel (CostModel, products): with r = m n results of depth k in precision p

    seconds = max(2 r k / (peak(p) e(p) r / (r + R(p)) k / (k + K(p))), bytes / (bandwidth d c)) + launch(p) + quantise(p)

bytes are (m k + m n) activations of 16 bits and n k weights in p; c is the cache's speed-up where they are within 0.7 of it, else 1.
What quantises is a fixed time q(p) and 3 m k bytes / (bandwidth d): x is read in 16 bits and written in 8. It is in the rows of
data/gemm_*.csv in 8 bits, and in none of data/gpu, whose x is in p already (so that bytes have m k of p). Of cards without rows
there, the launch in 8 bits is taken to be that in bf16, and the bytes are left to what e, R and K say.
Fitted are e, R, K, launch and q for each precision, d and c for each card, by least squares of ln(predicted / measured), soft in the
errors beyond a tenth (soft L1). Every other row is used; `fidelity-report` holds the rest against it. With
--cross each card's figures are taken from the other two, as their means, and held against all its rows of data/gemm_*.csv.
Attention (data/attention_*.csv; causal with as many queries as keys, or one query over a cache) is a class of operators: with r results
of batch x heads x queries x size elements, s scores that are left by the mask and depth k = 2 s size / r

    seconds = max(2 r k / (peak(bf16) e r / (r + R cores) k / (k + K)), 5 s / vector, bytes / (bandwidth b c)) + launch

Fitted are e, R, K, b and launch for each phase, in the same way. Products of weights that alone are in 4 or 8 bits
(data/weights_*.csv) are classes too, with the same formula but for the scores and with weights in their bits.
Normalisations of the family gpu are fitted to LayerNormalization (data/gpu/h100-sxm.*.csv) and RMSNormalization (data/gpu/parts_*.csv) of
the H100, of n rows of k elements: max(8 n k / (vector e k / (k + K)), 4 n k / (bandwidth b)) + launch.
Needs numpy and scipy. Deterministic.
"""
import csv
import os
import sys

import numpy
from scipy.optimize import least_squares

HERE = os.path.dirname(os.path.abspath(__file__))
# Data sheets: dense peaks in operations per second, bytes per second, bytes of L2.
CARDS = {
    "a100-sxm": ({"bf16": 312e12, "int8": 624e12}, 2039e9, 40 << 20),
    "h100-sxm": ({"bf16": 989e12, "fp8": 1979e12}, 3350e9, 50 << 20),
    "l40s": ({"bf16": 362e12, "int8": 733e12, "fp8": 733e12}, 864e9, 96 << 20),
}
WIDTH = {"bf16": 2, "int8": 1, "fp8": 1}
START = {"e": 0.7, "R": 3e5, "K": 150.0, "launch": 3.0, "q": 5.0}
LOW = {"e": 0.05, "R": 1.0, "K": 0.1, "launch": 0.5, "q": 0.0}
HIGH = {"e": 1.0, "R": 1e8, "K": 1e4, "launch": 20.0, "q": 30.0}
NAMES = ("e", "R", "K", "launch", "q")
# Cores, and operations per second of the vector engine in bf16 that are taken to be sustained.
ENGINES = {"a100-sxm": (108, 39e12), "h100-sxm": (132, 66.9e12), "l40s": (142, 45.8e12)}
# Bytes of an element that is quantised.
QUANTISED = {"a100-sxm": 0, "h100-sxm": 3, "l40s": 0}


def read(name, card):
    table = {}
    path = os.path.join(HERE, "data", "%s_%s.csv" % (name, card))
    if not os.path.exists(path):
        return table
    with open(path) as file:
        for row in csv.DictReader(file):
            table.setdefault(row["precision"], []).append([float(row[c]) for c in ("m", "n", "k", "seconds")])
    return {p: numpy.array(v) for p, v in table.items() if p in CARDS[card][0]}


def rows(card):
    return read("gemm", card)


def narrow_rows(card):
    """In 8 bits, of operands that are there in them."""
    found = [read("gpu/%s" % name, card) for name in ("gemm", "dense")]
    return {p: numpy.concatenate([f[p] for f in found if p in f])
            for p in CARDS[card][0] if p != "bf16" and any(p in f for f in found)}


def predicted(card, precision, data, figures, shared, is_narrow=False):
    peaks, bandwidth, cache = CARDS[card]
    m, n, k = data[:, 0], data[:, 1], data[:, 2]
    r = m * n
    moved = (1 if is_narrow else 2) * m * k + 2 * r + WIDTH[precision] * n * k
    share = figures["e"] * r / (r + figures["R"]) * k / (k + figures["K"])
    speed = numpy.where(moved <= 0.7 * cache, shared["c"], 1.0)
    seconds = numpy.maximum(2 * r * k / (peaks[precision] * share), moved / (bandwidth * shared["d"] * speed)) \
        + figures["launch"] * 1e-6
    if precision == "bf16" or is_narrow:
        return seconds
    return seconds + figures["q"] * 1e-6 + QUANTISED[card] * m * k / (bandwidth * shared["d"])


def unpacked(x, precisions, launches_apart):
    figures = {p: {name: (numpy.exp(v) if name in "RK" else v) for name, v in zip(NAMES, x[2 + 5 * i:7 + 5 * i])}
               for i, p in enumerate(precisions)}
    for p in figures:
        if p not in launches_apart:
            figures[p]["launch"] = figures["bf16"]["launch"]
    return {"d": x[0], "c": x[1]}, figures


def fitted(card):
    table = {p: v[::2] for p, v in rows(card).items()}
    narrow = {p: v[::2] for p, v in narrow_rows(card).items() if p in table}
    precisions = sorted(table)
    apart = {"bf16", *narrow}

    def packed(values):
        return [numpy.log(values[name]) if name in "RK" else values[name] for name in NAMES]

    def errors(x):
        shared, figures = unpacked(x, precisions, apart)
        return numpy.concatenate(
            [numpy.log(predicted(card, p, table[p], figures[p], shared) / table[p][:, 3]) for p in precisions]
            + [numpy.log(predicted(card, p, v, figures[p], shared, True) / v[:, 3]) for p, v in narrow.items()])

    low = [0.3, 1.0] + packed(LOW) * len(precisions)
    high = [1.0, 6.0] + packed(HIGH) * len(precisions)
    best = None
    for cache in (1.2, 3.0):
        start = [0.8, cache] + packed(START) * len(precisions)
        found = least_squares(errors, start, bounds=(low, high), loss="soft_l1", f_scale=0.1)
        if best is None or found.cost < best.cost:
            best = found
    return unpacked(best.x, precisions, apart)


def attention_rows(card, phase):
    with open(os.path.join(HERE, "data", "attention_%s.csv" % card)) as file:
        columns = ("batch", "query_tokens", "kv_tokens", "heads", "kv_heads", "head_dim", "seconds")
        table = numpy.array([[float(row[c]) for c in columns] for row in csv.DictReader(file)])
    return table[(table[:, 1] == 1) == (phase == "decode")]


def attention(card, data, x, shared):
    (peaks, bandwidth, cache), (cores, vector) = CARDS[card], ENGINES[card]
    batch, queries, keys, heads, key_heads, size = data[:, :6].T
    e, R, K, share, launch = x[0], numpy.exp(x[1]), numpy.exp(x[2]), x[3], x[4]
    results = batch * heads * queries * size
    scores = batch * heads * (queries * keys - queries * (queries - 1) / 2)
    depth = 2 * scores * size / results
    moved = 4 * (results + batch * key_heads * keys * size)
    speed = numpy.where(moved <= 0.7 * cache, shared["c"], 1.0)
    reached = e * results / (results + R * cores) * depth / (depth + K)
    compute = numpy.maximum(2 * results * depth / (peaks["bf16"] * reached), 5 * scores / vector)
    return numpy.maximum(compute, moved / (bandwidth * share * speed)) + launch * 1e-6


def fitted_attention(card, phase, shared):
    data = attention_rows(card, phase)[::2]
    best = None
    for e in (0.3, 0.8):
        for R in (10, 2000, 20000):
            for K in (10, 500):
                found = least_squares(
                    lambda x: numpy.log(attention(card, data, x, shared) / data[:, 6]),
                    [e, numpy.log(R), numpy.log(K), 0.7, 6.0], loss="soft_l1", f_scale=0.1,
                    bounds=([0.01, 0, 0, 0.05, 0.3], [4, 20, 12, 1, 40]))
                if best is None or found.cost < best.cost:
                    best = found
    return best.x


def weight_rows(card):
    path = os.path.join(HERE, "data", "weights_%s.csv" % card)
    table = {}
    if os.path.exists(path):
        with open(path) as file:
            for row in csv.DictReader(file):
                table.setdefault(row["precision"], []).append([float(row[c]) for c in ("m", "n", "k", "seconds")])
    return {p: numpy.array(v) for p, v in table.items()}


def widened(card, precision, data, x, shared):
    (peaks, bandwidth, cache), cores = CARDS[card], ENGINES[card][0]
    m, n, k = data[:, 0], data[:, 1], data[:, 2]
    moved = 2 * m * k + 2 * m * n + int(precision[1]) / 8 * n * k
    speed = numpy.where(moved <= 0.7 * cache, shared["c"], 1.0)
    reached = x[0] * m * n / (m * n + numpy.exp(x[1]) * cores) * k / (k + numpy.exp(x[2]))
    return numpy.maximum(2 * m * n * k / (peaks["bf16"] * reached), moved / (bandwidth * x[3] * speed)) + x[4] * 1e-6


def fitted_widened(card, precision, data, shared):
    best = None
    for e in (0.3, 0.7):
        for R in (100, 3000):
            found = least_squares(
                lambda x: numpy.log(widened(card, precision, data[::2], x, shared) / data[::2, 3]),
                [e, numpy.log(R), numpy.log(100), 0.7, 5.0], loss="soft_l1", f_scale=0.1,
                bounds=([0.01, 0, 0, 0.05, 0.3], [1, 15, 10, 1, 40]))
            if best is None or found.cost < best.cost:
                best = found
    return best.x


def normalisation_rows(kind):
    rows = []
    if kind == "RMSNormalization":
        with open(os.path.join(HERE, "data", "gpu", "parts_h100-sxm.csv")) as file:
            rows = [(int(r["rows"]), int(r["columns"]), float(r["seconds"])) for r in csv.DictReader(file) if r["type"] == kind]
    else:
        for part in range(1, 5):
            with open(os.path.join(HERE, "data", "gpu", "h100-sxm.%d.csv" % part)) as file:
                rows += [(*map(int, r["outputs"].split("x")), float(r["microseconds"]) / 1e6)
                         for r in csv.DictReader(file) if r["type"] == kind]
    return numpy.array(rows)


def normalisation(data, x):
    n, k = data[:, 0], data[:, 1]
    compute = 8 * n * k / (133.8e12 * numpy.exp(x[0]) * k / (k + numpy.exp(x[1])))
    return numpy.maximum(compute, 4 * n * k / (CARDS["h100-sxm"][1] * x[2])) + x[3] * 1e-6


def fitted_normalisation(tables):
    best = None
    for e in (0.02, 0.1, 0.3):
        for K in (100, 2000):
            found = least_squares(
                lambda x: numpy.concatenate([numpy.log(normalisation(d[::2], x) / d[::2, 2]) for d in tables]),
                [numpy.log(e), numpy.log(K), 0.6, 3.0], loss="soft_l1", f_scale=0.1,
                bounds=([-7, 0, 0.05, 0.3], [1.5, 12, 1, 12]))
            if best is None or found.cost < best.cost:
                best = found
    return best.x


def quantiles(errors):
    return "median %.1f %%, p90 %.1f %%" % tuple(100 * numpy.quantile(numpy.abs(errors), q) for q in (0.5, 0.9))


def main():
    fits = {card: fitted(card) for card in CARDS}
    for card, (shared, figures) in fits.items():
        print("%s: dramSustainedFraction %.3f, cacheSpeedup %.2f" % (card, shared["d"], shared["c"]))
        for p, f in figures.items():
            data = rows(card)[p][1::2]
            print("  %-4s matrixSustainedFraction %.3f, matrixHalfResults %.0f, matrixHalfDepth %.1f, matrixLaunchMicroseconds %.2f, "
                  "matrixQuantiseMicroseconds %.2f; rows not used: %s"
                  % (p, f["e"], f["R"], f["K"], f["launch"], 0 if p == "bf16" else f["q"],
                     quantiles(predicted(card, p, data, f, shared) / data[:, 3] - 1)))
            narrow = narrow_rows(card).get(p)
            if narrow is not None:
                narrow = narrow[1::2]
                print("       operands in %s, rows not used: %s"
                      % (p, quantiles(predicted(card, p, narrow, f, shared, True) / narrow[:, 3] - 1)))
        for phase in ("prefill", "decode"):
            x = fitted_attention(card, phase, shared)
            rest = attention_rows(card, phase)[1::2]
            print("  %-7s efficiency %.3f, halfResults %.0f, halfDepth %.0f, bandwidthShare %.3f, launchMicroseconds %.2f; rows not used: %s"
                  % (phase, x[0], numpy.exp(x[1]), numpy.exp(x[2]), x[3], x[4],
                     quantiles(attention(card, rest, x, shared) / rest[:, 6] - 1)))
        for precision, data in weight_rows(card).items():
            x = fitted_widened(card, precision, data, shared)
            print("  %-7s efficiency %.3f, halfResults %.0f, halfDepth %.0f, bandwidthShare %.3f, launchMicroseconds %.2f; error %.3f, rows not used: %s"
                  % (precision, x[0], numpy.exp(x[1]), numpy.exp(x[2]), x[3], x[4],
                     numpy.median(numpy.abs(widened(card, precision, data[::2], x, shared) / data[::2, 3] - 1)),
                     quantiles(widened(card, precision, data[1::2], x, shared) / data[1::2, 3] - 1)))
    tables = {kind: normalisation_rows(kind) for kind in ("LayerNormalization", "RMSNormalization")}
    x = fitted_normalisation(tables.values())
    print("family gpu: normalisation efficiency %.4f, halfDepth %.0f, bandwidthShare %.3f, launchMicroseconds %.3f"
          % (numpy.exp(x[0]), numpy.exp(x[1]), x[2], x[3]))
    for kind, data in tables.items():
        print("  %s, rows not used: %s" % (kind, quantiles(normalisation(data[1::2], x) / data[1::2, 2] - 1)))
    if "--cross" not in sys.argv:
        return
    for card in CARDS:
        others = [fits[c] for c in CARDS if c != card]
        shared = {k: float(numpy.mean([o[0][k] for o in others])) for k in ("d", "c")}
        for p, data in rows(card).items():
            known = [o[1][p] for o in others if p in o[1]]
            if not known:
                print("%s %s: no other card has it" % (card, p))
                continue
            f = {n: float(numpy.exp(numpy.mean([numpy.log(o[n]) for o in known]))) for n in NAMES if n != "q"}
            f["q"] = float(numpy.mean([o["q"] for o in known]))
            print("%s %s from the others: %s" % (card, p, quantiles(predicted(card, p, data, f, shared) / data[:, 3] - 1)))


main()
