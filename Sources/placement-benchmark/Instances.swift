import Placement
import TestSupport

/// Seeded instances like those of large services: tables with power-law sizes and look-ups on alike cards.
enum Instances {
  struct Shape {
    var tables: Int
    var cards: Int
    /// Share of the cards' memory that the tables need at their largest precision.
    var fill: Double
    var kind: Kind
  }

  enum Kind: String {
    /// One lane, options whole, over all cards, and columns.
    case sharding
    /// Four lanes, two precisions, rows and columns of several widths, and the host.
    case planner
  }

  /// `sharding-1000x64`, `planner-256x6`, each with an optional `@seed`.
  static func named(_ name: String) -> Problem? {
    let parts = name.split(separator: "@")
    let words = parts[0].split(separator: "-")
    guard words.count == 2, let kind = Kind(rawValue: String(words[0])) else { return nil }
    let sizes = words[1].split(separator: "x").compactMap { Int($0) }
    guard sizes.count == 2, sizes[0] > 0, sizes[1] > 0 else { return nil }
    let seed = parts.count > 1 ? UInt64(parts[1]) ?? 1 : 1
    let shape = Shape(
      tables: sizes[0], cards: sizes[1], fill: kind == .sharding ? 0.9 : 1.3, kind: kind)
    return make(shape, seed: seed, name: name)
  }

  static func make(_ shape: Shape, seed: UInt64, name: String) -> Problem {
    var random = SeededRandom(seed: seed)
    let rows = (0..<shape.tables).map { _ in random.powerLaw(from: 1e3, to: 4e7, exponent: 0.6) }
    let widths = (0..<shape.tables).map { _ in [32.0, 64, 96, 128][random.below(4)] }
    let lookups = (0..<shape.tables).map { _ in random.powerLaw(from: 1, to: 200, exponent: 0.9).rounded() }
    let bytes = zip(rows, widths).reduce(0) { $0 + $1.0 * ($1.1 + 4) }
    let capacity = (bytes / shape.fill / Double(shape.cards)).rounded()
    switch shape.kind {
    case .sharding:
      let units = rows.indices.map {
        shardingUnit($0, rows: rows[$0], width: widths[$0], lookups: lookups[$0], cards: shape.cards)
      }
      return Problem(
        name: name,
        devices: (0..<shape.cards).map {
          .init(name: "card\($0)", group: 0, memory: capacity, baseLoad: [0])
        },
        lanes: ["compute"], units: units)
    case .planner:
      let units = rows.indices.map {
        plannerUnit($0, rows: rows[$0], width: widths[$0], lookups: lookups[$0], cards: shape.cards)
      }
      let cards = (0..<shape.cards).map {
        Problem.Device(name: "card\($0)", group: 0, memory: capacity, baseLoad: [0, 1e-4, 2e-5, 2e-5])
      }
      let host = Problem.Device(
        name: "host", group: 1, memory: 4 * capacity, baseLoad: [1e-4, 1e-4, 0, 0])
      return Problem(
        name: name, devices: cards + [host], lanes: ["sparseCores", "dram", "linkIn", "linkOut"],
        shared: ["uplink"], units: units)
    }
  }

  private static let batch = 512.0

  private static func shardingUnit(
    _ index: Int, rows: Double, width: Double, lookups: Double, cards: Int
  ) -> Problem.Unit {
    let all = Array(0..<cards)
    func seconds(_ lookups: Double, _ width: Double, _ outputs: Double) -> Double {
      batch * (lookups * (width + 4) / 60e9 + outputs * width * 2 / 12e9)
    }
    var options = [
      Problem.Option(
        name: "whole",
        shards: [
          .init(
            devices: all, loads: [.init(0, seconds(lookups, width, 1))], memory: rows * (width + 4))
        ]),
      Problem.Option(
        name: "rows everywhere",
        shards: all.map {
          .init(
            devices: [$0], loads: [.init(0, seconds(lookups / Double(cards), width, 1))],
            memory: (rows / Double(cards)).rounded(.up) * (width + 4))
        }),
    ]
    for parts in [2, 4] where width / Double(parts) >= 32 {
      options.append(
        Problem.Option(
          name: "columns \(parts)",
          shards: [
            .init(
              count: parts, devices: all,
              loads: [.init(0, seconds(lookups, width / Double(parts), 1) + 1e-6)],
              memory: rows * (width / Double(parts) + 4))
          ]))
    }
    return Problem.Unit(name: "t\(index)", options: options)
  }

  private static func plannerUnit(
    _ index: Int, rows: Double, width: Double, lookups: Double, cards: Int
  ) -> Problem.Unit {
    let all = Array(0..<cards)
    var options: [Problem.Option] = []
    for (precision, rowBytes) in [("int8", width + 4), ("int4", width / 2 + 4)] {
      let penalty = precision == "int4" ? rows * width / 2 : 0
      func option(_ name: String, _ parts: Int, rows: Double, lookups: Double, share: Double) {
        let burst = ((rowBytes - 4) * share + 4) / 64
        let dram = batch * lookups * burst.rounded(.up) * 64 / 60e9
        options.append(
          Problem.Option(
            name: "\(precision) \(name)",
            shards: [
              .init(
                count: parts, devices: all,
                loads: [
                  .init(0, batch * lookups * (2e-9 + width * share * 1e-11)), .init(1, dram),
                  .init(2, batch * lookups * 4 / 3.4e9), .init(3, batch * width * share * 2 / 3.4e9),
                ], memory: rows.rounded(.up) * ((rowBytes - 4) * share + 4))
            ],
            shared: [
              .init(0, batch * (lookups * 4 + width * share * 2) * Double(parts) / 60e9)
            ], penalty: penalty))
      }
      option("whole", 1, rows: rows, lookups: lookups, share: 1)
      for parts in [2, 3, 6] {
        option("rows \(parts)", parts, rows: rows / Double(parts), lookups: lookups / Double(parts), share: 1)
      }
      for parts in [2, 3] where width / Double(parts) >= 32 {
        option("columns \(parts)", parts, rows: rows, lookups: lookups, share: 1 / Double(parts))
      }
      options.append(
        Problem.Option(
          name: "\(precision) host",
          shards: [
            .init(
              devices: [cards],
              loads: [.init(0, batch * lookups * 1.5e-8), .init(1, batch * lookups * 128 / 40e9)],
              memory: rows * rowBytes)
          ], shared: [.init(0, batch * width * 2 / 60e9)], penalty: penalty))
    }
    return Problem.Unit(name: "t\(index)", options: options)
  }
}

extension SeededRandom {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  fileprivate mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// Density falling like x^-(1 + exponent) between the ends.
  fileprivate mutating func powerLaw(from low: Double, to high: Double, exponent: Double) -> Double {
    let a = power(low, -exponent)
    let b = power(high, -exponent)
    return power(a + uniform() * (b - a), -1 / exponent).rounded()
  }

  private func power(_ base: Double, _ exponent: Double) -> Double { Benchmark.power(base, exponent) }
}
