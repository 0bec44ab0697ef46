/// When the servers of every resource are next free: the queues of a list schedule.
///
/// Legs are served in order of arrival, by whichever server is free first; see ``ExecutionProgram``.
struct Servers {
  /// By resource, and the total: its servers are those from its entry to the next one's.
  private let first: [Int]
  private var free: [Double]

  init(_ program: ExecutionProgram) {
    first = program.resources.reduce(into: [0]) { $0.append(($0.last ?? 0) + max(1, $1.servers)) }
    free = Array(repeating: 0, count: first.last ?? 0)
  }

  /// Serves a task that is ready at a time: its first leg when a server is free, the others from then on.
  ///
  /// - Returns: when its first leg begins and its last one ends.
  mutating func serve(_ legs: [ExecutionProgram.Leg], readyAt time: Double) -> (start: Double, end: Double) {
    var start = time
    var end = time
    for (position, leg) in legs.enumerated() {
      var server = first[leg.resource]
      for other in server..<first[leg.resource + 1] where free[other] < free[server] { server = other }
      let begin = max(start, free[server])
      if position == 0 { start = begin }
      free[server] = begin + leg.seconds
      end = max(end, begin + leg.seconds)
    }
    return (start, end)
  }
}
