import Plan

/// A plan's objective in words.
enum PlanFigure {
  /// With its unit.
  static func words(_ value: Double, _ objective: PlanObjective) -> String {
    switch objective {
    case .throughput: "\(bare(value, objective)) batches/s"
    case .latency: "\(bare(value, objective)) of latency"
    case .energy: "\(bare(value, objective)) a batch"
    }
  }

  static func bare(_ value: Double, _ objective: PlanObjective) -> String {
    switch objective {
    case .throughput: value > 0 ? grouped(1 / value) : "any number"
    case .latency: "\((value * 1e8).rounded() / 100) µs"
    case .energy: "\((value * 1e8).rounded() / 100) µJ"
    }
  }

  /// A number with commas between thousands.
  private static func grouped(_ value: Double) -> String {
    guard value < 1e15 else { return "\(value)" }
    guard value >= 100 else { return "\((value * 100).rounded() / 100)" }
    let digits = Array(String(Int(value.rounded())))
    return digits.indices.reduce(into: "") { text, index in
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digits[index])
    }
  }
}
