import Foundation
import Partitioner

/// Measured attention of one card, each kernel beside what the cost model says of a model that has nothing else.
struct MeasuredAttention {
  enum Phase: String, CaseIterable { case prefill, decode }

  struct Kernel {
    var phase: Phase
    /// Over the DRAM's peak, where what the kernel has to read lies in no cache: above 1 it did not read as much.
    var shareOfDRAM: Double?
    /// Predicted / measured - 1.
    var error: Double
    /// Whether the card's figures were fitted to it.
    var isFitted: Bool
    /// Whether language models are served in such a shape: at most 16 heads share keys, of which there are at least 64.
    var isUsual: Bool
  }

  let name: String
  private(set) var kernels: [Kernel] = []

  /// - Throws: `missingFile`, `badInput`.
  init(_ name: String, path: String) throws(PartitionError) {
    self.name = name
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw PartitionError(.missingFile, "\(path): cannot be read")
    }
    let system = try Partitioner.system(named: name, cards: 1)
    let processor = system.cards[0].processor
    var position: [Phase: Int] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",")
      let sizes = cells.prefix(6).compactMap { Int($0) }
      guard cells.count == 7, sizes.count == 6, let seconds = Double(cells[6]), seconds > 0 else {
        throw PartitionError(.badInput, "\(path): '\(line)' is no kernel")
      }
      let phase = sizes[1] == 1 ? Phase.decode : .prefill
      // As fit.py: every other row of a phase.
      let index = position[phase, default: 0]
      position[phase] = index + 1
      let costs = CostModel(
        graph: try Self.graph(sizes), system: system,
        options: CostOptions(cardMatrixPrecision: .bf16, cardActivationPrecision: .bf16))
      guard let cost = costs.cost(of: OperatorID(0), on: .card(0)) else { continue }
      let read = Double(2 * 2 * sizes[0] * sizes[2] * sizes[4] * sizes[5])
      let isCached = read <= Double(processor.cache?.bytes ?? 0)
      kernels.append(
        Kernel(
          phase: phase, shareOfDRAM: isCached ? nil : read / seconds / processor.dram.bytesPerSecond,
          error: cost.seconds / seconds - 1, isFitted: index.isMultiple(of: 2),
          isUsual: sizes[3] <= 16 * sizes[4] && sizes[2] >= 64))
    }
  }

  /// Of batch, queries, keys, heads, heads of keys, and the size of one.
  private static func graph(_ sizes: [Int]) throws(PartitionError) -> Graph {
    var builder = GraphBuilder(name: "attention")
    let query = builder.input("q", .float16, [sizes[0], sizes[3], sizes[1], sizes[5]])
    let key = builder.input("k", .float16, [sizes[0], sizes[4], sizes[2], sizes[5]])
    let value = builder.input("v", .float16, [sizes[0], sizes[4], sizes[2], sizes[5]])
    let attributes: [String: Attribute] = sizes[1] > 1 ? ["is_causal": .int(1)] : [:]
    builder.output(builder.add("Attention", [query, key, value], name: "y", attributes: attributes))
    do { return try builder.build().graph } catch {
      throw PartitionError(.internalError, "an attention of \(sizes) cannot be built: \(error)")
    }
  }
}
