/// The passes of a loop added up, without inferring each of them where they follow a rule.
struct LoopRun {
  /// What one pass makes of its states.
  struct Pass {
    var states: [TensorFact]
    var scanned: [TensorFact]
    var work: OperatorWork
    var conditionIsKept: Bool
  }

  /// After the last pass.
  var states: [TensorFact]
  var scanned: [TensorFact]
  /// Of all passes.
  var work: OperatorWork
  /// Whether the passes follow no rule that is known here.
  var isEstimate = false

  /// Passes inferred one by one before a rule must have shown.
  private static let mostSingle = 64
  /// A sum over passes whose work is a polynomial of at most degree 4: as many passes are sampled.
  private static let samples = 5

  /// - Parameters:
  ///   - count: at least 1.
  ///   - first: the first pass, from the states `initial`.
  ///   - pass: infers a pass from the states before it.
  static func run(
    count: Int, from initial: [TensorFact], first: Pass, pass: ([TensorFact]) -> Pass
  ) -> LoopRun {
    var before = initial
    var current = first
    var run = LoopRun(states: first.states, scanned: first.scanned, work: first.work)
    var step: [[Int]]?
    var steady = 0
    for done in 1... {
      (run.states, run.scanned) = (current.states, current.scanned)
      guard done < count else { break }
      let next = difference(before, current.states)
      if let next, next.allSatisfy({ $0.allSatisfy { $0 == 0 } }) {
        run.work = run.work + current.work.repeated(count - done)
        break
      }
      steady = next != nil && next == step ? steady + 1 : 0
      if let next, steady >= 2 {
        run.add(count - done, from: current.states, step: next, pass: pass)
        break
      }
      guard done < mostSingle else {
        run.work = run.work + current.work.repeated(count - done)
        run.isEstimate = true
        break
      }
      step = next
      before = current.states
      current = pass(before)
      run.work = run.work + current.work
    }
    return run
  }

  /// What shapes grow by; `nil` where a rank changes.
  private static func difference(_ before: [TensorFact], _ after: [TensorFact]) -> [[Int]]? {
    var steps: [[Int]] = []
    for (before, after) in zip(before, after) {
      guard let old = before.shape, let new = after.shape else {
        guard before.shape == nil, after.shape == nil else { return nil }
        steps.append([])
        continue
      }
      guard old.count == new.count else { return nil }
      steps.append(zip(new, old).map { $0 - $1 })
    }
    return steps
  }

  private static func grown(_ states: [TensorFact], by step: [[Int]], times: Int) -> [TensorFact] {
    zip(states, step).map { state, step in
      guard let shape = state.shape else { return state }
      var result = state
      result.shape = zip(shape, step).map { size, step in
        let growth = Saturating.product(Int(clamping: step.magnitude), times)
        return step < 0 ? max(0, size - growth) : Saturating.sum(size, growth)
      }
      return result
    }
  }

  /// Adds `count` passes whose states grow by `step` each.
  private mutating func add(
    _ count: Int, from states: [TensorFact], step: [[Int]], pass: ([TensorFact]) -> Pass
  ) {
    let sampled = (0..<min(count, Self.samples)).map { pass(Self.grown(states, by: step, times: $0)) }
    let last = count > sampled.count ? pass(Self.grown(states, by: step, times: count - 1)) : sampled.last
    self.states = Self.grown(states, by: step, times: count)
    if let last { scanned = last.scanned }
    guard count > sampled.count, let last else {
      work = sampled.reduce(work) { $0 + $1.work }
      return
    }
    func total(_ part: (OperatorWork) -> Int) -> (sum: Int, isExact: Bool) {
      let sequence = Differences(sampled.map { part($0.work) })
      guard sequence.value(at: count - 1) == part(last.work) else {
        // Neither constant nor a polynomial: the mean of both ends.
        let ends = Double(part(sampled[0].work)) / 2 + Double(part(last.work)) / 2
        return (Int(exactly: (ends * Double(count)).rounded()) ?? .max, false)
      }
      return (sequence.sum(of: count), true)
    }
    let (matrix, vector) = (total(\.matrixOperations), total(\.vectorOperations))
    isEstimate = !(matrix.isExact && vector.isExact)
    var all = last.work
    (all.matrixOperations, all.vectorOperations) = (matrix.sum, vector.sum)
    work = work + all
  }
}

/// A sequence continued by its differences, as Newton's forward formula does: exact for polynomials of a lower degree than
/// there are values. Results too large for an integer are the largest one.
private struct Differences {
  /// The first value, the first difference, the first difference of differences, and on.
  private let leading: [Int128]

  init(_ values: [Int]) {
    var row = values.map { Int128($0) }
    var leading: [Int128] = []
    while let first = row.first {
      leading.append(first)
      row = zip(row.dropFirst(), row).map { $0 - $1 }
    }
    self.leading = leading
  }

  func value(at index: Int) -> Int { combined(index, shift: 0) }

  /// The sum of the first `count` values.
  func sum(of count: Int) -> Int { combined(count, shift: 1) }

  /// The sum over k of (n choose k + shift) times the k-th difference.
  private func combined(_ n: Int, shift: Int) -> Int {
    var total: Int128 = 0
    var choice: Int128 = 1
    for k in 0..<(leading.count + shift) {
      if k > 0 {
        let (product, overflow) = choice.multipliedReportingOverflow(by: Int128(n - k + 1))
        guard !overflow else { return .max }
        choice = product / Int128(k)
      }
      guard k >= shift else { continue }
      let (term, overflow) = choice.multipliedReportingOverflow(by: leading[k - shift])
      let (sum, overflowOfSum) = total.addingReportingOverflow(term)
      guard !overflow, !overflowOfSum else { return .max }
      total = sum
    }
    return Int(clamping: total)
  }
}
