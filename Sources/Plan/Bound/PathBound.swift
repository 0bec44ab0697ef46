import CostModel
import Graph
import Hardware

/// A lower bound on the latency of every placement, from the ways through the model.
///
/// With F(v, s) a bound on the end of v when it is on side s, the host or any cards,
///
///     F(v, s) = least seconds of v on s + max over what v reads, made by u, of min over t of F(u, t) + transfer(u, t to s)
///
/// holds for every placement: each u is on some side, and is done before its result travels. Between cards nothing is
/// charged. The request comes from the host and the response goes there. Of a table cut over all devices one does at least
/// its part of look-ups and results.
public struct PathBound: Sendable {
  /// Seconds.
  public let seconds: Double

  private static let sides = [0, 1]

  public init(_ question: PlacementQuestion) {
    let graph = question.graph
    let costs = PathCosts(question)
    let outputs = Set(graph.responses)
    /// By operator, then side: infinite where it cannot be.
    var finish = Array(repeating: [0.0, 0.0], count: graph.operators.count)
    var longest = 0.0
    for (index, op) in graph.operators.enumerated() {
      let own = costs.seconds(OperatorID(index))
      var start = [0.0, 0.0]
      for case .some(let input) in op.inputs where graph[input].role.travels {
        let made = graph[input].producer.map { finish[$0.index] } ?? [0, .infinity]
        let transfer = costs.transfer(of: input, to: OperatorID(index))
        for side in Self.sides {
          start[side] = max(start[side], min(made[side], made[1 - side] + transfer))
        }
      }
      finish[index] = Self.sides.map { start[$0] + own[$0] }
      var end = finish[index].min() ?? 0
      for case .some(let output) in op.outputs where outputs.contains(output) {
        end = max(end, min(finish[index][0], finish[index][1] + costs.transfer(of: output, to: nil)))
      }
      if end.isFinite { longest = max(longest, end) }
    }
    seconds = longest
  }
}

/// Least seconds of operators on the host and on cards, and of transfers between them.
private struct PathCosts {
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

  /// On the host and on cards.
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

  /// Of one of a table's look-ups, which may be served by itself.
  private func lookup(_ table: Int, on place: Location) -> Double {
    let cores = Double(max(1, question.system.processor(at: place)?.cores ?? 1))
    let seconds = question.tablePrecisions.compactMap { precision in
      law.piece(of: table, .init(precision: precision), on: place)?.leastSeconds(ofPart: part, cores: cores)
    }
    let lookups = Double(max(1, question.graph.embeddingTables[table].lookups.count))
    return (seconds.min() ?? .infinity) / lookups
  }

  /// Between host and cards, the slower of the two links of the way.
  ///
  /// - Parameter reader: `nil` for the response.
  func transfer(of tensor: TensorID, to reader: OperatorID?) -> Double {
    var bytes = question.costs.transferBytes(of: tensor)
    // Indices and results of tables travel in parts.
    let isOfTable =
      reader.map { served.table[$0.index] != nil } ?? false
      || question.graph[tensor].producer.map { served.table[$0.index] != nil } ?? false
    if isOfTable { bytes = 0 }
    let uplink = question.costs.transferSeconds(bytes: bytes, commands: 1, link: question.system.uplink)
    let links = cards.map {
      question.costs.transferSeconds(bytes: bytes, commands: 1, link: question.system.cards[$0].link)
    }
    return links.min().map { max(uplink, $0) } ?? .infinity
  }
}
