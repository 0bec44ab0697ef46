import Plan

extension PlanDrawing {
  func edgeLine(_ edge: DrawingLayout.Edge) -> String {
    if edge.transfers.isEmpty { return insideLine(edge) }
    let share = bottleneckEdges.seconds(of: edge.transfers)
    let part = share.map { "\\n\(Figures.seconds($0)) of the bottleneck " } ?? ""
    var attributes = ["label=\"\(label(edge.transfers))\(part)\""]
    if share != nil {
      let colour = Palette.bottleneck.line
      attributes.append("color=\"\(colour)\", fontcolor=\"\(colour)\", penwidth=2.5")
    }
    // The host stays on the left: what returns to it does not pull it along.
    attributes.append(isOnHost(edge.to) ? "constraint=false" : "tailport=e, headport=w")
    return "  \(name(edge.from)) -> \(name(edge.to)) [\(attributes.joined(separator: ", "))];"
  }

  /// What is handed over inside a device. On the host, which is one column, it moves nothing.
  private func insideLine(_ edge: DrawingLayout.Edge) -> String {
    let isOnHost = isOnHost(edge.from) && isOnHost(edge.to)
    return "  \(name(edge.from)) -> \(name(edge.to)) [style=dashed\(isOnHost ? ", constraint=false" : "")];"
  }

  /// Invisible edges that keep the levels of one cluster in reading order, and idle cards beside the busy ones.
  var orderLines: [String] {
    var lines: [String] = []
    for (index, cluster) in layout.clusters.enumerated() where cluster.kind != .host {
      lines += zip(cluster.nodes, cluster.nodes.dropFirst())
        .filter { layout.nodes[$0].partitions.first?.level != layout.nodes[$1].partitions.first?.level }
        .map { "  n\($0) -> n\($1) [style=invis];" }
      if cluster.nodes.isEmpty { lines.append("  request -> idle\(index) [style=invis];") }
    }
    return lines
  }

  private func name(_ end: DrawingLayout.End) -> String {
    switch end {
    case .request: "request"
    case .response: "response"
    case .node(let index): "n\(index)"
    }
  }

  private func isOnHost(_ end: DrawingLayout.End) -> Bool {
    switch end {
    case .request, .response: true
    case .node(let index): layout.clusters[layout.nodes[index].cluster].kind == .host
    }
  }

  /// Bytes and time of one transfer, or the range of those of several.
  private func label(_ transfers: [PlanDocument.TransferEntry]) -> String {
    let sizes = transfers.map(\.bytes)
    guard let least = sizes.min(), let most = sizes.max() else { return "" }
    let longest = transfers.map(Self.seconds).max() ?? 0
    let time = Figures.seconds(longest)
    if transfers.count == 1 { return " \(Figures.bytes(most)), \(time) " }
    let range = least == most ? Figures.bytes(most) : "\(Figures.bytes(least)) – \(Figures.bytes(most))"
    return " \(transfers.count) x \(range), up to \(time) "
  }

  /// Both links of a hop carry the bytes at the same time; hops follow each other.
  private static func seconds(_ transfer: PlanDocument.TransferEntry) -> Double {
    stride(from: 0, to: transfer.links.count, by: 2).map { first in
      transfer.links[first..<min(first + 2, transfer.links.count)].map(\.seconds).max() ?? 0
    }.reduce(0, +)
  }
}
