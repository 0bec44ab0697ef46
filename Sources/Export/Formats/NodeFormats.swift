import Graph
import Hardware
import ONNXImport
import Plan

/// Formats that list the model's nodes by device.
package enum NodeFormats {
  /// Cloud AI 100: partitions of nodes in topological order, with their devices.
  package static func mdp(_ context: FormatContext, _ source: ModelSource) throws(ExportError)
    -> FormattedPlan
  {
    let format = "mdp"
    try context.refuseGroups(format)
    try context.refuseSplits(format)
    let nodes = try context.nodes(of: source, format)
    if let host = nodes.first(where: {
      context.card(of: context.partitions.partitions[$0.partition].site) == nil
    }) {
      throw ExportError(
        .unsupported,
        "\(format): places nodes on cards alone, and the plan has '\(host.name)' on the host; export parts and compile those of the cards, or pin all operators to cards"
      )
    }
    // One partition a card: the compiler runs them as a pipeline.
    var lists: [(card: Int, names: [String])] = []
    for node in nodes {
      guard let card = context.card(of: context.partitions.partitions[node.partition].site) else { continue }
      if let index = lists.firstIndex(where: { $0.card == card }) {
        lists[index].names.append(node.name)
      } else {
        lists.append((card, [node.name]))
      }
    }
    var losses = context.lossOfCopies(format, "load the compiled program once on each card")
    if lists.count < Set(nodes.map(\.partition)).count, lists.count > 1 {
      losses.append(
        "\(format): a card has one partition there; the order of its several partitions is the compiler's")
    }
    losses += context.lossOfPrecision(format)
    let devices = lists.map(\.card)
    let connection: [JSONLines] =
      devices.count < 2
      ? []
      : [
        .object([
          ("devices", .numbers(devices)), ("type", .string(context.system.peerToPeer ? "p2p" : "host")),
        ])
      ]
    return FormattedPlan(
      text: JSONLines.object([
        ("connections", .array(connection)),
        (
          "partitions",
          .array(
            lists.enumerated().map { index, list in
              .object([
                ("name", .string("Partition\(index)")), ("nodeList", .strings(list.names)),
                (
                  "devices",
                  .array([
                    .object([
                      ("deviceId", .number(list.card)),
                      ("numCores", .number(context.system.cards[list.card].processor.cores)),
                    ])
                  ])
                ),
              ])
            })
        ),
      ]).text, losses: losses)
  }

  /// Glow's `PartitionConfig`, its fields as members.
  package static func glow(_ context: FormatContext, _ source: ModelSource) throws(ExportError)
    -> FormattedPlan
  {
    let format = "glow"
    try context.refuseGroups(format)
    try context.refuseSplits(format)
    let nodes = try context.nodes(of: source, format)
    let partitions = context.partitions.partitions
    func cards(_ index: Int) -> [Int] { context.placement.cards(at: partitions[index].site) }
    return FormattedPlan(
      text: JSONLines.object([
        ("funcName", .string(context.graph.name)), ("numOfPartitions", .number(partitions.count)),
        (
          "backendNames",
          .strings(
            partitions.indices.map { index in
              cards(index).first.map { _ in "NNPI" } ?? "CPU"
            })
        ),
        ("partitionNames", .strings(partitions.indices.map { "partition\($0)" })),
        ("backendHints", .array([])),
        ("logicalIDs", .array(partitions.indices.map { .numbers(cards($0).isEmpty ? [0] : cards($0)) })),
        ("nodeToPartition", .object(nodes.map { ($0.name, .number($0.partition)) })),
        (
          "replicationCount",
          .object(
            partitions.indices.filter { cards($0).count > 1 }.map { ("\($0)", .number(cards($0).count)) })
        ),
      ]).text, losses: context.lossOfPrecision(format))
  }

  /// OpenVINO: affinities by friendly name, which is a node's name in the file.
  package static func openvino(_ context: FormatContext, _ source: ModelSource) throws(ExportError)
    -> FormattedPlan
  {
    let format = "openvino"
    try context.refuseGroups(format)
    try context.refuseSplits(format)
    let nodes = try context.nodes(of: source, format)
    return FormattedPlan(
      text: JSONLines.object(
        nodes.map { node in
          let card = context.card(of: context.partitions.partitions[node.partition].site)
          return (node.name, .string(card.map { "GPU.\($0)" } ?? "CPU"))
        }
      ).text,
      losses: context.lossOfCopies(format, "run the program once for each card")
        + context.lossOfPrecision(format))
  }
}
