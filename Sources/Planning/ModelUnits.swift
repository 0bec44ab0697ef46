import CostModel
import Graph
import Hardware
import Plan

/// The operators of a model as units that are placed as one.
///
/// A unit is an operator with the elementwise operators that are fused into its kernel, because their costs hold only
/// when they run on one device. Operators that a table's shards serve belong to no unit.
struct ModelUnits {
  struct Unit {
    var name: String
    /// Ascending.
    var operators: [OperatorID]
    /// By card kind: whether it runs all of the unit's operators.
    var supportingKinds: [Bool]
    /// Busy seconds of the host's cores and DRAM.
    var host: DeviceWork
    /// By card kind: busy seconds of all cores and of the DRAM, for one batch.
    var cards: [DeviceWork]

    /// Whether every card runs all of its operators.
    var isSupportedOnCards: Bool { supportingKinds.allSatisfy { $0 } }
  }

  let served: ServedLookups
  private(set) var units: [Unit] = []
  /// By operator: its unit; `nil` for served look-ups.
  private(set) var unitOfOperator: [Int?]

  /// - Parameters:
  ///   - cardKinds: One card of every kind.
  ///   - joinsFused: Whether fused operators belong to their kernel's unit; else every operator is a unit of its own.
  init(graph: Graph, costs: CostModel, cardKinds: [Int], joinsFused: Bool = true) {
    served = ServedLookups(graph: graph)
    unitOfOperator = Array(repeating: nil, count: graph.operators.count)
    for index in graph.operators.indices where served.table[index] == nil {
      let id = OperatorID(index)
      var leader = id
      while joinsFused, let next = costs.fusedInto(leader), next != leader, served.table[next.index] == nil {
        leader = next
      }
      if let known = unitOfOperator[leader.index] {
        units[known].operators.append(id)
        unitOfOperator[index] = known
      } else {
        unitOfOperator[index] = units.count
        unitOfOperator[leader.index] = units.count
        units.append(
          Unit(
            name: graph[leader].name, operators: [id],
            supportingKinds: cardKinds.map { _ in true }, host: DeviceWork(),
            cards: cardKinds.map { _ in DeviceWork() }))
      }
    }
    let law = LoadLaw(costs)
    for index in units.indices { addWork(to: index, law, cardKinds: cardKinds) }
  }

  private mutating func addWork(to index: Int, _ law: LoadLaw, cardKinds: [Int]) {
    for op in units[index].operators {
      if let work = law.work(of: op, on: .host) { units[index].host += work }
      for (kind, card) in cardKinds.enumerated() {
        guard let work = law.work(of: op, on: .card(card)) else {
          units[index].supportingKinds[kind] = false
          continue
        }
        units[index].cards[kind] += work
      }
    }
  }
}
