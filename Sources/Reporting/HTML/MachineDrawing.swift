import Graph
import Plan

/// The host and its cards with how busy each is, and the load on every link.
struct MachineDrawing {
  private static let mostCards = 24
  /// Of more, neighbours that say the same are one row.
  private static let mostAlone = 8
  private static let width = 800
  private static let rowHeight = 64
  private static let right = 470

  private let plan: PlanDocument
  private let loads: [String: Double]

  init(_ plan: PlanDocument) {
    self.plan = plan
    loads = Dictionary(plan.predicted.loads.map { ($0.resource, $0.seconds) }) { first, _ in first }
  }

  var html: String {
    let runs = runs
    let cards = runs.count > Self.mostCards ? shown.map { [$0] } : runs
    let height = max(1, cards.count) * Self.rowHeight + 40
    let label = "Host and \(Figures.counted(plan.system.cards.count, "card")) with the loads on their links"
    var parts = [HTMLPage.svg(width: Self.width, height: height, label: label)]
    parts.append(
      box(x: 10, y: 20, width: 180, height: height - 40, device: "host", title: "host", lines: hostLines))
    for (row, names) in cards.enumerated() {
      parts += cardParts(names[0], title: CardNames.range(names), y: 20 + row * Self.rowHeight)
    }
    parts.append("</svg>")
    let rest = plan.system.cards.count - cards.reduce(0) { $0 + $1.count }
    return HTMLPage.figure(
      parts.joined(separator: "\n"), caption: label,
      summary: "Seconds of one batch, and their share of the bottleneck's. The bottleneck is red."
        + (rest > 0
          ? " \(Figures.counted(rest, "less busy card")) are left out; the loads below have all." : ""))
  }

  /// Cards in the order of the system; of many, neighbours for which the same is drawn are together.
  private var runs: [[String]] {
    let cards = plan.system.cards.map(\.name)
    guard cards.count > Self.mostAlone else { return cards.map { [$0] } }
    var runs: [[String]] = []
    var last: [String] = []
    for card in cards {
      let words = ["in", "out"].map { seconds("\(card).\($0)") } + lines(card)
      // That with the bottleneck stands alone.
      let isHot = ResourceLabel(plan.predicted.bottleneckResource).belongs(to: card)
      if words == last, !isHot {
        runs[runs.count - 1].append(card)
      } else {
        runs.append([card])
      }
      last = isHot ? [] : words
    }
    return runs
  }

  /// The busiest, in the order of the system.
  private var shown: [String] {
    let cards = plan.system.cards.map(\.name)
    guard cards.count > Self.mostCards else { return cards }
    let most = cards.map { card in
      plan.predicted.loads.filter { ResourceLabel($0.resource).device == card }.map(\.seconds).max() ?? 0
    }
    let kept = cards.indices.sorted { (most[$1], $0) < (most[$0], $1) }.prefix(Self.mostCards)
    return kept.sorted().map { cards[$0] }
  }

  private var hostLines: [String] {
    [
      "cores \(seconds("host.cores"))", "DRAM \(seconds("host.dram"))", "uplink out \(seconds("uplink.out"))",
      "uplink in \(seconds("uplink.in"))",
    ]
  }

  private func seconds(_ resource: String) -> String { Figures.seconds(loads[resource] ?? 0) }

  private func isBottleneck(_ resource: String) -> Bool { resource == plan.predicted.bottleneckResource }

  private func cardParts(_ card: String, title: String, y: Int) -> [String] {
    let middle = y + 26
    var parts: [String] = []
    for (offset, lane, word) in [(-6, "in", "in"), (8, "out", "out")] {
      let resource = "\(card).\(lane)"
      let load = loads[resource] ?? 0
      let share = plan.predicted.bottleneckSeconds > 0 ? load / plan.predicted.bottleneckSeconds : 0
      let style = isBottleneck(resource) ? "hot" : "edge"
      let weight = Figures.fixed(0.5 + 5 * min(1, max(0, share)), decimals: 1)
      parts.append(
        "<path class=\"\(style)\" stroke-width=\"\(weight)\" d=\"M190 \(middle + offset)H\(Self.right)\"/>")
      parts.append(
        "<text x=\"\((190 + Self.right) / 2)\" y=\"\(middle + (offset < 0 ? -12 : 24))\" text-anchor=\"middle\">\(word) "
          + "\(Figures.seconds(load)), \(Figures.percent(share))</text>")
    }
    parts.append(
      box(
        x: Self.right, y: y, width: Self.width - Self.right - 10, height: Self.rowHeight - 12, device: card,
        title: NameText.shown(title), lines: lines(card)))
    return parts
  }

  private func lines(_ card: String) -> [String] {
    guard plan.cores.first(where: { $0.card == card })?.isInUse ?? true else { return ["not in use"] }
    let used = plan.predicted.memory.first { $0.device == card }
    let cores = ["sparse", "dense"].map { loads["\(card).\($0)"] ?? 0 }.max() ?? 0
    let own = [
      "cores \(Figures.seconds(cores)), DRAM \(seconds("\(card).dram"))"
        + (used.map { ", \(Figures.bytes($0.usedBytes)) of \(Figures.bytes($0.capacityBytes))" } ?? "")
    ]
    guard plan.system.hasPeerLinks else { return own }
    return own + ["links to cards: in \(seconds("\(card).peer-in")), out \(seconds("\(card).peer-out"))"]
  }

  private func box(x: Int, y: Int, width: Int, height: Int, device: String, title: String, lines: [String])
    -> String
  {
    let isHot = ResourceLabel(plan.predicted.bottleneckResource).belongs(to: device)
    var parts = [
      "<rect class=\"box\(isHot ? " hot\" stroke-width=\"2" : "")\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"6\"/>",
      "<text x=\"\(x + 10)\" y=\"\(y + 15)\" font-weight=\"600\">\(HTMLPage.text(title))</text>",
    ]
    for (index, line) in lines.enumerated() {
      parts.append(
        "<text class=\"soft\" x=\"\(x + 10)\" y=\"\(y + 30 + index * 16)\">\(HTMLPage.text(line))</text>")
    }
    return parts.joined(separator: "\n")
  }
}
