import Graph
import ONNXSchema

/// A loaded model with the messages it was made of and the place of its weights, for writing models made from it.
package struct ModelSource: Sendable {
  /// Where the bytes of the model are.
  package enum Place: Sendable {
    case file(String)
    case bytes([UInt8], name: String)

    package var name: String {
      switch self {
      case .file(let path): path
      case .bytes(_, let name): name
      }
    }
  }

  package let loaded: LoadedModel
  package let place: Place
  /// Versions, operator sets, functions and metadata; no graph.
  package let header: Onnx_ModelProto
  package let messages: SourceMessages
  package let written: WrittenGraph

  init(
    loaded: LoadedModel, place: Place, model: Onnx_ModelProto, messages: SourceMessages, written: WrittenGraph
  ) {
    self.loaded = loaded
    self.place = place
    var header = model
    header.clearGraph()
    self.header = header
    self.messages = messages
    self.written = written
  }
}
