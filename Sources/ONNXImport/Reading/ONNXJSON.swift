import Graph
import ONNXSchema
import SwiftProtobuf

/// Decodes the protobuf JSON mapping of ONNX, camelCase or snake_case; unknown fields are ignored.
enum ONNXJSON {
  static func decode(_ bytes: [UInt8], name: String?) throws(LoadError) -> Onnx_ModelProto {
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    do {
      return try parse(text)
    } catch JSONDecodingError.malformedNumber {
      return try decodeRepaired(text, name: name)
    } catch {
      throw failure(error, text, name: name)
    }
  }

  private static func failure(_ error: any Error, _ bytes: [UInt8], name: String?) -> LoadError {
    let diagnosis = ONNXJSONDiagnosis(bytes)
    let message = diagnosis.syntax ?? explanation(of: error)
    return LoadError(
      .malformed,
      [
        Finding(
          .error, "not ONNX JSON: \(message)", file: name, node: diagnosis.node, field: diagnosis.field)
      ])
  }

  private static func parse(_ bytes: [UInt8]) throws -> Onnx_ModelProto {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    return try Onnx_ModelProto(jsonUTF8Bytes: bytes, options: options)
  }

  /// Other writers print numbers that the JSON mapping does not allow; those are mended and parsed again.
  private static func decodeRepaired(
    _ bytes: [UInt8], name: String?
  ) throws(LoadError) -> Onnx_ModelProto {
    let repaired = JSONNumberRepair.repaired(bytes)
    do {
      return try parse(repaired)
    } catch {
      throw failure(error, repaired, name: name)
    }
  }

  private static func explanation(of error: any Error) -> String {
    guard let error = error as? JSONDecodingError else { return "it cannot be parsed" }
    return switch error {
    case .malformedNumber: "a number is malformed"
    case .numberRange: "a number does not fit its field"
    case .malformedBool: "a boolean is malformed"
    case .malformedString: "a string is malformed, or base64 was expected"
    case .invalidUTF8: "it is not valid UTF-8"
    case .schemaMismatch: "a value has another type than ONNX gives its field"
    case .unrecognizedEnumValue: "an enumeration has a value ONNX does not define"
    case .illegalNull: "a null stands inside a list"
    case .leadingZero: "a number has leading zeros"
    case .truncated: "it ends in the middle"
    case .trailingGarbage: "something follows after the model"
    case .conflictingOneOf: "two exclusive fields are both given"
    case .messageDepthLimit: "it is nested too deep"
    default: "it is malformed"
    }
  }
}
