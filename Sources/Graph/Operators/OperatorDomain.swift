/// The operator set that a name belongs to. The same name may mean different things in two of them, as Attention does.
package enum OperatorDomain: Sendable, Hashable {
  /// ONNX: the empty domain or `ai.onnx`.
  case standard
  /// Classical machine learning: `ai.onnx.ml`.
  case machineLearning
  /// `ai.onnx.preview`.
  case preview
  /// `ai.onnx.preview.training` and `ai.onnx.training`.
  case training
  /// What ONNX Runtime contributes: `com.microsoft`.
  case microsoft
  /// ONNX Runtime's operators on activations with the channels last: `com.ms.internal.nhwc`.
  case channelsLast
  /// ONNX Runtime's operators on channels in blocks: `com.microsoft.nchwc`.
  case channelsBlocked
  /// A name that means the same in every domain.
  case any

  /// `nil` for a domain of which nothing is known.
  init?(_ text: String) {
    switch text {
    case "", "ai.onnx": self = .standard
    case "ai.onnx.ml": self = .machineLearning
    case "ai.onnx.preview": self = .preview
    case "ai.onnx.preview.training", "ai.onnx.training": self = .training
    case "com.microsoft": self = .microsoft
    case "com.ms.internal.nhwc": self = .channelsLast
    case "com.microsoft.nchwc": self = .channelsBlocked
    default: return nil
    }
  }

  /// Where a name that this domain lacks is looked up: ONNX Runtime's domains repeat standard operators, and writers
  /// leave their names out.
  var others: [OperatorDomain] {
    switch self {
    case .standard: [.microsoft]
    case .microsoft: [.standard]
    case .channelsLast, .channelsBlocked: [.standard, .microsoft]
    case .machineLearning, .preview, .training, .any: []
    }
  }
}
