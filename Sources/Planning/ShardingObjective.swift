import CostModel
import Graph
import Hardware
import Plan

/// Lower bounds on latency and energy of families of sharding placements: what their bottleneck alone does not say.
///
/// Energy, with W idle power, of the host and of cards that are certainly in use, and dW what busy cores add:
///
///     W x bottleneck + dW(host) x dense(host) + max(dW(cards) x dense(cards), sum over tables of the least dW x look-ups)
///
/// A card that keeps cores apart for look-ups is busy as long as the longer of its two groups, hence the maximum. Whichever
/// cards are in use, they are on while they are busy, so the same with W of the host alone and full power in place of the
/// cards' dW holds as well.
///
/// Latency, of the slowest replica and so at least of the average one:
///
/// - a replica's dense operators take turns on its cores;
/// - every table is looked up before the operators that wait for all of them, on the host and the cards together;
/// - all results reach the operators that wait for every table, see ``ResultInflow``, then those run, then the response
///   leaves.
struct ShardingObjective {
  private let task: PlanningTask
  private let kinds: CardKinds
  private let share: [Double]
  private let menu: TableMenu
  /// By location: seconds of the operators that wait for every table, and of the response's transfer.
  private let tail: (host: Double, card: Double)
  /// Seconds before all results are where they are read, by whether that is on the host; for latency.
  private var inflow: (host: Double, card: Double)
  /// Seconds, for latency.
  private let lookups: Double

  init(task: PlanningTask, kinds: CardKinds, units: ModelUnits, share: [Double], menu: TableMenu) {
    self.task = task
    self.kinds = kinds
    self.share = share
    self.menu = menu
    tail = Self.tail(task: task, units: units, kinds: kinds)
    lookups = task.objective == .latency ? Self.lookups(task: task, kinds: kinds, menu: menu) : 0
    // What is sought for variety is not cut short.
    inflow = (0, 0)
    if task.objective == .latency, !task.seeksVariety {
      let results = ResultInflow(task: task, kinds: kinds)
      inflow = (results.seconds(isOnHost: true), results.seconds(isOnHost: false))
    }
  }

  /// A bound on the bottleneck from which on a family's bound on the objective is at least `value`: 0 where the bottleneck
  /// says nothing of it.
  func bottleneck(for value: Double, skeleton: DenseSkeleton, sites: TableSites) -> Double {
    switch task.objective {
    case .throughput: value
    case .latency: 0
    case .energy:
      energies(skeleton, sites).map { $0.watts > 0 ? max(0, value - $0.joules) / $0.watts : 0 }.min() ?? 0
    }
  }

  /// - Parameters:
  ///   - bottleneck: Proven for the family, seconds.
  ///   - leastCards: Where the bound holds for fewer cards in use as well: how many there are at least.
  /// - Returns: Seconds, or joules for energy.
  func bound(
    bottleneck: Double, skeleton: DenseSkeleton, sites: TableSites, leastCards: Int? = nil
  ) -> Double {
    switch task.objective {
    case .throughput: bottleneck
    case .latency: latency(skeleton)
    case .energy: energy(bottleneck: bottleneck, skeleton, sites, isForFewer: leastCards != nil)
    }
  }

  // MARK: Energy

  private func energy(
    bottleneck: Double, _ skeleton: DenseSkeleton, _ sites: TableSites, isForFewer: Bool = false
  ) -> Double {
    energies(skeleton, sites, isForFewer: isForFewer).map { $0.joules + $0.watts * bottleneck }.max() ?? 0
  }

  /// Two bounds on the energy: joules of work, and watts for the bottleneck's time.
  private func energies(
    _ skeleton: DenseSkeleton, _ sites: TableSites, isForFewer: Bool = false
  ) -> [(joules: Double, watts: Double)] {
    let host = task.system.host.processor
    let onHost = extraWatts(host) * skeleton.base[Lowering.resource(.dense, device: 0)]
    return [
      (
        onHost + work(skeleton, sites, watts: extraWatts),
        isForFewer ? host.idleWatts : certainWatts(skeleton, sites)
      ),
      (onHost + work(skeleton, sites) { $0.busyWatts }, host.idleWatts),
    ]
  }

  /// Idle power of the host and of the cards that are in use in every placement of a family.
  private func certainWatts(_ skeleton: DenseSkeleton, _ sites: TableSites) -> Double {
    let cards = task.system.cards.map(\.processor.idleWatts)
    let isEveryCard = skeleton.operators.contains(.everyCard) || sites.everyCard == .always
    let certain = isEveryCard ? cards[...] : cards.sorted().prefix(sites.cards.lowerBound)
    return certain.reduce(task.system.host.processor.idleWatts, +)
  }

  /// Joules of the cores of all cards, and of the host's that look tables up.
  ///
  /// - Parameter watts: of a card's busy cores.
  private func work(
    _ skeleton: DenseSkeleton, _ sites: TableSites, watts: (Processor) -> Double
  ) -> Double {
    let dense = task.system.cards.enumerated().reduce(0.0) { sum, card in
      sum + watts(card.element.processor) * skeleton.base[Lowering.resource(.dense, device: card.offset + 1)]
    }
    let tables = menu.entries.reduce(0.0) { sum, entries in
      sum + (entries.filter { sites.allows($0.choice.place) }.map { lookupJoules($0, watts) }.min() ?? 0)
    }
    return max(dense, tables)
  }

  private func extraWatts(_ processor: Processor) -> Double {
    max(0, processor.busyWatts - processor.idleWatts)
  }

  /// Joules of the cores that look one table up, for one batch.
  private func lookupJoules(_ entry: TableMenu.Entry, _ watts: (Processor) -> Double) -> Double {
    func joules(_ piece: TablePiece, _ processor: Processor, _ watts: (Processor) -> Double) -> Double {
      watts(processor) * piece.coreSeconds / Double(max(1, processor.cores))
    }
    func card(_ kind: Int) -> Processor { task.system.cards[kinds.representatives[kind]].processor }
    switch entry.choice.place {
    case .host:
      return entry.pieces.reduce(0) { $0 + joules($1, task.system.host.processor, extraWatts) }
    case .cards(let kind): return entry.pieces.reduce(0) { $0 + joules($1, card(kind), watts) }
    case .everyCard:
      return entry.pieces.enumerated().map { joules($0.element, card($0.offset), watts) }.min() ?? 0
    }
  }

  // MARK: Latency

  private func latency(_ skeleton: DenseSkeleton) -> Double {
    let cards = task.system.cards.indices
    let replica =
      cards.map { card in
        share[card] > 0 ? skeleton.base[Lowering.resource(.dense, device: card + 1)] / share[card] : 0
      }.max() ?? 0
    let host = skeleton.base[Lowering.resource(.dense, device: 0)]
    let after =
      skeleton.after == .host
      ? max(inflow.host, lookups) + tail.host : max(inflow.card, lookups) + tail.card
    return max(replica, host, after)
  }

  /// Seconds in which the host and all cards together look every table up for one request, each table divided between
  /// them at will: by the host's cores or DRAM and the cards' cores or DRAM, whichever pair takes longest.
  private static func lookups(task: PlanningTask, kinds: CardKinds, menu: TableMenu) -> Double {
    let count = Double(max(1, task.system.cards.count))
    func least(_ entries: [TableMenu.Entry], onHost: Bool, _ seconds: (TablePiece, Processor) -> Double)
      -> Double
    {
      entries.filter { ($0.choice.place == .host) == onHost }.map { entry in
        let work = entry.pieces.enumerated().map { index, piece in
          let kind: Int
          switch entry.choice.place {
          case .host: return seconds(piece, task.system.host.processor)
          case .everyCard: kind = index
          case .cards(let own): kind = own
          }
          return seconds(piece, task.system.cards[kinds.representatives[kind]].processor)
        }
        return entry.choice.place == .everyCard ? work.min() ?? 0 : work.reduce(0, +)
      }.min() ?? .infinity
    }
    let measures: [(TablePiece, Processor) -> Double] = [
      { $0.coreSeconds / Double(max(1, $1.cores)) }, { piece, _ in piece.dramSeconds },
    ]
    var longest = 0.0
    for onHost in measures {
      let host = menu.entries.map { least($0, onHost: true, onHost) }
      for onCards in measures {
        let cards = menu.entries.map { least($0, onHost: false, onCards) / count }
        longest = max(longest, dividedAtWill(Array(zip(host, cards))))
      }
    }
    return longest
  }

  /// The least that the longer of two sums can be, each item divided between them; infinite where it cannot be there.
  private static func dividedAtWill(_ items: [(Double, Double)]) -> Double {
    var first = items.filter { !$0.1.isFinite }.reduce(0) { $0 + $1.0 }
    var second = items.filter { $0.1.isFinite }.reduce(0) { $0 + $1.1 }
    let free = items.filter { $0.0.isFinite && $0.1.isFinite }.sorted { $0.0 * $1.1 < $1.0 * $0.1 }
    for item in free where first < second {
      let part = min(1, (second - first) / max(item.0 + item.1, .leastNormalMagnitude))
      first += part * item.0
      second -= part * item.1
    }
    return max(first, second)
  }

  private static func tail(
    task: PlanningTask, units: ModelUnits, kinds: CardKinds
  ) -> (host: Double, card: Double) {
    let graph = task.graph
    let words = (graph.embeddingTables.count + 63) / 64
    // By operator: bits of the tables that it waits for.
    var waits = Array(repeating: [UInt64](repeating: 0, count: words), count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() {
      if let table = units.served.table[index] { waits[index][table / 64] |= 1 << UInt64(table % 64) }
      for case .some(let input) in op.inputs {
        guard let producer = graph[input].producer else { continue }
        for word in 0..<words { waits[index][word] |= waits[producer.index][word] }
      }
    }
    let last = units.units.filter { unit in
      unit.operators.allSatisfy { op in
        waits[op.index].reduce(0) { $0 + $1.nonzeroBitCount } == graph.embeddingTables.count
      }
    }
    let response = graph.responses.map { task.costs.transferBytes(of: $0) }.min() ?? 0
    let leaving =
      kinds.representatives.map {
        task.costs.transferSeconds(bytes: response, commands: 1, link: task.system.cards[$0].link)
      }.min() ?? 0
    let host = last.reduce(0) { $0 + $1.host.cores }
    let card = last.reduce(0.0) { sum, unit in
      sum + (unit.isSupportedOnCards ? unit.cards.map(\.cores).min() ?? 0 : unit.host.cores)
    }
    return (host, card + leaving)
  }
}
