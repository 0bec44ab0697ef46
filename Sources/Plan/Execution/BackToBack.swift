/// Many batches one after the other, each let in as soon as devices have a place for it.
///
/// Requests come in a fixed order and are dealt out to replicas by their shares. One may begin on a device when fewer
/// requests in front of it than the device has places are unfinished there; tasks then join their resources' queues, each of
/// which serves the oldest request first. Written from the definition of ``ExecutionProgram``; it shares nothing with the
/// simulator.
struct BackToBack {
  private let program: ExecutionProgram

  /// Requests that are followed, and the tasks of all of them.
  private static let leastRequests = 32
  private static let mostRequests = 1024
  private static let mostTasks = 100_000
  /// How often all places are taken anew: it takes long until requests hold each other up as much as they ever do.
  private static let rounds = 24
  /// How often at least, however many tasks that is: before, few of them have met those that were let in later.
  private static let leastRounds = 4

  init(_ program: ExecutionProgram) { self.program = program }

  /// Seconds between two ends once the line has settled.
  ///
  /// - Parameter least: Of the busiest resource for each request.
  func period(least: Double) -> Double {
    var line = RequestLine(program, variantOf: dealt(count))
    return line.period(least: least)
  }

  /// Enough for several rounds of all places.
  private var count: Int {
    let places = program.devices.map { min($0.inFlightLimit, Self.mostRequests) }.max() ?? 1
    let tasks = program.variants.map(\.tasks.count).max() ?? 1
    let round = places + 2 * program.variants.count
    let wanted = max(Self.leastRequests, Self.rounds * round)
    let affordable = max(Self.mostTasks / max(1, tasks), Self.leastRounds * round)
    return max(4, min(wanted, Self.mostRequests, affordable))
  }

  /// By request: its variant, always the one that is furthest behind its share.
  private func dealt(_ count: Int) -> [Int] {
    var served = program.variants.map { _ in 0.0 }
    return (1...count).map { number in
      var variant = 0
      var most = -Double.infinity
      for index in served.indices {
        let behind = program.variants[index].share * Double(number) - served[index]
        if behind > most { (variant, most) = (index, behind) }
      }
      served[variant] += 1
      return variant
    }
  }
}
