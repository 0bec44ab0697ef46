/// All operators that are known, by name and domain.
package enum OperatorRegistry {
  /// Every definition, family by family.
  package static let all: [OperatorDefinition] = [
    ElementwiseOperators.definitions, NormalisationOperators.definitions,
    ConvolutionOperators.definitions, PoolingOperators.definitions, ProductOperators.definitions,
    QuantisedProductOperators.definitions, MixtureOperators.definitions, AttentionOperators.definitions,
    ContributedAttentionOperators.definitions, ProjectedAttentionOperators.definitions,
    ReductionOperators.definitions, QuantisationOperators.definitions, QLinearOperators.definitions,
    LayoutOperators.definitions, IndexingOperators.definitions, ResizingOperators.definitions,
    GeneratingOperators.definitions, SignalOperators.definitions, LossOperators.definitions,
    ControlOperators.definitions, SequenceOperators.definitions, StringOperators.definitions,
    MachineLearningOperators.definitions, TrainingOperators.definitions, LookupOperators.definitions,
    ContributedOperators.definitions, StatefulOperators.definitions,
  ].flatMap { $0 }

  private struct Key: Hashable {
    var name: String
    var domain: OperatorDomain
  }

  private static let byName: [Key: OperatorDefinition] = Dictionary(
    all.map { (Key(name: $0.name, domain: $0.domain), $0) }, uniquingKeysWith: { first, _ in first })

  /// The definition of an operator; `nil` for one that is not known.
  package static func definition(of type: String, domain: String) -> OperatorDefinition? {
    if let found = byName[Key(name: type, domain: .any)] { return found }
    guard let domain = OperatorDomain(domain) else { return nil }
    for domain in [domain] + domain.others {
      if let found = byName[Key(name: type, domain: domain)] { return found }
    }
    return nil
  }
}

extension Operator {
  /// What is known of operators of this type; `nil` where nothing is.
  package var definition: OperatorDefinition? { OperatorRegistry.definition(of: type, domain: domain) }

  /// Whether operators of this type are known to have all of `traits`.
  package func has(_ traits: OperatorTraits) -> Bool {
    definition.map { $0.traits.isSuperset(of: traits) } ?? false
  }
}

extension Scope.Node {
  var definition: OperatorDefinition? { OperatorRegistry.definition(of: type, domain: domain) }

  func has(_ traits: OperatorTraits) -> Bool {
    definition.map { $0.traits.isSuperset(of: traits) } ?? false
  }
}
