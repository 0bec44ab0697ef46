import Rules

extension DNNPartitioning {
  /// Reads a file's bytes.
  /// - Throws: what is wrong and where. Booleans may be written 0 and 1, as in the original.
  public init(json: some Sequence<UInt8>) throws(FormatError) {
    self = try JSONReader.read(Array(json), Self.init)
    let findings = findings()
    guard findings.isEmpty else { throw FormatError(findings: findings) }
  }

  private init(_ json: inout JSONReader) throws(FormatError) {
    var size: Double?
    var (accelerators, cores): (Int?, Int?)
    var nodes: [Node]?
    var edges: [Edge]?
    try json.object { name, json throws(FormatError) in
      switch name {
      case "maxSizePerFPGA": size = try json.double()
      case "maxFPGAs": accelerators = try json.integer()
      case "maxCPUs": cores = try json.integer()
      case "nodes": nodes = try json.list(Node.init)
      case "edges": edges = try json.list(Edge.init)
      default: try json.skip()
      }
    }
    maxSizePerFPGA = try size.required("maxSizePerFPGA")
    maxFPGAs = try accelerators.required("maxFPGAs")
    maxCPUs = try cores.required("maxCPUs")
    self.nodes = try nodes.required("nodes")
    self.edges = try edges.required("edges")
  }

  /// More devices than this is taken for a damaged file.
  private static let largestDeviceCount = 100_000
  /// Costs of one source may differ by this much, as in the original.
  private static let costTolerance = 1e-6

  private func findings() -> [FormatError.Finding] {
    var findings: [FormatError.Finding] = []
    let report = { (location: String, message: String) in
      findings.append(.init(location: location, message: message))
    }
    let isAmount = { (value: Double) in value.isFinite && value >= 0 }
    if !isAmount(maxSizePerFPGA) { report("maxSizePerFPGA", "must be finite and not negative") }
    for (field, count) in [("maxFPGAs", maxFPGAs), ("maxCPUs", maxCPUs)]
    where !(0...Self.largestDeviceCount).contains(count) {
      report(field, "must be between 0 and \(Self.largestDeviceCount), is \(count)")
    }
    var position: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      if let other = position.updateValue(index, forKey: node.id) {
        report("nodes[\(index)]", "id \(node.id) is already taken by nodes[\(other)]")
      }
      for (field, value) in [
        ("cpuLatency", node.cpuLatency), ("fpgaLatency", node.fpgaLatency), ("size", node.size),
      ] where !isAmount(value) {
        report("nodes[\(index)].\(field)", "must be finite and not negative")
      }
    }
    var cost: [Int: Double] = [:]
    var successors: [[Int]] = Array(repeating: [], count: nodes.count)
    for (index, edge) in edges.enumerated() {
      guard let source = position[edge.sourceID], let target = position[edge.destinationID] else {
        let missing = position[edge.sourceID] == nil ? edge.sourceID : edge.destinationID
        report("edges[\(index)]", "there is no node with id \(missing)")
        continue
      }
      if source == target { report("edges[\(index)]", "leads from node \(edge.sourceID) to itself") }
      if !isAmount(edge.cost) { report("edges[\(index)].cost", "must be finite and not negative") }
      if let known = cost[edge.sourceID], abs(known - edge.cost) > Self.costTolerance {
        report(
          "edges[\(index)].cost",
          "node \(edge.sourceID) has an edge of cost \(known) too; all its edges must cost the same")
      }
      cost[edge.sourceID] = edge.cost
      if source != target { successors[source].append(target) }
    }
    if let stuck = QuotientOrder.remainder(after: successors) {
      let names = stuck.prefix(5).map { "\(nodes[$0].id)" }.joined(separator: ", ")
      report("edges", "the graph has a circle; nodes on it or behind it: \(names)")
    }
    return findings
  }
}

extension DNNPartitioning.Node {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var id: Int?
    var name: String?
    var colour: Int?
    var isSupported: Bool?
    var isBackward = false
    var (cpu, fpga, size): (Double?, Double?, Double) = (nil, nil, 0)
    try json.object { field, json throws(FormatError) in
      switch field {
      case "id": id = try json.integer()
      case "name": name = try json.string()
      case "supportedOnFpga": isSupported = try json.flag()
      case "cpuLatency": cpu = try json.double()
      case "fpgaLatency": fpga = try json.double()
      case "size": size = try json.double()
      case "colorClass": colour = try json.integer()
      case "isBackwardNode": isBackward = try json.flag()
      default: try json.skip()
      }
    }
    self.id = try id.required("id")
    self.name = name ?? "\(self.id)"
    supportedOnFpga = try isSupported.required("supportedOnFpga")
    cpuLatency = try cpu.required("cpuLatency")
    fpgaLatency = try fpga.required("fpgaLatency")
    self.size = size
    colorClass = colour
    isBackwardNode = isBackward
  }
}

extension DNNPartitioning.Edge {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var (source, destination): (Int?, Int?)
    var cost: Double?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "sourceId": source = try json.integer()
      case "destId": destination = try json.integer()
      case "cost": cost = try json.double()
      default: try json.skip()
      }
    }
    sourceID = try source.required("sourceId")
    destinationID = try destination.required("destId")
    self.cost = try cost.required("cost")
  }
}
