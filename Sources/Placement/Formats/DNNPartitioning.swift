/// A workload in the JSON format of msr-fiddle/dnn-partitioning, and its answer in the same terms.
///
/// Source: the format description and the evaluation code published with Tarnawski et al. 2020 (arXiv 2006.16423).
/// An accelerator's load is the sum of `fpgaLatency`, plus the cost of each outside producer once, plus the cost of each
/// inside producer with an outside reader once; a CPU core's load is the sum of `cpuLatency`. Memory counts on
/// accelerators only. An edge's cost belongs to its source: like the original, a file with two costs on the edges of
/// one source is refused.
public struct DNNPartitioning: Sendable, Hashable {
  public struct Node: Sendable, Hashable {
    public var id: Int
    public var name: String
    public var supportedOnFpga: Bool
    /// In the file's unit of time.
    public var cpuLatency: Double
    /// In the file's unit of time.
    public var fpgaLatency: Double
    /// Bytes on an accelerator.
    public var size: Double
    public var colorClass: Int?
    public var isBackwardNode: Bool
  }

  public struct Edge: Sendable, Hashable {
    public var sourceID: Int
    public var destinationID: Int
    /// Time to move the source's output between an accelerator and host memory.
    public var cost: Double
  }

  /// Bytes.
  public var maxSizePerFPGA: Double
  public var maxFPGAs: Int
  public var maxCPUs: Int
  public var nodes: [Node]
  public var edges: [Edge]

  /// An assignment in the format's own terms: node identifiers by accelerator and by core.
  public struct Answer: Sendable, Hashable, Codable {
    public var fpgas: [[Int]]
    public var cpus: [[Int]]
    public init(fpgas: [[Int]], cpus: [[Int]]) {
      self.fpgas = fpgas
      self.cpus = cpus
    }
  }

  /// The file as a problem: devices are the accelerators in order, then the cores; units are the nodes in order.
  ///
  /// With `latency` there is one CPU device that runs its nodes as they become ready, however many cores the file
  /// names, because the original assumes as many as the graph is wide; and the quotient graph must be acyclic in any
  /// case, since an accelerator runs one call.
  public func problem(
    name: String, objective: Problem.Objective = .throughput, contiguous: Bool
  ) -> Problem {
    let cores = objective == .latency ? min(1, maxCPUs) : maxCPUs
    var devices = (0..<maxFPGAs).map {
      Problem.Device(name: "fpga \($0)", group: 0, memory: maxSizePerFPGA, baseLoad: [0])
    }
    for core in 0..<cores {
      devices.append(
        Problem.Device(
          name: "cpu \(core)", group: 1, memory: .infinity, baseLoad: [0],
          execution: objective == .latency ? .asReady : .oneCall))
    }
    let accelerators = Array(0..<maxFPGAs)
    let coreDevices = Array(maxFPGAs..<maxFPGAs + cores)
    let units = nodes.map { node in
      var options: [Problem.Option] = []
      if node.supportedOnFpga && maxFPGAs > 0 {
        options.append(
          Problem.Option(
            name: "fpga",
            shards: [
              Problem.Shard(
                devices: accelerators, loads: [Problem.Amount(0, node.fpgaLatency)],
                memory: node.size)
            ]))
      }
      if cores > 0 {
        options.append(
          Problem.Option(
            name: "cpu",
            shards: [
              Problem.Shard(
                devices: coreDevices, loads: [Problem.Amount(0, node.cpuLatency)], memory: 0)
            ]))
      }
      return Problem.Unit(
        name: node.name, options: options, colour: node.colorClass, inOrder: !node.isBackwardNode)
    }
    return Problem(
      name: name, devices: devices, lanes: ["time"], units: units, nets: nets(),
      order: contiguous || objective == .latency ? .acyclicQuotient : .free, objective: objective)
  }

  /// The nodes by device, ascending in the file's order, with an empty list for a device without nodes.
  public func answer(_ assignment: Assignment) -> Answer {
    var answer = Answer(
      fpgas: Array(repeating: [], count: maxFPGAs), cpus: Array(repeating: [], count: maxCPUs))
    for (node, choice) in zip(nodes, assignment.choices) {
      guard let device = choice.devices.first else { continue }
      if device < maxFPGAs {
        answer.fpgas[device].append(node.id)
      } else {
        answer.cpus[device - maxFPGAs].append(node.id)
      }
    }
    return answer
  }

  private func nets() -> [Problem.Net] {
    var position: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() { position[node.id] = index }
    var readers: [Set<Int>] = Array(repeating: [], count: nodes.count)
    var cost = Array(repeating: 0.0, count: nodes.count)
    for edge in edges {
      guard let source = position[edge.sourceID], let target = position[edge.destinationID] else { continue }
      readers[source].insert(target)
      cost[source] = edge.cost
    }
    return nodes.indices.filter { !readers[$0].isEmpty }.map { producer in
      let transfer = [[Problem.Amount(0, cost[producer])], []]
      return Problem.Net(
        producer: producer, consumers: readers[producer].sorted(), out: transfer, incoming: transfer)
    }
  }
}
