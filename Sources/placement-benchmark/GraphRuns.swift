import Foundation
import Placement
import Solvers
import TestSupport

/// Operator graphs for the benchmark: dnn-partitioning files and generated ones.
enum GraphRuns {
  /// The problems that an argument names: a dnn-partitioning file (latency when its folder is called `latency`, throughput
  /// contiguous and free otherwise), or `generated:OPERATORS:CARDS`.
  static func problems(_ argument: String) throws -> [Problem] {
    let words = argument.split(separator: ":")
    if words.count == 3, words[0] == "generated", let count = Int(words[1]), let cards = Int(words[2]) {
      return [Problem.Order.acyclicQuotient, .free].map { generated(count: count, cards: cards, order: $0) }
    }
    let url = URL(fileURLWithPath: argument)
    let file = try DNNPartitioning(json: Data(contentsOf: url))
    let name = url.deletingPathExtension().lastPathComponent
    if url.deletingLastPathComponent().lastPathComponent == "latency" {
      return [file.problem(name: name, objective: .latency, contiguous: true)]
    }
    return [true, false].map { file.problem(name: name, contiguous: $0) }
  }

  static func run(_ argument: String, gap: Double, limit: Double?) {
    do {
      for problem in try problems(argument) {
        let start = ContinuousClock.now
        let solution = try Optimizer.solve(problem, options: SearchOptions(gap: gap, timeLimit: limit))
        let seconds = start.duration(to: .now) / .seconds(1)
        let certificate = solution.certificate
        let kind =
          problem.objective == .latency
          ? "latency" : problem.order == .free ? "non-contiguous" : "contiguous"
        print(
          """
          \(problem.name) \(kind): \(certificate.status.rawValue) objective \(certificate.objective ?? Double.nan) \
          bound \(certificate.bound) gap \(certificate.gap ?? Double.nan) by \(certificate.provedBy), \
          \(certificate.nodes) nodes, \(seconds) s
          """)
      }
    } catch {
      print(argument, error)
    }
  }

  /// A seeded operator graph on alike cards and a host; the cards' memory is 1.3 times what all constants need.
  static func generated(count: Int, cards: Int, order: Problem.Order) -> Problem {
    let graph = SeededOperatorGraph(count: count, seed: 1)
    let bytes = graph.nodes.reduce(0) { $0 + $1.bytes }
    var devices = (0..<cards).map {
      Problem.Device(
        name: "card \($0)", group: 0, memory: bytes / Double(cards) * 1.3, baseLoad: [0])
    }
    devices.append(Problem.Device(name: "host", group: 1, memory: .infinity, baseLoad: [0]))
    let all = Array(0..<cards)
    var units: [Problem.Unit] = []
    var nets: [Problem.Net] = []
    for (index, node) in graph.nodes.enumerated() {
      let card = Problem.Shard(
        devices: all, loads: [Problem.Amount(0, node.cardSeconds)], memory: node.bytes)
      let host = Problem.Shard(
        devices: [cards], loads: [Problem.Amount(0, node.hostSeconds)], memory: node.bytes)
      units.append(
        Problem.Unit(
          name: "operator \(index)",
          options: [.init(name: "card", shards: [card]), .init(name: "host", shards: [host])]))
      if node.readers.isEmpty { continue }
      let transfer = [[Problem.Amount(0, node.transferSeconds)], []]
      nets.append(Problem.Net(producer: index, consumers: node.readers, out: transfer, incoming: transfer))
    }
    return Problem(
      name: "generated \(count) on \(cards)", devices: devices, lanes: ["time"], units: units, nets: nets,
      order: order)
  }
}
