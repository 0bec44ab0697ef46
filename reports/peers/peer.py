"""One peer on one instance: `peer.py cpsat|highs INSTANCE MODE --threads N --limit S`. Prints a line of JSON for each
improvement of incumbent or bound, and last one with the answer. Run by compare.py, a process a peer: the two solvers'
libraries collide in one."""

import argparse
import json
import math
import time

import instances
import programs


class Progress:
    """Seconds count from the call of the solver: building its model is not held against it."""

    def __init__(self):
        self.start = time.monotonic()
        self.last = (None, None)

    def report(self, incumbent, bound):
        if (incumbent, bound) != self.last:
            self.last = (incumbent, bound)
            seconds = time.monotonic() - self.start
            print(json.dumps({"seconds": seconds, "incumbent": incumbent, "bound": bound}), flush=True)


def finite(value):
    return value if math.isfinite(value) and abs(value) < 1e29 else None


def solve_cpsat(program, threads, limit):
    from ortools.sat.python import cp_model

    # Whole numbers: loads rounded down, so that the bound holds for the loads as given. Bytes are whole already.
    load_rows = [terms for terms, _, _, kind in program.rows if kind == "load"]
    most = max(sum(-c * (program.upper[v] or 0) for v, c in terms if v) for terms in load_rows)
    scale = 2.0 ** (40 - math.ceil(math.log2(most)))
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, 2 ** 40 if upper is None else upper, "") for upper in program.upper]
    for terms, low, high, kind in program.rows:
        # CP-SAT finds symmetries itself; an order of rounded loads would not be the order of the loads.
        if kind == "order":
            continue
        factors = [c if v == 0 or kind == "count" else -math.floor(-c * scale) for v, c in terms]
        model.add_linear_constraint(
            sum(variables[v] * as_integer(factor) for (v, _), factor in zip(terms, factors)),
            cp_model.INT_MIN if low is None else low, cp_model.INT_MAX if high is None else math.floor(high))
    model.minimize(variables[0])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = threads
    solver.parameters.max_time_in_seconds = limit
    progress = Progress()

    class Callback(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self):
            progress.report(self.objective_value / scale, self.best_objective_bound / scale)

    solver.best_bound_callback = lambda bound: progress.report(progress.last[0], bound / scale)
    status = solver.solve(model, Callback())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = finite(solver.best_objective_bound / scale)
    progress.report(solver.objective_value / scale if found else None, bound)
    return [solver.value(v) for v in variables] if found else None, bound


def as_integer(value):
    if value != int(value):
        raise ValueError(f"{value} is not a whole number")
    return int(value)


def solve_highs(program, threads, limit):
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", threads)
    highs.setOptionValue("time_limit", float(limit))
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    infinity = highspy.kHighsInf
    for v, (upper, integer) in enumerate(zip(program.upper, program.integer)):
        highs.addVar(0, infinity if upper is None else upper)
        if integer:
            highs.changeColIntegrality(v, highspy.HighsVarType.kInteger)
    highs.changeColCost(0, 1)
    for terms, low, high, _ in program.rows:
        highs.addRow(
            -infinity if low is None else low, infinity if high is None else high, len(terms),
            [v for v, _ in terms], [c for _, c in terms])
    progress = Progress()

    def callback(kind, message, data_out, data_in, user_data):
        progress.report(finite(data_out.mip_primal_bound), finite(data_out.mip_dual_bound))

    highs.setCallback(callback, None)
    for kind in ("kCallbackMipImprovingSolution", "kCallbackMipLogging", "kCallbackMipInterrupt"):
        highs.startCallback(getattr(highspy.cb.HighsCallbackType, kind))
    highs.run()
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = finite(info.mip_dual_bound)
    progress.report(finite(info.objective_function_value) if found else None, bound)
    return list(highs.getSolution().col_value) if found else None, bound


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("solver", choices=["cpsat", "highs"])
    parser.add_argument("instance")
    parser.add_argument("mode")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=60)
    arguments = parser.parse_args()
    instance = instances.load(arguments.instance)
    program, answer = programs.build(instance, arguments.mode)
    solve = solve_cpsat if arguments.solver == "cpsat" else solve_highs
    values, bound = solve(program, arguments.threads, arguments.limit)
    print(json.dumps({"answer": answer(values) if values else None, "bound": bound}))


if __name__ == "__main__":
    main()
