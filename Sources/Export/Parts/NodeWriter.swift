import Accuracy
import Graph
import ONNXImport
import ONNXSchema

/// Writes nodes of the file again, under the names that their values have in a part.
///
/// Large constants of bodies become constants of the part, which bodies see by name. Gathers of a table that the part stores in
/// another form are replaced.
struct NodeWriter {
  /// The values of a scope by the names they have in the part, and the scope around it.
  final class Frame {
    let scope: Scope
    let parent: Frame?
    /// By value; values that are captured have the name of the scope around.
    private var names: [Int: String]

    init(_ scope: Scope, parent: Frame? = nil, names: [Int: String]) {
      (self.scope, self.parent, self.names) = (scope, parent, names)
    }

    func name(_ value: Int) -> String {
      if case .captured(let outer) = scope.values[value].origin, let parent { return parent.name(outer) }
      return names[value] ?? scope.values[value].name
    }

    func rename(_ value: Int, to name: String) { names[value] = name }

    /// The value of the outermost scope that a value is; `nil` for one of a body's own.
    func outermost(_ value: Int) -> Int? {
      guard let parent else { return value }
      if case .captured(let outer) = scope.values[value].origin { return parent.outermost(outer) }
      return nil
    }
  }

  let source: ModelSource
  let store: WeightStore
  /// Of the standard domain.
  let operatorSet: Int64
  var weights = PartWeights()
  /// By value of the outermost scope.
  var tables: [Int: TableRead] = [:]
  /// By result of a product of the outermost scope: with its weights in codes.
  var products: [Int: CodedProduct] = [:]
  /// By result of a gather of the outermost scope.
  var packs: [Int: RowPacking] = [:]
  /// Names of values of the part that are taken.
  var taken: Set<String> = []
  /// Names of nodes of the part that are taken.
  private(set) var takenByNodes: Set<String> = []
  /// Behind the names of all nodes and of the values inside bodies.
  var suffix = ""
  /// What the nodes written so far are, for the functions that they call.
  private(set) var types: Set<GraphDraft.FunctionKey> = []

  /// Constants of at least so many bytes leave the message.
  private static let largeBytes = 1024

  mutating func unique(_ name: String) -> String { Self.unique(name, &taken) }

  private static func unique(_ name: String, _ taken: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name)#\(number)"
      number += 1
    }
    return candidate
  }

  // MARK: Constants

  mutating func scalar(_ code: Int32, _ value: Double) -> String {
    let name = LookupNodes.name(code, value)
    let bytes =
      code == TableRead.int64 ? Self.bytes([Int64(value)]) : Self.bytes([Float(value).bitPattern])
    weights.add([.init(name: name, code: code, shape: [], bytes: bytes.count)], .bytes(bytes))
    return name
  }

  mutating func list(_ values: [Int64]) -> String {
    let name = LookupNodes.name(values)
    let bytes = Self.bytes(values)
    weights.add(
      [.init(name: name, code: TableRead.int64, shape: [values.count], bytes: bytes.count)], .bytes(bytes))
    return name
  }

  private static func bytes<Number: FixedWidthInteger>(_ values: [Number]) -> [UInt8] {
    values.flatMap { value in
      (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Number(8 * $0)) }
    }
  }

  /// Adds a constant of the outermost scope, or a large one of a body, under a name.
  mutating func add(_ constant: GraphDraft.Constant, named name: String) throws(ExportError) {
    guard let origin = constant.origin else {
      if constant.values == nil, source.written.batch == .followed {
        throw ExportError(
          .unsupported,
          "the plan is for another batch than the model is written for, and constant '\(constant.name)' has values for the old one; export the model with that batch and plan again"
        )
      }
      try addLiteral(constant.values, type: constant.type, shape: constant.shape, named: name)
      return
    }
    switch source.messages.constants[origin] {
    case .dense(let tensor): try add(tensor, named: name)
    case .sparse:
      throw ExportError(
        .unsupported, "constant '\(constant.name)': is sparse, which parts cannot hold; store it densely")
    }
  }

  private mutating func add(_ tensor: Onnx_TensorProto, named name: String) throws(ExportError) {
    if tensor.dataType == Int32(Onnx_TensorProto.DataType.string.rawValue) {
      var message = tensor
      message.name = name
      weights.add([.init(name: name, code: tensor.dataType, shape: [], bytes: 0)], .message(message))
      return
    }
    let stored = try store.tensor(tensor, name: name)
    weights.add(
      [.init(name: name, code: stored.code, shape: stored.shape, bytes: stored.bytes)], .tensor(stored))
  }

  /// Adds a small constant that no file has.
  mutating func addLiteral(
    _ values: ConstantValues?, type: ElementType?, shape: [Int]?, named name: String
  ) throws(ExportError) {
    guard let values, let type, let shape, let bytes = Self.bytes(of: values, type: type) else {
      throw ExportError(.unsupported, "constant '\(name)': its values are not known")
    }
    weights.add([.init(name: name, code: type.onnxCode, shape: shape, bytes: bytes.count)], .bytes(bytes))
  }

  private static func bytes(of values: ConstantValues, type: ElementType) -> [UInt8]? {
    switch (type, values) {
    case (.float32, _): bytes(floats(values).map { Float($0).bitPattern })
    case (.float64, _): bytes(floats(values).map(\.bitPattern))
    case (.float16, _): bytes(floats(values).map { HalfPrecision.bits(of: Float($0)) })
    case (.int64, .ints(let ints)): bytes(ints.map { Int64($0) })
    case (.uint64, .ints(let ints)): bytes(ints.map { UInt64(truncatingIfNeeded: $0) })
    case (.int32, .ints(let ints)), (.uint32, .ints(let ints)):
      bytes(ints.map { Int32(truncatingIfNeeded: $0) })
    case (.int16, .ints(let ints)), (.uint16, .ints(let ints)):
      bytes(ints.map { Int16(truncatingIfNeeded: $0) })
    case (.int8, .ints(let ints)), (.uint8, .ints(let ints)): ints.map { UInt8(truncatingIfNeeded: $0) }
    case (.bool, .ints(let ints)): ints.map { $0 == 0 ? 0 : 1 }
    default: nil
    }
  }

  private static func floats(_ values: ConstantValues) -> [Double] {
    switch values {
    case .ints(let values): values.map(Double.init)
    case .floats(let values): values
    }
  }

  // MARK: Nodes

  /// Writes a node of a frame; none for a Constant that becomes a constant of the part.
  mutating func write(_ node: Scope.Node, in frame: Frame) throws(ExportError) -> [Onnx_NodeProto] {
    let message = node.origin.map { source.messages.nodes[$0] }
    if node.type == "Constant", let hoisted = try hoist(node, message, in: frame) { return hoisted }
    var result = Onnx_NodeProto()
    result.opType = node.type
    result.domain = message?.domain ?? node.domain
    result.overload = message?.overload ?? ""
    // Look-ups of one shard each write what several of them read.
    result.name = Self.unique(node.name + suffix, &takenByNodes)
    result.metadataProps = message?.metadataProps ?? []
    result.input = node.inputs.map { $0.map(frame.name) ?? "" }
    result.output = node.outputs.map { $0.map(frame.name) ?? "" }
    if let data = node.inputs.first.flatMap({ $0 }).flatMap(frame.outermost), let read = tables[data] {
      let pack = frame.parent == nil ? node.outputs.first.flatMap { $0 }.flatMap { packs[$0] } : nil
      switch RowRead(node, in: frame.parent == nil ? source.written : nil) {
      case .gather:
        result.attribute = message?.attribute ?? []
        let picks =
          operatorSet >= 9 && BodyPacking.pays(read) && BodyPacking.pools(node, in: frame, source.written)
        return lookup(result) { read.nodes(inPlaceOf: result, pack: pack, picks: picks, to: &$0) }
      case .bag(let bag):
        types.insert(.init(domain: node.domain, name: node.type, overload: result.overload))
        result.attribute = try attributes(of: node, message, in: frame)
        let type = node.inputs[bag.indices].flatMap { source.written.value($0).type }?.onnxCode
        return lookup(result) {
          read.nodes(inPlaceOf: result, bag: bag, indexType: type ?? TableRead.int64, to: &$0)
        }
      case .whole: break
      }
    }
    if frame.parent == nil, let product = node.outputs.first.flatMap({ $0 }).flatMap({ products[$0] }) {
      types.insert(CodedProduct.key)
      weights.add(product.constants, .codes(product.codes))
      return [product.node(inPlaceOf: result, bias: product.bias.map(frame.name))]
    }
    if frame.parent == nil, NodeTracer.readsTypeAlone(node, source.written),
      let type = node.outputs.first.flatMap({ $0 }).flatMap({ source.written.value($0).type })
    {
      result.opType = "Cast"
      result.input = Array(result.input.prefix(1))
      result.attribute = (message?.attribute ?? []) + [NodeText.attribute("to", Int64(type.onnxCode))]
      return [result]
    }
    types.insert(.init(domain: node.domain, name: node.type, overload: result.overload))
    result.attribute = try attributes(of: node, message, in: frame)
    if message == nil { try mend(&result, node) }
    return [result]
  }

  /// The nodes of a look-up, with the constants that they read.
  private mutating func lookup(
    _ node: Onnx_NodeProto, _ write: (inout LookupNodes) -> Void
  ) -> [Onnx_NodeProto] {
    var nodes = LookupNodes(inPlaceOf: node)
    write(&nodes)
    for (code, value) in nodes.scalars { _ = scalar(code, value) }
    for values in nodes.lists { _ = list(values) }
    return nodes.nodes
  }

  /// The attributes of a node, with what a function's call hands in, and its bodies.
  mutating func attributes(
    of node: Scope.Node, _ message: Onnx_NodeProto?, in frame: Frame
  ) throws(ExportError) -> [Onnx_AttributeProto] {
    guard let message else {
      return node.attributes.sorted { $0.key < $1.key }.map { NodeText.attribute($0.key, $0.value) }
    }
    var written: [Onnx_AttributeProto] = []
    for attribute in message.attribute {
      let name = attribute.name
      let bodies = node.bodies.filter { $0.attribute == name }
      if !bodies.isEmpty {
        var result = Onnx_AttributeProto()
        result.name = name
        var graphs: [Onnx_GraphProto] = []
        for body in bodies { graphs.append(try graph(body.scope, name: "\(node.name)/\(name)", in: frame)) }
        if attribute.graphs.isEmpty, let graph = graphs.first {
          (result.type, result.g) = (.graph, graph)
        } else {
          (result.type, result.graphs) = (.graphs, graphs)
        }
        written.append(result)
      } else if !attribute.refAttrName.isEmpty {
        // What the call hands in, or the function's default.
        if let value = node.attributes[name] {
          written.append(NodeText.attribute(name, value))
        } else if node.tensors[name] != nil {
          throw ExportError(
            .unsupported,
            "node '\(node.name)': attribute '\(name)' is a tensor that a function's call hands in; inline the model's functions first"
          )
        }
      } else if case .ints(let values)? = node.attributes[name], attribute.type == .ints {
        // Sizes may have followed another batch.
        written.append(NodeText.attribute(name, .ints(values)))
      } else {
        written.append(try withValues(attribute))
      }
    }
    return written
  }

  /// An attribute with the values of its tensors, which the loader leaves out where they are many.
  private func withValues(_ attribute: Onnx_AttributeProto) throws(ExportError) -> Onnx_AttributeProto {
    var copy = attribute
    copy.docString = ""
    if copy.hasT { copy.t = try withValues(copy.t) }
    if copy.hasSparseTensor {
      copy.sparseTensor.values = try withValues(copy.sparseTensor.values)
      copy.sparseTensor.indices = try withValues(copy.sparseTensor.indices)
    }
    copy.tensors = try copy.tensors.map { (tensor) throws(ExportError) in try withValues(tensor) }
    return copy
  }

  private func withValues(_ tensor: Onnx_TensorProto) throws(ExportError) -> Onnx_TensorProto {
    guard WeightStore.isElsewhere(tensor) else { return tensor }
    let stored = try store.tensor(tensor, name: tensor.name)
    var reader = TensorReader(stored)
    var copy = tensor
    (copy.externalData, copy.dataLocation) = ([], .default)
    copy.rawData = .init(try reader.read(stored.bytes))
    return copy
  }

  /// Operators that were made on the way are written for newer operator sets than the file may have.
  private mutating func mend(_ node: inout Onnx_NodeProto, _ written: Scope.Node) throws(ExportError) {
    if node.opType == "Expand", operatorSet < 8 {
      throw ExportError(
        .unsupported,
        "the model is written for operator set \(operatorSet), and what repeats a constant for another batch needs 8 or newer; convert the model"
      )
    }
    guard node.opType == "ReduceSum", operatorSet >= 13, case .ints(let axes)? = written.attributes["axes"]
    else {
      return
    }
    node.attribute.removeAll { $0.name == "axes" }
    node.input.append(list(axes.map(Int64.init)))
  }

  /// Turns a large Constant into a constant of the part; `nil` for a small one, which stays a node.
  private mutating func hoist(
    _ node: Scope.Node, _ message: Onnx_NodeProto?, in frame: Frame
  ) throws(ExportError) -> [Onnx_NodeProto]? {
    guard let tensor = message?.attribute.first(where: { $0.name == "value" && $0.refAttrName.isEmpty })?.t,
      let output = node.outputs.first.flatMap({ $0 }),
      let type = ElementType(onnxCode: Int(tensor.dataType)), type != .string,
      (type.bytes(for: tensor.dims.reduce(1) { Saturated.product($0, Int(clamping: $1)) }) ?? .max)
        >= Self.largeBytes
    else { return nil }
    return try hoist(output, in: frame) { writer, name throws(ExportError) in
      try writer.add(tensor, named: name)
    }
  }

  /// Adds a constant of a frame to the part. A body hands its outputs on by a node of its own.
  private mutating func hoist(
    _ value: Int, in frame: Frame,
    _ add: (inout NodeWriter, String) throws(ExportError) -> Void
  ) throws(ExportError) -> [Onnx_NodeProto] {
    let name = frame.name(value)
    guard frame.parent != nil else {
      try add(&self, name)
      return []
    }
    let outer = unique(name + "/constant")
    try add(&self, outer)
    if frame.scope.outputs.contains(value) {
      return [NodeText.node("Identity", name: outer, inputs: [outer], outputs: [name])]
    }
    frame.rename(value, to: outer)
    return []
  }

  // MARK: Bodies

  private mutating func graph(
    _ body: Scope, name: String, in parent: Frame
  ) throws(ExportError) -> Onnx_GraphProto {
    var names: [Int: String] = [:]
    for (index, value) in body.values.enumerated() {
      if case .captured = value.origin { continue }
      names[index] = unique(value.name + suffix)
    }
    let frame = Frame(body, parent: parent, names: names)
    let types = body.origin.map { source.messages.graphs[$0] }
    let hasStatedShapes = source.written.batch == .stated
    var graph = Onnx_GraphProto()
    graph.name = name
    for value in body.inputs {
      guard case .input(let position) = body.values[value].origin else { continue }
      graph.input.append(Self.declaration(frame.name(value), types?.input, position, hasStatedShapes))
    }
    for (value, entry) in body.values.enumerated() {
      guard case .constant(let position) = entry.origin else { continue }
      let constant = body.constants[position]
      let bytes = constant.type.bytes(for: constant.shape.reduce(1, Saturated.product)) ?? .max
      if bytes >= Self.largeBytes {
        graph.node += try hoist(value, in: frame) { writer, name throws(ExportError) in
          try writer.add(constant, named: name)
        }
      } else if let origin = constant.origin, case .dense(var tensor) = source.messages.constants[origin] {
        if tensor.dataLocation == .external {
          graph.node += try hoist(value, in: frame) { writer, name throws(ExportError) in
            try writer.add(constant, named: name)
          }
        } else {
          tensor.name = frame.name(value)
          graph.initializer.append(tensor)
        }
      } else if constant.origin == nil {
        graph.node += try hoist(value, in: frame) { writer, name throws(ExportError) in
          try writer.add(constant, named: name)
        }
      }
    }
    for node in body.nodes { graph.node += try write(node, in: frame) }
    var given: Set<String> = []
    for (position, value) in body.outputs.enumerated() {
      var name = frame.name(value)
      let isOwn = if case .node = body.values[value].origin { true } else { false }
      if !isOwn || !given.insert(name).inserted {
        let copy = unique("\(name)/result\(position)")
        graph.node.append(NodeText.node("Identity", name: copy, inputs: [name], outputs: [copy]))
        name = copy
      }
      graph.output.append(Self.declaration(name, types?.output, position, hasStatedShapes))
    }
    return graph
  }

  private static func declaration(
    _ name: String, _ stated: [Onnx_ValueInfoProto]?, _ position: Int, _ hasStatedShapes: Bool
  ) -> Onnx_ValueInfoProto {
    var value = stated.flatMap { position < $0.count ? $0[position] : nil } ?? Onnx_ValueInfoProto()
    value.name = name
    if !hasStatedShapes, case .tensorType? = value.type.value {
      for axis in value.type.tensorType.shape.dim.indices { value.type.tensorType.shape.dim[axis] = .init() }
    }
    return value
  }
}

/// Products of untrusted sizes.
enum Saturated {
  static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}
