import Graph
import Hardware

/// Costs of one device that are at most those of each of several, quantity by quantity: compute, bytes and seconds of memories,
/// launches and transfers of every operator, and the bytes of every tensor.
///
/// For bounds over choices of precisions (``CostOptions/layerChoices``). It is enough to look at one choice for all operators at a time: in a
/// mixture an operator costs no less than where all have its precision, as no tensor is narrower there than where its neighbours compute as
/// narrowly (``NarrowActivations``), and none is quantised for fewer readers.
struct LeastCosts {
  /// At least one; of the same device and graph.
  let all: [DeviceCosts]
  /// The least of `all`, and what follows from them.
  let tensorBytes: [Int]
  let parts: BatchParts
  let residentShare: Double
  let hotRows: HotRows?

  static func least<Value: Comparable>(_ columns: [[Value]]) -> [Value] {
    guard var least = columns.first else { return [] }
    for column in columns.dropFirst() {
      for index in least.indices { least[index] = min(least[index], column[index]) }
    }
    return least
  }

  var costs: DeviceCosts {
    let first = all[0]
    let onChip = first.costs.indices.map(secondsWithWeightsOnChip)
    let weightSeconds = Self.least(all.map(\.weightSeconds)).enumerated().map { index, seconds in
      // What was measured has its seconds whatever is on chip, and so has what costs nothing as a part of another's kernel.
      isMeasured(index) || onChip[index] < 0 ? 0 : seconds
    }
    return DeviceCosts(
      name: first.name, processor: first.processor, precisions: first.precisions, parts: parts,
      costs: first.costs.indices.map { index in
        isMeasured(index)
          ? first.costs[index].map { _ in .zero }
          : operatorCost(index, dram: max(0, onChip[index]) + weightSeconds[index] * (1 - residentShare))
      },
      tensorBytes: tensorBytes, weightBytes: Self.least(all.map(\.weightBytes)), weightSeconds: weightSeconds,
      lookups: first.lookups.indices.map { table in .least(all.map { $0.lookups[table] }) },
      leader: first.leader, residentShare: residentShare, measured: first.measured,
      lookupFactors: Self.least(all.map(\.lookupFactors)), hotRows: hotRows, kept: [:],
      narrow: all.first { $0.narrow.contains { $0 != nil } }?.narrow ?? first.narrow)
  }

  private func isMeasured(_ index: Int) -> Bool {
    !all[0].measured.isEmpty && all[0].measured[index] != nil
  }

  /// DRAM seconds without the weights that are read from it, which depend on how many are on chip; below 0 where they are not in the
  /// operator's costs.
  private func secondsWithWeightsOnChip(_ index: Int) -> Double {
    all.compactMap { device in
      device.costs[index].map { $0.dramSeconds - device.weightSeconds[index] * (1 - device.residentShare) }
    }.min() ?? 0
  }

  private func operatorCost(_ index: Int, dram: Double) -> OperatorCost? {
    let known = all.compactMap { $0.costs[index] }
    guard !known.isEmpty else { return nil }
    func least(_ value: (OperatorCost) -> Double) -> Double { known.map(value).min() ?? 0 }
    return OperatorCost(
      computeSeconds: least(\.computeSeconds), dramSeconds: dram, sramSeconds: least(\.sramSeconds),
      launchSeconds: least(\.launchSeconds), linkSeconds: least(\.linkSeconds), bytes: least(\.bytes))
  }
}

extension CostModel {
  /// At most what any choice of precisions of layers costs, quantity by quantity: for bounds.
  ///
  /// - Parameter choices: at least one.
  public func least(of choices: [LayerPrecision]) -> CostModel {
    with { options in
      options.layers = []
      options.layerChoices = choices
    }
  }

  /// Whether everything costs as much as under other options, so that what is proven of one holds of the other.
  public func hasCosts(of other: CostModel) -> Bool {
    options.access == nil && other.options.access == nil && kinds.count == other.kinds.count
      && zip(kinds, other.kinds).allSatisfy {
        $0.costs == $1.costs && $0.tensorBytes == $1.tensorBytes && $0.weightSeconds == $1.weightSeconds
          && $0.lookups == $1.lookups && $0.residentShare == $1.residentShare && $0.parts == $1.parts
      }
  }
}
