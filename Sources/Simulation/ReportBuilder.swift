import Plan

/// Merges replications into the report.
enum ReportBuilder {
  static func build(
    _ simulator: Simulator, _ options: SimulationOptions, _ outcome: Replications.Outcome, warmUp: Int
  ) -> SimulationReport {
    let results = outcome.results
    let program = simulator.program
    var all = LatencyHistogram()
    for result in results { all.merge(result.latencies) }
    let measured = results.reduce(0) { $0 + $1.measuredCompleted }
    let window = results.reduce(0) { $0 + $1.windowSeconds }
    let mean = results.reduce(0) { $0 + $1.meanLatencySeconds * Double($1.measuredCompleted) }
    let meanLatency = measured > 0 ? mean / Double(measured) : 0
    let throughput = window > 0 ? Double(measured) / window : 0
    let resources = resourceSummaries(program, results, window: window, measured: measured)
    let devices = deviceSummaries(program, results, resources, window: window, measured: measured)
    let watts = devices.reduce(0) { $0 + $1.averageWatts }
    let limiting = resources.indices.max { resources[$0].utilisation < resources[$1].utilisation }
    func quantile(_ fraction: Double) -> SimulationReport.Estimate {
      .init(
        value: all.quantile(fraction),
        halfWidth95: StudentT.halfWidth95(results.map { $0.latencies.quantile(fraction) }))
    }
    let unstable = unstable(results, excess: excess(of: options, over: simulator.bounds))
    let counts = counts(results)
    let memoryViolated = devices.contains(where: \.memoryViolated)
    return SimulationReport(
      verdict: .init(
        options.requirements, latencies: all, failed: results.reduce(0) { $0 + $1.measuredFailed },
        counts: counts, unstable: unstable, memoryViolated: memoryViolated),
      unstable: unstable,
      latency: .init(
        mean: .init(
          value: meanLatency, halfWidth95: StudentT.halfWidth95(results.map(\.meanLatencySeconds))),
        p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99),
        p999: quantile(0.999),
        maximum: all.largestSeconds),
      throughputPerSecond: .init(
        value: throughput,
        halfWidth95: StudentT.halfWidth95(
          results.map { $0.windowSeconds > 0 ? Double($0.measuredCompleted) / $0.windowSeconds : 0 })),
      offeredPerSecond: options.load.meanRate,
      resources: resources, devices: devices, limitingResource: limiting.map { resources[$0].name } ?? "",
      limitedByInFlight: fullDevice(devices, than: limiting.map { resources[$0].utilisation } ?? 0),
      criticalPath: criticalPath(program, results, measured: measured),
      energyPerRequestJoules: throughput > 0 ? watts / throughput : 0, averageWatts: watts,
      requestsPerSecondPerWatt: watts > 0 ? throughput / watts : 0,
      availability: counts.availability, memoryViolated: memoryViolated, counts: counts,
      littlesLaw: .init(
        meanInSystem: weighted(results, by: \.meanInSystem, window: window),
        rateTimesLatency: throughput * meanLatency, holds: results.allSatisfy(\.littleIdentityHolds)),
      phases: options.failures.isEmpty ? [] : phases(results),
      run: .init(
        seed: options.seed, replications: results.count, warmUpRequests: warmUp,
        precisionReached: outcome.precisionReached,
        relaxationTimes: RunLength(simulator, options).relaxationRequests.map {
          Double(measured) / Double(max(1, results.count)) / $0
        },
        simulatedSeconds: results.reduce(0) { $0 + $1.simulatedSeconds },
        events: results.reduce(0) { $0 + $1.events }))
  }

  private static func fullDevice(_ devices: [SimulationReport.Device], than utilisation: Double) -> String? {
    func fill(_ device: SimulationReport.Device) -> Double {
      device.inFlightLimit.map { device.meanInFlight / Double($0) } ?? 0
    }
    guard let fullest = devices.max(by: { fill($0) < fill($1) }) else { return nil }
    return fill(fullest) >= max(0.9, utilisation) ? fullest.name : nil
  }

  private static func weighted(
    _ results: [RunResult], by value: KeyPath<RunResult, Double>, window: Double
  ) -> Double {
    window > 0 ? results.reduce(0) { $0 + $1[keyPath: value] * $1.windowSeconds } / window : 0
  }

  private static func resourceSummaries(
    _ program: ExecutionProgram, _ results: [RunResult], window: Double, measured: Int
  ) -> [SimulationReport.Resource] {
    program.resources.indices.map { index in
      let resource = program.resources[index]
      let parts = results.map { $0.resources[index] }
      let busy = parts.reduce(0) { $0 + $1.busySeconds }
      let served = parts.reduce(0) { $0 + $1.served }
      let pathWait = parts.reduce(0) { $0 + $1.pathWaitSeconds }
      return SimulationReport.Resource(
        name: resource.name, device: program.devices[resource.device].name, servers: resource.servers,
        utilisation: window > 0 ? busy / (window * Double(resource.servers)) : 0,
        meanQueueLength: window > 0 ? parts.reduce(0) { $0 + $1.queueSeconds } / window : 0,
        maximumQueueLength: parts.map(\.longestQueue).max() ?? 0,
        meanWaitSeconds: served > 0 ? parts.reduce(0) { $0 + $1.waitedSeconds } / Double(served) : 0,
        criticalWaitSeconds: measured > 0 ? pathWait / Double(measured) : 0)
    }
  }

  /// Power is taken to rise in a straight line from idle to busy watts with the time in which any group of the device's
  /// cores works. Memory and links are left out.
  private static func deviceSummaries(
    _ program: ExecutionProgram, _ results: [RunResult], _ resources: [SimulationReport.Resource],
    window: Double, measured: Int
  ) -> [SimulationReport.Device] {
    program.devices.indices.map { index in
      let device = program.devices[index]
      let working = results.reduce(0) { $0 + $1.devices[index].workingSeconds }
      let utilisation = window > 0 ? min(1, working / window) : 0
      let most = results.map { $0.devices[index].mostInFlight }.max() ?? 0
      let (activations, overflow) = device.activationBytes.multipliedReportingOverflow(by: most)
      let (bytes, sumOverflow) = device.staticBytes.addingReportingOverflow(activations)
      let highWater = overflow || sumOverflow ? Int.max : bytes
      let gates = results.reduce(0) { $0 + $1.devices[index].pathGateSeconds }
      return SimulationReport.Device(
        name: device.name, utilisation: utilisation,
        averageWatts: device.idleWatts + (device.busyWatts - device.idleWatts) * utilisation,
        memoryHighWaterBytes: highWater, memoryBytes: device.memoryBytes,
        memoryViolated: highWater > device.memoryBytes, maximumInFlight: most,
        meanInFlight: window > 0 ? results.reduce(0) { $0 + $1.devices[index].inFlightSeconds } / window : 0,
        inFlightLimit: device.inFlightLimit < AdmissionWindow.unlimited ? device.inFlightLimit : nil,
        criticalWaitSeconds: measured > 0 ? gates / Double(measured) : 0)
    }
  }

  private static func criticalPath(
    _ program: ExecutionProgram, _ results: [RunResult], measured: Int
  ) -> [SimulationReport.PathPart] {
    guard measured > 0 else { return [] }
    var parts: [SimulationReport.PathPart] = []
    func add(_ kind: SimulationReport.PathPart.Kind, _ name: String, _ total: Double) {
      if total > 0 { parts.append(.init(kind: kind, name: name, seconds: total / Double(measured))) }
    }
    for (index, resource) in program.resources.enumerated() {
      add(.queue, resource.name, results.reduce(0) { $0 + $1.resources[index].pathWaitSeconds })
      add(.service, resource.name, results.reduce(0) { $0 + $1.resources[index].pathServiceSeconds })
    }
    for (index, device) in program.devices.enumerated() {
      add(.admission, device.name, results.reduce(0) { $0 + $1.devices[index].pathGateSeconds })
    }
    add(.batching, "", results.reduce(0) { $0 + $1.pathBatchingSeconds })
    return parts
  }

  static func counts(_ results: [RunResult]) -> SimulationReport.Counts {
    .init(
      arrived: results.reduce(0) { $0 + $1.arrived }, completed: results.reduce(0) { $0 + $1.completed },
      failed: results.reduce(0) { $0 + $1.failed }, inFlight: results.reduce(0) { $0 + $1.inFlight },
      measured: results.reduce(0) { $0 + $1.measuredCompleted },
      balanced: results.allSatisfy { $0.arrived == $0.completed + $0.failed + $0.inFlight })
  }

  /// By majority: one replication alone may climb by chance.
  static func isUnstable(_ results: [RunResult]) -> Bool {
    2 * results.filter(\.isUnstable).count > results.count
  }

  /// Requests a second by which a load exceeds what the bottleneck serves; `nil` where that is not known beforehand,
  /// because work varies about another mean than the program's or replicas are not used by their shares.
  private static func excess(of options: SimulationOptions, over bounds: ProgramBounds) -> Double? {
    guard options.lookups == .fixed, options.lookupsByTable.isEmpty, options.lengths == nil,
      options.failures.isEmpty, options.dispatch != .leastLoaded
    else { return nil }
    switch options.load {
    case .poisson, .constant, .bursty:
      let served = bounds.saturatedRate * Double(options.batching?.maximumRequests ?? 1)
      return options.load.meanRate.map { $0 - served }
    case .trace, .closedLoop, .backToBack: return nil
    }
  }

  /// Unstable when the queue was seen to grow, and also just above saturation, where a short run would not show it.
  private static func unstable(_ results: [RunResult], excess: Double?) -> SimulationReport.Unstable? {
    let wasSeen = isUnstable(results)
    // A rate that was computed from the saturated one may be above it by rounding.
    guard wasSeen || (excess ?? 0) > 1e-9 else { return nil }
    let growth =
      wasSeen ? results.reduce(0) { $0 + $1.growthPerSecond } / Double(results.count) : excess ?? 0
    let most = results.map(\.mostInSystem).max() ?? 0
    return .init(
      queueGrowthPerSecond: growth,
      message: "unstable: the queue grows by \(Decimals.text(growth, digits: 3)) requests/s "
        + "(\(most) requests were in the system \(wasSeen ? "when the run was ended" : "at most in this run"))"
    )
  }

  private static func phases(_ results: [RunResult]) -> [SimulationReport.Phase] {
    let names: [SimulationReport.Phase.Name] = [.before, .during, .after]
    return names.enumerated().map { index, name in
      var merged = PhaseMeter()
      for result in results { merged.merge(result.phases[index]) }
      return .init(
        name: name, completed: Int(merged.latencies.count), failed: merged.failed,
        firstFailedSeconds: merged.failed > 0 ? Ticks.seconds(merged.firstFailed) : nil,
        lastFailedSeconds: merged.failed > 0 ? Ticks.seconds(merged.lastFailed) : nil,
        p50: merged.latencies.quantile(0.5), p99: merged.latencies.quantile(0.99))
    }
  }
}
