import Foundation
import Graph
import ONNXImport
import ONNXSchema

/// Finds the values of the model's tensors: in the message, at a place in the model's file, or in external data beside it.
final class WeightStore {
  private let source: ModelSource
  private let allowsOutside: Bool
  private var files: [String: InputFile] = [:]

  /// - Parameter allowsOutside: Whether external data may lie outside the model's folder.
  init(_ source: ModelSource, allowsOutside: Bool) {
    self.source = source
    self.allowsOutside = allowsOutside
  }

  /// Whether a tensor's values are not in its message.
  static func isElsewhere(_ proto: Onnx_TensorProto) -> Bool {
    proto.dataLocation == .external
      || proto.externalData.contains { PayloadLocation(key: $0.key, value: $0.value) != nil }
  }

  func tensor(_ proto: Onnx_TensorProto, name: String) throws(ExportError) -> StoredTensor {
    guard let type = ElementType(onnxCode: Int(proto.dataType)) else {
      throw ExportError(.badInput, "weight '\(name)': element type \(proto.dataType) is not one ONNX defines")
    }
    let shape = proto.dims.map { Int(clamping: $0) }
    var tensor = StoredTensor(name: name, code: proto.dataType, shape: shape, values: .bytes([]))
    let places = proto.externalData.compactMap { PayloadLocation(key: $0.key, value: $0.value) }
    if tensor.bytes == 0 { return tensor }
    if proto.dataLocation == .external {
      tensor.values = try external(proto, name: name, bytes: tensor.bytes)
    } else if let place = places.first {
      guard places.count == 1, proto.rawData.isEmpty, Self.typedBytes(proto, type).isEmpty else {
        throw ExportError(
          .badInput, "weight '\(name)': its values are in several pieces; save the model again")
      }
      tensor.values = try located(place, tensor, type)
    } else {
      let bytes = proto.rawData.isEmpty ? Self.typedBytes(proto, type) : Array(proto.rawData)
      if bytes.isEmpty {
        throw ExportError(
          .missingFile,
          "weight '\(name)': the model has no values of it, so that no part can hold them; export a model with its weights"
        )
      }
      guard bytes.count == tensor.bytes else { throw Self.wrongSize(name, bytes.count, tensor) }
      tensor.values = .bytes(bytes)
    }
    return tensor
  }

  private static func wrongSize(_ name: String, _ bytes: Int, _ tensor: StoredTensor) -> ExportError {
    ExportError(
      .badInput,
      "weight '\(name)': holds \(bytes) bytes, its shape \(tensor.shape) of \(tensor.type.rawValue) needs \(tensor.bytes)"
    )
  }

  private func located(
    _ place: PayloadLocation, _ tensor: StoredTensor, _ type: ElementType
  ) throws(ExportError) -> StoredTensor.Values {
    // Raw values, floats and doubles are as they are kept.
    guard [9, 4, 10].contains(place.field) else {
      let width = place.field == 7 || type.bits == 64 ? 8 : max(1, type.bits / 8)
      switch self.source.place {
      case .file(let path):
        return .numbers(try file(path), offset: place.offset, bytes: place.bytes, width: width)
      case .bytes:
        throw ExportError(
          .unsupported,
          "weight '\(tensor.name)': large numbers in a model in memory are read as raw data alone; give a file"
        )
      }
    }
    guard place.bytes == tensor.bytes else { throw Self.wrongSize(tensor.name, place.bytes, tensor) }
    switch source.place {
    case .file(let path): return .raw(try file(path), offset: place.offset)
    case .bytes(let bytes, _):
      guard place.offset >= 0, place.offset + place.bytes <= bytes.count else {
        throw ExportError(.badInput, "weight '\(tensor.name)': lies outside the model")
      }
      return .bytes(Array(bytes[place.offset..<(place.offset + place.bytes)]))
    }
  }

  /// Values in typed fields as little-endian elements.
  private static func typedBytes(_ proto: Onnx_TensorProto, _ type: ElementType) -> [UInt8] {
    func pack<Number: FixedWidthInteger>(_ values: [Number], _ width: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(values.count * width)
      for value in values {
        for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> Number(8 * place))) }
      }
      return bytes
    }
    if !proto.floatData.isEmpty { return pack(proto.floatData.map(\.bitPattern), 4) }
    if !proto.doubleData.isEmpty { return pack(proto.doubleData.map(\.bitPattern), 8) }
    if !proto.int64Data.isEmpty { return pack(proto.int64Data, 8) }
    if !proto.uint64Data.isEmpty { return pack(proto.uint64Data, type == .uint32 ? 4 : 8) }
    return pack(proto.int32Data, max(1, type.bits / 8))
  }

  // MARK: External data

  private func external(
    _ proto: Onnx_TensorProto, name: String, bytes: Int
  ) throws(ExportError) -> StoredTensor.Values {
    var entries: [String: String] = [:]
    for entry in proto.externalData { entries[entry.key] = entry.value }
    guard let location = entries["location"], !location.isEmpty else {
      throw ExportError(.badInput, "weight '\(name)': its external data has no location")
    }
    guard case .file(let model) = source.place else {
      throw ExportError(
        .unsupported,
        "weight '\(name)': is in the file '\(location)' beside the model, which is in memory; give the model as a file"
      )
    }
    let folder = model.lastIndex(of: "/").map { String(model[...$0]) } ?? "./"
    let path = location.hasPrefix("/") ? location : folder + location
    if !allowsOutside {
      let home = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath().pathComponents
      let place = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().pathComponents
      guard place.starts(with: home) else {
        throw ExportError(
          .badInput,
          "weight '\(name)': its external data \(path) lies outside the model's folder; where that is meant, allow it with --allow-outside"
        )
      }
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw ExportError(.missingFile, "weight '\(name)': its external data \(path) is not there")
    }
    let file = try file(path)
    let offset = entries["offset"].flatMap { Int($0) } ?? 0
    let length = entries["length"].flatMap { Int($0) } ?? bytes
    guard offset >= 0, length == bytes, offset <= file.size, bytes <= file.size - offset else {
      throw ExportError(
        .badInput,
        "weight '\(name)': its external data is \(length) bytes from \(offset) of \(path), which has \(file.size); its shape needs \(bytes)"
      )
    }
    return .raw(file, offset: offset)
  }

  private func file(_ path: String) throws(ExportError) -> InputFile {
    if let known = files[path] { return known }
    let opened = try InputFile(path: path)
    files[path] = opened
    return opened
  }
}
