import FoundationEssentials
import Rules

extension DNNPartitioning {
  /// Reads a file's bytes.
  /// - Throws: what is wrong and where. Booleans may be written 0 and 1, as in the original.
  public init(json: Data) throws(FormatError) {
    let file = try FormatError.decode(File.self, from: json)
    let findings = file.findings()
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    maxSizePerFPGA = file.maxSizePerFPGA
    maxFPGAs = file.maxFPGAs
    maxCPUs = file.maxCPUs
    nodes = file.nodes.map { node in
      Node(
        id: node.id, name: node.name ?? "\(node.id)", supportedOnFpga: node.supportedOnFpga.value,
        cpuLatency: node.cpuLatency, fpgaLatency: node.fpgaLatency, size: node.size ?? 0,
        colorClass: node.colorClass, isBackwardNode: node.isBackwardNode?.value ?? false)
    }
    edges = file.edges.map {
      Edge(sourceID: $0.sourceId, destinationID: $0.destId, cost: $0.cost)
    }
  }
}

/// The file as it is written.
private struct File: Decodable {
  struct Node: Decodable {
    var id: Int
    var name: String?
    var supportedOnFpga: Flag
    var cpuLatency: Double
    var fpgaLatency: Double
    var size: Double?
    var colorClass: Int?
    var isBackwardNode: Flag?
  }
  struct Edge: Decodable {
    var sourceId: Int
    var destId: Int
    var cost: Double
  }
  /// A boolean, or 0 or 1.
  struct Flag: Decodable {
    var value: Bool
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        value = flag
      } else {
        value = try container.decode(Int.self) != 0
      }
    }
  }
  var maxSizePerFPGA: Double
  var maxFPGAs: Int
  var maxCPUs: Int
  var nodes: [Node]
  var edges: [Edge]

  /// More devices than this is taken for a damaged file.
  static let largestDeviceCount = 100_000
  /// Costs of one source may differ by this much, as in the original.
  static let costTolerance = 1e-6

  func findings() -> [FormatError.Finding] {
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
        ("cpuLatency", node.cpuLatency), ("fpgaLatency", node.fpgaLatency), ("size", node.size ?? 0),
      ] where !isAmount(value) {
        report("nodes[\(index)].\(field)", "must be finite and not negative")
      }
    }
    var cost: [Int: Double] = [:]
    var successors: [[Int]] = Array(repeating: [], count: nodes.count)
    for (index, edge) in edges.enumerated() {
      guard let source = position[edge.sourceId], let target = position[edge.destId] else {
        let missing = position[edge.sourceId] == nil ? edge.sourceId : edge.destId
        report("edges[\(index)]", "there is no node with id \(missing)")
        continue
      }
      if source == target { report("edges[\(index)]", "leads from node \(edge.sourceId) to itself") }
      if !isAmount(edge.cost) { report("edges[\(index)].cost", "must be finite and not negative") }
      if let known = cost[edge.sourceId], abs(known - edge.cost) > Self.costTolerance {
        report(
          "edges[\(index)].cost",
          "node \(edge.sourceId) has an edge of cost \(known) too; all its edges must cost the same")
      }
      cost[edge.sourceId] = edge.cost
      if source != target { successors[source].append(target) }
    }
    if let stuck = QuotientOrder.remainder(after: successors) {
      let names = stuck.prefix(5).map { "\(nodes[$0].id)" }.joined(separator: ", ")
      report("edges", "the graph has a circle; nodes on it or behind it: \(names)")
    }
    return findings
  }
}
