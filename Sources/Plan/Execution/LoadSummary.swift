/// Busy seconds per batch of every resource, and what follows from them.
public struct LoadSummary: Hashable, Sendable {
  /// By resource: sum over replicas of share x leg seconds, divided by the servers.
  public var loads: [Double]
  /// Of the slowest replica, seconds.
  public var latencySeconds: Double
  /// By device: static bytes + activations x requests in flight.
  public var memoryBytes: [Int]
  /// Joules per batch at saturation: idle power for the period, plus busy minus idle power while a device's cores work.
  public var energyJoules: Double

  public init(_ program: ExecutionProgram) {
    var loads = program.resources.map { _ in 0.0 }
    for variant in program.variants {
      for task in variant.tasks {
        for leg in task.legs { loads[leg.resource] += variant.share * leg.seconds }
      }
    }
    for index in loads.indices { loads[index] /= Double(max(1, program.resources[index].servers)) }
    self.loads = loads
    let request = SingleRequest(program)
    latencySeconds = program.variants.reduce(0) { max($0, request.latency(of: $1)) }
    memoryBytes = program.devices.map {
      let (flight, isHuge) = $0.activationBytes.multipliedReportingOverflow(by: $0.inFlightLimit)
      let (sum, overflow) = $0.staticBytes.addingReportingOverflow(flight)
      return isHuge || overflow ? .max : sum
    }
    energyJoules = Self.energy(program, loads: loads)
  }

  /// The largest load, seconds per batch.
  public var bottleneckSeconds: Double { loads.max() ?? 0 }

  /// The first resource with the largest load.
  public var bottleneck: Int? { loads.indices.max { (loads[$0], -$0) < (loads[$1], -$1) } }

  private static func energy(_ program: ExecutionProgram, loads: [Double]) -> Double {
    let period = loads.max() ?? 0
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
