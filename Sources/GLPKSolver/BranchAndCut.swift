#if GLPK
  import CGLPK
  import Modeling

  /// GLPK's search tree, alive for one callback.
  @safe struct SearchTree {
    let pointer: OpaquePointer
  }

  /// One branch-and-cut search: root relaxation, `glp_intopt` with a callback, and what it proved.
  final class BranchAndCut {
    private let program: Program
    private let limits: SolveLimits
    private let guide: SolveGuide?
    private let problem: LoadedProblem
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var stopped: StopReason?
    private var incumbent: Double?
    private var bound: Double
    private var nodes = 0
    /// Nodes that were open, summed over all nodes visited: GLPK goes through all of them for each.
    private var openNodes = 0
    /// Of the root relaxation.
    private var rootTicks = 0
    /// Simplex iterations of the tree's problem when it was seen first, and since.
    private var firstIteration: Int32?
    private var iterations = 0

    init(program: Program, limits: SolveLimits, guide: SolveGuide?) throws(ProgramError) {
      self.program = program
      self.limits = limits
      self.guide = guide
      start = clock.now
      bound = -program.worstBound
      problem = try LoadedProblem(program)
      problem.markIntegers(program)
    }

    func close() { problem.close() }

    private var secondsLeft: Double? {
      limits.timeLimit.map { $0 - start.duration(to: clock.now) / .seconds(1) }
    }

    func run() -> SolveOutcome {
      let wantsVectors = guide?.heuristic != nil || guide?.cuts != nil || guide?.incumbent != nil
      let presolve = limits.presolve && !wantsVectors && !program.constraints.isEmpty
      if !presolve {
        let root = problem.solveLinear(
          timeLimit: secondsLeft, workLimit: limits.workLimit, isCancelled: limits.isCancelled)
        rootTicks = root.ticks
        switch root.vector {
        case .optimal: bound = root.objective ?? bound
        case .infeasible: return infeasible(root.stop, root.solverStatus)
        default:
          return SolveOutcome(
            stop: root.stop, vector: root.vector == .unbounded ? .unbounded : .unknown,
            solverStatus: root.solverStatus, values: [], objective: nil, bound: bound, nodes: 0, ticks: ticks)
        }
      }
      var parameters = unsafe self.parameters(presolve: presolve)
      let code = withExtendedLifetime(self) {
        unsafe parameters.cb_info = Unmanaged.passUnretained(self).toOpaque()
        unsafe parameters.cb_func = { tree, info in
          guard let tree = unsafe tree, let info = unsafe info else { return }
          let search = unsafe Unmanaged<BranchAndCut>.fromOpaque(info).takeUnretainedValue()
          unsafe search.visit(SearchTree(pointer: tree))
        }
        return unsafe glp_intopt(problem.handle, &parameters)
      }
      return outcome(code: code)
    }

    private func parameters(presolve: Bool) -> glp_iocp {
      var parameters = unsafe glp_iocp()
      unsafe glp_init_iocp(&parameters)
      unsafe parameters.msg_lev = GLP_MSG_OFF
      unsafe parameters.presolve = presolve ? GLP_ON : GLP_OFF
      unsafe parameters.binarize = GLP_OFF
      unsafe parameters.mip_gap = limits.gap.isFinite ? max(0, limits.gap) : 0
      unsafe parameters.gmi_cuts = limits.cuts.contains(.gomory) ? GLP_ON : GLP_OFF
      unsafe parameters.mir_cuts = limits.cuts.contains(.mixedIntegerRounding) ? GLP_ON : GLP_OFF
      unsafe parameters.cov_cuts = limits.cuts.contains(.cover) ? GLP_ON : GLP_OFF
      unsafe parameters.clq_cuts = limits.cuts.contains(.clique) ? GLP_ON : GLP_OFF
      unsafe parameters.br_tech =
        switch limits.branching {
        case .mostFractional: GLP_BR_MFV
        case .driebeckTomlin: GLP_BR_DTH
        case .pseudocost: GLP_BR_PCH
        }
      unsafe parameters.bt_tech =
        switch limits.selection {
        case .depthFirst: GLP_BT_DFS
        case .bestBound: GLP_BT_BLB
        case .bestProjection: GLP_BT_BPH
        }
      let seconds = [secondsLeft, patience].compactMap { $0 }.min()
      if let seconds { unsafe parameters.tm_lim = Int32(min(max(seconds * 1000, 0), 2e9)) }
      return unsafe parameters
    }

    /// Seconds after which a search with a limit of work is given up, many times those that the work takes.
    ///
    /// Work is counted between nodes, and GLPK's dual simplex can go round in circles within one, which it leaves for a limit of time alone.
    private var patience: Double? {
      limits.workLimit.map { Self.leastPatience + Double($0) / Self.fewestTicksASecond }
    }

    private static let leastPatience = 10.0
    /// A tenth or less of what slow machines do.
    private static let fewestTicksASecond = 1e8

    // MARK: Callback

    private func visit(_ tree: SearchTree) {
      if stopped != nil { return }
      let reason = unsafe glp_ios_reason(tree.pointer)
      // Once a node; the other reasons would only count the same node again.
      var open: Int32 = 0
      unsafe glp_ios_tree_size(tree.pointer, &open, nil, nil)
      if reason == GLP_IPREPRO {
        nodes += 1
        openNodes += Int(open)
      }
      if reason == GLP_ISELECT || open < Self.fewNodes { raiseBound(tree) }
      let count = unsafe glp_get_it_cnt(glp_ios_get_prob(tree.pointer))
      iterations = Int(count) - Int(firstIteration ?? count)
      if firstIteration == nil { firstIteration = count }
      update(tree)
      if limits.isCancelled() { return stop(tree, .cancelled) }
      if let left = secondsLeft, left <= 0 { return stop(tree, .timeLimit) }
      if let limit = limits.workLimit, ticks >= limit { return stop(tree, .workLimit) }
      if let limit = limits.nodeLimit, nodes > limit { return stop(tree, .nodeLimit) }
      switch reason {
      case GLP_IHEUR: if let propose = guide?.heuristic { offer(propose, tree) }
      case GLP_ICUTGEN: if let separate = guide?.cuts { addCuts(separate, tree) }
      default: break
      }
    }

    /// An iteration in the tree costs twice one of a long solve, since nodes begin with a factorisation, and a node's
    /// branching about one more; a caller's heuristic looks at every variable and row.
    private var ticks: Int {
      let advice = guide?.heuristic == nil ? 0 : 200 * (problem.variableCount + problem.constraintCount)
      return rootTicks + 4 * iterations * problem.ticksPerIteration
        + nodes * (3 * problem.ticksPerIteration + advice) + Self.ticksPerOpenNode * openNodes
    }

    /// A list's link that is seldom in the cache, a few times a node.
    private static let ticksPerOpenNode = 40

    private func stop(_ tree: SearchTree, _ reason: StopReason) {
      stopped = reason
      unsafe glp_ios_terminate(tree.pointer)
    }

    /// Below it, the bound is read at every step of a node.
    private static let fewNodes = 100

    /// The least bound of open nodes, for which GLPK goes through all of them.
    private func raiseBound(_ tree: SearchTree) {
      let best = unsafe glp_ios_best_node(tree.pointer)
      guard best != 0 else { return }
      let value = unsafe glp_ios_node_bound(tree.pointer, best)
      let better = program.sense == .minimise ? value > bound : value < bound
      if value.isFinite, abs(value) < 1e300, better {
        bound = value
        guide?.progress?(incumbent, bound)
      }
    }

    /// Reads the incumbent: GLPK announces a new one reliably only to those who look.
    private func update(_ tree: SearchTree) {
      var improved = false
      let current = unsafe glp_ios_get_prob(tree.pointer)
      if unsafe glp_mip_status(current) == GLP_FEAS {
        let value = unsafe glp_mip_obj_val(current)
        if incumbent.map({ program.sense == .minimise ? value < $0 : value > $0 }) ?? true {
          incumbent = value
          improved = true
          if let report = guide?.incumbent {
            report(
              (0..<program.variables.count).map { unsafe glp_mip_col_val(current, Int32($0 + 1)) }, value)
          }
        }
      }
      if improved { guide?.progress?(incumbent, bound) }
    }

    private func node(_ tree: SearchTree) -> SolveGuide.Node {
      let current = unsafe glp_ios_get_prob(tree.pointer)
      let values = (0..<program.variables.count).map {
        unsafe glp_get_col_prim(current, Int32($0 + 1))
      }
      let number = unsafe glp_ios_curr_node(tree.pointer)
      return SolveGuide.Node(
        relaxation: values, value: unsafe glp_get_obj_val(current),
        depth: number == 0 ? 0 : Int(unsafe glp_ios_node_level(tree.pointer, number)), incumbent: incumbent)
    }

    private func offer(_ propose: (SolveGuide.Node) -> [Double]?, _ tree: SearchTree) {
      guard var values = propose(node(tree)), values.count == program.variables.count else { return }
      for (index, variable) in program.variables.enumerated() where variable.kind == .integer {
        values[index] = values[index].rounded()
      }
      guard program.violations(of: values).isEmpty else { return }
      let objective = program.objectiveValue(at: values)
      if let incumbent, program.sense == .minimise ? objective >= incumbent : objective <= incumbent {
        return
      }
      unsafe glp_ios_heur_sol(tree.pointer, [0] + values)
      update(tree)
    }

    private func addCuts(_ separate: (SolveGuide.Node) -> [Program.Constraint], _ tree: SearchTree) {
      for cut in separate(node(tree)) {
        // A cut that is not a sound row is dropped: leaving it out never hurts correctness.
        let count = program.variables.count
        guard (try? Program.check(cut.expression, place: "cut", count: count)) != nil,
          (try? Program.check(lower: cut.lower, upper: cut.upper, place: { "cut" })) != nil
        else { continue }
        let merged = cut.expression.merged()
        let indices = [Int32(0)] + merged.terms.map { Int32($0.variable.index + 1) }
        let values = [0.0] + merged.terms.map(\.coefficient)
        for (type, side) in [(GLP_LO, cut.lower), (GLP_UP, cut.upper)] where side.isFinite {
          unsafe glp_ios_add_row(
            tree.pointer, nil, 101, 0, Int32(merged.terms.count), indices, values, type,
            side - merged.constant)
        }
      }
    }

    // MARK: Result

    private func infeasible(_ stop: StopReason, _ word: String) -> SolveOutcome {
      SolveOutcome(
        stop: stop, vector: .infeasible, solverStatus: word, values: [], objective: nil,
        bound: limits.cutoff ?? program.worstBound, nodes: nodes, ticks: ticks)
    }

    private func outcome(code: Int32) -> SolveOutcome {
      let status = unsafe glp_mip_status(problem.handle)
      let word = "intopt \(code), status \(status)"
      let stop: StopReason =
        switch code {
        case 0, GLP_ENOPFS, GLP_ENODFS: stopped ?? .finished
        case GLP_EMIPGAP: .gap
        case GLP_ETMLIM: secondsLeft == nil ? .workLimit : .timeLimit
        case GLP_ESTOP: stopped ?? .cancelled
        default: .numericalTrouble
        }
      if code == GLP_ENOPFS || (code == 0 && status == GLP_NOFEAS) { return infeasible(stop, word) }
      guard status == GLP_OPT || status == GLP_FEAS else {
        return SolveOutcome(
          stop: stop, vector: code == GLP_ENODFS ? .unbounded : .unknown, solverStatus: word, values: [],
          objective: nil, bound: bound, nodes: nodes, ticks: ticks)
      }
      let values = program.variables.indices.map { index -> Double in
        let value = unsafe glp_mip_col_val(problem.handle, Int32(index + 1))
        return program.variables[index].kind == .integer ? value.rounded() : value
      }
      let objective = program.objectiveValue(at: values)
      let proven = code == 0 && status == GLP_OPT
      // A node bound can pass the incumbent by rounding; the bound never claims more than the vector shows.
      let capped = program.sense == .minimise ? min(bound, objective) : max(bound, objective)
      return SolveOutcome(
        stop: stop, vector: proven ? .optimal : .feasible, solverStatus: word, values: values,
        objective: objective, bound: proven ? objective : capped, nodes: nodes, ticks: ticks)
    }
  }
#endif
