/// A dynamic dimension as exporters write it: a name, or an expression over names in the notation of SymPy and PyTorch, such
/// as `2*batch`, `floor(height/2 - 1/2) + 1`, `Max(1, s0 - 3)`, `Mod(n, 8)` or `(s1//4)**2`. Arithmetic is exact: a
/// division gives a fraction until `floor` or `//` rounds it.
indirect enum DimensionExpression: Equatable {
  case number(Rational)
  case name(String)
  case operation(Operation, [DimensionExpression])

  enum Operation: Equatable {
    case sum, difference, product, quotient, floorQuotient, ceilingQuotient, remainder, power
    case minimum, maximum, floor, ceiling, truncation, absolute, negation, identity
    /// `ModularIndexing(a, b, c)` of PyTorch: a // b % c.
    case modularIndex

    /// A function as it is called, in any case.
    init?(function: String, arguments: Int) {
      switch (function.lowercased(), arguments) {
      case ("floor", 1): self = .floor
      case ("ceiling", 1), ("ceil", 1): self = .ceiling
      case ("trunc", 1), ("trunctoint", 1), ("int", 1): self = .truncation
      case ("abs", 1): self = .absolute
      case ("identity", 1), ("tofloat", 1), ("float", 1): self = .identity
      case ("mod", 2), ("pythonmod", 2): self = .remainder
      case ("floordiv", 2), ("cleandiv", 2): self = .floorQuotient
      case ("ceildiv", 2): self = .ceilingQuotient
      case ("truediv", 2), ("inttruediv", 2), ("floattruediv", 2): self = .quotient
      case ("pow", 2), ("powbynatural", 2): self = .power
      case ("modularindexing", 3): self = .modularIndex
      case ("min", 1...): self = .minimum
      case ("max", 1...): self = .maximum
      default: return nil
      }
    }
  }

  enum Value: Equatable {
    case known(Int, from: [String])
    /// Names that are not bound, in order of appearance, and names that are.
    case unbound([String], bound: [String])
    /// Bound, and no size: the value, or `nil` where there is none.
    case impossible(Rational?, from: [String])
  }

  /// Evaluates an expression; text that is not one counts as a name.
  ///
  /// SymPy writes a difference with spaces, so that `past-length` may be one name: it is, unless `past` and `length` are
  /// bound.
  static func evaluate(_ text: String, _ bindings: [String: Int]) -> Value {
    if let size = bindings[text] { return .known(size, from: [text]) }
    let known = bindings.keys.filter { $0.contains { " -+*/%(),".contains($0) } }
      .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    var unbound: Value?
    for hyphens in [DimensionParser.Hyphens.subtract, .belongToNames] {
      guard let expression = DimensionParser.parse(text, hyphens: hyphens, knownNames: known) else {
        continue
      }
      let names = expression.names
      guard !names.isEmpty || expression.value(bindings)?.whole != nil else { continue }
      let open = names.filter { bindings[$0] == nil }
      let bound = names.filter { bindings[$0] != nil }
      guard open.isEmpty else {
        unbound = .unbound(open, bound: bound)
        continue
      }
      let value = expression.value(bindings)
      return value?.whole.map { .known($0, from: bound) } ?? .impossible(value, from: bound)
    }
    return unbound ?? .unbound([text], bound: [])
  }

  /// Names in order of appearance, each once.
  private var names: [String] {
    var all: [String] = []
    collectNames(into: &all)
    var seen: Set<String> = []
    return all.filter { seen.insert($0).inserted }
  }

  private func collectNames(into names: inout [String]) {
    switch self {
    case .number: break
    case .name(let name): names.append(name)
    case .operation(_, let parts): for part in parts { part.collectNames(into: &names) }
    }
  }

  /// `nil` where a name is not bound, a divisor is 0 or a number leaves the range of integers.
  private func value(_ bindings: [String: Int]) -> Rational? {
    switch self {
    case .number(let number): return number
    case .name(let name): return bindings[name].map { Rational($0) }
    case .operation(let operation, let parts):
      let values = parts.compactMap { $0.value(bindings) }
      guard values.count == parts.count, let first = values.first else { return nil }
      return Self.apply(operation, first, Array(values.dropFirst()))
    }
  }

  private static func apply(_ operation: Operation, _ first: Rational, _ rest: [Rational]) -> Rational? {
    let second = rest.first ?? first
    switch operation {
    case .sum: return first.adding(second)
    case .difference: return second.negated.flatMap(first.adding)
    case .product: return first.multiplied(by: second)
    case .quotient: return first.divided(by: second)
    case .floorQuotient: return first.divided(by: second).map { Rational($0.floor) }
    case .ceilingQuotient: return first.divided(by: second).map { Rational($0.ceiling) }
    case .remainder: return remainder(first, second)
    case .power: return first.raised(to: second)
    case .minimum: return rest.reduce(first) { $1.isLess(than: $0) ? $1 : $0 }
    case .maximum: return rest.reduce(first) { $0.isLess(than: $1) ? $1 : $0 }
    case .floor: return Rational(first.floor)
    case .ceiling: return Rational(first.ceiling)
    case .truncation: return Rational(first.numerator < 0 ? first.ceiling : first.floor)
    case .absolute: return first.numerator < 0 ? first.negated : first
    case .negation: return first.negated
    case .identity: return first
    case .modularIndex:
      guard rest.count == 2, let quotient = first.divided(by: rest[0]) else { return nil }
      return remainder(Rational(quotient.floor), rest[1])
    }
  }

  /// With the sign of the divisor, as in Python and SymPy.
  private static func remainder(_ a: Rational, _ b: Rational) -> Rational? {
    a.divided(by: b).flatMap { b.multiplied(by: Rational($0.floor)) }?.negated.flatMap(a.adding)
  }
}
