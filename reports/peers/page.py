"""The table and the chart of a comparison, from the results of its runs."""

import math
import os
import platform

NAMES = {"partition": "this project", "glpk": "GLPK", "cpsat": "CP-SAT", "highs": "HiGHS"}
COLOURS = {"partition": "#0072b2", "glpk": "#999999", "cpsat": "#d55e00", "highs": "#009e73"}


def gap(objective, bound):
    if objective is None or bound is None:
        return None
    return max(0.0, (objective - bound) / objective) if objective > 0 else 0.0


def seconds_to(result, wanted):
    """First time at which the solver's own incumbent and bound are that close."""
    for seconds, incumbent, bound in result["events"]:
        reached = gap(incumbent, bound)
        if reached is not None and reached <= wanted:
            return seconds
    return None


def seconds_to_best(result):
    best, when = None, None
    for seconds, incumbent, _ in result["events"]:
        if incumbent is not None and (best is None or incumbent < best * (1 - 1e-9)):
            best, when = incumbent, seconds
    return when


def number(value):
    return "-" if value is None else f"{value:.6g}"


def time_text(seconds):
    if seconds is None:
        return "-"
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def gap_text(value):
    if value is None:
        return "-"
    percent = 100 * value
    return "0 %" if percent < 5e-4 else f"{percent:.2g} %" if percent < 10 else f"{percent:.0f} %"


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def write(folder, chosen, solvers, results):
    (folder / "results.md").write_text(table(chosen, solvers, results))
    (folder / "results.svg").write_text(chart(chosen, solvers, results))


def table(chosen, solvers, results):
    versions = {s: sorted({r["version"] for (_, _, t), r in results.items() if t == s}) for s in solvers}
    dates = sorted({r["date"] for r in results.values()})
    loads = [r["load"] for r in results.values()]
    limits = sorted({(r["limit"], r["threads"]) for r in results.values()})
    lines = [
        "# Side by side with other solvers", "",
        "Made by `reports/peers/compare.py`; [README.md](README.md) says how, and what the figures mean.", "",
        f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}",
        "- Versions: " + ", ".join(v for s in solvers for v in versions[s]),
        f"- Run: {' to '.join(sorted({dates[0], dates[-1]})) if dates else 'none'}; "
        + "; ".join(f"limit {limit:g} s, {threads} threads" for limit, threads in limits)
        + (f"; load average before a run {min(loads):.1f} to {max(loads):.1f}" if loads else ""), "",
        "![Seconds to a proven gap of 1 % and of 0.1 %](results.svg)", "",
    ]
    lines += verdict(chosen, solvers, results)
    for name, mode in chosen:
        here = {s: results[name, mode, s] for s in solvers if (name, mode, s) in results}
        if not here:
            continue
        known = [r["objective"] for r in here.values() if r["objective"] is not None]
        proven = [r["bound"] for r in here.values() if r["bound"] is not None]
        lines += [
            "", f"## {name}" + ("" if mode == "tables" else f", {mode}"), "",
            f"Best objective {number(min(known, default=None))}, best bound {number(max(proven, default=None))}.", "",
            "| solver | objective | above best | bound | gap | s to 1 % | s to 0.1 % | s to best | wall s | CPU s | peak MB |",
            "|---|---|---|---|---|---|---|---|---|---|---|"]
        for solver, result in here.items():
            objective = result["objective"]
            above = None if objective is None else objective / min(known) - 1 if min(known) > 0 else 0
            note = f" **invalid: {result['invalid']}**" if "invalid" in result else ""
            lines.append(
                "| " + " | ".join([
                    NAMES[solver] + note, number(objective), gap_text(above), number(result["bound"]),
                    gap_text(gap(objective, result["bound"])), time_text(seconds_to(result, 0.01)),
                    time_text(seconds_to(result, 0.001)), time_text(seconds_to_best(result)), f"{result['wall']:.1f}",
                    f"{result['cpu']:.1f}", f"{result['peak'] / 1e6:.0f}"]) + " |")
    return "\n".join(lines) + "\n"


def verdict(chosen, solvers, results):
    """Where this project is not the best, in words."""
    lines, losses = [], []
    for name, mode in chosen:
        here = {s: results[name, mode, s] for s in solvers if (name, mode, s) in results}
        if "partition" not in here or len(here) < 2:
            continue
        ours, others = here["partition"], {s: r for s, r in here.items() if s != "partition"}
        label = name if mode == "tables" else f"{name}, {mode}"
        for s, r in others.items():
            if r["objective"] is not None and (
                    ours["objective"] is None or ours["objective"] > r["objective"] * (1 + 1e-6)):
                losses.append(f"{label}: {NAMES[s]} finds {number(r['objective'])}, this project {number(ours['objective'])}")
            if r["bound"] is not None and (ours["bound"] is None or ours["bound"] < r["bound"] * (1 - 1e-6)):
                losses.append(f"{label}: {NAMES[s]} proves {number(r['bound'])}, this project {number(ours['bound'])}")
            for wanted in (0.01, 0.001):
                theirs, mine = seconds_to(r, wanted), seconds_to(ours, wanted)
                if theirs is not None and (mine is None or mine > theirs):
                    losses.append(
                        f"{label}: {NAMES[s]} is within {gap_text(wanted)} after {time_text(theirs)} s, "
                        f"this project after {time_text(mine)}{' s' if mine is not None else ' (not within the limit)'}")
    if losses:
        lines += ["Where this project is behind:", ""] + [f"- {loss}" for loss in losses]
    elif results:
        lines.append("This project is behind in none of the figures below.")
    return lines


def chart(chosen, solvers, results):
    """A row an instance, a mark a solver: filled at 1 %, hollow at 0.1 %, a cross where 1 % was not reached."""
    rows = [(n, m) for n, m in chosen if any((n, m, s) in results for s in solvers)]
    limit = max([r["limit"] for r in results.values()], default=60)
    left, right, top, height = 300, 900, 60, 34
    low, high = math.log10(0.01), math.log10(limit)
    def x(seconds):
        return left + (math.log10(min(limit, max(0.01, seconds))) - low) / (high - low) * (right - left)

    bottom = top + height * len(rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="{bottom + 40}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="10" y="20" font-size="14">Seconds to a proven gap: filled 1 %, hollow 0.1 %, cross: not within {limit:g} s'
        '</text>']
    for position, solver in enumerate(solvers):
        at = 10 + 120 * position
        lines.append(f'<circle cx="{at + 5}" cy="36" r="5" fill="{COLOURS[solver]}"/>')
        lines.append(f'<text x="{at + 16}" y="40">{NAMES[solver]}</text>')
    for power in range(-2, 1 + math.floor(high)):
        at = x(10.0 ** power)
        lines.append(f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{bottom}" stroke="#cccccc" stroke-width="0.5"/>')
        lines.append(f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{10.0 ** power:g} s</text>')
    for row, (name, mode) in enumerate(rows):
        y = top + row * height
        label = name if mode == "tables" else f"{name}, {mode}"
        lines.append(f'<line x1="0" y1="{y}" x2="1000" y2="{y}" stroke="#dddddd" stroke-width="0.5"/>')
        lines.append(f'<text x="{left - 8}" y="{y + 21}" text-anchor="end" font-size="10">{label}</text>')
        for position, solver in enumerate(solvers):
            if (name, mode, solver) not in results:
                continue
            result, colour = results[name, mode, solver], COLOURS[solver]
            at = y + 6 + 7.5 * position
            for wanted, fill in ((0.001, "#ffffff"), (0.01, colour)):
                seconds = seconds_to(result, wanted)
                if seconds is not None:
                    lines.append(
                        f'<circle cx="{x(seconds):.1f}" cy="{at:.1f}" r="3.2" fill="{fill}" stroke="{colour}" '
                        f'stroke-width="1.5"/>')
                elif wanted == 0.01:
                    lines.append(
                        f'<path d="M{right + 30} {at - 3:.1f} l6 6 m0 -6 l-6 6" stroke="{colour}" stroke-width="1.5"/>')
    return "\n".join(lines + ["</svg>", ""])
