/// Which tables may be stored narrowly within an accuracy budget: a multiple-choice knapsack.
///
/// Sets: tables t, levels l of each, by growing loss. Variables: one level a table. Maximise the sum of what levels save, subject to
/// the sum of their losses <= limit. By dynamic programming over losses in so many steps as the work allows, each rounded up; what rounding
/// leaves is filled by the best ratio.
struct PrecisionKnapsack {
  struct Level {
    var loss: Double
    /// Of whatever is to be saved.
    var saved: Double
  }

  /// By table: levels by growing loss, at least one each.
  let tables: [[Level]]
  let limit: Double

  private static let mostSteps = 16_384
  private static let fewestSteps = 512
  private static let work = 20_000_000

  /// By table: the chosen level; `nil` where the first ones lose too much.
  func choice() -> [Int]? {
    let least = tables.reduce(0) { $0 + $1[0].loss }
    guard least <= limit * (1 + 1e-9) else { return nil }
    let room = max(0, limit - least)
    let count = tables.reduce(0) { $0 + $1.count }
    let steps = min(Self.mostSteps, Self.work / max(1, count))
    let start = room > 0 && steps >= Self.fewestSteps ? planned(room, steps) : tables.map { _ in 0 }
    return filled(start, room)
  }

  /// By dynamic programming.
  private func planned(_ room: Double, _ steps: Int) -> [Int] {
    // By steps of room: the most that the tables so far save.
    var best = [Double](repeating: 0, count: steps + 1)
    var chosen: [[UInt8]] = []
    for levels in tables {
      var next = best
      var picks = [UInt8](repeating: 0, count: steps + 1)
      for (index, level) in levels.enumerated().dropFirst() where index <= Int(UInt8.max) {
        let part = ((level.loss - levels[0].loss) / room * Double(steps)).rounded(.up)
        guard part <= Double(steps) else { continue }
        let width = Int(part)
        let gain = level.saved - levels[0].saved
        for step in width...steps where best[step - width] + gain > next[step] {
          next[step] = best[step - width] + gain
          picks[step] = UInt8(index)
        }
      }
      best = next
      chosen.append(picks)
    }
    var left = steps
    var choice = tables.map { _ in 0 }
    for table in tables.indices.reversed() {
      let level = Int(chosen[table][left])
      choice[table] = level
      let part = (tables[table][level].loss - tables[table][0].loss) / room * Double(steps)
      left -= Int(part.rounded(.up))
    }
    return choice
  }

  /// Raises levels by what they save for their loss, as long as there is room.
  private func filled(_ start: [Int], _ room: Double) -> [Int] {
    var choice = start
    var left = zip(tables, start).reduce(room) { $0 - ($1.0[$1.1].loss - $1.0[0].loss) }
    var offers: [(table: Int, level: Int, ratio: Double)] = []
    for (table, levels) in tables.enumerated() {
      for level in levels.indices where level > choice[table] {
        let gain = levels[level].saved - levels[choice[table]].saved
        let loss = levels[level].loss - levels[choice[table]].loss
        if gain > 0 { offers.append((table, level, loss > 0 ? gain / loss : .infinity)) }
      }
    }
    for offer in offers.sorted(by: { ($1.ratio, $0.table, $0.level) < ($0.ratio, $1.table, $1.level) }) {
      let levels = tables[offer.table]
      let loss = levels[offer.level].loss - levels[choice[offer.table]].loss
      guard offer.level > choice[offer.table], loss <= left else { continue }
      left -= loss
      choice[offer.table] = offer.level
    }
    return choice
  }
}
