/// Classical machine learning (`ai.onnx.ml`): linear models, trees and feature preparation on tables of numbers, strings and
/// maps. No accelerator runs them.
enum MachineLearningOperators {
  static let definitions: [OperatorDefinition] =
    ["Binarizer", "Imputer"].map { operation($0, ElementwiseOperators.same) }
    + ["Normalizer", "Scaler"].map { operation($0) { node in [TensorFact(.float32, node.shape(0))] } } + [
      operation("LabelEncoder", encoder), operation("CategoryMapper", mapper),
      operation("ArrayFeatureExtractor", extractor), operation("FeatureVectorizer", vectorizer),
      operation("OneHotEncoder", oneHot), operation("CastMap", { _ in [] }),
      operation("DictVectorizer", dictionary), operation("ZipMap", maps),
      operation("LinearClassifier", classifier, work: .matrix(EnsembleWork.linearProducts)),
      operation("SVMClassifier", classifier, work: .matrix(EnsembleWork.supportProducts)),
      operation("TreeEnsembleClassifier", classifier, work: .vector(EnsembleWork.comparisons)),
      operation("LinearRegressor", regressor("targets"), work: .matrix(EnsembleWork.linearProducts)),
      operation("SVMRegressor", regressor("n_targets"), work: .matrix(EnsembleWork.supportProducts)),
      operation("TreeEnsembleRegressor", regressor("n_targets"), work: .vector(EnsembleWork.comparisons)),
      operation("TreeEnsemble", regressor("n_targets"), work: .vector(EnsembleWork.comparisons)),
    ]

  private static func operation(
    _ name: String, _ shape: @escaping ShapeRule, work: WorkRule = .perElement
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: .machineLearning, shape: shape, work: work, traits: .hostOnly)
  }

  private static let encoder: ShapeRule = { node in
    let kinds: [(String, ElementType)] = [
      ("values_strings", .string), ("values_int64s", .int64), ("values_floats", .float32),
    ]
    let listed = kinds.first { node.has(attribute: $0.0) }?.1
    return [TensorFact(listed ?? node.node.tensors["values_tensor"]?.type, node.shape(0))]
  }

  private static let mapper: ShapeRule = { node in
    [TensorFact(node.elementType(0) == .string ? .int64 : .string, node.shape(0))]
  }

  /// Columns of the last axis by index.
  private static let extractor: ShapeRule = { node in
    guard let shape = node.shape(0), let picked = node.input(1)?.count else { return [] }
    return [TensorFact(node.elementType(0), (shape.count == 1 ? [1] : shape.dropLast()) + [picked])]
  }

  private static let vectorizer: ShapeRule = { node throws(ShapeProblem) in
    guard let rows = node.shape(0)?.first, let widths = try node.ints("inputdimensions") else { return [] }
    return [TensorFact(.float32, [rows, widths.reduce(0, Saturating.sum)])]
  }

  private static let oneHot: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let categories = listed(node, ["cats_int64s", "cats_strings"]) else {
      return []
    }
    return [TensorFact(.float32, shape + [categories])]
  }

  private static let dictionary: ShapeRule = { node in
    guard let words = listed(node, ["string_vocabulary", "int64_vocabulary"]) else { return [] }
    return [TensorFact(nil, [1, words])]
  }

  /// A map for each row; an entry takes a key of eight bytes and a value of four.
  private static let maps: ShapeRule = { node in
    guard let shape = node.shape(0), let rows = EnsembleWork.rows(node), let classes = shape.last else {
      return []
    }
    return [.sequence(.repeating(TensorFact(.float32, [Saturating.product(3, classes)]), rows))]
  }

  /// Labels [rows] and scores [rows, classes].
  private static let classifier: ShapeRule = { node in
    let isText = ["classlabels_strings", "classlabels_strings_strings"].contains { node.has(attribute: $0) }
    guard let rows = EnsembleWork.rows(node) else { return [] }
    let labels = TensorFact(isText ? .string : .int64, [rows])
    let classes = listed(
      node, ["classlabels_ints", "classlabels_int64s", "classlabels_strings", "classlabels_strings_strings"])
    return [labels, TensorFact(.float32, classes.map { [rows, $0] })]
  }

  private static func regressor(_ targets: String) -> ShapeRule {
    { node throws(ShapeProblem) in
      guard let rows = EnsembleWork.rows(node) else { return [] }
      return [TensorFact(.float32, [rows, try node.int(targets, default: 1)])]
    }
  }

  /// How many entries the first of the lists that is given has.
  private static func listed(_ node: NodeContext, _ names: [String]) -> Int? {
    for name in names {
      switch node.node.attributes[name] {
      case .ints(let values): return values.count
      case .strings(let values): return values.count
      default: continue
      }
    }
    return nil
  }
}
