import Graph
import Plan

/// Draws a plan in Graphviz's DOT language: host and cards as clusters, partitions as nodes, transfers as edges.
///
/// Drawn from the plan alone; with its graph, dense partitions also say which operator types they run. The text
/// depends on nothing else, so the same plan gives the same drawing byte for byte.
public struct PlanDrawing {
  public enum Detail: Sendable {
    /// Alike tables on one line, alike cards in one cluster: readable for hundreds of tables.
    case grouped
    /// Every table and every card by itself.
    case full
  }

  let plan: PlanDocument
  let layout: DrawingLayout
  let detail: Detail
  let types: OperatorTypes
  let bottleneck: ResourceLabel
  let bottleneckEdges: BottleneckEdges

  public init(_ plan: PlanDocument, graph: Graph? = nil, detail: Detail = .grouped) {
    self.plan = plan
    self.detail = detail
    layout = DrawingLayout(plan, foldsAlike: detail == .grouped)
    types = OperatorTypes(graph)
    bottleneck = ResourceLabel(plan.predicted.bottleneckResource)
    bottleneckEdges = BottleneckEdges(plan)
  }

  /// The drawing, for example for `dot -Tsvg`.
  public var dot: String {
    var lines = [
      "digraph plan {",
      "  graph [rankdir=LR, compound=true, nodesep=0.22, ranksep=1.1, splines=true, bgcolor=\"#FFFFFF\",",
      "    fontname=\"Helvetica,Arial,sans-serif\", fontsize=12, labelloc=t, pad=0.3];",
      "  graph [label=<\(title)>];",
      "  node [fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, shape=box, style=\"rounded,filled\", "
        + "penwidth=1.2];",
      "  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9, color=\"\(Palette.transfer.line)\", "
        + "fontcolor=\"\(Palette.transfer.line)\", arrowsize=0.7];",
    ]
    for index in layout.clusters.indices { lines += clusterLines(index) }
    for edge in layout.edges { lines.append(edgeLine(edge)) }
    lines += orderLines
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Title and legend

  private var title: String {
    let verdict = PlanSummary(plan).headline
    var rows = [
      HTMLLabel.font(HTMLLabel.bold(HTMLLabel.escape(verdict.title)), size: 18),
      HTMLLabel.font(HTMLLabel.escape(verdict.figures), size: 12),
    ]
    if let entry = plan.buckets, plan.hasBuckets, let longest = entry.buckets.last {
      let words =
        "drawn: the plan for \(NameText.shown(entry.dimension)) up to \(longest.longest), "
        + "\(Figures.percent(longest.share)) of the requests; --bucket draws another"
      rows.append(HTMLLabel.font(HTMLLabel.escape(words), size: 10))
    }
    rows.append(legend)
    return "<TABLE BORDER=\"0\" CELLSPACING=\"4\" CELLPADDING=\"2\">"
      + rows.map { "<TR><TD>\($0)</TD></TR>" }.joined() + "</TABLE>"
  }

  private var legend: String {
    let cells = [
      ("host", Palette.host), ("look-ups", .lookups), ("dense", .dense), ("bottleneck", .bottleneck),
    ].map { name, palette in
      "<TD BGCOLOR=\"\(palette.fill)\" COLOR=\"\(palette.line)\" BORDER=\"1\">"
        + "\(HTMLLabel.font(name, size: 9))</TD>"
    }.joined()
    var words = ["arrows: bytes and time of one batch; dashed: handed over inside a device"]
    if let bottleneck = bottleneckEdges.words {
      words.append("red arrows add up to the bottleneck: \(bottleneck)")
    }
    let arrows = words.map { HTMLLabel.font(HTMLLabel.escape($0), size: 9) }.joined(separator: "<BR/>")
    return
      "<TABLE BORDER=\"0\" CELLSPACING=\"6\" CELLPADDING=\"4\"><TR>\(cells)<TD>\(arrows)</TD></TR></TABLE>"
  }

  // MARK: Clusters

  private func clusterLines(_ index: Int) -> [String] {
    let cluster = layout.clusters[index]
    let palette = cluster.kind == .host ? Palette.host : .card
    let isBottleneck = holdsBottleneck(cluster)
    let line = isBottleneck ? Palette.bottleneck.line : palette.line
    var lines = [
      "  subgraph cluster_\(index) {",
      "    style=\"rounded,filled\"; fillcolor=\"\(palette.fill)\"; color=\"\(line)\"; "
        + "penwidth=\(isBottleneck ? 2.5 : 1.0);",
      "    label=<\(ClusterLabel(plan, bottleneck: isBottleneck ? bottleneck : nil).text(cluster))>;",
    ]
    if cluster.kind == .host {
      let style =
        "fillcolor=\"\(Palette.request.fill)\", color=\"\(Palette.request.line)\", shape=ellipse"
      lines.append("    request [label=\"request\", \(style)];")
      lines.append("    response [label=\"response\", \(style)];")
    }
    for node in cluster.nodes { lines.append("    " + nodeLine(node)) }
    if cluster.kind == .host {
      // The host's own steps stand in one column; drawn left to right, Graphviz stacks a rank from the bottom up.
      let column = ["response"] + cluster.nodes.reversed().map { "n\($0)" } + ["request"]
      lines.append("    { rank=same; \(column.joined(separator: " -> ")) [style=invis]; }")
    }
    if cluster.nodes.isEmpty, cluster.kind == .cards {
      lines.append(
        "    idle\(index) [shape=plaintext, style=\"\", fontcolor=\"#5B6770\", label=\"nothing placed here\"];"
      )
    }
    lines.append("  }")
    return lines
  }

  private func holdsBottleneck(_ cluster: DrawingLayout.Cluster) -> Bool {
    if cluster.sites.contains(where: bottleneck.belongs(to:)) { return true }
    // The card's own cluster is drawn only when it holds more than the replica.
    let isDrawn = layout.clusters.contains { $0.sites.contains(bottleneck.device) }
    return cluster.kind == .everyCard && !isDrawn && bottleneck.device != "uplink"
  }

  // MARK: Nodes

  private func nodeLine(_ index: Int) -> String {
    let node = layout.nodes[index]
    let role = node.partitions.first?.role ?? .dense
    let isBottleneck = isBottleneck(node)
    let palette: Palette = role == .sparse ? .lookups : .dense
    let fill = isBottleneck ? Palette.bottleneck.fill : palette.fill
    let line = isBottleneck ? Palette.bottleneck.line : palette.line
    let label = HTMLLabel.column(labelLines(node, role: role))
    return "n\(index) [fillcolor=\"\(fill)\", color=\"\(line)\", "
      + "penwidth=\(isBottleneck ? 2.5 : 1.2), label=<\(label)>];"
  }

  private func labelLines(_ node: DrawingLayout.Node, role: Partition.Role) -> [String] {
    let level = node.partitions.first?.level ?? 0
    let many = node.partitions.count > 1 ? "\(node.partitions.count) x " : ""
    let title = role == .sparse ? "\(many)look-ups" : "\(many)dense"
    let operators = node.partitions.flatMap(\.operators)
    var lines = [HTMLLabel.bold(title) + HTMLLabel.font(", level \(level)", size: 9)]
    let tables = TableLines(node.tables)
    if detail == .grouped {
      lines += tables.grouped
    } else if !node.tables.isEmpty {
      lines.append(HTMLLabel.columns(tables.full, height: 16))
    }
    if !operators.isEmpty {
      lines.append(Figures.counted(operators.count, "operator"))
      lines += types.lines(for: operators).map { HTMLLabel.font($0, size: 9, colour: "#5B6770") }
    }
    let cores = node.partitions.map(\.coreSeconds).max() ?? 0
    let dram = node.partitions.map(\.dramSeconds).max() ?? 0
    let most = node.partitions.count > 1 ? "up to " : ""
    lines.append("\(most)\(Figures.seconds(cores)) cores, \(Figures.seconds(dram)) DRAM")
    return lines
  }

  /// Whether the node is what keeps the bottleneck busy longest.
  private func isBottleneck(_ node: DrawingLayout.Node) -> Bool {
    guard holdsBottleneck(layout.clusters[node.cluster]) else { return false }
    let peers = layout.clusters[node.cluster].nodes.map { layout.nodes[$0] }
    let role = node.partitions.first?.role
    switch bottleneck.lane {
    case .sparse: return role == .sparse
    case .dense: return role == .dense
    case .cores:
      let most = peers.flatMap(\.partitions).map(\.coreSeconds).max()
      return node.partitions.map(\.coreSeconds).max() == most
    case .dram:
      let most = peers.flatMap(\.partitions).map(\.dramSeconds).max()
      return node.partitions.map(\.dramSeconds).max() == most
    case .incoming, .outgoing, .peerIncoming, .peerOutgoing, .inflight, .memory, nil: return false
    }
  }
}
