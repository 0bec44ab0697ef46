import Plan

/// Draws what makes one request differ from the next: service times, look-ups, lengths.
struct VariationSource {
  private let jitter: Jitter
  private let lengths: LengthModel?
  /// By length of given shares: the part of requests up to it.
  private let upTo: [Double]
  /// Whether requests are padded to the length of a bucket.
  private let isPadded: Bool
  private let tables: [ExecutionProgram.Table]
  /// By table; empty when every request does the average look-ups.
  private let lookups: [CappedDistribution]
  private let parts: [CompiledProgram.Part]
  private var service: RandomStream
  private var lookupRandom: RandomStream
  private var lengthRandom: RandomStream
  /// Look-ups over the average, by slot and table.
  private var tableScale: [Float] = []
  private var lookupScale: [Double] = []
  /// Whether some task's time may differ from the program's.
  let isActive: Bool

  init(
    _ program: CompiledProgram, _ options: SimulationOptions, service: RandomStream, lookups: RandomStream,
    lengths: RandomStream
  ) {
    jitter = options.jitter
    self.lengths = options.lengths
    if case .shares(_, let shares) = options.lengths?.distribution {
      var sum = 0.0
      upTo = shares.map {
        sum += $0
        return sum
      }
    } else {
      upTo = []
    }
    isPadded = !program.source.bucketLengths.isEmpty
    tables = program.source.tables
    let chosen = tables.map { options.lookupsByTable[$0.name] ?? options.lookups }
    self.lookups =
      chosen.allSatisfy { $0 == .fixed }
      ? []
      : zip(chosen, tables).map {
        CappedDistribution($0, average: $1.averageLookups, maximum: Double($1.maximumLookups))
      }
    parts = program.parts
    self.service = service
    lookupRandom = lookups
    lengthRandom = lengths
    var active = options.jitter != .none || options.lengths != nil || !self.lookups.isEmpty
    if options.batching?.cost == .proportional { active = true }
    if case .trace(let arrivals) = options.load {
      active = active || arrivals.contains { $0.lookupScale != nil || $0.length != nil }
    }
    isActive = active
  }

  /// A request's length, `nil` when lengths do not vary.
  mutating func drawLength() -> Double? {
    guard let lengths else { return nil }
    switch lengths.distribution {
    case .fixed(let value): return value
    case .uniform(let minimum, let maximum):
      return Double(Int.random(in: minimum...maximum, using: &lengthRandom))
    case .empirical(let values): return values.randomElement(using: &lengthRandom)
    case .shares(let values, _):
      let drawn = lengthRandom.uniform()
      var (low, high) = (0, values.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if upTo[middle] > drawn { high = middle } else { low = middle + 1 }
      }
      return values.isEmpty ? nil : values[low]
    }
  }

  func lengthScale(_ length: Double?) -> Double {
    guard let lengths, let length, !isPadded else { return 1 }
    return length / lengths.plannedLength
  }

  /// Draws the look-ups of the batch in a slot.
  mutating func drawLookups(slot: Int, scale: Double) {
    guard isActive else { return }
    if lookupScale.count <= slot {
      lookupScale += [Double](repeating: 1, count: slot + 1 - lookupScale.count)
    }
    lookupScale[slot] = scale
    if lookups.isEmpty { return }
    let needed = (slot + 1) * tables.count
    if tableScale.count < needed { tableScale += [Float](repeating: 1, count: needed - tableScale.count) }
    for (index, table) in tables.enumerated() {
      tableScale[slot * tables.count + index] = Float(
        drawScale(lookups[index], average: table.averageLookups))
    }
  }

  /// Multiplier of a task's time.
  mutating func scale(_ task: CompiledProgram.Task, slot: Int, lengthScale: Double) -> Double {
    var total = task.fixedFraction * lengthScale
    for index in Int(task.partStart)..<Int(task.partStart + task.partCount) {
      let part = parts[index]
      let drawn = lookups.isEmpty ? 1 : Double(tableScale[slot * tables.count + Int(part.table)])
      total += part.fraction * drawn * lookupScale[slot]
    }
    switch jitter {
    case .none: return total
    case .uniform(let spread): return total * (1 + spread * (2 * service.uniform() - 1))
    case .lognormal(let variation): return total * service.lognormal(variation: variation)
    case .exponential: return total * service.exponential()
    }
  }

  private mutating func drawScale(_ distribution: CappedDistribution, average: Double) -> Double {
    average > 0 ? distribution.draw(from: &lookupRandom) / average : 1
  }
}
