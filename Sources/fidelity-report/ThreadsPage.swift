import Partitioner
import Reporting

/// How ONNX Runtime speeds up with threads on a host, predicted against measured, as Markdown.
struct ThreadsPage {
  private struct Network {
    var name: String
    var batch: Int
    /// By number of threads: seconds measured, and as the cost model has them.
    var measured: [Int: Double] = [:]
    var predicted: [Int: Double] = [:]
  }

  private static let system = "epyc-9005"
  private let threads: [Int]
  private var networks: [Network] = []
  /// By type of operator and threads: seconds of all networks.
  private var types: [String: [Int: Double]] = [:]

  /// - Parameters:
  ///   - path: Of the table that `host_threads.py` made.
  ///   - models: With the networks that `models/generator/benchmarks.py` made.
  /// - Throws: `missingFile`, `badInput`.
  init(path: String, models: String) throws(PartitionError) {
    let rows = try Table(path: path).rows
    threads = Set(rows.map { $0.count("threads") }).sorted()
    for row in rows {
      let (count, seconds) = (row.count("threads"), row.number("seconds"))
      guard row.text("type") == "all" else {
        types[row.text("type"), default: [:]][count, default: 0] += seconds
        continue
      }
      let (name, batch) = (row.text("network"), row.count("batch"))
      let known = networks.firstIndex { $0.name == name && $0.batch == batch }
      let index = known ?? networks.count
      if known == nil { networks.append(Network(name: name, batch: batch)) }
      networks[index].measured[count] = seconds
      networks[index].predicted[count] = try Self.predicted(
        "\(models)/\(name).json", batch: batch, threads: count)
    }
  }

  private static func predicted(_ path: String, batch: Int, threads: Int) throws(PartitionError) -> Double {
    var system = try Partitioner.system(named: Self.system, cards: 1)
    let share = Double(threads) / Double(max(1, system.host.processor.cores))
    system.host.processor.cores = threads
    // As the description has them, so much a core.
    system.host.processor.dram.bytesPerSecond *= share
    system.host.processor.sram?.bytesPerSecond *= share
    for precision in Precision.allCases {
      system.host.processor.matrix[precision]?.operationsPerSecond *= share
      system.host.processor.vector[precision]?.operationsPerSecond *= share
    }
    let model = try Partitioner.loadModel(path: path, dimensions: ["batch": batch])
    let costs = CostModel(graph: model.graph, system: system)
    return model.graph.operators.indices.reduce(0) {
      $0 + (costs.cost(of: OperatorID($1), on: .host)?.seconds ?? 0)
    }
  }

  var text: String {
    let more = threads.filter { $0 > 1 }
    var lines = [
      "# Threads of a host",
      "",
      "Made by `make fidelity` from `data/threads`: ONNX Runtime 1.30 with 1 to 8 threads on 16 virtual cores of an Intel Xeon with AVX-512,",
      "each a thread of its own, fp32, networks of `models/generator/benchmarks.py`, the quickest of 5 to 40 runs; measured by `host_threads.py`",
      "while another program used the other cores. So many times faster than one thread, and, behind it, as the cost model has it for",
      "so many cores of `\(Self.system)`, each with its bandwidth:",
      "",
      "| network | batch | one thread | " + more.map { "\($0) | predicted" }.joined(separator: " | ") + " |",
      "|---|---|---|" + more.map { _ in "---|---|" }.joined(),
    ]
    for network in networks {
      let cells = more.map { count in
        "\(Self.ratio(network.measured, count)) | \(Self.ratio(network.predicted, count))"
      }
      lines.append(
        "| \(network.name) | \(network.batch) | \(Figures.seconds(network.measured[1] ?? 0)) | \(cells.joined(separator: " | ")) |"
      )
    }
    let medians = more.map { count in
      [\Network.measured, \Network.predicted].map { times in
        let gains = networks.compactMap { Self.gain($0[keyPath: times], count) }
        return Figures.fixed(Calibration.Spread(gains).median, decimals: 2)
      }.joined(separator: " | ")
    }
    lines += [
      "| median | | | \(medians.joined(separator: " | ")) |",
      "",
      "By type of operator, all networks together:",
      "",
      "| type | one thread | " + more.map(String.init).joined(separator: " | ") + " |",
      "|---|---|" + more.map { _ in "---|" }.joined(),
    ]
    for (type, times) in types.sorted(by: { ($1.value[1] ?? 0, $0.key) < ($0.value[1] ?? 0, $1.key) }) {
      let gains = more.map { Self.ratio(times, $0) }
      lines.append("| \(type) | \(Figures.seconds(times[1] ?? 0)) | \(gains.joined(separator: " | ")) |")
    }
    lines += [
      "",
      "The figures of `\(Self.system)` were fitted to one thread of a machine whose two cores are the threads of one, where two threads gave 1.57",
      "times in the median: threads that share a core are not in the model, nor what the threads of a kernel wait for each other, which",
      "makes networks of small kernels (MobileNetV2, DLRM in small batches) gain least.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func gain(_ times: [Int: Double], _ count: Int) -> Double? {
    guard let one = times[1], let many = times[count], many > 0 else { return nil }
    return one / many
  }

  private static func ratio(_ times: [Int: Double], _ count: Int) -> String {
    gain(times, count).map { Figures.fixed($0, decimals: 2) } ?? ""
  }
}
