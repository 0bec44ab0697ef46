import CostModel
import Graph
import Hardware

/// Where an operator is for a ``PathBound``.
enum PathSide: Int, CaseIterable {
  case host, card
}

/// Least seconds of operators, of tables' look-ups and of transfers, on the host and on cards: what bounds on latency add up.
package struct PathCosts {
  /// Least seconds of a transfer.
  package struct Transfer: Sendable {
    /// Between the host and a card: of the slower of the two links.
    package var around: Double
    /// From a card to another; infinite where there is one alone.
    package var between: Double
  }

  private let question: PlacementQuestion
  private let served: ServedLookups
  private let law: LoadLaw
  /// One of each kind.
  private let cards: [Int]
  /// Least part of a table that some device has.
  package let part: Double
  /// By tensor; of one that does not travel, and of parts of indices and results, those of no bytes.
  private var transfers: [Transfer] = []
  private var ofNothing = Transfer(around: .infinity, between: .infinity)

  /// - Parameter allowsSplits: Whether tables may be in parts.
  package init(_ question: PlacementQuestion, allowsSplits: Bool = true) {
    self.question = question
    law = LoadLaw(question.costs)
    served = ServedLookups(graph: question.graph)
    cards = CardKinds(system: question.system, memoryCounts: false).representatives
    part = allowsSplits ? 1 / Double(question.system.cards.count + 1) : 1
    ofNothing = transfer(ofBytes: 0)
    transfers = question.graph.tensors.enumerated().map { index, tensor in
      tensor.role.travels
        ? transfer(ofBytes: question.costs.transferBytes(of: TensorID(index))) : ofNothing
    }
  }

  private var locations: [[Location]] { [[.host], cards.map { .card($0) }] }

  /// By side, infinite where it cannot run or must not; of a table's look-up, which may be served by itself, its part.
  package func seconds(_ op: OperatorID) -> [Double] {
    if let table = served.table[op.index] {
      let lookups = Double(max(1, question.graph.embeddingTables[table].lookups.count))
      return seconds(ofTable: table).map { $0 / lookups }
    }
    let sites = question.rules.operatorSites[op.index]
    let isLeft = [sites.host, sites.everyCard || sites.cards.contains(true)]
    return zip(locations, isLeft).map { places, isLeft in
      (isLeft ? places : []).compactMap { law.work(of: op, on: $0)?.cores }.min() ?? .infinity
    }
  }

  /// By side: of the least part of a table that some device has, with all cores for it.
  package func seconds(ofTable table: Int) -> [Double] {
    locations.map { places in
      places.compactMap { place in
        let cores = Double(max(1, question.system.processor(at: place)?.cores ?? 1))
        return question.tablePrecisions.compactMap { precision in
          law.piece(of: table, .init(precision: precision), on: place)?.leastSeconds(
            ofPart: part, cores: cores)
        }.min()
      }.min() ?? .infinity
    }
  }

  /// Whether it is a part of a table's look-ups, which may be on several devices and on cores of their own.
  func isLookup(_ op: OperatorID) -> Bool { served.table[op.index] != nil }

  /// - Parameter reader: `nil` for the response.
  func transfer(of tensor: TensorID, to reader: OperatorID?) -> Transfer {
    // Indices and results of tables travel in parts.
    let isInParts = reader.map(isLookup) ?? false || question.graph[tensor].producer.map(isLookup) ?? false
    return isInParts ? ofNothing : transfers[tensor.index]
  }

  package func transfer(ofBytes bytes: Int) -> Transfer {
    func seconds(_ link: Link) -> Double {
      question.costs.transferSeconds(bytes: bytes, commands: 1, link: link)
    }
    func least(betweenCards: Bool) -> Double? {
      cards.map { seconds(law.link(ofDevice: $0 + 1, betweenCards: betweenCards)) }.min()
    }
    guard let link = least(betweenCards: false), let between = least(betweenCards: true) else {
      return Transfer(around: .infinity, between: .infinity)
    }
    let around = max(seconds(question.system.uplink), link)
    return Transfer(
      around: around,
      between: question.system.cards.count < 2
        ? .infinity : question.system.peerToPeer ? between : 2 * around)
  }
}
