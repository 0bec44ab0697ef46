import CostModel
import Graph
import Hardware

/// Where an operator is for a ``PathBound``.
enum PathSide: Int, CaseIterable {
  case host, card
}

/// Least seconds of operators on the host and on cards, and of transfers between them.
struct PathCosts {
  /// Least seconds of a transfer.
  struct Transfer {
    /// Between the host and a card: of the slower of the two links.
    var around: Double
    /// From a card to another; infinite where there is one alone.
    var between: Double
  }

  private let question: PlacementQuestion
  private let served: ServedLookups
  private let law: LoadLaw
  /// One of each kind.
  private let cards: [Int]
  /// Least part of a table that some device has.
  private let part: Double

  init(_ question: PlacementQuestion) {
    self.question = question
    law = LoadLaw(question.costs)
    served = ServedLookups(graph: question.graph)
    cards = CardKinds(system: question.system, memoryCounts: false).representatives
    part = 1 / Double(question.system.cards.count + 1)
  }

  /// By side.
  func seconds(_ op: OperatorID) -> [Double] {
    let locations = [[Location.host], cards.map { .card($0) }]
    return locations.map { places in
      let seconds = places.compactMap { place in
        served.table[op.index].map { lookup($0, on: place) }
          ?? law.work(of: op, on: place)?.cores
      }
      return seconds.min() ?? .infinity
    }
  }

  /// Whether it is a part of a table's look-ups, which may be on several devices and on cores of their own.
  func isLookup(_ op: OperatorID) -> Bool { served.table[op.index] != nil }

  /// Of one of a table's look-ups, which may be served by itself.
  private func lookup(_ table: Int, on place: Location) -> Double {
    let cores = Double(max(1, question.system.processor(at: place)?.cores ?? 1))
    let seconds = question.tablePrecisions.compactMap { precision in
      law.piece(of: table, .init(precision: precision), on: place)?.leastSeconds(ofPart: part, cores: cores)
    }
    let lookups = Double(max(1, question.graph.embeddingTables[table].lookups.count))
    return (seconds.min() ?? .infinity) / lookups
  }

  /// - Parameter reader: `nil` for the response.
  func transfer(of tensor: TensorID, to reader: OperatorID?) -> Transfer {
    var bytes = question.costs.transferBytes(of: tensor)
    // Indices and results of tables travel in parts.
    if reader.map(isLookup) ?? false || question.graph[tensor].producer.map(isLookup) ?? false { bytes = 0 }
    func seconds(_ link: Link) -> Double {
      question.costs.transferSeconds(bytes: bytes, commands: 1, link: link)
    }
    guard let link = cards.map({ seconds(question.system.cards[$0].link) }).min() else {
      return Transfer(around: .infinity, between: .infinity)
    }
    let around = max(seconds(question.system.uplink), link)
    return Transfer(
      around: around,
      between: question.system.cards.count < 2
        ? .infinity : question.system.peerToPeer ? link : 2 * around)
  }
}
