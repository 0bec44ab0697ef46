import Graph

/// Boxes and the lines between them, as a drawing of a page: from left to right by level, or, where there are more levels than
/// anyone follows, a box for all that a device does in one role.
struct GraphPicture {
  enum End: Hashable {
    case request, response
    case box(Int)
  }

  struct Box {
    /// Bold.
    var title: String
    var lines: [String]
    var isSparse: Bool
    /// From 0 on the left.
    var column: Int
    /// The element that says more.
    var target: String
  }

  struct Line {
    enum Kind { case transfer, bottleneck, inside }
    var from: End
    var to: End
    var kind: Kind
    /// What it carries.
    var words: String
  }

  private static let boxWidth = 190
  private static let boxHeight = 58
  private static let rowGap = 16
  private static let left = 90
  /// Of what a line carries, in words.
  private static let labelWidth = 190

  private let boxes: [Box]
  private let lines: [Line]
  private let caption: String
  /// Whether lines say what they carry, and request and response are both on the left, where the host is.
  private let isOverview: Bool
  private var places: [(x: Int, y: Int)] = []
  /// By line: how many before it have their words at the same side of the same box.
  private var slots: [Int] = []
  private let width: Int
  private let height: Int

  init(_ boxes: [Box], _ lines: [Line], caption: String, isOverview: Bool) {
    self.boxes = boxes
    self.lines = lines
    self.caption = caption
    self.isOverview = isOverview
    let gap = isOverview ? Self.labelWidth + 60 : 110
    let rowGap = isOverview ? 40 : Self.rowGap
    var rows: [Int: Int] = [:]
    for box in boxes {
      let row = rows[box.column, default: 0]
      rows[box.column] = row + 1
      places.append(
        (Self.left + box.column * (Self.boxWidth + gap), 20 + row * (Self.boxHeight + rowGap)))
    }
    struct Side: Hashable { var box: End, isIncoming: Bool }
    var taken: [Side: Int] = [:]
    for line in lines {
      // Words of what comes and goes on the left stand beside the box on the right.
      let isIncoming = Self.column(of: line.from, boxes) < Self.column(of: line.to, boxes)
      let side = Side(box: isIncoming ? line.to : line.from, isIncoming: isIncoming)
      slots.append(taken[side, default: 0])
      taken[side, default: 0] += 1
    }
    let columns = (boxes.map(\.column).max() ?? 0) + 1
    width = Self.left + columns * (Self.boxWidth + gap) + (isOverview ? 0 : 60)
    height = 30 + (rows.values.max() ?? 1) * (Self.boxHeight + rowGap) + (isOverview ? 20 : 0)
  }

  private static func column(of end: End, _ boxes: [Box]) -> Int {
    if case .box(let index) = end { boxes[index].column } else { 0 }
  }

  var svg: String {
    var parts = [HTMLPage.svg(width: width, height: height, label: caption, hasLinks: true)]
    parts += zip(lines, slots).map(path)
    let (request, response) = (point(.request), point(.response))
    parts.append("<text x=\"8\" y=\"\(request.y + 4)\">request</text>")
    parts.append("<text x=\"\(isOverview ? 8 : width - 55)\" y=\"\(response.y + 4)\">response</text>")
    for (box, place) in zip(boxes, places) { parts.append(Self.markup(box, place)) }
    return parts.joined(separator: "\n") + "</svg>"
  }

  private static func markup(_ box: Box, _ place: (x: Int, y: Int)) -> String {
    let text = ([box.title] + box.lines).enumerated().map { row, line in
      "<text x=\"\(place.x + 12)\" y=\"\(place.y + 16 + row * 16)\"\(row == 0 ? " font-weight=\"600\"" : " class=\"soft\"")>"
        + "\(HTMLPage.text(NameText.shown(line, columns: 27)))</text>"
    }
    return
      "<a href=\"#\(box.target)\"><rect class=\"box\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(boxWidth)\" height=\"\(boxHeight)\" rx=\"6\"/>"
      + "<rect class=\"c\(box.isSparse ? 0 : 1)\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"5\" height=\"\(boxHeight)\"/>"
      + text.joined() + "</a>"
  }

  /// Of request and response where lines meet them.
  private func point(_ end: End) -> (x: Int, y: Int) {
    switch end {
    case .request: isOverview ? (55, 49) : (55, height / 2 - 4)
    case .response: isOverview ? (60, height - 16) : (width - 60, height / 2 - 4)
    case .box(let index): (places[index].x, places[index].y + Self.boxHeight / 2)
    }
  }

  private func path(_ line: Line, slot: Int) -> String {
    var (from, to) = (point(line.from), point(line.to))
    var (out, back) = (1, -1)
    if case .box(let a) = line.from {
      if case .box(let b) = line.to {
        let (x, y) = (places[a].x, places[b].x)
        if x < y || (x == y && !isOverview) {
          from.x += Self.boxWidth
        } else if x == y {
          // Around the right of both.
          (from.x, to.x, back) = (x + Self.boxWidth, y + Self.boxWidth, 1)
        } else {
          (to.x, out, back) = (y + Self.boxWidth, -1, 1)
        }
        // There and back are apart.
        let shift =
          places[a].x > places[b].x || (x == y && places[a].y > places[b].y) ? 12 : isOverview ? -12 : 0
        (from.y, to.y) = (from.y + shift, to.y + shift)
      } else if isOverview {
        (out, back) = (-1, 1)
        from.y += 12
      } else {
        from.x += Self.boxWidth
      }
    }
    let bend = max(30, abs(to.x - from.x) / 2)
    // Past boxes of the same row, not behind them.
    let isPastBoxes = !isOverview && from.y == to.y && abs(to.x - from.x) > Self.boxWidth + 110
    let sag = isPastBoxes ? Self.boxHeight : 0
    let style =
      switch line.kind {
      case .transfer: "class=\"edge\""
      case .bottleneck: "class=\"hot\" stroke-width=\"2.5\""
      case .inside: "class=\"edge\" stroke-dasharray=\"4 3\""
      }
    let words = HTMLPage.text(line.words)
    let curve =
      "<path \(style) d=\"M\(from.x) \(from.y)C\(from.x + out * bend) \(from.y + sag) \(to.x + back * bend) \(to.y + sag) \(to.x) \(to.y)\"><title>\(words)</title></path>"
    guard isOverview, line.kind != .inside, case .box = line.from, case .box = line.to else { return curve }
    let x: Int
    let y: Int
    let anchor: String
    if from.x == to.x {
      (x, y, anchor) = (from.x + bend * 3 / 4 + 4, (from.y + to.y) / 2, "start")
    } else if from.x < to.x {
      (x, y, anchor) = (to.x - 8, to.y - 5 - 11 * slot, "end")
    } else {
      (x, y, anchor) = (from.x - 8, from.y + 12 + 11 * slot, "end")
    }
    return curve
      + "<text class=\"label\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" font-size=\"10\">\(words)</text>"
  }
}
