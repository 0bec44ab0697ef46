extension System {
  /// Everything that makes the system unusable: figures out of range, no cards or too many, names used twice.
  ///
  /// Systems from ``SystemCatalog`` have none. Call it on one that was decoded or built in memory.
  /// - Parameter file: What messages call the place it came from.
  /// - Returns: Findings in field order; empty when the system is sound.
  public func findings(file: String) -> [SystemFinding] {
    var check = SystemCheck(file: file)
    check.processor(host.processor, "host.processor")
    check.reserved(host.reservedBytes, host.processor.dram, "host")
    if !SystemCatalog.cardRange.contains(cards.count) {
      check.report("cards", "a system has 0 to 1024 cards, not \(cards.count)")
    }
    var names: Set<String> = []
    for (index, card) in cards.enumerated() {
      let path = "cards[\(index)]"
      if !names.insert(card.name).inserted {
        check.report("\(path).name", "\"\(card.name)\" is used twice")
      }
      check.processor(card.processor, "\(path).processor")
      check.reserved(card.reservedBytes, card.processor.dram, path)
      check.link(card.link, "\(path).link")
      if let link = card.peerLink { check.link(link, "\(path).peerLink") }
      if let team = card.team { check.team(team, "\(path).team") }
    }
    check.link(uplink, "uplink")
    return check.findings
  }

  /// Checks the system; see ``findings(file:)``.
  /// - Throws: All findings, when there are any.
  public func validate(file: String) throws(SystemError) {
    let findings = findings(file: file)
    if !findings.isEmpty { throw SystemError(category: .badInput, findings: findings) }
  }
}

/// Collects what is wrong with a system's figures.
private struct SystemCheck {
  let file: String
  var findings: [SystemFinding] = []

  /// Counts of bytes, operations and look-ups up to here keep every sum of a plan finite and exact enough.
  private static let largest = 1e21
  private static let largestBytes = 1 << 60

  init(file: String) { self.file = file }

  mutating func report(_ field: String, _ message: String) {
    findings.append(SystemFinding(file: file, field: field, message: message))
  }

  mutating func team(_ team: CardTeam, _ path: String) {
    if !(2...1024).contains(team.cards) { report("\(path).cards", "must be 2 to 1024, found \(team.cards)") }
    notNegative(team.latencySeconds, "\(path).latencySeconds")
    positive(team.bytesPerSecond, "\(path).bytesPerSecond")
  }

  mutating func processor(_ processor: Processor, _ path: String) {
    if !(1...1_000_000).contains(processor.cores) {
      report("\(path).cores", "must be 1 to 1000000, found \(processor.cores)")
    }
    engine(processor.matrix, "\(path).matrix")
    engine(processor.vector, "\(path).vector")
    memory(processor.dram, "\(path).dram")
    if let sram = processor.sram { memory(sram, "\(path).sram") }
    if let cache = processor.cache {
      if cache.bytes <= 0 || cache.bytes > Self.largestBytes {
        report("\(path).cache.bytes", "must be 1 to 2^60, found \(cache.bytes)")
      }
      if !(cache.speedup >= 1 && cache.speedup <= 1e9) {
        report("\(path).cache.speedup", "must be 1 to 10^9, found \(cache.speedup)")
      }
    }
    for precision in Precision.allCases {
      guard let figures = processor.products?[precision] else { continue }
      notNegative(figures.halfResults, "\(path).products.\(precision.rawValue).halfResults")
      notNegative(figures.halfDepth, "\(path).products.\(precision.rawValue).halfDepth")
      notNegative(figures.launchSeconds, "\(path).products.\(precision.rawValue).launchSeconds")
      notNegative(figures.quantiseSeconds ?? 0, "\(path).products.\(precision.rawValue).quantiseSeconds")
      notNegative(figures.quantiseBytes ?? 0, "\(path).products.\(precision.rawValue).quantiseBytes")
    }
    for kind in OperatorClass.allCases {
      guard let figures = processor.classes?[kind] else { continue }
      let path = "\(path).classes.\(kind.rawValue)"
      positive(figures.efficiency, "\(path).efficiency")
      notNegative(figures.halfResults, "\(path).halfResults")
      notNegative(figures.halfDepth, "\(path).halfDepth")
      positive(figures.bandwidthShare, "\(path).bandwidthShare")
      notNegative(figures.launchSeconds, "\(path).launchSeconds")
      notNegative(figures.error, "\(path).error")
    }
    notNegative(processor.launchSeconds, "\(path).launchSeconds")
    positive(processor.lookupsPerCorePerSecond, "\(path).lookupsPerCorePerSecond")
    if let share = processor.foreignLookupFraction { fraction(share, "\(path).foreignLookupFraction") }
    notNegative(processor.idleWatts, "\(path).idleWatts")
    positive(processor.busyWatts, "\(path).busyWatts")
  }

  mutating func reserved(_ bytes: Int, _ dram: Memory, _ path: String) {
    if bytes < 0 || bytes >= dram.bytes {
      report("\(path).reservedBytes", "must be 0 to less than dram.bytes, found \(bytes)")
    }
  }

  mutating func link(_ link: Link, _ path: String) {
    positive(link.bytesPerSecond, "\(path).bytesPerSecond")
    fraction(link.sustainedFraction, "\(path).sustainedFraction")
    notNegative(link.commandSeconds, "\(path).commandSeconds")
  }

  private mutating func engine(_ peaks: [Precision: EnginePeak], _ path: String) {
    if peaks.isEmpty { report(path, "needs at least one precision") }
    for precision in Precision.allCases {
      guard let peak = peaks[precision] else { continue }
      positive(peak.operationsPerSecond, "\(path).\(precision.rawValue).operationsPerSecond")
      fraction(peak.sustainedFraction, "\(path).\(precision.rawValue).sustainedFraction")
    }
  }

  private mutating func memory(_ memory: Memory, _ path: String) {
    if memory.bytes <= 0 || memory.bytes > Self.largestBytes {
      report("\(path).bytes", "must be 1 to 2^60, found \(memory.bytes)")
    }
    positive(memory.bytesPerSecond, "\(path).bytesPerSecond")
    fraction(memory.sustainedFraction, "\(path).sustainedFraction")
    fraction(memory.randomFraction, "\(path).randomFraction")
    if !(1...65_536).contains(memory.burstBytes) {
      report("\(path).burstBytes", "must be 1 to 65536, found \(memory.burstBytes)")
    }
    if let least = memory.leastRowBytes, !(1...65_536).contains(least) {
      report("\(path).leastRowBytes", "must be 1 to 65536, found \(least)")
    }
  }

  private mutating func positive(_ value: Double, _ field: String) {
    if !(value > 0 && value <= Self.largest) {
      report(field, "must be above 0 and at most 10^21, found \(value)")
    }
  }

  private mutating func notNegative(_ value: Double, _ field: String) {
    if !(value >= 0 && value <= Self.largest) {
      report(field, "must be 0 to 10^21, found \(value)")
    }
  }

  private mutating func fraction(_ value: Double, _ field: String) {
    if !(value > 0 && value <= 1) {
      report(field, "must be above 0 and at most 1, found \(value)")
    }
  }
}
