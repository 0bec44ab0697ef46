/// Finds out why a problem without nets has no assignment, and the smallest changes that give it one.
///
/// Causes come from necessary conditions that are checked one by one: each unit alone, then sums of memory over sets of
/// devices, then the arrangement. Relaxations are not estimated: each one is solved until a plan exists.
public struct InfeasibilityExplainer {
  /// A change the caller knows how to ask for, for example another precision.
  public struct Candidate: Sendable {
    /// For example `int4 allowed (--precision int4)`.
    public var text: String
    public var problem: Problem

    public init(text: String, problem: Problem) {
      self.text = text
      self.problem = problem
    }
  }

  let problem: Problem
  let candidates: [Candidate]
  private let secondsEach: Double
  private let options: SearchOptions

  /// - Parameter secondsEach: limit of each trial; one that a limit ended counts as not enough.
  public init(
    _ problem: Problem, candidates: [Candidate] = [], options: SearchOptions = SearchOptions(),
    secondsEach: Double = 0.5
  ) {
    self.problem = problem
    self.candidates = candidates
    self.options = options
    self.secondsEach = secondsEach
  }

  /// - Returns: the explanation, or `nil` when the problem is not proven to be infeasible.
  public func explain() throws(ProblemError) -> Infeasibility? {
    let solution = try Optimizer.solve(problem, options: trialOptions())
    guard solution.certificate.status == .infeasible else { return nil }
    var causes = lonelyCauses()
    if causes.isEmpty { causes = memoryCauses() }
    if causes.isEmpty { causes = [try arrangementCause()] }
    var result = Infeasibility(
      problem: problem.name, provedBy: solution.certificate.provedBy, causes: causes, relaxations: [],
      vain: [])
    for candidate in candidates {
      if try isFeasible(candidate.problem) {
        result.relaxations.append(.proposed(candidate.text))
      } else {
        result.vain.append(candidate.text)
      }
    }
    try addMemory(&result)
    try addDevices(&result)
    return result
  }

  private func trialOptions() -> SearchOptions {
    SearchOptions(
      gap: 1, timeLimit: secondsEach, threads: options.threads, seed: options.seed,
      isCancelled: options.isCancelled)
  }

  var isCancelled: Bool { options.isCancelled() }

  func isFeasible(_ problem: Problem) throws(ProblemError) -> Bool {
    try Optimizer.solve(problem, options: trialOptions()).assignment != nil
  }

  // MARK: Causes

  /// Units that have no place even in an empty system.
  private func lonelyCauses() -> [Infeasibility.Cause] {
    var causes: [Infeasibility.Cause] = []
    for unit in problem.units {
      let reasons = unit.options.map(refusal)
      guard reasons.allSatisfy({ $0 != nil }) else { continue }
      var because = reasons.compactMap { $0 }.prefix(5).map { Infeasibility.Cause($0) }
      if unit.options.isEmpty { because = [Infeasibility.Cause(.noOptions)] }
      if reasons.count > 5 { because.append(Infeasibility.Cause(.more(count: reasons.count - 5))) }
      causes.append(Infeasibility.Cause(.unitFitsNowhere(unit: unit.name), because: because))
    }
    return shortened(causes, to: 8)
  }

  /// Why the option cannot be used at all; `nil` when it can.
  private func refusal(_ option: Problem.Option) -> Infeasibility.Kind? {
    for shard in option.shards {
      let roomiest = shard.devices.max { problem.devices[$0].memory < problem.devices[$1].memory }
      guard let roomiest else { return .noDeviceAllowed(option: option.name) }
      let device = problem.devices[roomiest]
      if shard.memory > device.memory * (1 + ProblemEvaluator.memoryTolerance) {
        return .shardTooLarge(
          option: option.name, bytes: shard.memory, device: device.name, capacity: device.memory)
      }
    }
    return nil
  }

  private func shortened(_ causes: [Infeasibility.Cause], to count: Int) -> [Infeasibility.Cause] {
    guard causes.count > count else { return causes }
    return causes.prefix(count) + [Infeasibility.Cause(.more(count: causes.count - count))]
  }

  /// Sets of devices whose own units need more than they have; the smallest set that fails.
  private func memoryCauses() -> [Infeasibility.Cause] {
    let homes = problem.units.map { unit -> Set<Int> in
      Set(unit.options.filter { refusal($0) == nil }.flatMap { $0.shards.flatMap(\.devices) })
    }
    let sets = Set(homes).union([Set(problem.devices.indices)])
      .map { $0.sorted() }.sorted { ($0.count, $0.first ?? 0) < ($1.count, $1.first ?? 0) }
    for set in sets {
      let inside = Set(set)
      let capacity = set.reduce(0) { $0 + problem.devices[$1].memory }
      let needs = problem.units.indices.filter { homes[$0].isSubset(of: inside) }.map {
        (unit: $0, need: leastMemory(problem.units[$0]))
      }
      let bytes = needs.reduce(0) { $0 + $1.need.bytes }
      guard bytes > capacity * (1 + ProblemEvaluator.memoryTolerance) else { continue }
      let largest = needs.sorted { ($1.need.bytes, $0.unit) < ($0.need.bytes, $1.unit) }
      var because = largest.prefix(3).map {
        Infeasibility.Cause(
          .need(unit: problem.units[$0.unit].name, option: $0.need.option, bytes: $0.need.bytes))
      }
      if largest.count > 3 { because.append(Infeasibility.Cause(.more(count: largest.count - 3))) }
      return [
        Infeasibility.Cause(
          .memory(
            devices: set.map { problem.devices[$0].name }, units: needs.count, bytes: bytes,
            capacity: capacity),
          because: because)
      ]
    }
    return []
  }

  private func leastMemory(_ unit: Problem.Unit) -> (option: String, bytes: Double) {
    let all = unit.options.filter { refusal($0) == nil }.map { option in
      (option: option.name, bytes: option.shards.reduce(0) { $0 + $1.memory * Double($1.count) })
    }
    return all.min { $0.bytes < $1.bytes } ?? ("", 0)
  }

  /// Units that cannot be arranged together. Of few units those are left out one by one that the proof does not need,
  /// so what remains is a smallest such set.
  private func arrangementCause() throws(ProblemError) -> Infeasibility.Cause {
    var core = problem
    if problem.units.count <= 40 {
      var index = 0
      while index < core.units.count {
        var smaller = core
        smaller.units.remove(at: index)
        if try Optimizer.solve(smaller, options: trialOptions()).certificate.status == .infeasible {
          core = smaller
        } else {
          index += 1
        }
      }
    }
    let devices = Set(core.units.flatMap { $0.options.flatMap { $0.shards.flatMap(\.devices) } }).sorted()
    return Infeasibility.Cause(
      .arrangement(
        units: core.units.map(\.name), devices: devices.map { problem.devices[$0].name },
        bytes: core.units.reduce(0) { $0 + leastMemory($1).bytes },
        capacity: devices.reduce(0) { $0 + problem.devices[$1].memory }))
  }
}
