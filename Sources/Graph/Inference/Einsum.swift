/// An Einstein summation with its labels bound to sizes.
struct Einsum {
  let outputShape: [Int]
  /// The size of the iteration space: the product of all labels.
  let iterations: Int

  /// - Parameter equation: for example `bhid,bhjd->bhij`; an ellipsis stands for broadcast dimensions.
  init(_ equation: String, shapes: [[Int]]) throws(ShapeProblem) {
    let text = Array(equation.utf8).filter { $0 != UInt8(ascii: " ") }
    let arrow = text.indices.dropLast().first {
      text[$0] == UInt8(ascii: "-") && text[$0 + 1] == UInt8(ascii: ">")
    }
    let terms = text[..<(arrow ?? text.count)].split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard terms.count == shapes.count else {
      throw ShapeProblem(
        "'\(equation)' has \(terms.count) terms for \(shapes.count) inputs", field: "equation")
    }
    var sizes: [UInt8: Int] = [:]
    var counts: [UInt8: Int] = [:]
    var ellipsis: [Int] = []
    for (term, shape) in zip(terms, shapes) {
      let (before, after) = Self.split(Array(term))
      let labels = before + (after ?? [])
      guard after == nil ? labels.count == shape.count : labels.count <= shape.count else {
        throw ShapeProblem("a term of '\(equation)' does not match shape \(shape)", field: "equation")
      }
      let tail = after?.count ?? 0
      if after != nil {
        ellipsis = try Broadcasting.shape([ellipsis, Array(shape[before.count..<(shape.count - tail)])])
      }
      for (label, size) in zip(labels, shape.prefix(before.count) + shape.suffix(tail)) {
        counts[label, default: 0] += 1
        let known = sizes[label] ?? 1
        guard known == 1 || size == 1 || known == size else {
          throw ShapeProblem(
            "label \(Character(UnicodeScalar(label))) of '\(equation)' is both \(known) and \(size)",
            field: "equation")
        }
        sizes[label] = max(known, size)
      }
    }
    if let arrow {
      let (before, after) = Self.split(Array(text[(arrow + 2)...]))
      guard (before + (after ?? [])).allSatisfy({ sizes[$0] != nil }) else {
        throw ShapeProblem("'\(equation)' has an output label no input has", field: "equation")
      }
      let middle = after == nil ? [] : ellipsis
      outputShape = before.compactMap { sizes[$0] } + middle + (after ?? []).compactMap { sizes[$0] }
    } else {
      let once = counts.filter { $0.value == 1 }.keys.sorted()
      outputShape = ellipsis + once.compactMap { sizes[$0] }
    }
    iterations = Saturating.product(Array(sizes.values) + ellipsis)
  }

  /// The labels before and after an ellipsis; `after` is `nil` when there is none.
  private static func split(_ term: [UInt8]) -> (before: [UInt8], after: [UInt8]?) {
    let dot = UInt8(ascii: ".")
    guard let first = term.firstIndex(of: dot) else { return (term, nil) }
    return (Array(term[..<first]), Array(term[first...].drop { $0 == dot }))
  }
}
