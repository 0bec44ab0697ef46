/// Finds out why a problem has no assignment, and the smallest changes that give it one.
///
/// Causes come from necessary conditions that are checked one by one: each unit alone, then units that stay together, rules
/// that count, sums of memory over sets of devices, the order of parts, then the arrangement. Relaxations are not
/// estimated: each one is solved until a plan exists, by short searches that count their steps.
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
  private let options: SearchOptions

  /// - Parameter options: a time limit is that of each trial; one that a limit ended counts as not enough.
  public init(
    _ problem: Problem, candidates: [Candidate] = [], options: SearchOptions
  ) {
    self.problem = problem
    self.candidates = candidates
    self.options = options
  }

  /// - Returns: the explanation, or `nil` when the problem is not proven to be infeasible.
  public func explain() throws(ProblemError) -> Infeasibility? {
    let solution = try Optimizer.solve(problem, options: trialOptions())
    guard solution.certificate.status == .infeasible else { return nil }
    var causes = lonelyCauses()
    if causes.isEmpty { causes = togetherCauses() }
    if causes.isEmpty, let reason = RulePigeonhole.refutation(of: problem) {
      causes = [.init(.count(reason))]
    }
    if causes.isEmpty { causes = memoryCauses() }
    if causes.isEmpty { causes = try jointCauses() }
    if causes.isEmpty { causes = [try arrangementCause()] }
    var result = Infeasibility(
      problem: problem.name, provedBy: solution.certificate.provedBy, causes: causes, relaxations: [],
      vain: [])
    for candidate in candidates {
      if try isFeasible(candidate.problem) {
        result.relaxations.append(.proposed(candidate.text))
      } else if !isCancelled {
        result.vain.append(candidate.text)
      }
    }
    try addMemory(&result)
    try addDevices(&result)
    return result
  }

  private func trialOptions() -> SearchOptions {
    SearchOptions(
      solver: options.solver, gap: 1, timeLimit: options.timeLimit, threads: options.threads,
      seed: options.seed, effort: .brief,
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

  /// Units of one colour that no device has room for together; every option counts with its largest shard.
  private func togetherCauses() -> [Infeasibility.Cause] {
    var groups: [Int: [Problem.Unit]] = [:]
    for unit in problem.units { if let colour = unit.colour { groups[colour, default: []].append(unit) } }
    var causes: [Infeasibility.Cause] = []
    for (_, units) in groups.sorted(by: { $0.key < $1.key }) where units.count > 1 {
      let isWhole = units.allSatisfy {
        $0.options.allSatisfy { $0.shards.count == 1 && $0.shards[0].count == 1 }
      }
      guard isWhole else { continue }
      let common = units.dropFirst().reduce(units[0].devices) { $0.intersection($1.devices) }
      guard
        let roomiest = common.sorted().max(by: { problem.devices[$0].memory < problem.devices[$1].memory })
      else {
        causes.append(.init(.noCommonDevice(units: units.map(\.name))))
        continue
      }
      let bytes = units.reduce(0) { $0 + leastMemory($1).bytes }
      let device = problem.devices[roomiest]
      if bytes > device.memory * (1 + ProblemEvaluator.memoryTolerance) {
        causes.append(
          .init(
            .togetherTooLarge(
              units: units.map(\.name), bytes: bytes, device: device.name, capacity: device.memory)))
      }
    }
    return shortened(causes, to: 8)
  }

  /// What stands in the way where everything else can be had: rules that count, or the order of parts.
  private func jointCauses() throws(ProblemError) -> [Infeasibility.Cause] {
    if !problem.apart.isEmpty || !problem.limits.isEmpty {
      var changed = problem
      changed.apart = []
      changed.limits = []
      if try isFeasible(changed) { return [.init(.counting)] }
    }
    if problem.order == .acyclicQuotient, problem.objective == .throughput {
      var changed = problem
      changed.order = .free
      if try isFeasible(changed) { return [.init(.order)] }
    }
    return []
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
    if problem.units.count <= 40, problem.nets.isEmpty, problem.apart.isEmpty, problem.limits.isEmpty {
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
