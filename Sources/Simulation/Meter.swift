/// Gathers the statistics of one replication in constant memory.
struct Meter {
  /// One planned outage, to tell apart requests that arrived before, during and after it.
  struct Outage: Sendable {
    var failure: Int
    var down: Int64
  }

  var events: UInt64 = 0
  private(set) var arrivedCount = 0
  private(set) var completedCount = 0
  private(set) var failedCount = 0
  private(set) var inSystem = 0
  private(set) var mostInSystem = 0
  /// Sum over requests that ended of the time they were in the system.
  private(set) var sojourn: Int128 = 0
  private var inSystemOffset: Int128 = 0
  private(set) var isMeasuring = false
  private(set) var measuredCompleted = 0
  private(set) var measuredFailed = 0
  private(set) var latencySum: Int128 = 0
  private(set) var latencies: LatencyHistogram
  /// Requests by when they arrived, once a failure is planned.
  private(set) var phases = [PhaseMeter](repeating: PhaseMeter(), count: 3)
  private(set) var growth = GrowthSeries()
  private(set) var latencySeries: [Double] = []
  private let keepsLatencies: Bool
  var outages: [Outage] = []
  var devicesDown = 0
  var hitRoomLimit = false
  /// Ticks along the critical path: waiting by resource, in service by resource, waiting for room by device.
  var pathWaits: [Int128]
  var pathService: [Int128]
  var pathGates: [Int128]
  /// Ticks in the batching window.
  var pathBatching: Int128 = 0

  var finished: Int { completedCount + failedCount }

  init(program: CompiledProgram, keepsLatencies: Bool) {
    self.keepsLatencies = keepsLatencies
    latencies = LatencyHistogram()
    pathWaits = [Int128](repeating: 0, count: program.source.resources.count)
    pathService = pathWaits
    pathGates = [Int128](repeating: 0, count: program.source.devices.count)
  }

  func inSystemArea(_ now: Int64) -> Int128 { Int128(inSystem) * Int128(now) + inSystemOffset }

  mutating func arrived(at now: Int64) {
    arrivedCount += 1
    inSystem += 1
    inSystemOffset -= Int128(now)
    if inSystem > mostInSystem { mostInSystem = inSystem }
    growth.add(now, inSystem)
  }

  mutating func completed(arrival: Int64, at now: Int64) {
    left(arrival: arrival, at: now)
    completedCount += 1
    let latency = now - arrival
    if keepsLatencies { latencySeries.append(Ticks.seconds(latency)) }
    guard isMeasuring else { return }
    measuredCompleted += 1
    latencySum += Int128(latency)
    latencies.record(latency)
    if !outages.isEmpty { phases[phase(of: arrival)].completed(latency) }
  }

  mutating func failed(arrival: Int64, at now: Int64) {
    left(arrival: arrival, at: now)
    failedCount += 1
    guard isMeasuring else { return }
    measuredFailed += 1
    if !outages.isEmpty { phases[phase(of: arrival)].failed(arrival: arrival) }
  }

  mutating func startMeasuring() { isMeasuring = true }

  private mutating func left(arrival: Int64, at now: Int64) {
    inSystem -= 1
    inSystemOffset += Int128(now)
    sojourn += Int128(now - arrival)
  }

  /// 0 before the first outage, 1 from then until the last device is back, 2 after.
  private func phase(of arrival: Int64) -> Int {
    guard let first = outages.map(\.down).min(), arrival >= first else { return 0 }
    return devicesDown > 0 || arrival < lastRecovery ? 1 : 2
  }

  /// When the last device that was down came back.
  var lastRecovery: Int64 = 0
}
