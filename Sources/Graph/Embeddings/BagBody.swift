/// Finds the embedding bag in the body of a loop over bags, from an output of the body backwards.
///
/// One pass cuts a piece out of what the loop captures, either of the indices (and gathers their rows from a captured
/// table) or of rows gathered before the loop, possibly scales it by weights, and reduces it. Both PyTorch exporters write
/// such loops; the newer one puts an If around the reduction, for bags without indices, and collects the bags in a
/// sequence.
struct BagBody {
  /// What was found. All values are of the outermost scope.
  struct Bag {
    var table: Int
    var indices: Int
    /// What the starts and the ends of the pieces are read from.
    var starts: Int?
    var ends: Int?
    /// Weights of samples; `nil` where there are none or they are constant.
    var weights: Int?
    /// Dimensions of the result of one pass.
    var rowRank: Int
    /// Whether passes put their results into a sequence.
    var isSequence: Bool
    /// Whether passes join their results to those before.
    var isJoined: Bool
  }

  let top: Scope
  /// By value of the outermost scope.
  let isConstant: [Bool]
  let owner: Scope.Node
  /// Longest chain of operators that is followed.
  private static let depthLimit = 64

  /// A value and the scopes around it, outermost first.
  private struct Place {
    var scopes: [Scope]
    var value: Int
  }

  func bag(_ output: Int) -> Bag? {
    guard let body = owner.bodies.first?.scope else { return nil }
    return pooled(resolved(Place(scopes: [top, body], value: output)), depth: 0)
  }

  // MARK: Places

  /// The place where a value that bodies capture is written.
  private func resolved(_ place: Place) -> Place {
    var place = place
    while place.scopes.count > 1, let scope = place.scopes.last,
      case .captured(let outer) = scope.values[place.value].origin
    {
      place.scopes.removeLast()
      place.value = outer
    }
    return place
  }

  private func node(_ place: Place) -> Scope.Node? { place.scopes.last?.writer(of: place.value)?.node }

  private func input(_ position: Int, of node: Scope.Node, at place: Place) -> Place? {
    guard position < node.inputs.count, let value = node.inputs[position] else { return nil }
    return resolved(Place(scopes: place.scopes, value: value))
  }

  /// The captured value of the outermost scope, or what a Scan cuts along its first axis.
  private func outer(_ place: Place) -> Int? {
    if place.scopes.count == 1 { return place.value }
    guard owner.type == "Scan", place.scopes.count == 2, let body = place.scopes.last,
      let position = body.inputs.firstIndex(of: place.value), position < owner.inputs.count,
      case .int(let sequences)? = owner.attributes["num_scan_inputs"],
      position >= owner.inputs.count - sequences
    else { return nil }
    return owner.inputs[position]
  }

  // MARK: From the output to the reduction

  private func pooled(_ place: Place, depth: Int) -> Bag? {
    guard depth < Self.depthLimit, place.scopes.count > 1, let node = node(place) else { return nil }
    func follow(_ position: Int) -> Bag? {
      input(position, of: node, at: place).flatMap { pooled($0, depth: depth + 1) }
    }
    switch node.type {
    case _ where node.has(.pooling):
      guard let rows = input(0, of: node, at: place), var bag = rowsOfBag(rows, depth: depth + 1) else {
        return nil
      }
      bag.rowRank = node.attributes["keepdims"] == .int(0) ? 1 : 2
      return bag
    case "If":
      return branches(of: node, at: place) { pooled($0, depth: depth + 1) }
    case "SequenceInsert":
      var bag = follow(1)
      bag?.isSequence = true
      return bag
    case "Concat":
      let found = node.inputs.indices.compactMap(follow)
      guard found.count == 1, node.inputs.count == 2 else { return nil }
      var bag = found[0]
      bag.isJoined = true
      return bag
    case "Squeeze", "Unsqueeze":
      var bag = follow(0)
      bag?.rowRank += node.type == "Squeeze" ? -1 : 1
      return bag
    case "Identity", "Cast", "CastLike": return follow(0)
    // A mean by hand; a product of bags is another thing.
    case "Div", "Mul": return follow(1) == nil ? follow(0) : nil
    default: return nil
    }
  }

  /// The bag that the branches of an If agree on: those for a sum, a mean and a maximum pool the same rows, and the one for
  /// the last bag cuts them where the rows end. A branch for no rows pools none.
  private func branches(of node: Scope.Node, at place: Place, _ follow: (Place) -> Bag?) -> Bag? {
    let slot = node.outputs.firstIndex(of: place.value) ?? 0
    let found = node.bodies.compactMap { body in
      slot < body.scope.outputs.count
        ? follow(resolved(Place(scopes: place.scopes + [body.scope], value: body.scope.outputs[slot]))) : nil
    }
    guard var first = found.first, found.allSatisfy({ $0.table == first.table }) else { return nil }
    for other in found {
      first.starts = first.starts ?? other.starts
      first.ends = first.ends ?? other.ends
    }
    return first
  }

  // MARK: From the reduction to the table

  private func rowsOfBag(_ place: Place, depth: Int) -> Bag? {
    guard depth < Self.depthLimit, let node = node(place) else { return nil }
    func follow(_ position: Int) -> Bag? {
      input(position, of: node, at: place).flatMap { rowsOfBag($0, depth: depth + 1) }
    }
    switch node.type {
    case _ where node.isViewOrCast: return follow(0)
    case "If": return branches(of: node, at: place) { rowsOfBag($0, depth: depth + 1) }
    case "DequantizeLinear", "Compress", "Div", "Sub": return follow(0)
    case "Where": return follow(1) ?? follow(2)
    case "Mul":
      for (rows, factor) in [(0, 1), (1, 0)] {
        guard var bag = follow(rows) else { continue }
        bag.weights = bag.weights ?? input(factor, of: node, at: place).flatMap(weights)
        return bag
      }
      return nil
    case "Gather":
      guard let data = input(0, of: node, at: place), let index = input(1, of: node, at: place) else {
        return nil
      }
      if data.scopes.count == 1, isConstant[data.value], isFirstAxis(node) {
        return piece(of: index).map { cut in
          Bag(
            table: data.value, indices: cut.source, starts: cut.starts, ends: cut.ends,
            weights: nil, rowRank: 1, isSequence: false, isJoined: false)
        }
      }
      // Rows at positions that a loop inside has picked, so as to leave out padding.
      guard let rows = outer(data), let picking = self.node(index), picking.type == "Loop", isFirstAxis(node),
        let found = gathered(rows, depth: depth + 1)
      else { return nil }
      let bounds = bounds(of: picking, at: index)
      return bag(of: found, starts: bounds.starts, ends: bounds.ends)
    case "Slice", "SequenceAt":
      guard let cut = piece(of: place) else { return nil }
      return gathered(cut.source, depth: depth + 1).map { bag(of: $0, starts: cut.starts, ends: cut.ends) }
    default: return nil
    }
  }

  private func bag(of rows: GatheredRows, starts: Int?, ends: Int?) -> Bag {
    Bag(
      table: rows.table, indices: rows.indices, starts: starts, ends: ends, weights: rows.weights,
      rowRank: 1, isSequence: false, isJoined: false)
  }

  /// What the bounds of a loop that runs while a position is less than another are read from.
  private func bounds(of loop: Scope.Node, at place: Place) -> (starts: Int?, ends: Int?) {
    guard let condition = input(1, of: loop, at: place), let test = node(condition), test.type == "Less"
    else {
      return (nil, nil)
    }
    return (
      input(0, of: test, at: condition).flatMap { bound($0, depth: 0) },
      input(1, of: test, at: condition).flatMap { bound($0, depth: 0) }
    )
  }

  private func isFirstAxis(_ node: Scope.Node) -> Bool {
    switch node.attributes["axis"] {
    case nil, .int(0)?: true
    default: false
    }
  }

  /// The captured value that one pass cuts a piece of, and where the bounds of the piece come from.
  private func piece(of place: Place) -> (source: Int, starts: Int?, ends: Int?)? {
    if let source = outer(place), place.scopes.count > 1 { return (source, nil, nil) }
    guard place.scopes.count > 1, let node = node(place), let data = input(0, of: node, at: place) else {
      return nil
    }
    switch node.type {
    case "Slice":
      guard let source = outer(data) else { return nil }
      return (
        source, input(1, of: node, at: place).flatMap { bound($0, depth: 0) },
        input(2, of: node, at: place).flatMap { bound($0, depth: 0) }
      )
    case "Gather": return outer(data).map { ($0, nil, nil) }
    case "SequenceAt":
      guard data.scopes.count == 1, let (_, split) = top.writer(of: data.value),
        split.type == "SplitToSequence",
        let source = split.inputs.first.flatMap({ $0 })
      else { return nil }
      return (source, split.inputs.count > 1 ? split.inputs[1] : nil, nil)
    case _ where node.isViewOrCast: return piece(of: data)
    default: return nil
    }
  }

  /// The captured value that a bound is read from, by position of the pass.
  private func bound(_ place: Place, depth: Int) -> Int? {
    guard depth < Self.depthLimit, place.scopes.count > 1, let node = node(place),
      let data = input(0, of: node, at: place)
    else { return nil }
    switch node.type {
    case "Gather", "Slice": return outer(data)
    case _ where node.isViewOrCast: return bound(data, depth: depth + 1)
    default: return nil
    }
  }

  private func weights(_ place: Place) -> Int? {
    guard let cut = piece(of: place) ?? outer(place).map({ ($0, nil, nil) }) else { return nil }
    return isConstant[cut.source] ? nil : top.source(ofView: cut.source)
  }

  // MARK: Rows gathered before the loop

  private struct GatheredRows {
    var table: Int
    var indices: Int
    var weights: Int?
  }

  private func gathered(_ value: Int, depth: Int) -> GatheredRows? {
    guard depth < Self.depthLimit, let (_, node) = top.writer(of: value) else { return nil }
    func follow(_ position: Int) -> GatheredRows? {
      guard position < node.inputs.count, let value = node.inputs[position] else { return nil }
      return gathered(value, depth: depth + 1)
    }
    switch node.type {
    case _ where node.isViewOrCast: return follow(0)
    case "DequantizeLinear", "Div", "Sub": return follow(0)
    case "Where": return follow(1) ?? follow(2)
    case "Mul":
      for (rows, factor) in [(0, 1), (1, 0)] {
        guard var found = follow(rows) else { continue }
        if let weights = node.inputs[factor], !isConstant[weights] {
          found.weights = top.source(ofView: weights)
        }
        return found
      }
      return nil
    case "Gather":
      guard node.inputs.count > 1, let table = node.inputs[0], let indices = node.inputs[1],
        isConstant[table],
        isFirstAxis(node), !isConstant[indices]
      else { return nil }
      return GatheredRows(table: table, indices: indices)
    default: return nil
    }
  }
}

extension Scope.Node {
  fileprivate var isViewOrCast: Bool { definition?.isView ?? false || type == "Cast" || type == "CastLike" }
}
