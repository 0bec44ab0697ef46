/// Busy seconds per batch of every resource, and what follows from them.
public struct LoadSummary: Hashable, Sendable {
  /// By resource: sum over replicas of share x leg seconds, divided by the servers.
  public var loads: [Double]
  /// Seconds between two batches run back to back, where the requests in flight do not keep any resource busy all the time:
  /// because they are too few, or because they return to the same devices so often that they hold each other up. See
  /// ``BackToBack``. 0 where they do.
  public private(set) var turnSeconds: Double
  /// Whether requests in flight might keep the resources from being busy, and were not followed to see it.
  public private(set) var leavesTurnsOut = false
  /// Part of the time that the scarcest places for requests in flight would be taken at the resources' rate, if a request
  /// held them as long as in an empty system; above 1 where they cannot be.
  public private(set) var placesShare: Double
  /// The device whose places for requests in flight are taken longest.
  private var scarcestDevice = 0
  /// Of the slowest replica, seconds.
  public var latencySeconds: Double
  /// By device: static bytes + activations x requests in flight.
  public var memoryBytes: [Int]
  /// Joules per batch at saturation: idle power for the period, plus busy minus idle power while a device's cores work.
  public var energyJoules: Double

  /// - Parameter followsTurns: Whether requests are followed where they might hold each other up; without, the figures are
  ///   those of the resources.
  public init(_ program: ExecutionProgram, followsTurns: Bool = true) {
    var loads = program.resources.map { _ in 0.0 }
    for variant in program.variants {
      for task in variant.tasks {
        for leg in task.legs { loads[leg.resource] += variant.share * leg.seconds }
      }
    }
    for index in loads.indices { loads[index] /= Double(max(1, program.resources[index].servers)) }
    self.loads = loads
    let request = SingleRequest(program)
    let schedules = program.variants.map(request.schedule)
    latencySeconds = schedules.joined().reduce(0) { max($0, $1.end) }
    turnSeconds = 0
    let places = Self.places(program, schedules)
    let busy = loads.max() ?? 0
    scarcestDevice = places.indices.max { (places[$0], -$0) < (places[$1], -$1) } ?? 0
    let scarcest = places.isEmpty ? 0 : places[scarcestDevice]
    placesShare = busy > 0 ? scarcest / busy : 0
    if scarcest > Self.ampleShare * busy || Self.returnsOften(program, loads: loads) {
      leavesTurnsOut = !followsTurns
      let turn = followsTurns ? BackToBack(program).period(least: busy) : 0
      if turn > busy * (1 + RequestLine.tolerance) { turnSeconds = turn }
    }
    memoryBytes = program.devices.map {
      let (flight, isHuge) = $0.activationBytes.multipliedReportingOverflow(by: $0.inFlightLimit)
      let (sum, overflow) = $0.staticBytes.addingReportingOverflow(flight)
      return isHuge || overflow ? .max : sum
    }
    energyJoules = Self.energy(program, loads: loads, period: max(busy, turnSeconds))
  }

  /// The largest load, seconds per batch.
  public var bottleneckSeconds: Double { max(loads.max() ?? 0, turnSeconds) }

  /// What has the largest load.
  public enum Bottleneck: Hashable, Sendable {
    /// By position in ``LoadSummary/loads``.
    case resource(Int)
    /// The requests in flight of a device, by position.
    case places(Int)
  }

  /// The first resource with the largest load, or the requests in flight.
  public var bottleneck: Bottleneck? {
    turnSeconds > 0 ? .places(scarcestDevice) : busiestResource.map { .resource($0) }
  }

  /// The first one with the largest load.
  public var busiestResource: Int? { loads.indices.max { (loads[$0], -$0) < (loads[$1], -$1) } }

  /// While places are taken for less than this part of the bottleneck's time, requests in flight are enough.
  public static let ampleShare = 0.5
  /// From so many turns on one device on, a program is a line that its requests enter again and again. Such a line may do
  /// much less than its resources could (Lu and Kumar 1991).
  private static let manyTurns = 3
  /// Requests hold each other up where a device beside the busiest one is busy for this part of its time.
  private static let alsoBusy = 0.75

  /// Whether requests take many turns on one device, and two devices that they visit are busy most of the time.
  private static func returnsOften(_ program: ExecutionProgram, loads: [Double]) -> Bool {
    let busy = alsoBusy * (loads.max() ?? 0)
    return program.variants.contains { variant in
      var turns = program.devices.map { _ in 0 }
      var isBusy = program.devices.map { _ in false }
      for task in variant.tasks {
        if task.kind != .transfer { turns[task.device] += 1 }
        for leg in task.legs where loads[leg.resource] >= busy {
          isBusy[program.resources[leg.resource].device] = true
        }
      }
      return turns.contains { $0 >= manyTurns } && isBusy.count { $0 } > 1
    }
  }

  /// By device: seconds per batch that its places for requests in flight are taken in an empty system, divided by the places.
  ///
  /// n places that are each taken for T seconds a request let n / T requests a second through (Little's law).
  private static func places(
    _ program: ExecutionProgram, _ schedules: [[SingleRequest.Interval]]
  ) -> [Double] {
    program.devices.enumerated().map { device, entry in
      zip(program.variants, schedules).reduce(0) { $0 + $1.0.share * stay($1.0, $1.1, on: device) }
        / Double(max(1, entry.inFlightLimit))
    }
  }

  /// Seconds from a request's first task on a device to its last, transfers from and to it included.
  private static func stay(
    _ variant: ExecutionProgram.Variant, _ schedule: [SingleRequest.Interval], on device: Int
  ) -> Double {
    var first = Double.infinity
    var last = 0.0
    for (task, interval) in zip(variant.tasks, schedule) where task.touches(device) {
      first = min(first, interval.start)
      last = max(last, interval.end)
    }
    return max(0, last - first)
  }

  private static func energy(_ program: ExecutionProgram, loads: [Double], period: Double) -> Double {
    // A device is busy while any of its cores is; the busier of its two groups is a lower bound of that time.
    var busy = program.devices.map { _ in 0.0 }
    for (resource, load) in zip(program.resources, loads) {
      switch resource.kind {
      case .hostCores, .sparseCores, .denseCores: busy[resource.device] = max(busy[resource.device], load)
      default: break
      }
    }
    var joules = 0.0
    for (device, busy) in zip(program.devices, busy) {
      joules += device.idleWatts * period + (device.busyWatts - device.idleWatts) * busy
    }
    return joules
  }
}

extension ExecutionProgram.Task {
  fileprivate func touches(_ other: Int) -> Bool { device == other || source == other }
}
