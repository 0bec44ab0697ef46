"""GLPK's own command on the same integer program: written as a CPLEX LP file, progress read from its log."""

import re

import programs

NUMBER = r"[-+]?[0-9.]+e[-+]?[0-9]+|[-+]?[0-9.]+"
# `+  1234: mip =   2.1e-02 >=     2.0e-02   1.2% (12; 3)`, or `mip = not found yet >= ...`.
PROGRESS = re.compile(rf"^\+\s*\d+:\s*(?:mip =|>>>>>)\s*(not found yet|{NUMBER})\s*>=\s*({NUMBER}|-inf|tree is empty)")


def lp_text(program):
    # Every variable in the objective, so that columns are numbered as the variables are.
    lines = ["minimize", " t: x0"] + [f"  + 0 x{v}" for v in range(1, len(program.upper))] + ["subject to"]
    for i, (terms, low, high, _) in enumerate(program.rows):
        total = "\n  ".join(f"{'-' if c < 0 else '+'} {abs(c)!r} x{v}" for v, c in terms) or "0 x0"
        if low is not None and low == high:
            lines.append(f" r{i}: {total} = {low}")
        else:
            if low is not None:
                lines.append(f" l{i}: {total} >= {low}")
            if high is not None:
                lines.append(f" h{i}: {total} <= {high}")
    lines.append("bounds")
    lines += [f" 0 <= x{v} <= {upper}" for v, upper in enumerate(program.upper) if upper is not None]
    lines.append("generals")
    lines += [f" x{v}" for v, integer in enumerate(program.integer) if integer]
    return "\n".join(lines + ["end", ""])


def run(instance, mode, options, folder, measured):
    program, answer = programs.build(instance, mode)
    (folder / "program.lp").write_text(lp_text(program))
    solution = folder / "solution"
    # Of its options, the feasibility pump alone did best on the smaller instances; cuts and pseudocost branching did not.
    command = [
        "glpsol", "--lp", str(folder / "program.lp"), "--fpump", "--mipgap", "0",
        "--tmlim", str(max(1, round(options.limit))), "--write", str(solution)]
    lines, result = measured(command, options.limit)
    result["events"] = []
    for seconds, text in lines:
        match = PROGRESS.match(text)
        if match:
            found = None if match[1] == "not found yet" else float(match[1])
            bound = found if match[2] == "tree is empty" else None if match[2] == "-inf" else float(match[2])
            result["events"].append([seconds, found, bound])
    values, status = read_solution(solution, len(program.upper)) if solution.exists() else (None, None)
    bound = result["events"][-1][2] if result["events"] else None
    if status == "o" and values:
        bound = values[0]
        result["events"].append([result["wall"], values[0], bound])
    return result | {"answer": answer(values) if values else None, "bound": bound}


def read_solution(path, count):
    """Values of all variables and the status; no values where no solution was found."""
    values, status = [0.0] * count, None
    for line in path.read_text().splitlines():
        fields = line.split()
        if fields[:2] == ["s", "mip"]:
            status = fields[4]
        elif fields and fields[0] == "j":
            values[int(fields[1]) - 1] = float(fields[2])
    return (values if status in ("o", "f") else None), status
