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

  /// Those of one name are few.
  private static let byName = Dictionary(grouping: all, by: \.name)

  /// The definition of an operator; `nil` for one that is not known.
  package static func definition(of type: String, domain: String) -> OperatorDefinition? {
    guard let named = byName[type] else { return nil }
    func find(_ domain: OperatorDomain) -> OperatorDefinition? { named.first { $0.domain == domain } }
    if let found = find(.any) { return found }
    guard let domain = OperatorDomain(domain) else { return nil }
    return find(domain) ?? domain.others.lazy.compactMap(find).first
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
