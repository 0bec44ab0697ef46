/// The messages of binary ONNX that lead to weights, and what to do with their fields.
enum WireMessage {
  case model, graph, node, attribute, tensor, sparseTensor, function

  enum Field {
    /// Copied as it is, unless it is longer than any name or shape could be.
    case plain
    /// Holds another message that may hold weights.
    case message(WireMessage)
    /// Values of a tensor: copied only where they are few.
    case payload
    /// Never needed.
    case dropped
  }

  /// Field numbers are those of `onnx.proto`.
  func field(_ number: UInt64) -> Field {
    switch (self, number) {
    case (.model, 7): .message(.graph)
    case (.model, 25): .message(.function)
    case (.model, 20): .dropped
    case (.graph, 1), (.function, 7): .message(.node)
    case (.graph, 5): .message(.tensor)
    case (.graph, 15): .message(.sparseTensor)
    case (.node, 5), (.function, 11): .message(.attribute)
    case (.attribute, 5), (.attribute, 10): .message(.tensor)
    case (.attribute, 6), (.attribute, 11): .message(.graph)
    case (.attribute, 22), (.attribute, 23): .message(.sparseTensor)
    case (.sparseTensor, 1), (.sparseTensor, 2): .message(.tensor)
    case (.tensor, 4), (.tensor, 5), (.tensor, 6), (.tensor, 7), (.tensor, 9), (.tensor, 10), (.tensor, 11):
      .payload
    case (.model, 6), (.graph, 10), (.node, 6), (.attribute, 13), (.tensor, 12), (.function, 8): .dropped
    default: .plain
    }
  }
}
