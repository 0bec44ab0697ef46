/// What the starts and ends of bags are computed from.
///
/// Writers of loops over bags make them of offsets, with the last one or without, or of lengths, by slices, joins, sums and
/// casts of integers, and by sizes that follow from shapes. A kernel that reads the offsets or lengths themselves does without
/// those operators.
struct BagOffsets {
  /// A value, and how many more elements one that is computed from it has.
  struct Source: Hashable {
    var value: Int
    var extra = 0
  }

  let scope: Scope
  /// Operators that are followed at most.
  private static let stepLimit = 256

  /// What offsets or lengths a value is computed from, and nothing else but single numbers and shapes; the value itself where
  /// that is not known.
  func source(of value: Int) -> Source {
    var steps = 0
    return trace(value, &steps) ?? Source(value: value)
  }

  /// `nil` for sizes: what follows from shapes and single numbers.
  private func trace(_ value: Int, _ steps: inout Int) -> Source? {
    if scope.constantInts(value)?.count == 1 { return nil }
    let own = Source(value: value)
    steps += 1
    guard steps < Self.stepLimit, let (_, node) = scope.writer(of: value),
      let input = node.inputs.first.flatMap({ $0 })
    else { return own }
    switch node.type {
    case _ where node.has(.readsShape): return nil
    // Offsets of bags of one length.
    case "Range", "ConstantOfShape", "Expand", "Tile": return own
    case _ where node.definition?.isView ?? false: return trace(input, &steps)
    // A scatter puts the number of indices in the place of the last offset.
    case "ScatterElements", "ScatterND", "CumSum": return trace(input, &steps)
    case "Cast", "CastLike":
      return scope.values[input].declared?.type?.isIndex ?? true ? trace(input, &steps) : own
    case "Slice":
      guard let dropped = dropped(by: node) else { return own }
      return trace(input, &steps).map { Source(value: $0.value, extra: $0.extra - dropped) }
    case "Concat":
      var sources: [Source] = []
      var more = 0
      for case .some(let part) in node.inputs {
        if let source = trace(part, &steps) { sources.append(source) } else { more += length(part) }
      }
      guard let source = sources.first else { return nil }
      return sources.count == 1 ? Source(value: source.value, extra: source.extra + more) : own
    default:
      var sources: Set<Source> = []
      for read in node.reads {
        if let source = trace(read, &steps) { sources.insert(source) }
      }
      guard let source = sources.first else { return nil }
      return sources.count == 1 && (node.type == "Add" || node.type == "Sub") ? source : own
    }
  }

  /// How many elements a Slice with constant bounds leaves out at both ends; `nil` where that is not known.
  private func dropped(by node: Scope.Node) -> Int? {
    func bound(_ slot: Int, _ name: String) -> Int? {
      if case .ints(let values)? = node.attributes[name] { return values.count == 1 ? values[0] : nil }
      guard node.inputs.count > slot, let value = node.inputs[slot] else { return nil }
      return scope.constantInts(value).flatMap { $0.count == 1 ? $0[0] : nil }
    }
    guard let start = bound(1, "starts"), let end = bound(2, "ends"), start >= 0,
      end < 0 || end > Int(Int32.max) - 1, node.inputs.count < 5 || bound(4, "steps") == 1
    else { return nil }
    return end < 0 ? start - end : start
  }

  /// Elements of a constant; sizes that follow from shapes are single.
  private func length(_ value: Int) -> Int { scope.constantInts(value)?.count ?? 1 }
}

extension Scope {
  /// The values of a small constant of integers, whether it is stored or a node.
  func constantInts(_ value: Int) -> [Int]? {
    switch values[value].origin {
    case .constant(let index): return constants[index].values?.ints
    case .node(let index, _) where nodes[index].type == "Constant":
      if let tensor = nodes[index].tensors["value"] { return tensor.values?.ints }
      switch nodes[index].attributes["value_ints"] ?? nodes[index].attributes["value_int"] {
      case .ints(let values)?: return values
      case .int(let value)?: return [value]
      default: return nil
      }
    default: return nil
    }
  }
}
