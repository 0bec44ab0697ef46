import Graph
import ONNXSchema
import Plan

extension TeamModel {
  /// The name of a value, or of a card's part of it, where a card of a site reads it.
  ///
  /// - Parameter rank: Of the card in its team; `nil` for the host.
  mutating func read(
    _ tensor: TensorID, _ site: PlacementSite, rank: Int?, axis: Int?, _ segments: [Int], _ op: OperatorID
  ) -> String {
    let whole: String
    switch forms[tensor.index] {
    case .parts(let names)?: return names[rank ?? 0]
    case .copies(let names, let home)?: whole = names[home == site ? rank ?? 0 : 0]
    case .single(let name)?: whole = name
    case nil: whole = name(tensor)
    }
    guard let axis, let rank else { return whole }
    return part(of: whole, axis, segments, rank: rank, op, at: self.site(site, rank))
  }

  /// A card's part of a value that is whole.
  private mutating func part(
    of whole: String, _ axis: Int, _ segments: [Int], rank: Int, _ op: OperatorID, at site: PlacementSite
  ) -> String {
    let result = "\(whole)/axis\(axis)/rank\(rank)"
    var pieces: [String] = []
    for (index, range) in ranges(segments, rank: rank).enumerated() {
      let piece = segments.count == 1 ? result : "\(result)/\(index)"
      add(slice(whole, axis, range, to: piece), op, at: site)
      pieces.append(piece)
    }
    if pieces.count > 1 { add(concatenation(pieces, axis, to: result), op, at: site) }
    return result
  }

  /// The elements of a card, ascending.
  func ranges(_ segments: [Int], rank: Int) -> [Range<Int>] {
    var start = 0
    return segments.map { size in
      defer { start += size }
      let part = size / ranks
      return (start + rank * part)..<(start + (rank + 1) * part)
    }
  }

  private mutating func slice(_ value: String, _ axis: Int, _ range: Range<Int>, to result: String)
    -> Onnx_NodeProto
  {
    let limits = [("starts", range.lowerBound), ("ends", range.upperBound), ("axes", axis)]
    // Until operator set 10 they are attributes.
    guard writer.operatorSet >= 10 else {
      return NodeText.node(
        "Slice", name: result, inputs: [value], outputs: [result],
        attributes: limits.map { NodeText.attribute($0.0, .ints([$0.1])) })
    }
    return NodeText.node(
      "Slice", name: result, inputs: [value] + limits.map { writer.list([Int64($0.1)]) },
      outputs: [result])
  }

  private func concatenation(_ pieces: [String], _ axis: Int, to result: String) -> Onnx_NodeProto {
    NodeText.node(
      "Concat", name: result, inputs: pieces, outputs: [result],
      attributes: [NodeText.attribute("axis", Int64(axis))])
  }

  /// A constant, or a card's part of it.
  mutating func constant(
    _ value: Int, axis: Int?, _ segments: [Int], rank: Int, _ op: OperatorID, at site: PlacementSite
  ) throws(ExportError) -> String {
    let name = name(value)
    guard let axis else {
      try add(tracer.trace([value], stops: []), names, suffix: "", op, at: site)
      return name
    }
    let scope = source.written.scope
    if case .constant(let position) = scope.values[value].origin,
      let origin = scope.constants[position].origin,
      case .dense(let message) = source.messages.constants[origin]
    {
      let tensor = try store.tensor(message, name: scope.values[value].name)
      if tensor.type.bits % 8 == 0, tensor.shape.indices.contains(axis) {
        var shape = tensor.shape
        shape[axis] /= ranks
        let bytes = tensor.type.bytes(for: shape.reduce(1, Saturated.product)) ?? .max
        let part = "\(name)/axis\(axis)/rank\(rank)"
        writer.weights.add(
          [.init(name: part, code: tensor.code, shape: shape, bytes: bytes)],
          .pieces(tensor, axis: axis, ranges(segments, rank: rank)))
        return part
      }
    }
    try add(tracer.trace([value], stops: []), names, suffix: "", op, at: site)
    return part(of: name, axis, segments, rank: rank, op, at: site)
  }

  /// What the cards of a team exchange.
  mutating func exchange(_ node: Operator, op: OperatorID, _ site: PlacementSite) {
    guard let from = node.inputs.first.flatMap({ $0 }), let to = node.outputs.first.flatMap({ $0 }),
      case .parts(let pieces)? = forms[from.index]
    else { return }
    var results: [String] = []
    for rank in 0..<ranks {
      let result = rankName(name(to), rank)
      join(
        pieces, from, isSum: node.type == Collective.allReduce.operatorType, to: result, op,
        at: self.site(site, rank))
      results.append(result)
    }
    forms[to.index] = .copies(results, site)
  }

  /// Adds up terms, or lays parts together.
  private mutating func join(
    _ pieces: [String], _ tensor: TensorID, isSum: Bool, to result: String, _ op: OperatorID?,
    at site: PlacementSite
  ) {
    if isSum {
      let type = detail.graph[tensor].type
      guard ![.float32, .float64].contains(type) else {
        return add(NodeText.node("Sum", name: result, inputs: pieces, outputs: [result]), op, at: site)
      }
      let wide = pieces.map { "\($0)/wide/\(result)" }
      for (piece, wide) in zip(pieces, wide) { add(cast(piece, to: .float32, wide), op, at: site) }
      add(NodeText.node("Sum", name: "\(result)/sum", inputs: wide, outputs: ["\(result)/sum"]), op, at: site)
      return add(cast("\(result)/sum", to: type, result), op, at: site)
    }
    let axis = detail.axes[tensor.index] ?? 0
    let segments = self.segments[tensor]
    guard segments.count > 1 else { return add(concatenation(pieces, axis, to: result), op, at: site) }
    var ordered: [String] = []
    var start = 0
    for (index, size) in segments.enumerated() {
      let part = size / ranks
      for (rank, piece) in pieces.enumerated() {
        let own = "\(result)/\(index)/\(rank)"
        add(slice(piece, axis, start..<(start + part), to: own), op, at: site)
        ordered.append(own)
      }
      start += part
    }
    add(concatenation(ordered, axis, to: result), op, at: site)
  }

  private func cast(_ input: String, to type: ElementType, _ output: String) -> Onnx_NodeProto {
    NodeText.node(
      "Cast", name: output, inputs: [input], outputs: [output],
      attributes: [NodeText.attribute("to", Int64(type.onnxCode))])
  }

  /// An output of the model under its own name.
  mutating func writeOutput(_ value: Int) throws(ExportError) {
    let result = name(value)
    guard let tensor = source.written.tensorOfValue[value], whole[tensor].role != .constant else {
      return try add(tracer.trace([value], stops: []), names, suffix: "", nil, at: .host)
    }
    let from: String
    switch forms[tensor.index] {
    case .parts(let pieces)?: return join(pieces, tensor, isSum: false, to: result, nil, at: .host)
    case .copies(let names, _)?: from = names[0]
    case .single(let name)?: from = name
    case nil: return
    }
    guard from != result else { return }
    add(NodeText.node("Identity", name: result, inputs: [from], outputs: [result]), nil, at: .host)
  }
}
