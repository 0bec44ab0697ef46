import Graph
import Hardware

/// Systems side by side: cards, memory, peaks and links.
public struct SystemSummary {
  private let systems: [System]
  private let defaultName: String

  /// - Parameter defaultName: the system that is marked as the one planned for when nothing is said.
  public init(_ systems: [System], defaultName: String) {
    self.systems = systems
    self.defaultName = defaultName
  }

  /// A table, one line for each kind of card in a system.
  public var text: String {
    var table = TextTable([
      ("system", .left), ("cards", .left), ("cores", .right), ("memory", .right), ("DRAM", .right),
      ("int8", .right), ("fp16", .right), ("link", .right), ("busy", .right), ("host", .left),
    ])
    for system in systems {
      var name = NameText.shown(system.name) + (system.name == defaultName ? " (default)" : "")
      for (card, count) in Self.kinds(of: system) {
        let processor = card.processor
        table.add([
          name, "\(count) x \(NameText.shown(card.model))", "\(processor.cores)",
          Figures.bytes(card.usableBytes),
          rate(processor.dram.bytesPerSecond), peak(processor, .int8), peak(processor, .fp16),
          rate(card.link.bytesPerSecond), "\(Figures.number(processor.busyWatts)) W",
          NameText.shown(system.host.name),
        ])
        name = ""
      }
    }
    let legend =
      "memory: of one card, usable; DRAM and link: peak bandwidth; int8 and fp16: dense peak of the matrix engine"
    return (table.lines(indent: 0) + ["", legend]).joined(separator: "\n") + "\n"
  }

  /// The cards of a system in words, for example `4 x t4 and 2 x a10`; without any, what is left.
  public static func cardWords(_ system: System) -> String {
    guard !system.cards.isEmpty else { return "the host alone" }
    return kinds(of: system).map { card, count in
      let model = NameText.shown(card.model)
      guard let team = card.team else { return "\(count) x \(model)" }
      return "\(count == 1 ? "1 team" : "\(count) teams") of \(team.cards) x \(model)"
    }.joined(separator: " and ")
  }

  private static func kinds(of system: System) -> [(card: Card, count: Int)] {
    var kinds: [(card: Card, count: Int)] = []
    for card in system.cards {
      if let index = kinds.firstIndex(where: { $0.card.model == card.model }) {
        kinds[index].count += 1
      } else {
        kinds.append((card, 1))
      }
    }
    return kinds
  }

  /// Every figure of a system with its source, a line each.
  public static func figures(_ figures: [SystemDescription.Figure]) -> String {
    var table = TextTable([("figure", .left), ("value", .right), ("", .left), ("source", .left)])
    for figure in figures {
      table.add([
        NameText.shown(figure.path, columns: 80), NameText.shown(figure.value, columns: 40),
        figure.isAssumed ? "assumed" : "", NameText.oneLine(figure.source),
      ])
    }
    let assumed = figures.count { $0.isAssumed }
    let end = "\(Figures.counted(figures.count, "figure")), \(assumed) of them assumed"
    return (table.lines(indent: 0) + ["", end]).joined(separator: "\n") + "\n"
  }

  private func rate(_ bytesPerSecond: Double) -> String {
    Figures.count(bytesPerSecond) + "B/s"
  }

  private func peak(_ processor: Processor, _ precision: Precision) -> String {
    processor.matrix[precision].map { Figures.count($0.operationsPerSecond) + "OP/s" } ?? "-"
  }
}
