/// The best single move or one-for-one exchange of pieces between two devices, judged on all resources at once.
///
/// Costs the product of the two devices' pieces, so it is the cheap step before ``PairRepartition``, and the better one
/// when several resources bind. Of more than 64 pieces on a device a random 64 are looked at.
struct PairExchange {
  private let model: PackingModel
  private let target: PackingTarget
  private let most = 64

  init(_ model: PackingModel, target: PackingTarget) {
    self.model = model
    self.target = target
  }

  /// Of ``improve(_:_:_:using:)``.
  func ticks(_ state: PackingState, _ a: Int, _ b: Int) -> Int {
    4 * model.resourceCount * (min(most, state.movable[a].count) + 1)
      * (min(most, state.movable[b].count) + 1)
  }

  /// - Returns: whether the cost of the pair fell.
  func improve(_ state: inout PackingState, _ a: Int, _ b: Int, using random: inout SearchRandom) -> Bool {
    let count = model.resourceCount
    let fromA = sample(state.movable[a].filter { state.isAllowed($0, on: b) }, using: &random)
    let fromB = sample(state.movable[b].filter { state.isAllowed($0, on: a) }, using: &random)
    let levelA = Array(state.levels[a * count..<(a + 1) * count])
    let levelB = Array(state.levels[b * count..<(b + 1) * count])
    var vectorsB: [Double] = []
    vectorsB.reserveCapacity(fromB.count * count)
    for id in fromB { for resource in 0..<count { vectorsB.append(state.amount(id, resource)) } }
    // Position fromB.count stands for nothing in exchange.
    vectorsB += Array(repeating: 0, count: count)
    var best = 0.0
    for resource in 0..<count {
      best += target.cost(of: levelA[resource], resource: resource, on: a)
      best += target.cost(of: levelB[resource], resource: resource, on: b)
    }
    best = best * (1 - 1e-9) - 1e-15
    var found: (a: Int, b: Int)?
    var given = Array(repeating: 0.0, count: count)
    for left in 0...fromA.count {
      for resource in 0..<count {
        given[resource] = left < fromA.count ? state.amount(fromA[left], resource) : 0
      }
      for right in 0...fromB.count {
        var cost = 0.0
        for resource in 0..<count {
          let change = vectorsB[right * count + resource] - given[resource]
          cost += target.cost(of: levelA[resource] + change, resource: resource, on: a)
          cost += target.cost(of: levelB[resource] - change, resource: resource, on: b)
          if cost >= best { break }
        }
        if cost < best {
          best = cost
          found = (left, right)
        }
      }
    }
    guard let found else { return false }
    if found.a < fromA.count { state.move(fromA[found.a], to: b) }
    if found.b < fromB.count { state.move(fromB[found.b], to: a) }
    return true
  }

  private func sample(
    _ items: [PackingState.PieceID], using random: inout SearchRandom
  ) -> [PackingState.PieceID] {
    guard items.count > most else { return items }
    var items = items
    for index in 0..<most { items.swapAt(index, index + random.below(items.count - index)) }
    return Array(items.prefix(most))
  }
}
