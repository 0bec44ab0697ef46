import Graph
import Plan

/// What fills the memory of each device: tables, weights, state, activations of the requests in flight, and what is free.
struct MemoryBars {
  private static let mostDevices = 64
  private static let width = 760
  private static let left = 110
  private static let row = 24

  private struct Part {
    var name: String
    var style: String
    var bytes: Int
  }

  private let plan: PlanDocument
  private let graph: Graph?

  init(_ plan: PlanDocument, graph: Graph?) {
    self.plan = plan
    self.graph = graph
  }

  var html: String {
    let tables = tableBytes
    let state = stateBytes
    let all = plan.predicted.memory
    let shown = all.prefix(Self.mostDevices)
    let most = Double(max(1, shown.map { max($0.capacityBytes, $0.usedBytes) }.max() ?? 1))
    var bars: [String] = []
    var rows: [[String]] = []
    for (index, memory) in shown.enumerated() {
      let parts = parts(of: memory, tables: tables[memory.device] ?? 0, state: state[memory.device] ?? 0)
      let y = index * Self.row + 4
      bars.append(
        "<text x=\"\(Self.left - 8)\" y=\"\(y + 13)\" text-anchor=\"end\">\(HTMLPage.text(NameText.shown(memory.device, columns: 16)))</text>"
      )
      var at = 0.0
      let scale = Double(Self.width - Self.left - 10) / most
      for part in parts where part.bytes > 0 {
        let width = Double(part.bytes) * scale
        bars.append(
          "<rect class=\"\(part.style)\" x=\"\(Figures.fixed(Double(Self.left) + at, decimals: 1))\" y=\"\(y)\" "
            + "width=\"\(Figures.fixed(width, decimals: 1))\" height=\"\(Self.row - 7)\"><title>"
            + "\(HTMLPage.text("\(memory.device): \(part.name) \(Figures.bytes(part.bytes))"))</title></rect>"
        )
        at += width
      }
      rows.append(
        [HTMLPage.text(NameText.shown(memory.device))] + parts.map { HTMLPage.text(Figures.bytes($0.bytes)) }
          + [HTMLPage.text(Figures.bytes(memory.capacityBytes))])
    }
    let height = shown.count * Self.row + 8
    let caption = "Memory of each device by what fills it"
    let legend = Self.styles.map { "<li><span class=\"key \($0.style)\"></span>\($0.name)</li>" }.joined()
    return "<ul class=\"legend\">\(legend)</ul>"
      + HTMLPage.figure(
        HTMLPage.svg(width: Self.width, height: height, label: caption) + bars.joined(separator: "\n")
          + "</svg>",
        caption: caption,
        summary: all.count > shown.count ? "\(all.count - shown.count) further devices are left out." : "")
      + HTMLPage.details(
        "The same in figures",
        HTMLPage.table(
          caption: "Bytes of each device",
          columns: [("device", false)] + Self.styles.map { ($0.name, true) } + [("usable", true)], rows: rows)
      )
  }

  private static let styles: [(name: String, style: String)] = [
    ("tables", "c0"), ("weights", "c1"), ("state", "c3"), ("activations", "c2"), ("free", "free"),
  ]

  private func parts(of memory: PlanDocument.DeviceMemory, tables: Int, state: Int) -> [Part] {
    let tables = min(tables, memory.staticBytes)
    let flight = max(0, Saturating.sum(memory.usedBytes, -memory.staticBytes))
    let requests = memory.activationBytesPerRequest > 0 ? flight / memory.activationBytesPerRequest : 0
    let kept = min(Saturating.product(state, requests), flight)
    let bytes = [
      tables, memory.staticBytes - tables, kept, flight - kept,
      max(0, Saturating.sum(memory.capacityBytes, -memory.usedBytes)),
    ]
    return zip(Self.styles, bytes).map { Part(name: $0.name, style: $0.style, bytes: $1) }
  }

  /// By device.
  private var tableBytes: [String: Int] {
    var atSite: [String: Int] = [:]
    for table in plan.tables {
      for shard in table.shards { atSite[shard.site] = Saturating.sum(atSite[shard.site] ?? 0, shard.bytes) }
    }
    return spread(atSite)
  }

  /// By device, of one request: what layers of a sheet keep, and what a model hands itself from one request to the next.
  private var stateBytes: [String: Int] {
    guard let graph else { return [:] }
    var perRequest = Dictionary(graph.operators.map { ($0.name, $0.work.stateBytes) }) { first, _ in first }
    for state in graph.states {
      let owner = graph[state.owner].name
      perRequest[owner] = Saturating.sum(perRequest[owner] ?? 0, graph[state.output].bytes)
    }
    var atSite: [String: Int] = [:]
    for partition in plan.partitions {
      for name in partition.operators {
        atSite[partition.site] = Saturating.sum(atSite[partition.site] ?? 0, perRequest[name] ?? 0)
      }
    }
    return spread(atSite)
  }

  /// From sites to devices: what is on every card is on each in use.
  private func spread(_ atSite: [String: Int]) -> [String: Int] {
    var result = ["host": atSite["host"] ?? 0]
    for card in plan.cores {
      let copies = card.isInUse ? atSite["every card"] ?? 0 : 0
      result[card.card] = Saturating.sum(atSite[plan.counterpart(ofCard: card.card)] ?? 0, copies)
    }
    return result
  }
}
