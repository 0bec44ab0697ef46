import Graph
import TestSupport
import Testing

@testable import Partitioner

@Suite struct BucketPlanTests {
  private static func load(_ length: Int) throws(PartitionError) -> Model {
    do { return Model(graph: try SampleNets.chain(length: 6, width: 512, batch: length)) } catch {
      throw PartitionError(.internalError, "\(error)")
    }
  }

  private static func histogram() throws -> LengthHistogram {
    try LengthHistogram(csv: "8,40\n64,30\n256,20\n1024,10")
  }

  private static func plan(
    _ limit: Int?, options: PlanOptions = PlanOptions(), histogram: LengthHistogram? = nil
  ) throws -> BucketedPlan {
    try Partitioner.plan(
      BucketOptions(dimension: "rows", lengths: try histogram ?? Self.histogram(), limit: limit),
      on: Partitioner.system(cards: 2), options: options, load: load)
  }

  private static func models(of plan: PlanDocument) throws -> [Model] {
    try (plan.buckets?.buckets.dropLast() ?? []).map { try load($0.longest) }
  }

  @Test(arguments: PlanObjective.allCases) func noOtherEndsAreBetter(objective: PlanObjective) throws {
    let options = PlanOptions(objective: objective, teams: .none)
    let histogram = try Self.histogram()
    let values = try histogram.lengths.map {
      try Partitioner.plan(Self.load($0), on: Partitioner.system(cards: 2), options: options).certificate
        .objective
    }
    for limit in 1...4 {
      let found = try Self.plan(limit, options: options)
      let entry = try #require(found.plan.buckets)
      var least = Double.infinity
      for mask in 0..<8 {
        let ends = (0..<4).filter { $0 == 3 || mask >> $0 & 1 == 1 }
        guard ends.count <= limit else { continue }
        var (sum, first) = (0.0, 0)
        for end in ends {
          sum += histogram.shares[first...end].reduce(0, +) * values[end]
          first = end + 1
        }
        least = min(least, sum)
      }
      // Both are within the gap of the best.
      #expect(entry.expected <= least * 1.011)
      #expect(entry.buckets.count <= limit)
      #expect(entry.unbucketed == found.plan.certificate.objective)
      #expect(entry.expected <= entry.unbucketed)
      #expect(
        Partitioner.check(found.plan, model: found.model, buckets: try Self.models(of: found.plan)).isEmpty)
    }
  }

  @Test func theDefaultTakesFewWhereMoreSaveLittle() throws {
    // Of lengths that are nearly alike none is worth a bucket.
    let alike = try LengthHistogram(csv: "1022,5\n1023,5\n1024,5")
    #expect(try Self.plan(nil, histogram: alike).plan.buckets?.buckets.count == 1)
    let (few, most) = (try Self.plan(nil).plan.buckets, try Self.plan(8).plan.buckets)
    #expect(try #require(few).expected <= #require(most).expected * 1.02)
  }

  @Test func theSimulatorServesTheMixture() throws {
    let found = try Self.plan(3)
    let entry = try #require(found.plan.buckets)
    let models = try Self.models(of: found.plan)
    let simulator = try Partitioner.simulator(of: found.plan, model: found.model, buckets: models)
    var options = SimulationOptions(load: .backToBack)
    options.lengths = found.plan.lengthModel
    let mixed = try simulator.run(options)
    #expect(mixed.verdict.holds)
    #expect(abs(mixed.throughputPerSecond.value / entry.throughputPerSecond - 1) < 0.05)
    #expect(entry.throughputPerSecond > 1.5 * found.plan.predicted.throughputPerSecond)
  }

  /// What is predicted of all requests together is the mean of the buckets by their shares, and each bucket is a plan by itself.
  @Test func theMixtureIsPredictedAndBucketsStandAlone() throws {
    let found = try Self.plan(3)
    let entry = try #require(found.plan.buckets)
    let mixture = found.plan.predictedOfMixture
    let plans = entry.buckets.map { $0.plan ?? found.plan }
    for load in mixture.loads {
      let mean = zip(entry.buckets, plans).reduce(0.0) { sum, pair in
        sum + pair.0.share * (pair.1.predicted.loads.first { $0.resource == load.resource }?.seconds ?? 0)
      }
      #expect(abs(load.seconds - mean) <= 1e-12 * max(mean, 1))
    }
    #expect(mixture.throughputPerSecond == entry.throughputPerSecond)
    #expect(mixture.latencySeconds == plans.map(\.predicted.latencySeconds).max())
    #expect(mixture.memory[1].usedBytes > found.plan.predicted.memory[1].usedBytes)
    #expect(found.plan.ofMixture.certificate == found.plan.certificate)
    for (length, longest) in [(1, 8), (8, 8), (9, 64), (1024, 1024)]
    where entry.buckets.contains(where: { $0.longest == longest }) {
      let own = try Partitioner.bucket(ofLength: length, in: found.plan, name: "plan")
      #expect(own.buckets == nil)
      #expect(Partitioner.check(own, model: try Self.load(longest)).isEmpty)
    }
    for length in [0, -1, 1025, .max] {
      #expect(throws: PartitionError.self) {
        try Partitioner.bucket(ofLength: length, in: found.plan, name: "plan")
      }
    }
    let plain = try #require(entry.buckets[0].plan)
    #expect(plain.ofMixture == plain)
    #expect(throws: PartitionError.self) { try Partitioner.bucket(ofLength: 8, in: plain, name: "plan") }
  }

  @Test func theDocumentIsReadBackAndWhatIsNotSoIsFound() throws {
    let found = try Self.plan(3)
    let models = try Self.models(of: found.plan)
    let text = try Partitioner.encode(found.plan)
    let again = try Partitioner.decodePlan(bytes: Array(text.utf8), name: "plan")
    #expect(again == found.plan)
    func kinds(_ change: (inout PlanDocument.BucketsEntry) -> Void) throws -> [Violation.Kind] {
      var changed = found.plan
      var entry = try #require(changed.buckets)
      change(&entry)
      changed.buckets = entry
      return Partitioner.check(changed, model: found.model, buckets: models).map(\.kind)
    }
    #expect(try kinds { _ in } == [])
    #expect(try kinds { $0.expected *= 0.9 } == [.buckets])
    #expect(try kinds { $0.throughputPerSecond *= 1.1 } == [.buckets])
    #expect(try kinds { $0.buckets[0].share += 0.1 }.contains(.buckets))
    #expect(try kinds { $0.buckets[0].objective *= 0.5 }.contains(.buckets))
    #expect(try kinds { $0.buckets[0].longest = 1_000_000 } == [.buckets])
    #expect(try kinds { $0.buckets = [] } == [.buckets])
    #expect(try kinds { $0.lengths = [] } == [.buckets])
    #expect(try kinds { $0.lengths[0].count = -1 } == [.buckets])
    #expect(try kinds { $0.buckets[0].plan?.notes = ["other"] } == [])
    #expect(try kinds { $0.buckets[0].plan?.system.peerToPeer.toggle() }.contains(.buckets))
    #expect(try kinds { $0.buckets[0].plan?.predicted.latencySeconds *= 2 }.contains(.latencyMismatch))
    // Weights of each bucket, which do not fit together.
    var crowded = found.plan
    crowded.buckets?.buckets[0].plan?.predicted.memory[1].staticBytes = 1 << 40
    crowded.buckets?.buckets[0].plan?.predicted.memory[1].usedBytes = 1 << 40
    #expect(Partitioner.check(crowded, model: found.model).map(\.kind).contains(.memoryExceeded))
  }

  /// Each bucket holds its own weights: where the cards and the host have no room for two, there is one.
  @Test func memoryLimitsTheirNumber() throws {
    var system = try Partitioner.system(cards: 1)
    let one = try Partitioner.plan(try Self.load(1024), on: system)
    let memory = one.predicted.memory
    system.cards[0].processor.dram.bytes =
      system.cards[0].reservedBytes + memory[1].usedBytes + memory[1].staticBytes / 2
    system.host.processor.dram.bytes =
      system.host.reservedBytes + memory[0].usedBytes + memory[0].staticBytes / 2 + 1000
    let found = try Partitioner.plan(
      BucketOptions(dimension: "rows", lengths: try Self.histogram(), limit: 4), on: system,
      options: PlanOptions(requestsInFlight: one.request.requestsInFlight), load: Self.load)
    let models = try Self.models(of: found.plan)
    #expect(Partitioner.check(found.plan, model: found.model, buckets: models).isEmpty)
    let more = try Self.plan(4)
    #expect(try #require(found.plan.buckets).buckets.count < #require(more.plan.buckets).buckets.count)
  }

  /// What a rule keeps free is not for buckets either.
  @Test func reservedMemoryStaysFree() throws {
    let system = try Partitioner.system(cards: 1)
    let one = try Partitioner.plan(try Self.load(1024), on: system).predicted.memory
    let reserve = Double(one[1].capacityBytes - one[1].usedBytes - one[1].staticBytes / 2)
    var options = PlanOptions()
    options.rules = PlacementRules(rules: [
      .reserve(devices: ["card0"], bytes: reserve), .forbid(units: ["*"], devices: ["host"]),
    ])
    let found = try Partitioner.plan(
      BucketOptions(dimension: "rows", lengths: try Self.histogram(), limit: 4), on: system, options: options,
      load: Self.load)
    #expect(found.plan.buckets?.buckets.count == 1)
    options.rules.rules.removeFirst()
    let free = try Partitioner.plan(
      BucketOptions(dimension: "rows", lengths: try Self.histogram(), limit: 4), on: system, options: options,
      load: Self.load)
    #expect(try #require(free.plan.buckets).buckets.count > 1)
  }

  @Test func limitsThatAreNoneAreRefused() throws {
    for limit in [0, -1, 65, .max] {
      let error = #expect(throws: PartitionError.self) { try Self.plan(limit) }
      #expect(error?.kind == .usage)
    }
  }
}
