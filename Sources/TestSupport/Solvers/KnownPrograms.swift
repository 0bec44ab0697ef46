import Modeling

/// Programs whose answers are known in another way.
public enum KnownPrograms {
  /// max 10 a + 6 b + 4 c  st  a+b+c <= 100, 10a+4b+5c <= 600, 2a+2b+6c <= 300: the sample of GLPK's manual, 733.33.
  static func manualSample() -> (program: Program, variables: [VariableID]) {
    var program = Program(sense: .maximise)
    let x = ["a", "b", "c"].map { program.addVariable($0) }
    program.objective = LinearExpression([.init(10, x[0]), .init(6, x[1]), .init(4, x[2])])
    for (row, limit) in [([1.0, 1, 1], 100.0), ([10, 4, 5], 600), ([2, 2, 6], 300)] {
      program.addConstraint("", LinearExpression(zip(row, x).map { .init($0, $1) }), upper: limit)
    }
    return (program, x)
  }

  /// A knapsack with its optimum by dynamic programming.
  static func knapsack(seed: UInt64, items: Int) -> (program: Program, optimum: Double) {
    var random = SeededRandom(seed: seed)
    let values = (0..<items).map { _ in Int.random(in: 1...60, using: &random) }
    let weights = (0..<items).map { _ in Int.random(in: 1...40, using: &random) }
    let capacity = weights.reduce(0, +) / 2
    var program = Program(sense: .maximise)
    let x = (0..<items).map { program.addBinary("x\($0)") }
    program.objective = LinearExpression(zip(values, x).map { .init(Double($0), $1) })
    program.addConstraint(
      "weight", LinearExpression(zip(weights, x).map { .init(Double($0), $1) }), upper: Double(capacity))
    var best = Array(repeating: 0, count: capacity + 1)
    for (value, weight) in zip(values, weights) where weight <= capacity {
      for room in stride(from: capacity, through: weight, by: -1) {
        best[room] = max(best[room], best[room - weight] + value)
      }
    }
    return (program, Double(best[capacity]))
  }

  /// Jobs on three like machines, the last one done as early as may be. They fill the machines evenly, which the
  /// relaxation knows, and which takes many nodes to find.
  static func machines(seed: UInt64) -> (program: Program, optimum: Double, vector: [Double]) {
    var random = SeededRandom(seed: seed)
    let even = 1000
    var sizes: [(size: Int, machine: Int)] = []
    for machine in 0..<3 {
      let cuts = (0..<4).map { _ in Int.random(in: 1..<even, using: &random) }.sorted()
      for (low, high) in zip([0] + cuts, cuts + [even]) where high > low {
        sizes.append((high - low, machine))
      }
    }
    sizes.shuffle(using: &random)
    var program = Program()
    var vector: [Double] = []
    var loads = (0..<3).map { _ in LinearExpression() }
    for job in sizes {
      let x = (0..<3).map { _ in program.addBinary() }
      program.addConstraint("", LinearExpression(x.map { .init(1, $0) }), equals: 1)
      for machine in 0..<3 { loads[machine].add(Double(job.size), x[machine]) }
      vector += (0..<3).map { $0 == job.machine ? 1 : 0 }
    }
    let last = program.addVariable("T")
    program.objective = LinearExpression(last)
    for load in loads { program.addConstraint("", load - LinearExpression(last), upper: 0) }
    return (program, Double(even), vector + [Double(even)])
  }

  /// A linear program with ranges, equations, free and fixed variables and constants, which has a solution; with
  /// integers, small enough to be enumerated.
  public static func random(seed: UInt64, isInteger: Bool = false) -> Program {
    var random = SeededRandom(seed: seed)
    var program = Program(sense: seed.isMultiple(of: 2) ? .maximise : .minimise)
    let count = isInteger ? 4 : Int.random(in: 2...9, using: &random)
    var inside: [Double] = []
    for index in 0..<count {
      let low = Double(Int.random(in: -4...1, using: &random))
      let width = Double(Int.random(in: index == 0 ? 0...0 : 1...4, using: &random))
      let isFree = !isInteger && index == 1
      program.addVariable(
        "v\(index)", lower: isFree ? -.infinity : low, upper: isFree ? .infinity : low + width,
        kind: isInteger ? .integer : .continuous)
      inside.append(low + (isInteger ? 0 : width / 3))
    }
    program.objective.constant = Double(Int.random(in: -20...20, using: &random))
    func expression() -> LinearExpression {
      LinearExpression(
        (0..<count).compactMap { index in
          let coefficient = Int.random(in: -5...5, using: &random)
          return coefficient == 0 ? nil : .init(Double(coefficient), VariableID(index: index))
        }, constant: Double(Int.random(in: -3...3, using: &random)))
    }
    for row in 0..<Int.random(in: 2...6, using: &random) {
      let sides = expression()
      let value = sides.value(at: inside)
      switch row % 4 {
      case 0: program.addConstraint("range", sides, lower: value - 3, upper: value + 2)
      case 1: program.addConstraint("at most", sides, upper: value + 1)
      case 2: program.addConstraint("at least", sides, lower: value - 2)
      default: program.addConstraint("equal", sides, equals: value)
      }
    }
    // The free variable is kept in by rows alone.
    if !isInteger {
      program.addConstraint("free", LinearExpression(VariableID(index: 1)), lower: -30, upper: 30)
    }
    program.objective += expression()
    return program
  }

  /// The least or largest objective over all integer vectors within the bounds; `nil` where none is feasible.
  static func enumerated(_ program: Program) -> Double? {
    var best: Double?
    func extend(_ point: [Double]) {
      guard point.count < program.variables.count else {
        guard program.violations(of: point).isEmpty else { return }
        let value = program.objectiveValue(at: point)
        if best.map({ program.sense == .minimise ? value < $0 : value > $0 }) ?? true { best = value }
        return
      }
      let variable = program.variables[point.count]
      for value in stride(from: variable.lower, through: variable.upper, by: 1) { extend(point + [value]) }
    }
    extend([])
    return best
  }
}
