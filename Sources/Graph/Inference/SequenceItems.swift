/// What is known of the items of a sequence.
indirect enum SequenceItems: Sendable {
  /// Each of them.
  case each([TensorFact])
  /// Any number, each at most like this one.
  case any(TensorFact)

  /// More items than this are not told apart.
  static let most = 65_536

  /// So many alike.
  static func repeating(_ item: TensorFact, _ count: Int) -> SequenceItems {
    count > most ? .any(item) : .each([TensorFact](repeating: item, count: max(0, count)))
  }

  /// What holds of every item.
  var common: TensorFact {
    switch self {
    case .any(let item): item
    case .each(let items):
      items.dropFirst().reduce(items.first?.asVariable ?? .unknown) { $0.merged(with: $1) }
    }
  }

  /// The item at a position that may not be known.
  func item(at position: Int?) -> TensorFact? {
    guard case .each(let items) = self, let position, items.indices.contains(position) else { return nil }
    return items[position]
  }

  /// Elements of all items together; `nil` where they are not known.
  var elements: Int? {
    guard case .each(let items) = self else { return nil }
    var total = 0
    for item in items {
      guard let count = item.count else { return nil }
      total = Saturating.sum(total, count)
    }
    return total
  }

  /// What is known of a sequence that is one or the other.
  func merged(with other: SequenceItems) -> SequenceItems {
    if case .each(let left) = self, case .each(let right) = other, left.count == right.count {
      return .each(zip(left, right).map { $0.merged(with: $1) })
    }
    return .any(common.alike(other.common))
  }
}

extension TensorFact {
  static func sequence(_ items: SequenceItems) -> TensorFact {
    var fact = TensorFact(items.common.type, nil)
    fact.items = items
    return fact
  }

  /// What holds of this item and another; an empty sequence says nothing of its items.
  func alike(_ other: TensorFact) -> TensorFact {
    if shape == nil, type == nil, items == nil { return other.asVariable }
    return merged(with: other)
  }
}
