import CostModel
import Graph
import Hardware
import Plan

/// The partitions of a plan from left to right by level, with what moves between them; each opens down to its operators with
/// their cost and what bounds it.
struct PartitionedGraph {
  /// More are not drawn, but listed.
  private static let mostNodes = 240
  private static let mostOperators = 6000
  private static let nodeWidth = 190
  private static let nodeHeight = 58
  private static let columnGap = 110
  private static let rowGap = 16

  private let plan: PlanDocument
  private let costs: CostModel?
  private let layout: DrawingLayout
  private let indexOfName: [String: Int]

  init(_ plan: PlanDocument, graph: Graph?, costs: CostModel?) {
    self.plan = plan
    self.costs = costs
    layout = DrawingLayout(plan, foldsAlike: true)
    indexOfName = Dictionary((graph?.operators ?? []).enumerated().map { ($1.name, $0) }) { first, _ in first
    }
  }

  var html: String { drawing + "<h3>Partitions and their operators</h3>" + lists }

  // MARK: Drawing

  private struct Place {
    var x: Int
    var y: Int
  }

  private var drawing: String {
    guard layout.nodes.count <= Self.mostNodes else {
      return
        "<p>\(Figures.counted(layout.nodes.count, "partition")) are too many to draw; they are listed below.</p>"
    }
    guard !layout.nodes.isEmpty else { return "<p>Nothing has to be computed.</p>" }
    var rows: [Int: Int] = [:]
    let levels = layout.nodes.map { $0.partitions.first?.level ?? 0 }
    let (first, deepest) = (levels.min() ?? 0, levels.max() ?? 0)
    let left = 90
    let places = levels.map { level -> Place in
      let row = rows[level, default: 0]
      rows[level] = row + 1
      return Place(
        x: left + (level - first) * (Self.nodeWidth + Self.columnGap),
        y: 20 + row * (Self.nodeHeight + Self.rowGap))
    }
    let height = 30 + (rows.values.max() ?? 1) * (Self.nodeHeight + Self.rowGap)
    let width = left + (deepest - first + 1) * (Self.nodeWidth + Self.columnGap) + 60
    let caption =
      "\(Figures.counted(layout.nodes.count, "partition")), from the request on the left to the response on the right"
    var parts = [HTMLPage.svg(width: width, height: height, label: caption, hasLinks: true)]
    for edge in layout.edges { parts.append(line(edge, places, width: width, height: height)) }
    parts.append(
      "<text x=\"8\" y=\"\(height / 2)\">request</text><text x=\"\(width - 55)\" y=\"\(height / 2)\">response</text>"
    )
    for (index, place) in places.enumerated() { parts.append(box(index, place)) }
    parts.append("</svg>")
    return """
      <div class="zoom"><fieldset><legend>Size of the drawing</legend>
      <input type="radio" name="zoom" id="zoom1" checked><label for="zoom1">as it is</label>
      <input type="radio" name="zoom" id="zoom0"><label for="zoom0">to the page's width</label>
      <input type="radio" name="zoom" id="zoom2"><label for="zoom2">twice</label>
      <input type="radio" name="zoom" id="zoom4"><label for="zoom4">four times</label></fieldset>
      \(HTMLPage.figure(parts.joined(separator: "\n"), caption: caption, summary: "Lines that add up to the bottleneck are red. Where everything is drawn small, the list below has the same."))
      </div>
      """
  }

  private func line(_ edge: DrawingLayout.Edge, _ places: [Place], width: Int, height: Int) -> String {
    func end(_ end: DrawingLayout.End, isStart: Bool) -> (x: Int, y: Int) {
      switch end {
      case .request: (55, height / 2 - 4)
      case .response: (width - 60, height / 2 - 4)
      case .node(let index):
        (places[index].x + (isStart ? Self.nodeWidth : 0), places[index].y + Self.nodeHeight / 2)
      }
    }
    let (from, to) = (end(edge.from, isStart: true), end(edge.to, isStart: false))
    let bend = max(30, abs(to.x - from.x) / 2)
    let isHot = edge.transfers.contains { $0.links.contains { $0.link == plan.predicted.bottleneckResource } }
    let bytes = edge.transfers.reduce(0) { Saturating.sum($0, $1.bytes) }
    return
      "<path class=\"\(isHot ? "hot" : "edge")\" d=\"M\(from.x) \(from.y)C\(from.x + bend) \(from.y) \(to.x - bend) \(to.y) \(to.x) \(to.y)\">"
      + "<title>\(HTMLPage.text("\(Figures.bytes(bytes)) in \(Figures.counted(edge.transfers.count, "transfer"))"))</title></path>"
  }

  private func box(_ index: Int, _ place: Place) -> String {
    let node = layout.nodes[index]
    let isSparse = node.partitions.first?.role == .sparse
    let lines = [
      siteWords(node), contentWords(node),
      "cores \(Figures.seconds(node.partitions.map(\.coreSeconds).max() ?? 0)), DRAM \(Figures.seconds(node.partitions.map(\.dramSeconds).max() ?? 0))",
    ]
    return
      "<a href=\"#p\(index)\"><rect class=\"box\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(Self.nodeWidth)\" height=\"\(Self.nodeHeight)\" rx=\"6\"/>"
      + "<rect class=\"c\(isSparse ? 0 : 1)\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"5\" height=\"\(Self.nodeHeight)\"/>"
      + lines.enumerated().map { row, line in
        "<text x=\"\(place.x + 12)\" y=\"\(place.y + 16 + row * 16)\"\(row == 0 ? " font-weight=\"600\"" : " class=\"soft\"")>\(HTMLPage.text(NameText.shown(line, columns: 27)))</text>"
      }.joined() + "</a>"
  }

  private func siteWords(_ node: DrawingLayout.Node) -> String {
    let sites = layout.clusters[node.cluster].sites
    guard let first = sites.first, let last = sites.last else { return "" }
    return sites.count == 1 ? first : "\(first) to \(last)"
  }

  private func contentWords(_ node: DrawingLayout.Node) -> String {
    let operators = node.partitions.reduce(0) { $0 + $1.operators.count }
    let tables = Set(node.tables.map(\.table.name)).count
    var words: [String] = []
    if tables > 0 { words.append(Figures.counted(tables, "table")) }
    if operators > 0 { words.append(Figures.counted(operators, "operator")) }
    return words.isEmpty ? "look-ups" : words.joined(separator: ", ")
  }

  // MARK: Lists

  private var lists: String {
    var left = Self.mostOperators
    return layout.nodes.enumerated().map { index, node in
      let line =
        "\(siteWords(node)), \(node.partitions.first?.role.rawValue ?? ""), level \(node.partitions.first?.level ?? 0): \(contentWords(node))"
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
    }.joined(separator: "\n")
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
