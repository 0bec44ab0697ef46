import Graph
import Hardware
import Plan

/// Formats of language models, which place modules or layers.
package enum LayerFormats {
  // MARK: Hugging Face

  /// `{"model.layers.0": 0, ..., "lm_head": "cpu"}`: modules by the path of their weights, the outermost that are in one place.
  package static func deviceMap(_ context: FormatContext) throws(ExportError) -> FormattedPlan {
    let format = "device-map"
    try context.refuseGroups(format)
    try context.refuseSplits(format)
    if context.placement.hasCopies, context.placement.usedCards.count > 1 {
      throw ExportError(
        .unsupported,
        "\(format): the plan has copies on \(context.placement.usedCards.count) cards, which one map cannot say; where all is copied, run one process for each card without a map"
      )
    }
    var root = Module()
    for (path, card) in weights(context) { root.add(path[...], card) }
    guard !root.children.isEmpty else {
      throw ExportError(
        .unsupported,
        "\(format): neither weights nor nodes are named after modules ('model.layers.0.mlp.weight', '/model/layers.0/mlp/MatMul')"
      )
    }
    var shared: [String] = []
    let entries = root.places("", &shared)
    if let first = shared.first {
      throw ExportError(
        .unsupported,
        "\(format): module '\(first)' has weights on several devices; keep its operators together with a rule"
      )
    }
    return FormattedPlan(
      text: JSONLines.object(entries.map { ($0.0, $0.1.map(JSONLines.number) ?? .string("cpu")) }).text,
      losses: context.lossOfPrecision(format))
  }

  /// Modules by name, in the order of their first weights.
  private struct Module {
    var children: [(name: String, module: Module)] = []
    /// Of all weights inside; the host is `nil`.
    var cards: Set<Int?> = []
    /// Of its own weights.
    var own: Set<Int?> = []

    mutating func add(_ path: ArraySlice<String>, _ card: Int?) {
      cards.insert(card)
      guard let first = path.first else {
        own.insert(card)
        return
      }
      if let index = children.firstIndex(where: { $0.name == first }) {
        children[index].module.add(path.dropFirst(), card)
      } else {
        var module = Module()
        module.add(path.dropFirst(), card)
        children.append((first, module))
      }
    }

    func places(_ path: String, _ shared: inout [String]) -> [(String, Int?)] {
      if cards.count == 1, let card = cards.first { return [(path, card)] }
      if own.count > 1 { shared.append(path) }
      // Beside modules that are elsewhere, weights of its own have no entry of their own but the module's.
      return (own.first.map { [(path, $0)] } ?? [])
        + children.flatMap { $0.module.places(path.isEmpty ? $0.name : "\(path).\($0.name)", &shared) }
    }
  }

  /// The module path of every weight that is read, with the card that reads it.
  private static func weights(_ context: FormatContext) -> [(path: [String], card: Int?)] {
    let served = ServedLookups(graph: context.graph)
    return context.graph.operators.enumerated().flatMap { index, op -> [([String], Int?)] in
      let site =
        served.table[index].map { context.placement.tables[$0].shards[0].site }
        ?? context.placement.operators[index]
      return op.inputs.compactMap { $0 }.filter { context.graph[$0].isParameter }.compactMap { weight in
        let name = context.graph[weight].name
        let dotted = name.split(separator: ".").map(String.init)
        // A node of the older exporter of PyTorch is called after its module.
        let slashed = op.name.split(separator: "/").map(String.init)
        let path =
          dotted.count > 1 && !name.contains("::") && !name.contains("/")
          ? dotted.dropLast() : op.name.hasPrefix("/") && slashed.count > 1 ? slashed.dropLast() : []
        return path.isEmpty
          ? nil : (path.flatMap { $0.split(separator: ".").map(String.init) }, context.card(of: site))
      }
    }
  }

  // MARK: Layers

  /// By layer of the model: its card, `nil` for the host.
  private static func layers(_ context: FormatContext, _ format: String) throws(ExportError) -> [Int?] {
    try context.refuseGroups(format)
    if context.placement.hasCopies, context.placement.usedCards.count > 1 {
      throw ExportError(
        .unsupported,
        "\(format): the plan has copies on \(context.placement.usedCards.count) cards, which it cannot say; run one process for each card"
      )
    }
    var cards: [Int: Set<Int?>] = [:]
    for (path, card) in weights(context) {
      guard
        let index = zip(path, path.dropFirst()).compactMap({ Self.stacks.contains($0) ? Int($1) : nil }).first
      else {
        continue
      }
      cards[index, default: []].insert(card)
    }
    let count = cards.count
    guard count > 0, cards.keys.allSatisfy({ (0..<count).contains($0) }) else {
      throw ExportError(
        .unsupported,
        "\(format): places layers, and weights are not named after them ('model.layers.0.mlp.weight')")
    }
    var result: [Int?] = []
    for layer in 0..<count {
      guard let places = cards[layer], places.count == 1, let place = places.first else {
        throw ExportError(
          .unsupported,
          "\(format): layer \(layer) is on several devices; keep its operators together with a rule")
      }
      result.append(place)
    }
    return result
  }

  /// What lists of layers are called in the modules of PyTorch.
  private static let stacks: Set<String> = ["layers", "layer", "h", "blocks", "block", "blk"]

  /// How many layers each card has, in their order.
  private static func counts(_ layers: [Int?], cards: Int, _ format: String) throws(ExportError) -> [Int] {
    let placed = layers.compactMap { $0 }
    guard placed == placed.sorted() else {
      throw ExportError(
        .unsupported, "\(format): gives cards layers in their order, and the plan has them on cards \(placed)"
      )
    }
    return (0..<cards).map { card in placed.count { $0 == card } }
  }

  /// `-ts` deals the layers out over the cards; `-ot` keeps those of the host there.
  package static func llamaCPP(_ context: FormatContext) throws(ExportError) -> FormattedPlan {
    let format = "llama.cpp"
    let layers = try layers(context, format)
    // It deals out all layers, those of the host too, whose tensors it then leaves there: they go with the card before.
    var dealt: [Int?] = []
    for layer in layers { dealt.append(layer ?? dealt.last.flatMap { $0 } ?? 0) }
    let counts = try counts(dealt, cards: context.system.cards.count, format)
    let host = layers.indices.filter { layers[$0] == nil }
    var arguments = [
      "-ngl", "\(layers.count + 1)", "-sm", "layer", "-ts", counts.map(String.init).joined(separator: ","),
    ]
    if !host.isEmpty {
      arguments += ["-ot", "\"blk\\.(\(host.map(String.init).joined(separator: "|")))\\.=CPU\""]
    }
    return FormattedPlan(
      text: arguments.joined(separator: " ") + "\n",
      losses: context.lossOfPrecision(format)
        + ["\(format): the file of the model decides in which precision weights are stored"])
  }

  /// How many layers each stage of a pipeline has.
  package static func vllm(_ context: FormatContext) throws(ExportError) -> FormattedPlan {
    let format = "vllm"
    let layers = try layers(context, format)
    if let layer = layers.firstIndex(of: nil) {
      throw ExportError(
        .unsupported, "\(format): layer \(layer) is on the host, which it cannot say; pin it to a card")
    }
    let counts = try counts(layers, cards: context.system.cards.count, format).filter { $0 > 0 }
    return FormattedPlan(
      text: "VLLM_PP_LAYER_PARTITION=\"\(counts.map(String.init).joined(separator: ","))\"\n",
      losses: context.lossOfPrecision(format)
        + [
          "\(format): start it with --pipeline-parallel-size \(counts.count); embeddings are on the first stage, the head on the last"
        ])
  }
}
