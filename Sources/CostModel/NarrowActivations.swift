import Graph
import Hardware

/// Activations that lie as narrow on cards as the matrix engine computes.
///
/// A quantised product scales its sums to the width of its result whatever that is, so between two products of one precision
/// nothing is gained by a wider one (Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference", arXiv 1712.05877). An activation is as narrow as they compute where
/// - a product of that precision, or what is fused into its kernel, writes it,
/// - such products read it, or what is fused into their kernels,
/// - between them lie only operators that move values or pick the largest (MaxPool, Relu), whose tensors all have one width.
///
/// All others, those of look-ups, normalisations and Softmax, states, and what comes from the host or goes there, lie in the
/// activation precision; a product quantises what it reads of them. The width does not depend on where operators are placed.
struct NarrowActivations: Sendable {
  /// By tensor; `nil` where it lies in the activation precision.
  let precisions: [Precision?]
  /// By operator: elements that it quantises as it reads them.
  let quantised: [Int]
  /// By operator: those of them for which a kernel of its own runs, once for all who read them: of what was computed on a card,
  /// the kernel that wrote it quantises it too, as compilers fuse the two, into normalisations for instance.
  let quantisedFirst: [Int]

  /// Scale one element, round and clamp it.
  static let operationsPerElement = 2

  /// - Parameters:
  ///   - operands: By operator: in which it reads and writes activations, where it has matrix work; `nil` where that is no
  ///     narrower than the activation precision, and where cards differ.
  ///   - isOnCards: By operator: whether a card can run it.
  ///   - isUsed: Whether there are narrow activations; without, products quantise all that they read.
  init(_ graph: Graph, fusion: Fusion, operands: [Precision?], isOnCards: [Bool], isUsed: Bool) {
    let known = Self.precisions(
      graph, fusion: fusion, operands: operands, isOnCards: isOnCards, isUsed: isUsed)
    precisions = known
    var (quantised, first) = ([Int](), [Int]())
    var isThere: Set<Narrow> = []
    for (index, node) in graph.operators.enumerated() {
      var (all, new) = (0, 0)
      if let operand = operands[index] {
        for id in graph.floatInputs(of: node)
        where known[id.index] != operand && graph[id].type.bits > operand.bits {
          all = saturatingSum(all, graph[id].count)
          if isThere.insert(Narrow(tensor: id, precision: operand)).inserted,
            !graph.isComputed(id, on: isOnCards)
          {
            new = saturatingSum(new, graph[id].count)
          }
        }
      }
      quantised.append(all)
      first.append(new)
    }
    (self.quantised, quantisedFirst) = (quantised, first)
  }

  /// A tensor in a precision that it does not lie in.
  private struct Narrow: Hashable {
    var tensor: TensorID
    var precision: Precision
  }

  private static func precisions(
    _ graph: Graph, fusion: Fusion, operands: [Precision?], isOnCards: [Bool], isUsed: Bool
  ) -> [Precision?] {
    var widths = Widths(count: graph.tensors.count)
    guard isUsed, operands.contains(where: { $0 != nil }) else { return widths.precisions }
    for (index, node) in graph.operators.enumerated() {
      let (read, written) = (graph.floatInputs(of: node), graph.floatOutputs(of: node))
      let operand = operands[index]
      let kernel = fusion.leader[index].flatMap { operands[$0.index] }
      if node.readsShapeOnly { continue }
      if !isOnCards[index] {
        widths.ask(for: nil, of: read + written)
      } else if node.work.kind == .matrix {
        widths.ask(for: operand, of: read + written)
      } else if node.type == "DequantizeLinear" || node.type == "QuantizeLinear" {
        widths.ask(for: .int8, of: read + written)
      } else if let kernel, node.has(.elementwise), !written.isEmpty {
        // What comes out of the kernel's registers is as wide as what takes its place.
        let inside = read.filter { graph[$0].producer.map { fusion.group[$0.index] } == fusion.leader[index] }
        widths.unite(inside + written)
        widths.ask(for: kernel, of: read.filter { !inside.contains($0) } + written)
      } else if node.keepsValues, !read.isEmpty, !written.isEmpty {
        widths.unite(read + written)
      } else {
        widths.ask(for: nil, of: read + written)
      }
    }
    widths.ask(
      for: nil, of: graph.responses + graph.states.flatMap { [$0.input, $0.output].compactMap(\.self) })
    widths.ask(
      for: nil,
      of: graph.tensors.indices.map { TensorID($0) }.filter {
        graph[$0].producer == nil && graph[$0].role != .constant
      })
    return zip(graph.tensors, widths.precisions).map { tensor, precision in
      precision.flatMap { tensor.type.isFloat && tensor.type.bits > $0.bits ? $0 : nil }
    }
  }
}

/// Tensors of one width, and which that is: disjoint sets.
private struct Widths {
  private var parent: [Int]
  /// By first of its set: what is asked of it; absent until something is, `nil` where it is the activation precision.
  private var asked: [Int: Precision?] = [:]

  init(count: Int) { parent = Array(0..<count) }

  mutating func unite(_ tensors: [TensorID]) {
    guard let first = tensors.first else { return }
    for tensor in tensors.dropFirst() {
      let (a, b) = (root(first.index), root(tensor.index))
      guard a != b else { continue }
      parent[b] = a
      if let width = asked.removeValue(forKey: b) { ask(for: width, of: a) }
    }
  }

  mutating func ask(for precision: Precision?, of tensors: [TensorID]) {
    for tensor in tensors { ask(for: precision, of: root(tensor.index)) }
  }

  private mutating func ask(for precision: Precision?, of root: Int) {
    guard let known = asked[root] else {
      asked[root] = .some(precision)
      return
    }
    if known != precision { asked[root] = .some(nil) }
  }

  var precisions: [Precision?] {
    var copy = self
    return parent.indices.map { copy.asked[copy.root($0)] ?? nil }
  }

  private mutating func root(_ index: Int) -> Int {
    var index = index
    while parent[index] != index {
      parent[index] = parent[parent[index]]
      index = parent[index]
    }
    return index
  }
}

extension Operator {
  /// Whether its results are values that it read, or made of narrow ones in whole numbers alike.
  fileprivate var keepsValues: Bool {
    work.kind == .movement && (work.collective == nil || work.collective == .allGather)
      || ["Clip", "GlobalMaxPool", "MaxPool", "Relu"].contains(type)
  }

  fileprivate var readsShapeOnly: Bool { type == "Shape" || type == "Size" }
}

extension Graph {
  fileprivate func floatInputs(of node: Operator) -> [TensorID] {
    activationInputs(of: node).filter { self[$0].type.isFloat }
  }

  /// Whether a kernel that computes wrote the values, not one that moves or looks them up: views aside, which run none.
  fileprivate func isComputed(_ tensor: TensorID, on cards: [Bool]) -> Bool {
    var tensor = tensor
    while let producer = self[tensor].producer, cards[producer.index] {
      let node = operators[producer.index]
      guard node.work.isView else { return node.work.kind == .matrix || node.work.kind == .vector }
      guard let viewed = node.inputs.first ?? nil else { return false }
      tensor = viewed
    }
    return false
  }

  fileprivate func floatOutputs(of node: Operator) -> [TensorID] {
    node.outputs.compactMap(\.self).filter { self[$0].type.isFloat }
  }
}
