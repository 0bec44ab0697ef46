@_exported import Accuracy
import CostModel
import Graph
import Hardware

/// What a plan's precisions do to accuracy.
extension PlanDocument {
  public struct AccuracyEntry: Codable, Hashable, Sendable {
    /// Of the model: the weighted sums over its tables, see `TableErrors`, and over its layers, see `LayerErrors`.
    public var error: Double
    /// The precisions in use, widest first.
    public var precisions: [Part]
    /// Errors of tables that are not assumed from width and bits; absent where all are.
    public var known: [TableErrors.Known]?
    /// What layers are computed in on cards, widest first; absent in plans whose ``error`` is that of the tables alone.
    public var layers: [LayerPart]?
    /// Errors of layers that are not assumed from shapes and bits; absent where all are.
    public var knownLayers: [LayerErrors.Known]?
    /// The best rate for each of some budgets, least error first; absent where it was not asked for.
    public var frontier: [FrontierPoint]?

    /// Tables in one precision.
    public struct Part: Codable, Hashable, Sendable {
      public var precision: Precision
      public var tables: Int
      /// Of all look-ups of a batch.
      public var lookupShare: Double
      /// Mean relative L2 error of the rows that they serve.
      public var error: Double
      /// Where their errors are from, each once.
      public var sources: [TableErrors.Source]

      public init(
        precision: Precision, tables: Int, lookupShare: Double, error: Double, sources: [TableErrors.Source]
      ) {
        self.precision = precision
        self.tables = tables
        self.lookupShare = lookupShare
        self.error = error
        self.sources = sources
      }
    }

    /// Layers in one precision on cards.
    public struct LayerPart: Codable, Hashable, Sendable {
      public var precision: LayerPrecision
      public var layers: Int
      /// Of the variance that reaches the model's outputs, of all layers.
      public var share: Double
      /// Mean relative L2 error of their results.
      public var error: Double
      /// Where their errors are from, each once.
      public var sources: [TableErrors.Source]

      public init(
        precision: LayerPrecision, layers: Int, share: Double, error: Double, sources: [TableErrors.Source]
      ) {
        self.precision = precision
        self.layers = layers
        self.share = share
        self.error = error
        self.sources = sources
      }
    }

    /// A plan within a budget.
    public struct FrontierPoint: Codable, Hashable, Sendable {
      public var budget: Double
      /// Of the plan.
      public var error: Double
      /// Its objective and what is proven of it: seconds, or joules.
      public var objective: Double
      public var bound: Double
      public var throughputPerSecond: Double

      public init(
        budget: Double, error: Double, objective: Double, bound: Double, throughputPerSecond: Double
      ) {
        self.budget = budget
        self.error = error
        self.objective = objective
        self.bound = bound
        self.throughputPerSecond = throughputPerSecond
      }
    }

    /// Of a placement's tables and layers.
    public init(
      _ tables: [TablePlacement], errors: TableErrors, layers: PlacedLayers, layerErrors: LayerErrors
    ) {
      self.init(tables, errors: errors)
      let placed = layers.worst(layerErrors)
      var order: [LayerPrecision] = []
      for case let layer? in placed where !order.contains(layer) { order.append(layer) }
      order.sort {
        ($1.precision.bits, $1.weights?.bits ?? 64, $0.word) < (
          $0.precision.bits, $0.weights?.bits ?? 64, $1.word
        )
      }
      self.layers = order.map { precision in
        let own = placed.indices.filter { placed[$0] == precision }.map { OperatorID($0) }
        let share = own.reduce(0) { $0 + layerErrors.share(of: $1) }
        let lost = own.reduce(0) { $0 + layerErrors.weighted($1, in: precision) }
        let sources = Set(own.map { layerErrors.source(of: $0, in: precision) })
        return LayerPart(
          precision: precision, layers: own.count, share: share, error: share > 0 ? lost / share : 0,
          sources: TableErrors.Source.allCases.filter(sources.contains))
      }
      error += layers.error(layerErrors)
      knownLayers = layerErrors.known.isEmpty ? nil : layerErrors.known
    }

    /// Of a placement's tables.
    public init(_ tables: [TablePlacement], errors: TableErrors) {
      error = errors.total(of: tables.map(\.format.precision))
      precisions = Precision.allCases.reversed().compactMap { precision in
        let own = tables.indices.filter { tables[$0].format.precision == precision }
        guard !own.isEmpty else { return nil }
        let share = own.reduce(0) { $0 + errors.tables[$1].lookupShare }
        let lost = own.reduce(0) {
          $0 + errors.tables[$1].lookupShare * errors.error(ofTable: $1, in: precision)
        }
        let sources = Set(own.map { errors.source(ofTable: $0, in: precision) })
        return Part(
          precision: precision, tables: own.count, lookupShare: share, error: share > 0 ? lost / share : 0,
          sources: TableErrors.Source.allCases.filter(sources.contains))
      }
      known = errors.known.isEmpty ? nil : errors.known
    }
  }

  /// Errors of tables as the plan has them.
  public func tableErrors(graph: Graph) -> TableErrors {
    TableErrors(graph: graph, known: accuracy?.known ?? [])
  }

  /// Whether the plan says what layers lose, or may be in; older ones do not.
  var statesLayers: Bool { accuracy?.layers != nil || request.layerPrecisions != nil }

  /// Errors of layers as the plan has them.
  public func layerErrors(graph: Graph) -> LayerErrors {
    LayerErrors(graph: graph, known: accuracy?.knownLayers ?? [])
  }

  /// The budget that was asked for; `nil` for none.
  public func accuracyBudget(graph: Graph) -> AccuracyBudget? {
    request.accuracyBudget.map { AccuracyBudget(errors: tableErrors(graph: graph), limit: $0) }
  }
}

extension AccuracyBudget {
  /// Whether a placement is within it.
  public func allows(_ placement: ModelPlacement) -> Bool {
    allows(errors.total(of: placement.tables.map(\.format.precision)))
  }
}
