import Graph
import ONNXSchema

/// Translates ONNX messages into a draft: names, types, shapes and attributes as written. What it finds wrong is
/// collected.
struct ModelTranslator {
  var binder: DimensionBinder
  private(set) var findings: [Finding] = []
  /// What drafts point to as their origin.
  private(set) var messages = SourceMessages()
  /// Version of the standard operator set that nodes are written for; `nil` where it is not stated.
  private var operatorSet: Int64?

  init(binder: DimensionBinder) {
    self.binder = binder
  }

  mutating func translate(_ model: Onnx_ModelProto) -> GraphDraft {
    checkOperatorSets(model)
    operatorSet = Self.standardSet(model.opsetImport)
    messages.reserve(nodes: model.graph.node.count, constants: model.graph.initializer.count)
    var draft = translate(model.graph, isMain: true)
    if draft.outputs.isEmpty { nameOutputs(of: &draft) }
    var metadata = ServingMetadata()
    metadata.read(model.metadataProps + model.graph.metadataProps)
    draft.serving = metadata.serving
    findings += metadata.findings
    for function in model.functions {
      operatorSet = Self.standardSet(function.opsetImport) ?? Self.standardSet(model.opsetImport)
      let key = GraphDraft.FunctionKey(
        domain: Self.domain(function.domain), name: function.name, overload: function.overload)
      draft.functions[key] = translate(function)
    }
    return draft
  }

  /// A graph that names no outputs was cut out of a larger one: what it computes and does not read itself is what it is for.
  private mutating func nameOutputs(of draft: inout GraphDraft) {
    let read = Set(draft.nodes.flatMap(\.allReads))
    let unread = draft.nodes.flatMap(\.outputs).filter { !$0.isEmpty && !read.contains($0) }
    let declared = Dictionary(
      draft.declarations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    draft.outputs = unread.map { declared[$0] ?? GraphDraft.Declaration(name: $0, type: nil, shape: nil) }
    let names =
      unread.prefix(Self.shownNames).map { "'\($0)'" } + (unread.count > Self.shownNames ? ["..."] : [])
    findings.append(
      Finding(
        .warning,
        "the graph names no outputs; what nothing reads counts as them: \(names.joined(separator: ", "))",
        field: "graph.output"))
  }

  private static let shownNames = 8

  private mutating func checkOperatorSets(_ model: Onnx_ModelProto) {
    var versions: [String: Int64] = [:]
    for entry in model.opsetImport {
      let domain = Self.domain(entry.domain)
      if let other = versions[domain], other != entry.version {
        let name = domain.isEmpty ? "ai.onnx" : domain
        findings.append(
          Finding(
            .warning, "operator set '\(name)' is imported as versions \(other) and \(entry.version)",
            field: "opset_import"))
      }
      versions[domain] = max(versions[domain] ?? 0, entry.version)
    }
  }

  private static func standardSet(_ imports: [Onnx_OperatorSetIdProto]) -> Int64? {
    imports.filter { domain($0.domain).isEmpty }.map(\.version).max()
  }

  /// The standard domain has two names.
  private static func domain(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

  private mutating func translate(_ graph: Onnx_GraphProto, isMain: Bool) -> GraphDraft {
    var tensors = TensorTranslator()
    var constants = graph.initializer.compactMap { tensor in
      tensors.translate(tensor, node: nil).map { messages.located($0, in: tensor) }
    }
    constants += graph.sparseInitializer.compactMap { tensor in
      tensors.translate(tensor, node: nil).map { messages.located($0, in: tensor) }
    }
    findings += tensors.findings
    let constantNames = Set(constants.map(\.name))
    var draft = GraphDraft(name: graph.name, constants: constants)
    draft.origin = messages.add(graph)
    draft.inputs = graph.input.map { input in
      declaration(input, isInput: isMain && !constantNames.contains(input.name))
    }
    draft.outputs = graph.output.map { declaration($0, isInput: false) }
    draft.declarations = graph.valueInfo.map { declaration($0, isInput: false) }
    draft.nodes = graph.node.enumerated().map { translate($0.element, index: $0.offset) }
    return draft
  }

  private mutating func translate(_ function: Onnx_FunctionProto) -> GraphDraft.Function {
    var draft = GraphDraft(name: function.name)
    draft.inputs = function.input.map { GraphDraft.Declaration(name: $0, type: nil, shape: nil) }
    draft.outputs = function.output.map { GraphDraft.Declaration(name: $0, type: nil, shape: nil) }
    draft.declarations = function.valueInfo.map { declaration($0, isInput: false) }
    draft.nodes = function.node.enumerated().map { translate($0.element, index: $0.offset) }
    var defaults = GraphDraft.Node(name: function.name, type: function.name, inputs: [], outputs: [])
    for attribute in function.attributeProto { add(attribute, to: &defaults, node: function.name) }
    return GraphDraft.Function(body: draft, defaults: defaults)
  }

  private mutating func declaration(
    _ value: Onnx_ValueInfoProto, isInput: Bool
  ) -> GraphDraft.Declaration {
    guard let (tensor, isSequence) = Self.tensor(in: value.type) else {
      if isInput {
        findings.append(
          Finding(.warning, "the input is not a tensor; it counts as no bytes", field: value.name))
      }
      return GraphDraft.Declaration(name: value.name, type: nil, shape: nil)
    }
    if isSequence, isInput {
      findings.append(
        Finding(
          .warning, "the input is a sequence of unknown length; it counts as no bytes", field: value.name))
    }
    // Sizes of items may differ, so that none is asked for.
    let isInput = isInput && !isSequence
    let type = ElementType(onnxCode: Int(tensor.elemType))
    if isInput, type == nil {
      findings.append(
        Finding(
          .warning, "element type \(tensor.elemType) is not one ONNX defines; float32 is assumed",
          field: value.name))
    }
    guard tensor.hasShape else {
      let shape = isInput ? binder.shape(ofUndeclared: value.name) : nil
      return GraphDraft.Declaration(name: value.name, type: type, shape: shape, isSequence: isSequence)
    }
    let shape = tensor.shape.dim.enumerated().map { axis, dimension in
      size(of: dimension, value: value.name, axis: axis, isInput: isInput)
    }
    return GraphDraft.Declaration(name: value.name, type: type, shape: shape, isSequence: isSequence)
  }

  /// The tensor that a value is, an optional value holds, or a sequence holds many of; `nil` for maps.
  private static func tensor(in type: Onnx_TypeProto) -> (Onnx_TypeProto.Tensor, isSequence: Bool)? {
    switch type.value {
    case .tensorType(let tensor): (tensor, false)
    case .optionalType(let optional): Self.tensor(in: optional.elemType)
    case .sequenceType(let sequence): Self.tensor(in: sequence.elemType).map { ($0.0, true) }
    default: nil
    }
  }

  private mutating func size(
    of dimension: Onnx_TensorShapeProto.Dimension, value: String, axis: Int, isInput: Bool
  ) -> Int? {
    let written: DimensionBinder.Dimension =
      switch dimension.value {
      case .dimValue(let size) where size == -1: .unnamed
      case .dimValue(let size): .size(Int(size))
      case .dimParam(let name) where Self.isNoName(name): .unnamed
      case .dimParam(let name): .name(name)
      case nil: .unnamed
      }
    let size = binder.bind(written, value: value, axis: axis, isInput: isInput)
    guard let size, size <= 0 else { return size }
    let advice = "--dim \(ShellText.quoted("\(value):\(axis)=N"))"
    if isInput, size < 0 {
      findings.append(
        Finding(
          .error, "axis \(axis) of the input has size \(size); give one that is not negative with \(advice)",
          field: value))
    } else if isInput, case .size(0) = written {
      findings.append(
        Finding(
          .warning,
          "axis \(axis) of the input has size 0, so that it is empty; if 0 stands for a size that is not known, give "
            + "one with \(advice)",
          field: value))
    }
    return size < 0 ? nil : size
  }

  /// Text that exporters put where they have no name; two such axes need not be alike.
  private static func isNoName(_ text: String) -> Bool {
    ["", "?", "-1", "None", "unk"].contains(text) || (Int(text) ?? 0) < 0
  }

  private mutating func translate(_ node: Onnx_NodeProto, index: Int) -> GraphDraft.Node {
    let name = node.name.isEmpty ? "\(node.opType)_\(index)" : node.name
    if node.opType.isEmpty {
      findings.append(Finding(.error, "the node has no operator type", node: name, field: "op_type"))
    }
    var result = GraphDraft.Node(
      name: node.name, type: node.opType, domain: Self.domain(node.domain), overload: node.overload,
      inputs: node.input, outputs: node.output)
    result.origin = messages.add(node)
    for attribute in node.attribute { add(attribute, to: &result, node: name) }
    // Defaults that were others: before the axis became an input, and before it was one axis rather than all from there on.
    let newDefaults: [String: Int64] = ["DFT": 20, "Hardmax": 13, "LogSoftmax": 13, "Softmax": 13]
    if result.domain.isEmpty, let first = newDefaults[result.type], result.attributes["axis"] == nil,
      operatorSet.map({ $0 < first }) ?? false
    {
      result.attributes["axis"] = .int(1)
    }
    return result
  }

  private mutating func add(
    _ attribute: Onnx_AttributeProto, to result: inout GraphDraft.Node, node: String
  ) {
    guard attribute.refAttrName.isEmpty else {
      result.attributeReferences[attribute.name] = attribute.refAttrName
      return
    }
    switch AttributeTranslator.value(of: attribute) {
    case .value(let value): result.attributes[attribute.name] = value
    case .tensor(let tensor):
      var tensors = TensorTranslator()
      if let constant = tensors.translate(tensor, node: node) {
        result.tensors[attribute.name] = constant
      }
      findings += tensors.findings
    case .sparseTensor(let tensor):
      var tensors = TensorTranslator()
      if let constant = tensors.translate(tensor, node: node) {
        result.tensors[attribute.name] = constant
      }
      findings += tensors.findings
    case .bodies(let graphs):
      for graph in graphs {
        result.bodies.append((attribute.name, translate(graph, isMain: false)))
      }
    case .ignored: break
    case .mismatch(let declared, let held):
      findings.append(
        Finding(
          .error, "attribute '\(attribute.name)' is declared as \(declared) but holds \(held)",
          node: node, field: attribute.name))
    }
  }
}

extension GraphDraft.Node {
  /// Names that it reads, in its bodies too.
  fileprivate var allReads: [String] {
    inputs + bodies.flatMap { $0.draft.nodes.flatMap(\.allReads) }
      + bodies.flatMap { $0.draft.outputs.map(\.name) }
  }
}
