import CostModel
import Graph
import Hardware
import Plan

/// The partitions of a plan from left to right by level, with what moves between them; each opens down to its operators with
/// their cost and what bounds it.
struct PartitionedGraph {
  /// Of more, devices are drawn, not partitions.
  private static let mostNodes = 120
  private static let mostColumns = 14
  private static let mostOperators = 6000
  /// More are listed by device.
  private static let mostInOneList = 24

  private let plan: PlanDocument
  private let costs: CostModel?
  private let layout: DrawingLayout
  private let bottleneck: BottleneckEdges
  private let indexOfName: [String: Int]
  /// Positions of nodes, by device and role in the order of the nodes.
  private let groups: [[Int]]

  init(_ plan: PlanDocument, graph: Graph?, costs: CostModel?) {
    self.plan = plan
    self.costs = costs
    let layout = DrawingLayout(plan, foldsAlike: true)
    self.layout = layout
    bottleneck = BottleneckEdges(plan)
    indexOfName = Dictionary((graph?.operators ?? []).enumerated().map { ($1.name, $0) }) { first, _ in first
    }
    groups = Self.groups(layout)
  }

  private static func groups(_ layout: DrawingLayout) -> [[Int]] {
    var groups: [[Int]] = []
    var position: [String: Int] = [:]
    for (index, node) in layout.nodes.enumerated() {
      let key = "\(node.cluster) \(node.partitions.first?.role.rawValue ?? "")"
      if let known = position[key] {
        groups[known].append(index)
      } else {
        position[key] = groups.count
        groups.append([index])
      }
    }
    return groups
  }

  var html: String { drawing + "<h3>Partitions and their operators</h3>" + lists }

  // MARK: Drawing

  private var isOverview: Bool {
    let levels = layout.nodes.map { $0.partitions.first?.level ?? 0 }
    return layout.nodes.count > Self.mostNodes
      || (levels.max() ?? 0) - (levels.min() ?? 0) >= Self.mostColumns
  }

  private var drawing: String {
    guard !layout.nodes.isEmpty else { return "<p>Nothing has to be computed.</p>" }
    let count = Figures.counted(layout.nodes.count, "partition")
    let caption =
      isOverview
      ? "\(count), drawn together by device: requests go back and forth between them"
      : "\(count), from the request on the left to the response on the right"
    let picture = GraphPicture(
      isOverview ? overviewBoxes : boxes, isOverview ? overviewLines : lines, caption: caption,
      isOverview: isOverview)
    let red = bottleneck.words.map { "Red lines add up to the bottleneck: \($0). " } ?? ""
    return """
      <div class="zoom"><fieldset><legend>Size of the drawing</legend>
      <input type="radio" name="zoom" id="zoom1" checked><label for="zoom1">as it is</label>
      <input type="radio" name="zoom" id="zoom0"><label for="zoom0">to the page's width</label>
      <input type="radio" name="zoom" id="zoom2"><label for="zoom2">twice</label>
      <input type="radio" name="zoom" id="zoom4"><label for="zoom4">four times</label></fieldset>
      \(HTMLPage.figure(picture.svg, caption: caption, summary: red + "Dashed: handed over inside a device, without a link. The list below has each partition."))
      </div>
      """
  }

  private var boxes: [GraphPicture.Box] {
    let first = layout.nodes.compactMap { $0.partitions.first?.level }.min() ?? 0
    return layout.nodes.enumerated().map { index, node in
      GraphPicture.Box(
        title: siteWords(node),
        lines: [
          contentWords([index]),
          timeWords(
            node.partitions.map(\.coreSeconds).max() ?? 0, node.partitions.map(\.dramSeconds).max() ?? 0),
        ], isSparse: node.partitions.first?.role == .sparse,
        column: (node.partitions.first?.level ?? 0) - first, target: "p\(index)")
    }
  }

  private var lines: [GraphPicture.Line] {
    layout.edges.map { edge in line(edge.transfers, from: end(edge.from) { $0 }, to: end(edge.to) { $0 }) }
  }

  private var overviewBoxes: [GraphPicture.Box] {
    groups.enumerated().map { number, group in
      // Of folded cards, one.
      let parts = group.compactMap { layout.nodes[$0].partitions.first }
      let node = layout.nodes[group[0]]
      return GraphPicture.Box(
        title: "\(siteWords(node)), \(Figures.counted(group.count, "partition"))",
        lines: [
          contentWords(group),
          timeWords(parts.reduce(0) { $0 + $1.coreSeconds }, parts.reduce(0) { $0 + $1.dramSeconds }),
        ], isSparse: node.partitions.first?.role == .sparse,
        column: layout.clusters[node.cluster].kind == .host ? 0 : 1, target: "g\(number)")
    }
  }

  /// All that goes from one device to another as one line.
  private var overviewLines: [GraphPicture.Line] {
    var groupOfNode: [Int: Int] = [:]
    for (number, group) in groups.enumerated() { for node in group { groupOfNode[node] = number } }
    struct Ends: Hashable {
      var from: GraphPicture.End
      var to: GraphPicture.End
    }
    var order: [Ends] = []
    var transfers: [Ends: [PlanDocument.TransferEntry]] = [:]
    for edge in layout.edges {
      let ends = Ends(
        from: end(edge.from) { groupOfNode[$0] ?? 0 }, to: end(edge.to) { groupOfNode[$0] ?? 0 })
      if ends.from == ends.to { continue }
      if transfers[ends] == nil { order.append(ends) }
      transfers[ends, default: []] += edge.transfers
    }
    return order.map { line(transfers[$0] ?? [], from: $0.from, to: $0.to) }
  }

  private func end(_ end: DrawingLayout.End, _ box: (Int) -> Int) -> GraphPicture.End {
    switch end {
    case .request: .request
    case .response: .response
    case .node(let index): .box(box(index))
    }
  }

  private func line(
    _ transfers: [PlanDocument.TransferEntry], from: GraphPicture.End, to: GraphPicture.End
  ) -> GraphPicture.Line {
    guard !transfers.isEmpty else {
      return .init(from: from, to: to, kind: .inside, words: "handed over inside the device")
    }
    let bytes = transfers.reduce(0) { Saturating.sum($0, $1.bytes) }
    let words = "\(Figures.bytes(bytes)) in \(Figures.counted(transfers.count, "transfer"))"
    guard let seconds = bottleneck.seconds(of: transfers) else {
      return .init(from: from, to: to, kind: .transfer, words: words)
    }
    return .init(
      from: from, to: to, kind: .bottleneck, words: "\(words), \(Figures.seconds(seconds)) of the bottleneck")
  }

  private func timeWords(_ cores: Double, _ dram: Double) -> String {
    "cores \(Figures.seconds(cores)), DRAM \(Figures.seconds(dram))"
  }

  private func siteWords(_ node: DrawingLayout.Node) -> String {
    let sites = layout.clusters[node.cluster].sites
    guard let first = sites.first, let last = sites.last else { return "" }
    return sites.count == 1 ? first : "\(first) to \(last)"
  }

  private func contentWords(_ nodes: [Int]) -> String {
    let nodes = nodes.map { layout.nodes[$0] }
    let operators = nodes.reduce(0) { $0 + $1.partitions.reduce(0) { $0 + $1.operators.count } }
    let tables = Set(nodes.flatMap { $0.tables.map(\.table.name) }).count
    var words: [String] = []
    if tables > 0 { words.append(Figures.counted(tables, "table")) }
    if operators > 0 { words.append(Figures.counted(operators, "operator")) }
    return words.isEmpty ? "look-ups" : words.joined(separator: ", ")
  }

  // MARK: Lists

  private var lists: String {
    var left = Self.mostOperators
    guard layout.nodes.count > Self.mostInOneList || isOverview else {
      let levels = layout.nodes.map { $0.partitions.first?.level ?? 0 }
      return layout.nodes.indices.sorted { (levels[$0], $0) < (levels[$1], $1) }
        .map { entry($0, &left) }.joined(separator: "\n")
    }
    return groups.enumerated().map { number, group in
      let entries = group.map { entry($0, &left) }.joined(separator: "\n")
      let node = layout.nodes[group[0]]
      let line =
        "\(siteWords(node)), \(node.partitions.first?.role.rawValue ?? ""): "
        + "\(Figures.counted(group.count, "partition")), \(contentWords(group))"
      return
        "<div id=\"g\(number)\">\(HTMLPage.details(line, "<div class=\"nested\">\(entries)</div>"))</div>"
    }.joined(separator: "\n")
  }

  /// One partition, or those of folded cards.
  private func entry(_ index: Int, _ left: inout Int) -> String {
    let node = layout.nodes[index]
    let line =
      "\(siteWords(node)), \(node.partitions.first?.role.rawValue ?? ""), level \(node.partitions.first?.level ?? 0): \(contentWords([index]))"
    var body = ""
    for partition in node.partitions {
      let shown = partition.operators.prefix(max(0, left))
      left -= shown.count
      guard !shown.isEmpty else { continue }
      body += operatorTable(partition, Array(shown))
      if shown.count < partition.operators.count {
        body +=
          "<p>and \(Figures.counted(partition.operators.count - shown.count, "more operator")); the plan has them all.</p>"
      }
    }
    if body.isEmpty { body = "<p>Look-ups of the tables that are there; see the tables by card.</p>" }
    return "<div id=\"p\(index)\">\(HTMLPage.details(line, body))</div>"
  }

  private func operatorTable(_ partition: PlanDocument.PartitionEntry, _ names: [String]) -> String {
    let location = PlacementSite(name: partition.site, in: plan.system)?.representative
    let rows = names.map { name -> [String] in
      var cells = [HTMLPage.text(NameText.shown(name)), "", "", ""]
      guard let costs, let index = indexOfName[name] else { return cells }
      cells[1] = HTMLPage.text(costs.graph.operators[index].qualifiedType)
      if let cost = location.flatMap({ costs.cost(of: OperatorID(index), on: $0) }) {
        cells[2] = HTMLPage.text(Figures.seconds(cost.seconds))
        cells[3] = cost.limit == .none ? "nothing of its own" : HTMLPage.text(cost.limit.rawValue)
      }
      return cells
    }
    return HTMLPage.table(
      caption: "Operators on \(partition.site), level \(partition.level)",
      columns: [("operator", false), ("type", false), ("time on all cores", true), ("bound by", false)],
      rows: rows)
  }
}
