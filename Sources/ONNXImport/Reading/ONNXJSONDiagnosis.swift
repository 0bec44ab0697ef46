import Foundation
import Graph
import ONNXSchema
import SwiftProtobuf

/// Finds out where a JSON model that could not be decoded is wrong, because the decoder does not say.
///
/// The text is parsed as plain JSON first; then the parts of the graph are decoded one by one until one fails.
struct ONNXJSONDiagnosis {
  private(set) var node: String?
  private(set) var field: String?
  /// What is wrong with the text as JSON; `nil` when it is JSON.
  private(set) var syntax: String?
  /// Larger texts are not gone through again.
  private static let limit = 64 << 20

  init(_ bytes: [UInt8]) {
    guard bytes.count <= Self.limit else { return }
    let model: Any
    do {
      model = try JSONSerialization.jsonObject(with: Data(bytes))
    } catch {
      syntax = (error as NSError).userInfo["NSDebugDescription"] as? String
      if bytes.last(where: { $0 > 0x20 }) != UInt8(ascii: "}") { syntax = "it ends in the middle" }
      return
    }
    guard let graph = (model as? [String: Any])?["graph"] as? [String: Any] else {
      field = "graph"
      return
    }
    if !locateNode(graph) { locateOther(graph) }
  }

  private mutating func locateNode(_ graph: [String: Any]) -> Bool {
    for (index, part) in parts(graph, "node").enumerated() where fails(part, Onnx_NodeProto.self) {
      let name = (part as? [String: Any])?["name"] as? String
      node = name ?? "number \(index)"
      let attributes = parts(part as? [String: Any] ?? [:], "attribute")
      field =
        attributes.first { fails($0, Onnx_AttributeProto.self) }
        .flatMap { ($0 as? [String: Any])?["name"] as? String } ?? "node"
      return true
    }
    return false
  }

  private mutating func locateOther(_ graph: [String: Any]) {
    for key in ["initializer", "input", "output", "valueInfo", "value_info"] {
      let failing = parts(graph, key).enumerated().first { _, part in
        key == "initializer" ? fails(part, Onnx_TensorProto.self) : fails(part, Onnx_ValueInfoProto.self)
      }
      guard let failing else { continue }
      let name = (failing.element as? [String: Any])?["name"] as? String
      field = "\(key) \(name.map { "'\($0)'" } ?? "number \(failing.offset)")"
      return
    }
  }

  private func parts(_ object: [String: Any], _ key: String) -> [Any] { object[key] as? [Any] ?? [] }

  private func fails<M: SwiftProtobuf.Message>(_ part: Any, _ type: M.Type) -> Bool {
    guard JSONSerialization.isValidJSONObject(part),
      let data = try? JSONSerialization.data(withJSONObject: part)
    else { return true }
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    return (try? M(jsonUTF8Data: data, options: options)) == nil
  }
}
