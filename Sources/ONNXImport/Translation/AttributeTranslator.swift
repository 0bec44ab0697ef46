import FoundationEssentials
import Graph
import ONNXSchema

/// Reads the value of an attribute, whose kind old files do not state.
enum AttributeTranslator {
  enum Result {
    case value(Attribute)
    case tensor(Onnx_TensorProto)
    case sparseTensor(Onnx_SparseTensorProto)
    case bodies([Onnx_GraphProto])
    /// Of no use here: types and lists of tensors.
    case ignored
    /// Declared as one kind, holding another.
    case mismatch(declared: String, held: String)
  }

  static func value(of attribute: Onnx_AttributeProto) -> Result {
    let held = heldKind(attribute)
    guard attribute.type != .undefined else { return read(attribute, as: held ?? .ints) }
    // Writers leave out zeros and empty lists, so holding nothing is no contradiction.
    guard held == nil || held == attribute.type else {
      return .mismatch(declared: name(attribute.type), held: held.map(name) ?? "nothing")
    }
    return read(attribute, as: attribute.type)
  }

  /// The kind of the field that is filled in; `nil` when none is, or when more than one is and one is the declared one.
  private static func heldKind(_ attribute: Onnx_AttributeProto) -> Onnx_AttributeProto.AttributeType? {
    var kinds: [Onnx_AttributeProto.AttributeType] = []
    if attribute.hasF { kinds.append(.float) }
    if attribute.hasI { kinds.append(.int) }
    if attribute.hasS { kinds.append(.string) }
    if attribute.hasT { kinds.append(.tensor) }
    if attribute.hasG { kinds.append(.graph) }
    if attribute.hasSparseTensor { kinds.append(.sparseTensor) }
    if !attribute.floats.isEmpty { kinds.append(.floats) }
    if !attribute.ints.isEmpty { kinds.append(.ints) }
    if !attribute.strings.isEmpty { kinds.append(.strings) }
    if !attribute.graphs.isEmpty { kinds.append(.graphs) }
    return kinds.contains(attribute.type) ? attribute.type : kinds.first
  }

  private static func read(
    _ attribute: Onnx_AttributeProto, as type: Onnx_AttributeProto.AttributeType
  ) -> Result {
    switch type {
    case .float: .value(.float(Double(attribute.f)))
    case .int: .value(.int(Int(attribute.i)))
    case .string: .value(.string(String(decoding: attribute.s, as: UTF8.self)))
    case .floats: .value(.floats(attribute.floats.map(Double.init)))
    case .ints: .value(.ints(attribute.ints.map { Int($0) }))
    case .strings: .value(.strings(attribute.strings.map { String(decoding: $0, as: UTF8.self) }))
    case .tensor: .tensor(attribute.t)
    case .sparseTensor: .sparseTensor(attribute.sparseTensor)
    case .graph: .bodies([attribute.g])
    case .graphs: .bodies(attribute.graphs)
    case .undefined, .tensors, .sparseTensors, .typeProto, .typeProtos: .ignored
    }
  }

  private static func name(_ type: Onnx_AttributeProto.AttributeType) -> String {
    switch type {
    case .undefined: "nothing"
    case .float: "a float"
    case .int: "an integer"
    case .string: "a string"
    case .tensor: "a tensor"
    case .graph: "a graph"
    case .sparseTensor: "a sparse tensor"
    case .typeProto: "a type"
    case .floats: "a list of floats"
    case .ints: "a list of integers"
    case .strings: "a list of strings"
    case .tensors: "a list of tensors"
    case .graphs: "a list of graphs"
    case .sparseTensors: "a list of sparse tensors"
    case .typeProtos: "a list of types"
    }
  }
}
