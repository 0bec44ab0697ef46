import Graph
import Hardware

/// Computes the costs of every operator on one kind of device; the formulas are those of ``CostModel``.
struct DeviceCostBuilder {
  let graph: Graph
  let structure: GraphStructure
  let options: CostOptions
  /// Of cards.
  let activations: NarrowActivations

  func host(_ host: Host) -> DeviceCosts {
    let precisions = DevicePrecisions(
      processor: host.processor, matrix: options.hostMatrixPrecision,
      activation: options.hostActivationPrecision)
    return build(
      name: DeviceCosts.host, processor: host.processor, precisions: precisions,
      isRefused: graph.operators.map { _ in false }, isCard: false)
  }

  /// - Parameters:
  ///   - isRefused: By operator.
  ///   - isLeast: Whether costs are the least of all parts that a batch may run in, quantity by quantity.
  func card(_ card: Card, isRefused: [Bool], isLeast: Bool = false) -> DeviceCosts {
    let precisions = DevicePrecisions(
      processor: card.processor, matrix: options.cardMatrixPrecision,
      activation: options.cardActivationPrecision)
    return build(
      name: card.model, processor: card.processor, precisions: precisions, isRefused: isRefused,
      isCard: true, team: card.team, isLeast: isLeast)
  }

  private func build(
    name: String, processor: Processor, precisions: DevicePrecisions, isRefused: [Bool], isCard: Bool,
    team: CardTeam? = nil, isLeast: Bool = false
  ) -> DeviceCosts {
    var tensorBytes = graph.tensors.indices.map { precisions.bytes(of: TensorID($0), in: graph) }
    let formula = KernelFormula(processor: processor, precisions: precisions)
    let kept = isCard && !(options.kept.isEmpty && options.layers.isEmpty) ? keptFormulas(processor) : [:]
    keepWeights(kept, bytes: &tensorBytes)
    if isCard {
      for (index, precision) in activations.precisions.enumerated() {
        guard let precision else { continue }
        tensorBytes[index] = min(tensorBytes[index], precision.bytes(for: graph.tensors[index].count))
      }
    }
    let weightBytes = structure.weights.map { weights in
      weights.reduce(0) { saturatingSum($0, tensorBytes[$1.index]) }
    }
    let fusion = structure.fusion(on: processor)
    var shapes =
      processor.classes == nil
      ? [KernelShape?](repeating: nil, count: graph.operators.count)
      : graph.operators.map { KernelShape($0, in: graph) }
    for interaction in fusion.interactions {
      shapes[interaction.product.index]?.operatorClass = .interaction
    }
    for (index, formula) in kept { shapes[index]?.widens(formula.precisions.weights) }
    let sizes = graph.embeddingTables.map { LookupSizes($0, in: graph, precisions: precisions) }
    func lookups(_ parts: BatchParts) -> [LookupSizes] {
      LookupSizes.inKernels(
        sizes, count: structure.lookupCount,
        feeds: graph.embeddingTables.map { $0.lookups.contains { structure.feedsInteraction[$0.index] } },
        on: processor, precisions: precisions, parts: parts)
    }
    func costs(_ parts: BatchParts) -> CostsInParts {
      let lookups = lookups(parts)
      let hotRows = rowsOnChip(processor, tensorBytes: tensorBytes, shareOfActivations: parts.share)
      let resident = structure.residentShare(
        of: graph.operators.indices.map { OperatorID($0) }, graph: graph, sram: processor.sram,
        tensorBytes: tensorBytes, shareOfActivations: parts.share)
      let compute = computeSeconds({ kept[$0] ?? formula }, shapes, parts, fusion, isCard: isCard)
      let readWeights = graph.operators.indices.map {
        readBytes(ofWeightsAt: $0, tensorBytes: tensorBytes, share: parts.share)
      }
      let costs: [OperatorCost?] = graph.operators.indices.map { index in
        let node = graph.operators[index]
        if isRefused[index] { return nil }
        if let collective = node.work.collective {
          return exchangeCost(collective, of: node, team: team, tensorBytes: tensorBytes)
        }
        if let table = structure.tableOfOperator[index] {
          return lookupCost(
            LookupFormula(
              table: graph.embeddingTables[table], sizes: lookups[table],
              sendsPadding: options.without.contains(.partialTransfers)),
            format: options.tableFormat, processor: processor, precisions: precisions,
            hits: hotRows?.hits(table: table, format: options.tableFormat) ?? 0)
        }
        return cost(
          of: node, at: index, formula: kept[index] ?? formula, shape: shapes[index],
          computeSeconds: compute[index], fusion: fusion,
          tensorBytes: tensorBytes, weightBytes: readWeights, residentShare: resident, parts: parts,
          isCard: isCard)
      }
      return CostsInParts(
        parts: parts, costs: costs, readWeights: readWeights, lookups: lookups, residentShare: resident,
        hotRows: hotRows)
    }
    let measured =
      options.measured.isEmpty
      ? [] : graph.operators.map { options.measured.seconds(of: $0.name, on: name) }
    func deviceCosts(_ own: CostsInParts) -> DeviceCosts {
      DeviceCosts(
        name: name, processor: processor, precisions: precisions, parts: own.parts, costs: own.costs,
        tensorBytes: tensorBytes, weightBytes: weightBytes,
        weightSeconds: zip(own.readWeights, shapes).map {
          own.parts.count * Double($0) / formula.dramRate($1)
        },
        lookups: own.lookups, leader: fusion.leader, residentShare: own.residentShare, measured: measured,
        lookupFactors: measured.isEmpty
          ? []
          : lookupFactors(measured, own.lookups, processor: processor, precisions: precisions),
        hotRows: own.hotRows, kept: kept.mapValues(\.precisions.matrix),
        narrow: isCard ? activations.precisions : [])
    }
    let whole = costs(.whole)
    // Where all activations stay on chip, parts gain nothing.
    let mayRunInParts =
      leavesChip(processor, fusion, tensorBytes: tensorBytes, weightBytes: whole.readWeights)
      || processor.sram != nil && whole.lookups.contains(where: \.leavesChip)
    let candidates =
      mayRunInParts || isLeast ? BatchParts.candidates(batch: graph.itemsOfOneCard ?? 1).map(costs) : []
    if isLeast {
      return leastCosts(([whole] + candidates).map(deviceCosts))
    }
    return deviceCosts(candidates.reduce(whole) { $1.seconds < $0.seconds ? $1 : $0 })
  }

  /// At most what any of several costs of one device has: see ``CostOptions/layerChoices``.
  func leastCosts(_ all: [DeviceCosts]) -> DeviceCosts {
    guard all.count > 1 else { return all[0] }
    let bytes = LeastCosts.least(all.map(\.tensorBytes))
    let parts = all.map(\.parts).min { $0.share < $1.share } ?? .whole
    let resident = structure.residentShare(
      of: graph.operators.indices.map { OperatorID($0) }, graph: graph, sram: all[0].processor.sram,
      tensorBytes: bytes, shareOfActivations: parts.share)
    return LeastCosts(
      all: all, tensorBytes: bytes, parts: parts,
      residentShare: max(resident, all.map(\.residentShare).max() ?? 0),
      hotRows: rowsOnChip(all[0].processor, tensorBytes: bytes, shareOfActivations: parts.share)
    ).costs
  }

  /// What a device spends where a batch runs in so many parts.
  private struct CostsInParts {
    let parts: BatchParts
    let costs: [OperatorCost?]
    /// By operator, what one part reads.
    let readWeights: [Int]
    let lookups: [LookupSizes]
    let residentShare: Double
    let hotRows: HotRows?

    var seconds: Double { costs.reduce(0) { $0 + ($1?.seconds ?? 0) } }
  }

  private func rowsOnChip(
    _ processor: Processor, tensorBytes: [Int], shareOfActivations: Double
  ) -> HotRows? {
    guard options.access != nil, !graph.embeddingTables.isEmpty else { return nil }
    let all = graph.operators.indices.map { OperatorID($0) }
    let peak = structure.peakActivationBytes(of: [all], graph: graph, tensorBytes: tensorBytes)
    let room = HotRows.room(
      processor, activations: Double(peak) * shareOfActivations,
      weights: structure.distinctWeightBytes(of: all, tensorBytes: tensorBytes))
    return HotRows(options.access, graph: graph, room: room, format: options.tableFormat)
  }

  /// Whether the activations of an operator do not stay in the SRAM, or what it moves in a cache that is faster than the
  /// DRAM; see ``KernelFormula``.
  private func leavesChip(
    _ processor: Processor, _ fusion: Fusion, tensorBytes: [Int], weightBytes: [Int]
  ) -> Bool {
    graph.operators.indices.contains { index in
      let node = graph.operators[index]
      guard structure.tableOfOperator[index] == nil, !node.work.isView, node.work.collective == nil else {
        return false
      }
      let moved = activationBytes(of: node, at: index, fusion, tensorBytes: tensorBytes)
      if let sram = processor.sram { return KernelFormula.leavesChip(moved, sram) }
      return processor.cache.map { $0.factor(moving: moved + Double(weightBytes[index])) < $0.speedup }
        ?? false
    }
  }

  /// By operator that is kept in a precision of its own.
  private func keptFormulas(_ processor: Processor) -> [Int: KernelFormula] {
    var formulas: [Int: KernelFormula] = [:]
    for (index, entry) in options.layers(in: graph).enumerated() {
      guard let entry else { continue }
      var precisions = DevicePrecisions(
        processor: processor, matrix: entry.precision, activation: options.cardActivationPrecision)
      if let weights = entry.weights, weights.bits < precisions.matrix.bits { precisions.weights = weights }
      formulas[index] = KernelFormula(processor: processor, precisions: precisions)
    }
    return formulas
  }

  /// Weights are as wide as the operators want that are kept; those that others read as well as the widest of all.
  private func keepWeights(_ kept: [Int: KernelFormula], bytes: inout [Int]) {
    for weight in Set(kept.keys.flatMap { structure.weights[$0] }).sorted() {
      let readers = graph[weight].consumers
      let wanted = readers.compactMap { kept[$0.index]?.precisions.bytes(of: weight, in: graph) }.max() ?? 0
      let isShared = readers.contains { kept[$0.index] == nil }
      bytes[weight.index] = isShared ? max(bytes[weight.index], wanted) : wanted
    }
  }

  /// By table, the measured over the modelled seconds of its look-ups; of those that were not measured, the model's count. What
  /// was measured ran on the table as the model has it, so that is what is modelled here, whatever plans store.
  private func lookupFactors(
    _ measured: [Double?], _ sizes: [LookupSizes], processor: Processor, precisions: DevicePrecisions
  ) -> [Double] {
    zip(graph.embeddingTables, sizes).map { table, sizes in
      guard table.lookups.contains(where: { measured[$0.index] != nil }) else { return 1 }
      let formula = LookupFormula(
        table: table, sizes: sizes, sendsPadding: options.without.contains(.partialTransfers))
      let modelled = lookupCost(
        formula, format: .stored(table, in: graph), processor: processor, precisions: precisions, hits: 0
      ).seconds
      let known = table.lookups.map { measured[$0.index] ?? modelled }.reduce(0, +)
      return modelled > 0 ? known / (modelled * Double(table.lookups.count)) : 1
    }
  }

  /// Bytes of constants that one part of a batch reads: of those that are looked up, at most what is written.
  private func readBytes(ofWeightsAt index: Int, tensorBytes: [Int], share: Double) -> Int {
    let node = graph.operators[index]
    let written = node.outputs.reduce(0) { sum, id in
      id.map { saturatingSum(sum, tensorBytes[$0.index]) } ?? sum
    }
    let bytes = structure.weights[index].reduce(0) { sum, weight in
      let bytes = tensorBytes[weight.index]
      guard node.readsRows(of: weight) else { return saturatingSum(sum, bytes) }
      let ofPart = share < 1 ? Int(exactly: (Double(written) * share).rounded(.up)) ?? .max : written
      return saturatingSum(sum, min(bytes, ofPart))
    }
    guard node.work.weightShare < 1 else { return bytes }
    return Int((Double(bytes) * max(0, node.work.weightShare)).rounded(.up))
  }

  private func cost(
    of node: Operator, at index: Int, formula: KernelFormula, shape: KernelShape?,
    computeSeconds compute: Double, fusion: Fusion, tensorBytes: [Int], weightBytes: [Int],
    residentShare: Double, parts: BatchParts, isCard: Bool
  ) -> OperatorCost {
    let interaction = fusion.interaction[index].map { fusion.interactions[$0] }
    // The product stands for all of its kernel.
    if let interaction, interaction.product.index != index { return .zero }
    let isFused = interaction == nil && fusion.leader[index] != nil
    if formula.processor.joins(.lookups), structure.looksUpRows[index] {
      // It is a part of the kernel that looks up the tables.
      return formula.cost(
        compute: compute, launch: formula.processor.launchSeconds / Double(max(1, structure.lookupCount)),
        weights: Double(weightBytes[index]),
        activations: formula.processor.readsRowsInInteraction && structure.feedsInteraction[index]
          ? structure.activationInputs[index].reduce(0) { $0 + Double(tensorBytes[$1.index]) }
          : activationBytes(of: node, at: index, fusion, tensorBytes: tensorBytes),
        residentShare: residentShare, shape: nil, parts: parts)
    }
    let rows =
      formula.processor.readsRowsInInteraction
      ? interaction.map { rowBytes(of: $0, tensorBytes: tensorBytes) } ?? 0 : 0
    if node.work.isView {
      guard !isFused, let figures = formula.figures(shape), shape?.operatorClass == .view else {
        return .zero
      }
      return OperatorCost(
        computeSeconds: 0, dramSeconds: 0, sramSeconds: 0, launchSeconds: parts.count * figures.launchSeconds)
    }
    return formula.cost(
      compute: compute,
      launch: isFused
        ? 0
        : parts.count * formula.launchSeconds(isMatrix: node.work.kind == .matrix, shape: shape)
          + (isCard
            ? formula.quantiseSeconds(activations.quantisedFirst[index], shape: shape, parts: parts) : 0),
      weights: (interaction?.operators ?? [OperatorID(index)]).reduce(0) {
        $0 + Double(weightBytes[$1.index])
      },
      activations: activationBytes(of: node, at: index, fusion, tensorBytes: tensorBytes) - rows,
      onChip: rows, residentShare: residentShare, shape: shape, parts: parts)
  }

  /// Bytes that an interaction reads from tables, whose look-ups bring them on chip.
  private func rowBytes(of interaction: Interaction, tensorBytes: [Int]) -> Double {
    interaction.reads.reduce(0) { sum, tensor in
      let isRow = graph[tensor].producer.map { structure.feedsInteraction[$0.index] } ?? false
      return isRow ? sum + Double(tensorBytes[tensor.index]) : sum
    }
  }

  /// Seconds of arithmetic of every operator on all cores.
  ///
  /// On a card the engines are separate: a fused group takes the longer of its matrix and its vector work: each fused
  /// operator adds only the vector time that the group's matrix time does not hide.
  private func computeSeconds(
    _ formulaOfOperator: (Int) -> KernelFormula, _ shapes: [KernelShape?], _ parts: BatchParts,
    _ fusion: Fusion, isCard: Bool
  ) -> [Double] {
    /// Matrix seconds of each group that no vector work has been hidden behind yet, at its first operator.
    var hidden = [Double](repeating: 0, count: graph.operators.count)
    return graph.operators.enumerated().map { index, node in
      let formula = formulaOfOperator(index)
      let matrix = formula.matrixSeconds(
        operations: node.work.matrixOperations,
        results: node.outputs.reduce(0) { sum, id in sum + (id.map { Double(graph[$0].count) } ?? 0) },
        shape: shapes[index], shareOfResults: parts.share)
      var conversions =
        isCard ? Double(activations.quantised[index]) * Double(NarrowActivations.operationsPerElement) : 0
      if formula.precisions.weights != nil {
        // Each part of a batch widens them anew.
        let values = structure.weights[index].reduce(0.0) { $0 + Double(graph[$1].count) }
        conversions += parts.count * Double(KeptPrecision.operationsPerValue) * values
      }
      let vector =
        formula.vectorSeconds(
          operations: node.work.vectorOperations, shape: shapes[index], shareOfResults: parts.share)
        + conversions / formula.precisions.vectorPeak
      guard isCard else { return matrix + vector }
      let first = fusion.leader[index]?.index ?? index
      let exposed = max(0, vector - hidden[first] - matrix)
      hidden[first] = max(0, hidden[first] + matrix - vector)
      return matrix + exposed
    }
  }

  /// Bytes of activations that an operator moves.
  private func activationBytes(
    of node: Operator, at index: Int, _ fusion: Fusion, tensorBytes: [Int]
  ) -> Double {
    if let interaction = fusion.interaction[index].map({ fusion.interactions[$0] }) {
      guard interaction.product.index == index else { return 0 }
      return (interaction.reads + interaction.writes).reduce(0) { $0 + Double(tensorBytes[$1.index]) }
    }
    let inputs = structure.activationInputs[index]
    if let leader = fusion.leader[index] {
      // The fused input and the result are counted where the group's first operator writes them.
      return inputs.reduce(0) { sum, id in
        let inGroup = graph[id].producer.map { fusion.group[$0.index] == leader } ?? false
        return inGroup ? sum : sum + Double(tensorBytes[id.index])
      }
    }
    var read = inputs.reduce(Double(node.work.stateBytes)) { $0 + Double(tensorBytes[$1.index]) }
    var written = node.outputs.reduce(0.0) { sum, id in
      id.map { sum + Double(tensorBytes[$0.index]) } ?? sum
    }
    for state in structure.states[index] ?? [] {
      // It is changed in place: what is added is written; what only moves data need not read the rest.
      guard let input = state.input else { continue }
      let before = Double(tensorBytes[input.index])
      written -= min(before, Double(tensorBytes[state.output.index]))
      if node.work.kind == .movement { read -= before }
    }
    return node.work.kind == .movement ? min(read, written) + written : read + written
  }

  /// What cards that act as one wait for; nothing where there is no team, as on the host, which runs no part.
  private func exchangeCost(
    _ collective: Collective, of node: Operator, team: CardTeam?, tensorBytes: [Int]
  ) -> OperatorCost {
    let bytes = node.outputs.first.flatMap { $0 }.map { Double(tensorBytes[$0.index]) } ?? 0
    guard let team else { return .zero }
    return OperatorCost(
      computeSeconds: 0, dramSeconds: 0, sramSeconds: 0, launchSeconds: 0,
      linkSeconds: team.seconds(bytes: bytes, isSum: collective == .allReduce), bytes: bytes)
  }

  private func lookupCost(
    _ formula: LookupFormula, format: TableFormat, processor: Processor, precisions: DevicePrecisions,
    hits: Double
  ) -> OperatorCost {
    let whole = formula.cost(
      format: format, split: .whole, processor: processor, precisions: precisions, hits: hits)
    let share = 1 / Double(max(1, formula.table.lookups.count))
    return OperatorCost(
      computeSeconds: whole.coreSeconds / Double(max(1, processor.cores)) * share,
      dramSeconds: whole.dramSeconds * share, sramSeconds: 0,
      launchSeconds: whole.launchSeconds * share, bytes: whole.bytes * share)
  }
}
