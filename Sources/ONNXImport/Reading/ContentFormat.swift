/// What a file holds, by its first bytes.
enum ContentFormat: Equatable {
  case binary
  case json
  case empty
  /// Something recognisably else, in words.
  case other(String)

  init(start: [UInt8]) {
    let text = start.starts(with: [0xef, 0xbb, 0xbf]) ? start.dropFirst(3) : start[...]
    let body = text.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    guard let first = body.first else {
      self = .empty
      return
    }
    if first == UInt8(ascii: "{") {
      self = .json
    } else if let known = Self.signatures.first(where: { start.starts(with: $0.bytes) }) {
      self = .other(known.name)
    } else if body.first == UInt8(ascii: "[") || body.first == UInt8(ascii: "\"") {
      self = .other("JSON without an object at its top")
    } else if start.count > 8, start[4..<8].elementsEqual("ORTM".utf8) {
      self = .other("an ORT flatbuffer model (.ort)")
    } else {
      self = .binary
    }
  }

  private static let signatures: [(bytes: [UInt8], name: String)] = [
    ([0x50, 0x4b, 0x03, 0x04], "a zip archive (perhaps a PyTorch checkpoint); export the model to ONNX"),
    ([0x1f, 0x8b], "gzip data; unpack it first"),
    ([0x28, 0xb5, 0x2f, 0xfd], "zstd data; unpack it first"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer; fetch the file it stands for"),
    (Array("<!DOCTYPE".utf8), "an HTML page"),
    (Array("<html".utf8), "an HTML page"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
    (Array("GGUF".utf8), "a GGUF file"),
  ]
}
