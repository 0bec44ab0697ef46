extension ObjectReader {
  /// The processor fields that hosts and cards share; `nil` when one is wrong.
  mutating func processor() -> Processor? {
    let cores = integer("cores", 1...1_000_000)
    let matrix = engine("matrix")
    let vector = engine("vector")
    let dram = dramMemory()
    let sram = sramMemory()
    let cache = dramCache()
    let products = matrix.map { productFigures(of: $0.keys) } ?? nil
    let classes = classFigures()
    let launch = number("launchMicroseconds", .notNegative)
    let lookups = number("lookupsPerCorePerSecond", .positive)
    let foreign = has("foreignLookupFraction") ? number("foreignLookupFraction", .fraction) : nil
    let joint = jointKernels()
    let idle = number("idleWatts", .notNegative)
    let busy = number("busyWatts", .positive)
    if let idle, let busy, idle > busy {
      report("idleWatts", "must be at most busyWatts (\(words(busy))), found \(words(idle))")
    }
    guard let cores, let matrix, let vector, let dram, let launch, let lookups, let idle, let busy
    else { return nil }
    return Processor(
      cores: cores, matrix: matrix, vector: vector, dram: dram, sram: sram, cache: cache,
      products: products, classes: classes, launchSeconds: launch / 1e6, lookupsPerCorePerSecond: lookups,
      foreignLookupFraction: foreign, jointKernels: joint, idleWatts: idle, busyWatts: busy)
  }

  /// A link with the fields `<prefix>GigabytesPerSecond`, `...SustainedFraction` and `...CommandMicroseconds`.
  mutating func link(_ prefix: String) -> Link? {
    let rate = number(prefix + "GigabytesPerSecond", .positive, scale: 1e9)
    let fraction = number(prefix + "SustainedFraction", .fraction)
    let command = number(prefix + "CommandMicroseconds", .notNegative)
    guard let rate, let fraction, let command else { return nil }
    return Link(bytesPerSecond: rate, sustainedFraction: fraction, commandSeconds: command / 1e6)
  }

  /// Bytes kept back of `dram`, which must be fewer than there are.
  mutating func reservedBytes(of dram: Memory?) -> Int? {
    guard let reserved = number("reservedGigabytes", .notNegative, scale: 1e9).flatMap(Int.init(exactly:))
    else { return nil }
    if let dram, reserved >= dram.bytes {
      report("reservedGigabytes", "must be less than dramGigabytes")
      return nil
    }
    return reserved
  }

  private mutating func engine(_ kind: String) -> [Precision: EnginePeak]? {
    let before = findings.count
    let peaks = numbersByPrecision(kind + "TeraOperationsPerSecond", .positive, scale: 1e12)
    let precisions = Precision.allCases.filter { peaks[$0] != nil }
    let fractionKey = kind + "SustainedFraction"
    let fractions = numbersByPrecision(fractionKey, .fraction, expected: precisions)
    var result: [Precision: EnginePeak] = [:]
    for precision in Precision.allCases {
      switch (peaks[precision], fractions[precision]) {
      case (.some(let peak), .some(let fraction)):
        result[precision] = EnginePeak(operationsPerSecond: peak, sustainedFraction: fraction)
      case (.some, nil):
        if findings.count == before { report(fractionKey, "has no \(precision.rawValue)") }
      case (nil, .some):
        if findings.count == before {
          report("\(fractionKey).\(precision.rawValue)", "has no peak in \(kind)TeraOperationsPerSecond")
        }
      case (nil, nil): break
      }
    }
    return findings.count == before && !result.isEmpty ? result : nil
  }

  private mutating func dramMemory() -> Memory? {
    let size = number("dramGigabytes", .positive, scale: 1e9).flatMap(Int.init(exactly:))
    let rate = number("dramGigabytesPerSecond", .positive, scale: 1e9)
    let fraction = number("dramSustainedFraction", .fraction)
    let random = number("dramRandomFraction", .fraction)
    let burst = integer("dramBurstBytes", 1...65_536)
    let least = has("dramLeastRowBytes") ? integer("dramLeastRowBytes", 1...65_536) : nil
    guard let size, let rate, let fraction, let random, let burst else { return nil }
    return Memory(
      bytes: size, bytesPerSecond: rate, sustainedFraction: fraction, randomFraction: random,
      burstBytes: burst, leastRowBytes: least)
  }

  /// Optional.
  private mutating func jointKernels() -> [JointKernel]? {
    guard has("jointKernels"), let names = strings("jointKernels") else { return nil }
    for (index, name) in names.enumerated() where JointKernel(rawValue: name) == nil {
      let known = JointKernel.allCases.map(\.rawValue).joined(separator: ", ")
      report("jointKernels[\(index)]", "'\(name)' is no joint kernel; known are \(known)")
    }
    return JointKernel.allCases.filter { names.contains($0.rawValue) }
  }

  /// Optional: both fields or none.
  private mutating func dramCache() -> Cache? {
    let keys = ["cacheMebibytes", "cacheSpeedup"]
    guard keys.contains(where: { has($0) }) else { return nil }
    let size = number(keys[0], .positive, scale: 1_048_576).flatMap(Int.init(exactly:))
    let speedup = number(keys[1], .positive)
    if let speedup, speedup < 1 { report(keys[1], "must be at least 1, found \(words(speedup))") }
    guard let size, let speedup else { return nil }
    return Cache(bytes: size, speedup: speedup)
  }

  /// Optional: all three fields or none, in some precisions of the matrix engine.
  private mutating func productFigures(
    of known: some Sequence<Precision>
  ) -> [Precision: ProductFigures]? {
    let keys = ["matrixHalfResults", "matrixHalfDepth", "matrixLaunchMicroseconds"]
    let ofQuantising = ["matrixQuantiseMicroseconds", "matrixQuantiseBytes"]
    guard (keys + ofQuantising).contains(where: { has($0) }) else { return nil }
    let figures = keys.map { numbersByPrecision($0, .notNegative, expected: Array(known)) }
    let quantising = ofQuantising.map { has($0) ? numbersByPrecision($0, .notNegative, expected: []) : [:] }
    var result: [Precision: ProductFigures] = [:]
    let known = Set(known)
    for (key, values) in zip(ofQuantising, quantising) {
      for precision in Precision.allCases where values[precision] != nil {
        if figures.contains(where: { $0[precision] == nil }) {
          report("\(key).\(precision.rawValue)", "has no \(keys.joined(separator: ", ")) beside it")
        }
      }
    }
    for precision in Precision.allCases where figures.contains(where: { $0[precision] != nil }) {
      for (key, values) in zip(keys, figures) {
        if !known.contains(precision) {
          report("\(key).\(precision.rawValue)", "has no peak in matrixTeraOperationsPerSecond")
        } else if values[precision] == nil {
          report(key, "has no \(precision.rawValue)")
        }
      }
      if let results = figures[0][precision], let depth = figures[1][precision],
        let launch = figures[2][precision]
      {
        result[precision] = ProductFigures(
          halfResults: results, halfDepth: depth, launchSeconds: launch / 1e6,
          quantiseSeconds: quantising[0][precision].map { $0 / 1e6 }, quantiseBytes: quantising[1][precision])
      }
    }
    return result
  }

  /// Optional: all three fields or none.
  private mutating func sramMemory() -> Memory? {
    let keys = ["sramMebibytes", "sramGigabytesPerSecond", "sramSustainedFraction"]
    guard keys.contains(where: { has($0) }) else { return nil }
    let size = number(keys[0], .positive, scale: 1_048_576).flatMap(Int.init(exactly:))
    let rate = number(keys[1], .positive, scale: 1e9)
    let fraction = number(keys[2], .fraction)
    guard let size, let rate, let fraction else { return nil }
    return Memory(bytes: size, bytesPerSecond: rate, sustainedFraction: fraction, burstBytes: 1)
  }
}
