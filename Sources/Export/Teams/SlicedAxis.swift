import CostModel
import Graph

/// Which elements a Slice takes of the axis that a team shares out.
struct SlicedAxis {
  /// What it cuts.
  var input: TensorID
  var range: Range<Int>

  /// By result of a Slice.
  ///
  /// - Parameter values: By tensor: the value of the file.
  static func found(
    in whole: Graph, _ detail: CutDetail, kind: GraphCut.Kind, values: [TensorID: Int],
    _ written: WrittenGraph
  ) -> [TensorID: SlicedAxis] {
    // Items of a batch that lie in another order would have to do so everywhere.
    guard kind == .weights else { return [:] }
    var found: [TensorID: SlicedAxis] = [:]
    for node in whole.operators where node.type == "Slice" {
      guard let x = node.inputs.first.flatMap({ $0 }), let y = node.outputs.first.flatMap({ $0 }),
        let axis = detail.axes[x.index], detail.axes[y.index] == axis, let value = values[y],
        let range = range(of: value, along: axis, of: whole[x].shape, written),
        range.count == whole[y].shape[axis], range.count < whole[x].shape[axis]
      else { continue }
      found[y] = SlicedAxis(input: x, range: range)
    }
    return found
  }

  /// Where starts, ends and axes are constants, and every element in between is taken.
  private static func range(
    of value: Int, along axis: Int, of shape: [Int], _ written: WrittenGraph
  ) -> Range<Int>? {
    guard case .node(let index, _) = written.scope.values[value].origin else { return nil }
    let node = written.scope.nodes[index]
    guard node.type == "Slice", let position = position(of: axis, rank: shape.count, in: node, written),
      let start = list(1, "starts", of: node, written)?[safely: position],
      let end = list(2, "ends", of: node, written)?[safely: position],
      (list(4, "steps", of: node, written)?[safely: position] ?? 1) == 1
    else { return nil }
    let size = shape[axis]
    let (from, to) = (clamped(start, size), clamped(end, size))
    return from < to ? from..<to : nil
  }

  /// Where an axis is among the axes that a Slice names.
  static func position(of axis: Int, rank: Int, in node: Scope.Node, _ written: WrittenGraph) -> Int? {
    guard let axes = list(3, "axes", of: node, written) else {
      // Without any, they are the first ones; with some that are not known, none is.
      return node.inputs.count > 3 && node.inputs[3] != nil ? nil : axis
    }
    return axes.firstIndex { ($0 < 0 ? $0 + rank : $0) == axis }
  }

  /// Numbers that a Slice has as an input, or in old files as an attribute.
  static func list(_ input: Int, _ attribute: String, of node: Scope.Node, _ written: WrittenGraph) -> [Int]?
  {
    if case .ints(let values)? = node.attributes[attribute] { return values }
    guard node.inputs.indices.contains(input), let value = node.inputs[input],
      case .ints(let values)? = written.value(value).values
    else { return nil }
    return values
  }

  private static func clamped(_ bound: Int, _ size: Int) -> Int {
    max(0, min(size, bound < 0 ? bound.addingReportingOverflow(size).partialValue : bound))
  }
}

extension Array {
  fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
