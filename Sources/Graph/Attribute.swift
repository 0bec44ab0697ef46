/// An attribute value of an operator, tensors and subgraphs excluded.
public enum Attribute: Sendable, Hashable {
  case int(Int), float(Double), string(String)
  case ints([Int]), floats([Double]), strings([String])

  /// The kind of value, in words.
  package var kindName: String {
    switch self {
    case .int: "an integer"
    case .float: "a float"
    case .string: "a string"
    case .ints: "a list of integers"
    case .floats: "a list of floats"
    case .strings: "a list of strings"
    }
  }
}
