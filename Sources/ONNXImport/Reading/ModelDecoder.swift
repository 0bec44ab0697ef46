import ONNXSchema
import SwiftProtobuf

/// Decodes bytes into ONNX messages.
enum ModelDecoder {
  /// - Parameter locatesPayloads: Whether tensors say where their dropped values are.
  static func decode(
    _ reader: inout ByteReader, locatesPayloads: Bool = false
  ) throws(LoadError) -> Onnx_ModelProto {
    let name = reader.name
    switch ContentFormat(start: Array(try reader.peek(512))) {
    case .empty: throw LoadError(.malformed, "the file is empty", file: name)
    case .other(let what):
      throw LoadError(
        .malformed, "this is \(what), neither a binary ONNX model nor ONNX JSON", file: name)
    case .json: return try checked(try ONNXJSON.decode(try reader.readAll(), name: name), name: name)
    case .binary: return try checked(try decodeBinary(reader, locatesPayloads), name: name)
    }
  }

  private static func decodeBinary(
    _ reader: ByteReader, _ locatesPayloads: Bool
  ) throws(LoadError) -> Onnx_ModelProto {
    let name = reader.name
    var reducer = WireReducer(reader, locatesPayloads: locatesPayloads)
    let lean = try reducer.reduce()
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    do {
      return try Onnx_ModelProto(serializedBytes: lean, options: options)
    } catch {
      throw LoadError(
        .malformed, "not an ONNX model: \(explanation(of: error))", file: name)
    }
  }

  private static func explanation(of error: any Error) -> String {
    switch error as? BinaryDecodingError {
    case .invalidUTF8: "a name is not valid UTF-8"
    case .messageDepthLimit: "messages are nested too deep"
    case .truncated: "a message is cut off"
    default: "the protobuf is malformed"
    }
  }

  /// Other protobuf files and JSON objects decode too, as models with nothing in them.
  private static func checked(
    _ model: Onnx_ModelProto, name: String?
  ) throws(LoadError) -> Onnx_ModelProto {
    guard model.hasGraph else {
      throw LoadError(
        .malformed, "there is no 'graph' in it: this is not an ONNX model (ModelProto)", file: name)
    }
    guard !model.graph.node.isEmpty || !model.graph.output.isEmpty else {
      throw LoadError(.malformed, "the graph has no nodes and no outputs", file: name)
    }
    return model
  }
}
