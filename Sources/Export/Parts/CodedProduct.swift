import Graph
import ONNXImport
import ONNXSchema

/// A matrix product whose weights the plan has in fewer bits than it computes in, written as ONNX Runtime's `MatMulNBits`.
///
/// Weights alone are narrow, so that nothing has to be known of activations. Those are in the type of the model's file.
struct CodedProduct {
  static let key = GraphDraft.FunctionKey(domain: "com.microsoft", name: "MatMulNBits", overload: "")

  /// Of the weights in the file.
  let weights: Int
  /// What is added to each row; `nil` for nothing.
  let bias: Int?
  let codes: WeightCodes
  /// Of the codes; those of the scales follow from it.
  let name: String

  var scalesName: String { name + "/scale" }

  /// Whether both read the same codes.
  func isStoredLike(_ other: CodedProduct) -> Bool {
    name == other.name && codes.areColumnsStored == other.codes.areColumnsStored
  }

  /// `node`, a MatMul or Gemm, with codes in the place of its weights.
  func node(inPlaceOf node: Onnx_NodeProto, bias: String?) -> Onnx_NodeProto {
    var result = node
    (result.domain, result.opType, result.overload) = (Self.key.domain, Self.key.name, "")
    result.input = [node.input[0], name, scalesName] + (bias.map { ["", "", $0] } ?? [])
    result.attribute = [
      ("K", codes.inner), ("N", codes.columns), ("bits", codes.bits), ("block_size", WeightCodes.block),
    ].map { NodeText.attribute($0, Int64($1)) }
    return result
  }

  var constants: [PartWeights.Constant] {
    let (columns, blocks) = (codes.columns, codes.blocks)
    return [
      .init(
        name: name, code: ElementType.uint8.onnxCode, shape: [columns, blocks, codes.blockBytes],
        bytes: columns * blocks * codes.blockBytes),
      .init(
        name: scalesName, code: codes.tensor.code, shape: [columns, blocks],
        bytes: columns * blocks * codes.tensor.type.bits / 8),
    ]
  }
}

/// Which products of a part can be written with their weights in codes.
struct CodedProducts {
  /// By result.
  private(set) var products: [Int: CodedProduct] = [:]
  /// By result of a product that cannot: why.
  private(set) var obstacles: [Int: String] = [:]

  /// - Parameters:
  ///   - bits: By result of a product: those of its weights in the plan.
  ///   - nodes: Of the part, in the outermost scope.
  ///   - kept: Values that the part hands on.
  ///   - stored: The constant that a value is.
  init(
    _ bits: [Int: Int], nodes: [Int], kept: Set<Int>, written: WrittenGraph, name: (Int) -> String,
    stored: (Int) throws(ExportError) -> StoredTensor?
  ) throws(ExportError) {
    var found: [Int: CodedProduct] = [:]
    var readers: [Int: Set<Int>] = [:]
    var captured: Set<Int> = []
    for index in nodes {
      let node = written.scope.nodes[index]
      for case .some(let input) in node.inputs { readers[input, default: []].insert(index) }
      captured.formUnion(node.captured)
      guard let result = node.outputs.first.flatMap({ $0 }), let bits = bits[result],
        // What multiplies two activations has no weights.
        node.inputs.dropFirst().contains(where: { $0.map { written.value($0).isConstant } == true })
      else { continue }
      do {
        found[index] = try Self.product(node, bits, written, name, stored)
      } catch {
        guard error.reason == .unsupported else { throw error }
        obstacles[result] = error.problems.joined(separator: "; ")
      }
    }
    for (index, product) in found {
      guard let result = written.scope.nodes[index].outputs.first.flatMap({ $0 }) else { continue }
      let areAlike = readers[product.weights, default: []].allSatisfy {
        found[$0]?.isStoredLike(product) == true
      }
      if areAlike, !captured.contains(product.weights), !kept.contains(product.weights) {
        products[result] = product
      } else {
        obstacles[result] = "its weights are read in another form too"
      }
    }
  }

  /// - Throws: why it cannot be.
  private static func product(
    _ node: Scope.Node, _ bits: Int, _ written: WrittenGraph, _ name: (Int) -> String,
    _ stored: (Int) throws(ExportError) -> StoredTensor?
  ) throws(ExportError) -> CodedProduct {
    func refuse(_ reason: String) -> ExportError { ExportError(.unsupported, reason) }
    guard node.domain.isEmpty, ["MatMul", "Gemm"].contains(node.type), node.inputs.count > 1,
      let weights = node.inputs[1]
    else { throw refuse("only MatMul and Gemm can be") }
    guard let rows = node.inputs[0], written.value(rows).shape?.count ?? 0 > 1 else {
      throw refuse("what it multiplies is not known to be a matrix")
    }
    guard let tensor = try stored(weights), [.float32, .float16].contains(tensor.type),
      tensor.shape.allSatisfy({ $0 > 0 })
    else { throw refuse("its weights are no matrix of the file in fp32 or fp16") }
    var areColumnsStored = false
    var bias: Int?
    if node.type == "Gemm" {
      func int(_ name: String) -> Int {
        if case .int(let value)? = node.attributes[name] { value } else { 0 }
      }
      func isOne(_ name: String) -> Bool {
        if case .float(let value)? = node.attributes[name] { value == 1 } else { true }
      }
      guard int("transA") == 0, isOne("alpha"), isOne("beta") else {
        throw refuse("it turns or scales its operands")
      }
      areColumnsStored = int("transB") != 0
      bias = node.inputs.count > 2 ? node.inputs[2] : nil
    }
    let codes = WeightCodes(tensor: tensor, areColumnsStored: areColumnsStored, bits: bits)
    if let bias, written.value(bias).shape != [codes.columns] {
      throw refuse("what is added to its result is no vector of its columns")
    }
    return CodedProduct(weights: weights, bias: bias, codes: codes, name: "\(name(weights))/int\(bits)")
  }
}
