"""The page and the picture of what was predicted and measured."""

from math import log10


def percent(predicted, measured):
    return f"{(predicted / measured - 1) * 100:+.0f} %"


def table(head, rows):
    return ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]


def markdown(results, machine, settings):
    """Two tables: what was promised, and which of cost, transfer or queueing differs."""
    promised, causes = [], []
    for number, row in enumerate(results, 1):
        p, m = row["predicted"], row["measured"]
        cells = [str(number), row["case"], row["system"], f"{p['throughput']:.1f}", f"{m['throughput']:.1f}",
                 percent(p["throughput"], m["throughput"])]
        for key in ("p50", "p99"):
            cells += [f"{p[key] * 1e3:.1f}", f"{m[key] * 1e3:.1f}", percent(p[key], m[key])]
        promised.append(cells)
        cells = [str(number)]
        for key in ("busiest", "alone"):
            cells += [f"{p[key] * 1e3:.1f}", f"{m[key] * 1e3:.1f}", percent(p[key], m[key])]
        causes.append(cells + [f"{side['busiest'] * side['throughput'] / row['replicas'] * 100:.0f} %" for side in (p, m)])
    within = sum(abs(row["predicted"]["throughput"] / row["measured"]["throughput"] - 1) <= 0.1 for row in results)
    middle = sum(abs(row["predicted"]["p50"] / row["measured"]["p50"] - 1) <= 0.15 for row in results)
    return "\n".join([
        "# Predicted against measured", "",
        f"Made by `make loop`: {settings['rounds']} rounds in which every plan ran once, of which medians count; load average "
        f"{settings['load'][0]:.1f} before and {settings['load'][1]:.1f} after{settings['priority']}. A difference is predicted over measured; times are in "
        "milliseconds.", "",
        f"Copy into shared memory {machine['copyBytesPerSecond'] / 1e9:.1f} GB/s, stream through memory "
        f"{machine['memoryBytesPerSecond'] / 1e9:.1f} GB/s, handing a task over and back {machine['turnSeconds'] * 1e6:.0f} µs.", "",
        *table(["", "plan", "system", "batches/s predicted", "measured", "", "p50 predicted", "measured", "", "p99 predicted",
                "measured", ""], promised), "",
        f"Throughput is within 10 % for {within} of {len(results)} plans, p50 within 15 % for {middle}. ![]({'results.svg'})", "",
        "Where differences come from: the time that the busiest device computes a batch is **cost**, what one batch alone takes besides "
        "is **transfer**, and a busiest device that is not busy all the time is **queueing**.", "",
        *table(["", "busiest device, a batch: predicted", "measured", "", "one batch alone: predicted", "measured", "",
                "busiest device is busy: predicted", "measured"], causes), "",
    ])


def panel(results, key, words, left, size=320):
    """One figure, predicted over measured, both logarithmic; the diagonal is agreement, grey what the goal allows."""
    values = [row[side][key] for row in results for side in ("predicted", "measured")]
    low, high = log10(min(values) / 1.3), log10(max(values) * 1.3)
    goal = {"throughput": 1.1, "p50": 1.15}[key]
    top = 48

    def place(value):
        return (log10(value) - low) / (high - low) * size

    shapes = [f"<rect x='{left}' y='{top}' width='{size}' height='{size}' fill='none' stroke='#888'/>"]
    for factor, colour in ((1, "#444"), (goal, "#bbb"), (1 / goal, "#bbb")):
        shift = log10(factor) / (high - low) * size
        ends = [(0, shift), (size, size + shift)] if shift >= 0 else [(-shift, 0), (size, size + shift)]
        if shift > 0:
            ends[1] = (size - shift, size)
        (x1, y1), (x2, y2) = ends
        shapes.append(
            f"<line x1='{left + x1:.1f}' y1='{top + size - y1:.1f}' x2='{left + x2:.1f}' y2='{top + size - y2:.1f}' stroke='{colour}'/>")
    for number, row in enumerate(results, 1):
        x, y = left + place(row["measured"][key]), top + size - place(row["predicted"][key])
        shapes.append(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.5' fill='#1f77b4'/><text x='{x + 5:.1f}' y='{y - 5:.1f}'>{number}</text>")
    return "".join(shapes) + (
        f"<text x='{left}' y='{top - 10}'>{words}, predicted</text>"
        f"<text x='{left}' y='{top + size + 20}'>measured: {10**low:.3g} to {10**high:.3g}, as predicted, logarithmic</text>")


def picture(results):
    names = "".join(
        f"<text x='820' y='{62 + 18 * number}'>{number} {row['case']}</text>" for number, row in enumerate(results))
    body = panel(results, "throughput", "batches/s (grey: 10 %)", 40) + panel(results, "p50", "p50 in seconds (grey: 15 %)", 430)
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1080 410' font-family='sans-serif' font-size='12'>"
        f"<title>Predicted against measured</title><rect width='1080' height='410' fill='#fff'/>{body}{names}</svg>\n")
