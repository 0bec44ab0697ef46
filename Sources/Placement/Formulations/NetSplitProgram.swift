import Modeling

/// The net-split as an integer program: which units go to which of two devices.
///
/// Sets: units u with options o in O(u), each with one shard on one device d in {0, 1}; nets e with producer p(e) and
/// readers V(e); lanes l.
///
///     x[u,o] binary        option o of unit u is chosen;  z[u] = sum of x[u,o] with o on device 1
///     f[e], b[e] in [0,1]  net e crosses from device 0 to 1, from 1 to 0
///     T                    the bottleneck
///
///     minimise T                                        then, with T fixed, the sum of all loads;
///                                                       or a weighted sum of T and all loads
///     sum_o x[u,o] = 1                                  every u
///     f[e] >= z[v] - z[p(e)],  b[e] >= z[p(e)] - z[v]   every e and v in V(e)
///     base[d,l] + sum load x + sum out f|b + sum in f|b <= T    every (d,l) with a load
///     sum memory x <= cap(d)                            every d with a limit
///     z[u] = z[v]                                       every u and v of one colour
///     sum of x on d <= 1, <= count                      every d and set of units to keep apart, or limited in number
///     z[u] = w[u,1] - w[u,2] + w[u,3] - ...             with a limit of S stages: w[u,s] = 1 when u is in stage s or later
///     w[u,s] >= w[u,s+1],  w[v,s] >= w[p(e),s]          every u, e and v in V(e); s = 1 ... S - 1
///
/// What a ``SplitScope`` decides already is a number and no variable: options, crossings between units whose device is
/// certain, and stages outside a unit's window.
///
/// With x integer, f and b are integer at any optimum, so they stay continuous. Loads are scaled by an incumbent's
/// bottleneck, so that coefficients are near 1.
struct NetSplitProgram {
  /// What to minimise.
  enum Goal {
    case bottleneck
    /// The sum of all loads, with the bottleneck at most this many seconds.
    case totalLoad(within: Double)
    /// A weighted sum of the bottleneck and all loads.
    case blend(NetSplit.Blend)
  }

  /// When a net crosses in one direction.
  private enum Crossing {
    case never, always
    case when(VariableID)
  }

  private(set) var program = Program()
  /// By unit and option; `nil` where the option was ruled out.
  private(set) var choice: [[VariableID?]] = []
  private(set) var bottleneck: VariableID?
  private let problem: Problem
  private let scale: Double
  private let windows: StageWindows?
  /// By unit: its device where that is certain.
  private let certain: [Int?]
  /// By net, then by device of the producer.
  private var crossings: [[Crossing]] = []
  /// By unit: for the stages of its window but the first, whether the unit is there or later.
  private var reached: [[VariableID]] = []

  /// - Parameters:
  ///   - scope: What assignments within a known bottleneck use; nothing else is stated.
  ///   - scale: Seconds that count as 1.
  init(problem: Problem, scope: SplitScope, scale: Double, goal: Goal) {
    self.problem = problem
    self.scale = scale
    windows = scope.windows
    certain = zip(problem.units, scope.allowed).map { unit, allowed in
      let devices = Set(zip(unit.options, allowed).filter(\.1).map(\.0.onlyDevice))
      return devices.count == 1 ? devices.first : nil
    }
    addChoices(scope.allowed)
    addCrossings()
    addStages()
    addLoads(goal)
    addMemory()
    addRules()
  }

  private mutating func addChoices(_ allowed: [[Bool]]) {
    for (unit, options) in allowed.enumerated() {
      let isFixed = options.count(where: { $0 }) == 1
      choice.append(
        options.map { usable in
          usable ? program.addVariable(lower: isFixed ? 1 : 0, upper: 1, kind: .integer) : nil
        })
      let sum = LinearExpression(choice[unit].compactMap { $0.map { .init(1, $0) } })
      if !isFixed { program.addConstraint("place \(problem.units[unit].name)", sum, equals: 1) }
    }
  }

  /// Share of the unit on device 1, as an expression.
  private func side(_ unit: Int) -> LinearExpression {
    var expression = LinearExpression()
    for (option, variable) in choice[unit].enumerated() {
      if let variable, problem.units[unit].options[option].onlyDevice == 1 {
        expression.add(1, variable)
      }
    }
    return expression
  }

  private mutating func addCrossings() {
    for net in problem.nets {
      crossings.append(
        (0...1).map { from in
          let readers = net.consumers.filter { certain[$0] != from }
          if readers.isEmpty || certain[net.producer] == 1 - from { return .never }
          let isCertain = readers.contains { certain[$0] != nil }
          if isCertain && certain[net.producer] != nil { return .always }
          let crossing = program.addVariable(lower: 0, upper: 1)
          // One reader whose device is certain says the same as all of them, and more than the others.
          let telling = isCertain ? Array(readers.filter { certain[$0] != nil }.prefix(1)) : readers
          let sign: Double = from == 0 ? 1 : -1
          for reader in telling {
            let row = LinearExpression(crossing) - sign * side(reader) + sign * side(net.producer)
            program.addConstraint("", row, lower: 0)
          }
          return .when(crossing)
        })
    }
  }

  /// The staged form: stages with an odd number are device 1, and no reader is in an earlier stage than its producer.
  private mutating func addStages() {
    guard let windows else { return }
    for unit in problem.units.indices {
      let (first, last) = (windows.first[unit], windows.last[unit])
      let own = (first..<last).map { _ in program.addVariable(lower: 0, upper: 1) }
      reached.append(own)
      guard let next = own.first else { continue }
      var row = LinearExpression(constant: Double(first % 2)) - side(unit)
      for (offset, variable) in own.enumerated() { row.add((first + offset) % 2 == 0 ? 1 : -1, variable) }
      program.addConstraint("stage \(problem.units[unit].name)", row, equals: 0)
      var before = next
      for variable in own.dropFirst() {
        program.addConstraint("", LinearExpression(before) - LinearExpression(variable), lower: 0)
        before = variable
      }
    }
    var known: Set<[Int]> = []
    for net in problem.nets {
      for reader in net.consumers where known.insert([net.producer, reader]).inserted {
        let (early, late) = (windows.first[reader], windows.last[net.producer])
        // Other stages are certain for one of the two.
        for stage in early..<max(early, late) {
          program.addConstraint("", isBehind(stage, reader) - isBehind(stage, net.producer), lower: 0)
        }
      }
    }
  }

  /// Whether a unit is behind a stage.
  private func isBehind(_ stage: Int, _ unit: Int) -> LinearExpression {
    guard let windows, stage >= windows.first[unit] else { return LinearExpression(constant: 1) }
    return stage < windows.last[unit]
      ? LinearExpression(reached[unit][stage - windows.first[unit]]) : LinearExpression()
  }

  private mutating func addLoads(_ goal: Goal) {
    let lanes = problem.lanes.count
    var rows = problem.devices.flatMap { device in
      device.baseLoad.map { LinearExpression(constant: $0 / scale) }
    }
    var shared = problem.shared.map { _ in LinearExpression() }
    func charge(_ amounts: [Problem.Amount], device: Int, _ variable: VariableID) {
      for amount in amounts where amount.seconds != 0 {
        rows[device * lanes + amount.index].add(amount.seconds / scale, variable)
      }
    }
    for (unit, variables) in choice.enumerated() {
      for (option, variable) in variables.enumerated() {
        guard let variable else { continue }
        let entry = problem.units[unit].options[option]
        for shard in entry.shards {
          charge(shard.loads, device: entry.onlyDevice, variable)
        }
        for amount in entry.shared where amount.seconds != 0 {
          shared[amount.index].add(amount.seconds / scale, variable)
        }
      }
    }
    for (index, net) in problem.nets.enumerated() {
      for (from, crossing) in crossings[index].enumerated() {
        let out = net.out[problem.devices[from].group]
        let incoming = net.incoming[problem.devices[1 - from].group]
        switch crossing {
        case .never: continue
        case .always:
          for amount in out { rows[from * lanes + amount.index].constant += amount.seconds / scale }
          for amount in incoming {
            rows[(1 - from) * lanes + amount.index].constant += amount.seconds / scale
          }
        case .when(let variable):
          charge(out, device: from, variable)
          charge(incoming, device: 1 - from, variable)
        }
      }
    }
    let used = (rows + shared).filter { !$0.terms.isEmpty || $0.constant > 0 }
    switch goal {
    case .bottleneck:
      let limit = program.addVariable("T")
      bottleneck = limit
      program.objective = LinearExpression(limit)
      for row in used { program.addConstraint("", LinearExpression(limit) - row, lower: 0) }
    case .totalLoad(let seconds):
      for row in used {
        program.addConstraint("", row, upper: seconds / scale)
        program.objective += row
      }
    case .blend(let blend):
      for (index, row) in rows.enumerated() {
        let weight = blend.loads[index / lanes][index % lanes]
        if weight > 0 { program.objective += weight * row }
      }
      guard blend.bottleneck > 0 else { return }
      let limit = program.addVariable("T")
      bottleneck = limit
      program.objective += blend.bottleneck * LinearExpression(limit)
      for row in used { program.addConstraint("", LinearExpression(limit) - row, lower: 0) }
    }
  }

  private mutating func addMemory() {
    for (device, entry) in problem.devices.enumerated() where entry.memory.isFinite {
      let unit = max(1, entry.memory)
      var row = LinearExpression()
      for (index, variables) in choice.enumerated() {
        for (option, variable) in variables.enumerated() {
          let option = problem.units[index].options[option]
          guard let variable, option.onlyDevice == device else { continue }
          let bytes = option.shards.reduce(0) { $0 + $1.memory }
          if bytes > 0 { row.add(bytes / unit, variable) }
        }
      }
      if !row.terms.isEmpty { program.addConstraint("memory \(entry.name)", row, upper: entry.memory / unit) }
    }
  }

  private mutating func addRules() {
    for (unit, leader) in problem.leaders.enumerated() where leader != unit {
      program.addConstraint(
        "together \(problem.units[unit].name)", side(unit) - side(leader), equals: 0)
    }
    let apart = problem.apart.map { Problem.Limit(units: $0, devices: [0, 1], count: 1) }
    for limit in apart + problem.limits {
      let units = Set(limit.units).sorted()
      let onSecond = units.reduce(into: LinearExpression()) { $0 += side($1) }
      for device in limit.devices {
        let number = device == 1 ? onSecond : LinearExpression(constant: Double(units.count)) - onSecond
        program.addConstraint("limit on \(problem.devices[device].name)", number, upper: Double(limit.count))
      }
    }
  }

  /// The assignment a vector stands for: the largest option of each unit.
  func assignment(from values: [Double]) -> Assignment {
    Assignment(
      choices: choice.enumerated().map { unit, variables in
        var best = 0
        var bestValue = -1.0
        for (option, variable) in variables.enumerated() {
          guard let variable, values[variable.index] > bestValue + 1e-9 else { continue }
          best = option
          bestValue = values[variable.index]
        }
        return .init(option: best, devices: [problem.units[unit].options[best].onlyDevice])
      })
  }
}

extension Problem.Option {
  /// The device of a single-shard option that may go to one device only.
  var onlyDevice: Int { shards.first?.devices.first ?? 0 }
}

extension NetSplitProgram {
  /// The vector that stands for an assignment; `nil` when it uses an option that was ruled out.
  func vector(for assignment: Assignment, bottleneck seconds: Double) -> [Double]? {
    var values = Array(repeating: 0.0, count: program.variables.count)
    for (unit, picked) in assignment.choices.enumerated() {
      guard let variable = choice[unit][picked.option] else { return nil }
      values[variable.index] = 1
    }
    let side = assignment.choices.map { $0.devices[0] }
    for (index, net) in problem.nets.enumerated() {
      let from = side[net.producer]
      guard net.consumers.contains(where: { side[$0] != from }) else { continue }
      switch crossings[index][from] {
      case .never: return nil
      case .always: continue
      case .when(let variable): values[variable.index] = 1
      }
    }
    if let windows, let stages = NetSplit.stages(of: side, in: problem) {
      for (unit, variables) in reached.enumerated() {
        for (offset, variable) in variables.enumerated() where stages[unit] > windows.first[unit] + offset {
          values[variable.index] = 1
        }
      }
    }
    if let bottleneck { values[bottleneck.index] = seconds }
    return values
  }
}

extension NetSplitProgram {
  /// Whether what a search has left may do for the relaxation: about two iterations a row.
  func isWorthwhile(_ clock: SearchClock) -> Bool {
    if clock.isOver { return false }
    let rows = Double(program.constraints.count)
    let entries = program.constraints.reduce(0.0) { $0 + Double($1.expression.terms.count) }
    let ticks = 2 * rows * 4 * (2 * rows + entries)
    return ticks <= clock.ticksLeft.map(Double.init) ?? .infinity
      && ticks <= clock.secondsLeft.map { $0 * 1e9 } ?? .infinity
  }
}

extension NetSplitProgram {
  /// Branch and cut on the options and stages within the incumbent, which is exact; of a large problem only where the time
  /// and work for its relaxation is left.
  struct Step: SearchStep {
    let name = StepName.netSplitProgram
    /// Of a blend; most relaxations are integer at the root.
    private static let blendNodes = 400

    func run(_ context: SplitContext, within clock: SearchClock) throws(ProgramError) {
      let (incumbent, options) = (context.incumbent, context.incumbent.options)
      guard let scope = SplitScope(context.problem, order: context.order, limit: incumbent.objective) else {
        return incumbent.refuse(by: context.blend == nil ? name : .stageLimit)
      }
      context.setScale()
      let scale = context.scale
      let program = NetSplitProgram(
        problem: context.problem, scope: scope, scale: scale,
        goal: context.blend.map { .blend($0) } ?? .bottleneck)
      let mayWait = context.blend != nil || incumbent.assignment != nil
      if context.isLarge, mayWait, !program.isWorthwhile(clock) { return }
      if try relaxationSuffices(program, scale, context, clock) { return }
      let outcome = try options.solver.solve(
        program.program,
        limits: SolveLimits(
          gap: options.gap, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft,
          nodeLimit: context.blend == nil ? nil : Self.blendNodes, selection: .bestBound,
          isCancelled: options.isCancelled),
        guide: guide(program, scale, context))
      clock.spend(outcome.ticks)
      incumbent.nodes += outcome.nodes
      context.isSolved = true
      if !outcome.values.isEmpty { incumbent.offer(program.assignment(from: outcome.values)) }
      // Nothing was ruled out but what exceeds the first incumbent, so an empty remainder proves the best one optimal.
      if outcome.vector == .infeasible { return incumbent.close(by: name) }
      incumbent.raise(outcome.bound * scale, by: name)
    }

    /// Whether the linear relaxation proves as much as the caller needs of the incumbent.
    private func relaxationSuffices(
      _ program: NetSplitProgram, _ scale: Double, _ context: SplitContext, _ clock: SearchClock
    ) throws(ProgramError) -> Bool {
      let options = context.incumbent.options
      guard let sufficient = options.sufficientBound, context.blend == nil,
        context.incumbent.assignment != nil
      else { return false }
      let relaxation = try options.solver.solveLinear(
        program.program, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft,
        isCancelled: options.isCancelled)
      clock.spend(relaxation.ticks)
      guard relaxation.vector == .optimal, let value = relaxation.objective, value * scale >= sufficient
      else { return false }
      context.incumbent.raise(value * scale, by: .netSplitRelaxation)
      return true
    }

    /// Rounds each relaxation and offers the result; begins with the incumbent.
    private func guide(
      _ program: NetSplitProgram, _ scale: Double, _ context: SplitContext
    ) -> SolveGuide {
      SolveGuide(
        heuristic: { node in
          let assignment = program.assignment(from: node.relaxation)
          guard let evaluation = context.evaluated(assignment) else { return nil }
          return program.vector(for: assignment, bottleneck: evaluation.objective / scale)
        },
        start: context.blend != nil
          ? nil
          : context.incumbent.assignment.flatMap {
            program.vector(for: $0, bottleneck: context.incumbent.objective / scale)
          })
    }
  }
}
