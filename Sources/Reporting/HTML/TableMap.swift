import Graph
import Plan

/// The tables as a treemap: an area a device, in it an area a shard, each as large as its bytes; coloured by precision.
struct TableMap {
  /// An area.
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  private struct Piece {
    var table: PlanDocument.TableEntry
    var shard: PlanDocument.ShardEntry
    var number: Int
  }

  private static let width = 760.0
  private static let height = 460.0
  /// More are drawn as one area a device.
  private static let mostPieces = 4000
  private static let mostRows = 3000

  private let plan: PlanDocument
  private let sites: [(name: String, pieces: [Piece])]

  init(_ plan: PlanDocument) {
    self.plan = plan
    var bySite: [String: [Piece]] = [:]
    for table in plan.tables {
      for (number, shard) in table.shards.enumerated() {
        bySite[shard.site, default: []].append(Piece(table: table, shard: shard, number: number))
      }
    }
    let order = ["host", "every card"] + plan.system.cards.map(\.name)
    sites = order.compactMap { name in bySite[name].map { (name, $0) } }
  }

  var html: String {
    let caption = "Tables by device; the area is their bytes"
    let precisions = plan.request.tablePrecisions + plan.tables.map(\.precision)
    var kinds: [String] = []
    for precision in precisions where !kinds.contains(precision.rawValue) { kinds.append(precision.rawValue) }
    let legend = kinds.enumerated().map {
      "<li><span class=\"key c\($0 % HTMLPage.colours)\"></span>\(HTMLPage.text($1))</li>"
    }
    let figure = HTMLPage.figure(
      drawing(kinds, caption), caption: caption,
      summary: sites.map { site in
        "\(site.name): \(Figures.counted(site.pieces.count, "piece")), \(Figures.bytes(Self.bytes(site.pieces)))"
      }.joined(separator: "; "))
    return "<ul class=\"legend\">\(legend.joined())</ul>" + figure + HTMLPage.details("All tables", list)
  }

  private static func bytes(_ pieces: [Piece]) -> Int {
    pieces.reduce(0) { Saturating.sum($0, $1.shard.bytes) }
  }

  private func drawing(_ kinds: [String], _ caption: String) -> String {
    var parts = [HTMLPage.svg(width: Int(Self.width), height: Int(Self.height), label: caption)]
    let areas = Self.squarified(
      sites.map { Double(max(1, Self.bytes($0.pieces))) },
      in: Box(x: 0, y: 0, width: Self.width, height: Self.height))
    let isDrawn = sites.reduce(0) { $0 + $1.pieces.count } <= Self.mostPieces
    for (site, area) in zip(sites, areas) {
      let inner = Box(
        x: area.x + 2, y: area.y + 18, width: max(0, area.width - 4), height: max(0, area.height - 20))
      parts.append("<rect class=\"box\" \(Self.place(area))/>")
      if area.width > 50, area.height > 18 {
        parts.append(
          "<text x=\"\(Self.number(area.x + 5))\" y=\"\(Self.number(area.y + 13))\">\(HTMLPage.text(NameText.shown(site.name, columns: max(4, Int(area.width / 7)))))</text>"
        )
      }
      guard isDrawn, inner.width > 0, inner.height > 0 else { continue }
      let pieces = site.pieces.enumerated().sorted {
        ($1.element.shard.bytes, $0.offset) < ($0.element.shard.bytes, $1.offset)
      }.map(\.element)
      let boxes = Self.squarified(pieces.map { Double(max(1, $0.shard.bytes)) }, in: inner)
      for (piece, box) in zip(pieces, boxes) {
        let kind = kinds.firstIndex(of: piece.table.precision.rawValue) ?? 0
        parts.append(
          "<rect class=\"c\(kind % HTMLPage.colours)\" stroke=\"var(--ground)\" stroke-width=\"0.5\" \(Self.place(box))><title>"
            + "\(HTMLPage.text(words(piece)))</title></rect>")
        if box.width > 44, box.height > 14 {
          parts.append(
            "<text class=\"on\" x=\"\(Self.number(box.x + 3))\" y=\"\(Self.number(box.y + 11))\" font-size=\"9\">"
              + "\(HTMLPage.text(NameText.shown(piece.table.name, columns: max(3, Int(box.width / 6)))))</text>"
          )
        }
      }
    }
    return parts.joined(separator: "\n") + "</svg>"
  }

  private func words(_ piece: Piece) -> String {
    let part =
      piece.table.split == .whole
      ? "" : ", \(piece.table.split.rawValue) \(piece.number + 1) of \(piece.table.shards.count)"
    return
      "\(NameText.shown(piece.table.name)): \(Figures.bytes(piece.shard.bytes)) in \(piece.table.precision.rawValue)\(part)"
  }

  private var list: String {
    let rows = plan.tables.prefix(Self.mostRows).map { table -> [String] in
      var places: [String] = []
      for shard in table.shards where !places.contains(shard.site) { places.append(shard.site) }
      let split = table.split == .whole ? "whole" : "\(table.shards.count) by \(table.split.rawValue)"
      return [
        HTMLPage.text(NameText.shown(table.name)),
        HTMLPage.text(places.map { NameText.shown($0) }.joined(separator: ", ")),
        HTMLPage.text(table.precision.rawValue), HTMLPage.text(split),
        HTMLPage.text(Figures.bytes(table.shards.reduce(0) { Saturating.sum($0, $1.bytes) })),
      ]
    }
    let more = plan.tables.count - rows.count
    return HTMLPage.table(
      caption: "Where each table is",
      columns: [("table", false), ("where", false), ("stored in", false), ("split", false), ("bytes", true)],
      rows: rows)
      + (more > 0 ? "<p>and \(Figures.counted(more, "more table")); the plan has them all.</p>" : "")
  }

  // MARK: Areas

  private static func number(_ value: Double) -> String { Figures.fixed(value, decimals: 1) }

  private static func place(_ box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(max(0, box.width)))\" height=\"\(number(max(0, box.height)))\""
  }

  /// Areas in proportion to sizes above 0, as square as rows allow (Bruls, Huizing and van Wijk 2000). The largest first gives
  /// the best shapes; any order gives areas that fill the box.
  static func squarified(_ sizes: [Double], in box: Box) -> [Box] {
    let total = sizes.reduce(0, +)
    guard total > 0, box.width > 0, box.height > 0 else {
      return sizes.map { _ in Box(x: box.x, y: box.y, width: 0, height: 0) }
    }
    let scale = box.width * box.height / total
    let areas = sizes.map { $0 * scale }
    var result: [Box] = []
    var rest = box
    var start = 0
    while start < areas.count {
      let side = max(min(rest.width, rest.height), 1e-9)
      var end = start + 1
      var sum = areas[start]
      var (least, most) = (areas[start], areas[start])
      func worst(_ sum: Double, _ least: Double, _ most: Double) -> Double {
        max(side * side * most / (sum * sum), sum * sum / (side * side * least))
      }
      while end < areas.count {
        let (more, low, high) = (sum + areas[end], min(least, areas[end]), max(most, areas[end]))
        if worst(more, low, high) > worst(sum, least, most) { break }
        (sum, least, most) = (more, low, high)
        end += 1
      }
      let thickness = sum / side
      var at = 0.0
      for area in areas[start..<end] {
        let length = area / thickness
        result.append(
          rest.width >= rest.height
            ? Box(x: rest.x, y: rest.y + at, width: thickness, height: length)
            : Box(x: rest.x + at, y: rest.y, width: length, height: thickness))
        at += length
      }
      if rest.width >= rest.height {
        rest = Box(
          x: rest.x + thickness, y: rest.y, width: max(0, rest.width - thickness), height: rest.height)
      } else {
        rest = Box(
          x: rest.x, y: rest.y + thickness, width: rest.width, height: max(0, rest.height - thickness))
      }
      start = end
    }
    return result
  }
}
