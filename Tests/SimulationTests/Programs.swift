import Plan

/// Small programs for the tests.
enum Programs {
  static func device(
    _ name: String = "host", limit: Int = .max, memory: Int = 1 << 30, statics: Int = 0, activation: Int = 0
  ) -> ExecutionProgram.Device {
    .init(
      name: name, isHost: name == "host", memoryBytes: memory, staticBytes: statics,
      activationBytes: activation,
      inFlightLimit: limit, idleWatts: 10, busyWatts: 30)
  }

  static func resource(
    _ name: String, _ kind: ExecutionProgram.ResourceKind = .denseCores, device: Int = 0, servers: Int = 1
  ) -> ExecutionProgram.Resource {
    .init(name: name, kind: kind, device: device, servers: servers)
  }

  static func task(
    _ name: String, _ legs: [(Int, Double)], after: [Int] = [], device: Int = 0, source: Int? = nil,
    kind: ExecutionProgram.Task.Kind = .dense, tables: [ExecutionProgram.TablePart] = []
  ) -> ExecutionProgram.Task {
    .init(
      name: name, kind: kind, device: device, source: source,
      legs: legs.map { .init(resource: $0.0, seconds: $0.1) }, predecessors: after, tables: tables)
  }

  /// One queue with c servers, each request served for `seconds`.
  static func queue(servers: Int = 1, seconds: Double) -> ExecutionProgram {
    .init(
      resources: [resource("cores", servers: servers)], devices: [device()], tables: [],
      variants: [.init(card: nil, share: 1, tasks: [task("work", [(0, seconds)])])])
  }

  /// Queues one after another.
  static func tandem(_ seconds: [Double]) -> ExecutionProgram {
    .init(
      resources: seconds.indices.map { resource("stage \($0)") }, devices: [device()], tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: seconds.enumerated().map { task("stage \($0)", [($0, $1)], after: $0 == 0 ? [] : [$0 - 1]) })
      ])
  }
}
