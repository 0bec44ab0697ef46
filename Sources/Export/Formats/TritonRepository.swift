import Hardware
import Plan

/// A model repository for a Triton server: a model for each part and an ensemble that ties them.
package enum TritonRepository {
  /// What is to be done with the files of exported parts, and what is to be written beside them.
  package struct Layout {
    /// From names in the folder of parts to paths in the repository.
    package var moves: [(from: String, to: String)] = []
    /// Folders that stay empty.
    package var folders: [String] = []
    /// By path.
    package var texts: [(path: String, text: String)] = []
    package var losses: [String] = []
  }

  /// - Throws: for tensors that a server cannot hand on.
  package static func layout(_ manifest: PartsManifest, system: System) throws(ExportError) -> Layout {
    var layout = Layout()
    var problems: [String] = []
    for (name, tensor) in manifest.tensors.sorted(by: { $0.key < $1.key }) {
      if tensor.shape == nil || tensor.type.flatMap(types) == nil {
        problems.append(
          "triton: tensor '\(name)' (\(tensor.type ?? "of unknown type"), shape \(tensor.shape.map { "\($0)" } ?? "not known")) cannot be handed on by a server"
        )
      }
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
    let base = fileText(manifest.model.name)
    var steps: [String] = []
    for part in manifest.parts {
      let name = "\(base)_\(part.file.dropLast(5))"
      layout.moves.append((part.file, "\(name)/1/model.onnx"))
      if let weights = part.weights { layout.moves.append((weights, "\(name)/1/\(weights)")) }
      layout.texts.append(("\(name)/config.pbtxt", config(part, name: name, manifest, system)))
      steps.append(step(part, name: name))
    }
    layout.texts.append(("\(base)/config.pbtxt", ensemble(base, steps, manifest)))
    layout.folders.append("\(base)/1")
    layout.losses =
      manifest.losses + [
        "triton: batches have the planned size, which is part of every shape, so that the server forms none (max_batch_size 0)"
      ]
    return layout
  }

  private static func config(
    _ part: PartsManifest.Part, name: String, _ manifest: PartsManifest, _ system: System
  ) -> String {
    let gpus = part.devices.compactMap { device in system.cards.firstIndex { $0.name == device } }
    let group =
      gpus.isEmpty
      ? "{ count: 1 kind: KIND_CPU }"
      : "{ count: 1 kind: KIND_GPU gpus: [ \(gpus.map(String.init).joined(separator: ", ")) ] }"
    return """
      name: \(quoted(name))
      platform: "onnxruntime_onnx"
      max_batch_size: 0
      \(values("input", part.inputs, manifest))\(values("output", part.outputs, manifest))instance_group [ \(group) ]

      """
  }

  private static func ensemble(_ name: String, _ steps: [String], _ manifest: PartsManifest) -> String {
    """
    name: \(quoted(name))
    platform: "ensemble"
    max_batch_size: 0
    \(values("input", manifest.inputs, manifest))\(values("output", manifest.outputs, manifest))ensemble_scheduling {
      step [
    \(steps.joined(separator: ",\n"))
      ]
    }

    """
  }

  private static func step(_ part: PartsManifest.Part, name: String) -> String {
    let inputs = part.inputs.map { "      input_map { key: \(quoted($0)) value: \(quoted($0)) }" }
    let outputs = part.outputs.map { "      output_map { key: \(quoted($0)) value: \(quoted($0)) }" }
    let lines = ["      model_name: \(quoted(name))", "      model_version: -1"] + inputs + outputs
    return "    {\n" + lines.joined(separator: "\n") + "\n    }"
  }

  private static func values(_ kind: String, _ names: [String], _ manifest: PartsManifest) -> String {
    let entries = names.compactMap { name -> String? in
      guard let tensor = manifest.tensors[name], let shape = tensor.shape,
        let type = tensor.type.flatMap(types)
      else {
        return nil
      }
      // A scalar is sent as a list of one.
      let dims =
        shape.isEmpty
        ? "dims: [ 1 ] reshape { shape: [ ] }" : "dims: [ \(shape.map(String.init).joined(separator: ", ")) ]"
      return "  { name: \(quoted(name)) data_type: \(type) \(dims) }"
    }
    return entries.isEmpty ? "" : "\(kind) [\n" + entries.joined(separator: ",\n") + "\n]\n"
  }

  private static func types(_ type: String) -> String? {
    switch type {
    case "float32": "TYPE_FP32"
    case "float64": "TYPE_FP64"
    case "float16": "TYPE_FP16"
    case "bfloat16": "TYPE_BF16"
    case "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64": "TYPE_" + type.uppercased()
    case "bool": "TYPE_BOOL"
    case "string": "TYPE_STRING"
    default: nil
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += "\\" + String(UnicodeScalar(byte))
      case 0x20..<0x7f: result.unicodeScalars.append(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return result + "\""
  }

  private static func fileText(_ name: String) -> String {
    let text = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
    return text.isEmpty ? "model" : text
  }
}
