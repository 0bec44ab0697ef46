import Graph

/// Which elements of an axis each card of a team has.
///
/// The axis is in segments, each of which is shared out in equal parts one after the other; a card has its part of every segment.
/// One segment is the usual case; packed queries, keys and values are three.
struct TeamSegments {
  private let whole: Graph
  private let detail: CutDetail
  private let ranks: Int
  let slices: [TensorID: SlicedAxis]
  /// By tensor that is cut by a Slice: where pieces of it begin.
  private let starts: [TensorID: Set<Int>]
  /// By tensor of the whole graph that lies in parts.
  private var known: [Int: [Int]] = [:]
  private var isChanged = false
  private var problems: [String] = []

  /// - Parameter slices: By result of a Slice along the axis in parts.
  init(
    _ whole: Graph, _ detail: CutDetail, ranks: Int, slices: [TensorID: SlicedAxis]
  ) throws(ExportError) {
    (self.whole, self.detail, self.ranks, self.slices) = (whole, detail, ranks, slices)
    var starts: [TensorID: Set<Int>] = [:]
    for slice in slices.values {
      starts[slice.input, default: [0]].formUnion([slice.range.lowerBound, slice.range.upperBound])
    }
    self.starts = starts
    // What views ask for reaches the weights, and what attention has reaches its readers.
    repeat {
      isChanged = false
      for index in detail.operations.indices.reversed() { relate(index) }
      for index in detail.operations.indices { relate(index) }
    } while isChanged && problems.isEmpty
    for index in detail.axes.indices where problems.isEmpty && index < whole.tensors.count {
      guard let size = size(TensorID(index)) else { continue }
      if self[TensorID(index)].contains(where: { $0 % ranks != 0 })
        || self[TensorID(index)].reduce(0, +) != size
      {
        problems.append("tensor '\(whole.tensors[index].name)' lies in parts of no equal size")
      }
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
  }

  /// Of a tensor in parts.
  subscript(tensor: TensorID) -> [Int] { known[tensor.index] ?? [size(tensor) ?? 0] }

  /// Elements of the axis in parts; `nil` for a whole tensor, and for one that only the cut graph has.
  private func size(_ tensor: TensorID) -> Int? {
    guard tensor.index < whole.tensors.count, let axis = detail.axes[tensor.index] else { return nil }
    return whole[tensor].shape[axis]
  }

  private mutating func set(_ tensor: TensorID, _ segments: [Int]) {
    guard size(tensor) != nil else { return }
    if let own = known[tensor.index] {
      if own != segments {
        problems.append(
          "tensor '\(whole[tensor].name)' would have to lie in two ways, in parts of \(own) and of \(segments)"
        )
      }
      return
    }
    known[tensor.index] = segments
    isChanged = true
  }

  private mutating func relate(_ index: Int) {
    guard let operation = detail.operations[index], problems.isEmpty else { return }
    let node = detail.graph.operators[index]
    let parts = zip(node.inputs + node.outputs, operation.inputs + operation.outputs).compactMap {
      id, axis in id.flatMap { id in axis != nil && size(id) != nil ? id : nil }
    }
    if node.definition?.isView == true, let x = node.inputs.first.flatMap({ $0 }),
      let y = node.outputs.first.flatMap({ $0 })
    {
      relateView(x, y)
    } else if detail.kind == .weights, node.definition?.splits.contains(.heads) == true {
      relateAttention(node, parts)
    } else if node.type == "Split", let x = node.inputs.first.flatMap({ $0 }), let total = size(x),
      node.outputs.compactMap({ $0 }).contains(where: { size($0) != total })
    {
      set(x, node.outputs.compactMap { $0 }.flatMap { self[$0] })
    } else if node.type == "Slice", let y = node.outputs.first.flatMap({ $0 }), let slice = slices[y],
      let size = size(slice.input)
    {
      let bounds = starts[slice.input, default: [0]].union([size]).sorted()
      let segments = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
      set(slice.input, segments.map(\.count))
      set(y, segments.filter(slice.range.contains(_:)).map(\.count))
    } else if let segments = parts.compactMap({ known[$0.index] }).first {
      let total = segments.reduce(0, +)
      for tensor in parts where size(tensor) == total { set(tensor, segments) }
    }
  }

  /// Elements stay in order, so that an axis of the one is a group of the other's elements, perhaps repeated.
  private mutating func relateView(_ x: TensorID, _ y: TensorID) {
    guard let a = detail.axes[x.index], let b = detail.axes[y.index], let n = size(x), let m = size(y) else {
      return
    }
    let before = (whole[x].shape[..<a].reduce(1, *), whole[y].shape[..<b].reduce(1, *))
    if before.0 <= before.1 {
      relate(outer: x, n, inner: y, m, repeats: before.1 / max(1, before.0))
    } else {
      relate(outer: y, m, inner: x, n, repeats: before.0 / max(1, before.1))
    }
  }

  /// - Parameter repeats: How often the inner axis is in the outer one.
  private mutating func relate(outer: TensorID, _ n: Int, inner: TensorID, _ m: Int, repeats: Int) {
    let all = m * repeats
    if let segments = known[inner.index] {
      // Larger elements of the one are several of the other.
      if n % all == 0 {
        set(outer, Array(repeating: segments.map { $0 * (n / all) }, count: repeats).flatMap { $0 })
      } else if all % n == 0, repeats == 1, segments.allSatisfy({ $0 % (all / n * ranks) == 0 }) {
        set(outer, segments.map { $0 / (all / n) })
      }
    } else if let segments = known[outer.index] {
      let own = Array(segments.prefix(segments.count / repeats))
      guard segments == Array(repeating: own, count: repeats).flatMap({ $0 }) else { return }
      if n % all == 0, own.allSatisfy({ $0 % (n / all * ranks) == 0 }) {
        set(inner, own.map { $0 / (n / all) })
      } else if all % n == 0, repeats == 1 {
        set(inner, own.map { $0 * (all / n) })
      }
    } else if repeats > 1, n % all == 0 {
      set(inner, [m])
    }
  }

  /// Heads lie one after the other; what is packed has those of queries, keys and values.
  private mutating func relateAttention(_ node: Operator, _ parts: [TensorID]) {
    func int(_ name: String) -> Int? {
      if case .int(let value) = node.attributes[name] { value } else { nil }
    }
    for tensor in parts {
      guard let size = size(tensor) else { continue }
      let isProjection = node.inputs.dropFirst().first == tensor || node.inputs.dropFirst(2).first == tensor
      if whole[node.inputs.dropFirst().first.flatMap { $0 } ?? tensor].role == .constant, isProjection {
        if size % 3 == 0 { set(tensor, [size / 3, size / 3, size / 3]) }
      } else if tensor == node.inputs.first, let heads = int("num_heads"), let ofKeys = int("kv_num_heads"),
        node.inputs.count < 2 || node.inputs[1] == nil, heads + 2 * ofKeys > 0
      {
        // Of all cards; the counts are of one.
        let head = size / (heads + 2 * ofKeys)
        set(tensor, [heads * head, ofKeys * head, ofKeys * head])
      } else {
        set(tensor, [size])
      }
    }
  }
}
