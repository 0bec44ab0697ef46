import Graph
import Hardware

/// What storing embedding tables in a precision does to a model's accuracy, as one number: a proxy, stated plainly.
///
/// A table's error in a precision is the relative L2 error of its rows, |stored - exact| / |exact|. Its weight is the table's share of
/// all look-ups, divided by the root of its pooling, since the sum of n rows averages their independent errors. The error of a
/// model is the weighted sum over its tables.
public struct TableErrors: Sendable, Hashable {
  /// Where a table's errors are from.
  public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
    /// The weights in the model's file.
    case weights
    /// A file of the user's.
    case sidecar
    /// Width and bits: see ``Known``.
    case assumed
  }

  /// A table's error in a precision that is known otherwise than by its width and the precision's bits.
  public struct Known: Sendable, Hashable, Codable {
    public var table: String
    public var precision: Precision
    /// Relative L2 error of the rows.
    public var error: Double
    public var source: Source

    public init(table: String, precision: Precision, error: Double, source: Source) {
      self.table = table
      self.precision = precision
      self.error = error
      self.source = source
    }
  }

  public struct Table: Sendable, Hashable {
    /// Of all look-ups of a batch.
    public var lookupShare: Double
    /// Rows that are added up for a sample, at least 1.
    public var pooling: Double
    /// By position in `Precision.allCases`.
    var errors: [Double]
    var sources: [Source]

    /// Of the table's error in the model's.
    public var weight: Double { lookupShare / pooling.squareRoot() }
  }

  /// By table of the graph.
  public let tables: [Table]
  /// Those that were given and name a table of the graph.
  public let known: [Known]

  /// - Parameter known: the last one of a table and precision counts; those that name no table of the graph count nothing.
  public init(graph: Graph, known: [Known] = []) {
    let all = graph.embeddingTables.reduce(0) { $0 + max(0, $1.averageLookups) }
    var tables = graph.embeddingTables.map { table in
      let stored = graph[table.tensor].stored.type
      // Rows of all parts are added up together.
      let added = table.whole?.averageLookups ?? table.averageLookups
      let pooling = table.isPooled && table.bags > 0 ? added / Double(table.bags) : 1
      return Table(
        lookupShare: all > 0 ? max(0, table.averageLookups) / all : 0, pooling: max(1, pooling),
        errors: Precision.allCases.map {
          AssumedError.ofRows(width: table.dimension, in: $0, stored: stored)
        }, sources: Precision.allCases.map { _ in .assumed })
    }
    let position = Dictionary(
      graph.embeddingTables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in known {
      guard let table = position[entry.table] else { continue }
      tables[table].errors[Self.index(entry.precision)] = entry.error
      tables[table].sources[Self.index(entry.precision)] = entry.source
    }
    self.tables = tables
    self.known = known.filter { position[$0.table] != nil }
  }

  /// Relative L2 error of a table's rows.
  public func error(ofTable table: Int, in precision: Precision) -> Double {
    tables[table].errors[Self.index(precision)]
  }

  public func source(ofTable table: Int, in precision: Precision) -> Source {
    tables[table].sources[Self.index(precision)]
  }

  /// What a table in a precision adds to the model's error.
  public func weighted(_ table: Int, in precision: Precision) -> Double {
    tables[table].weight * error(ofTable: table, in: precision)
  }

  /// The model's error with every table in one precision.
  public func total(everywhere precision: Precision) -> Double {
    tables.indices.reduce(0) { $0 + weighted($1, in: precision) }
  }

  /// The model's error with every table in the one of some precisions that loses least.
  public func least(of precisions: [Precision]) -> Double {
    tables.indices.reduce(0) { sum, table in
      sum + (precisions.map { weighted(table, in: $0) }.min() ?? 0)
    }
  }

  /// The model's error.
  ///
  /// - Parameter precisions: by table.
  public func total(of precisions: [Precision]) -> Double {
    zip(tables.indices, precisions).reduce(0) { $0 + weighted($1.0, in: $1.1) }
  }

  private static func index(_ precision: Precision) -> Int {
    Precision.allCases.firstIndex(of: precision) ?? 0
  }
}

/// A limit of what a model's tables lose.
public struct AccuracyBudget: Sendable, Hashable {
  public var errors: TableErrors
  /// Of ``TableErrors/total(of:)``.
  public var limit: Double

  public init(errors: TableErrors, limit: Double) {
    self.errors = errors
    self.limit = limit
  }

  /// Whether an error is within it, but for the rounding of sums.
  public func allows(_ error: Double) -> Bool { error <= limit * (1 + 1e-9) }
}

/// How a limit is asked for.
public enum AccuracyLimit: Sendable, Hashable {
  /// A number; infinite for none.
  case error(Double)
  /// What this precision costs in every table and layer.
  case everywhere(Precision)

  /// The error that tables and layers may have together.
  public func error(_ tables: TableErrors, _ layers: LayerErrors) -> Double {
    switch self {
    case .error(let limit): limit
    case .everywhere(let precision):
      tables.total(everywhere: precision) + layers.total(everywhere: LayerPrecision(precision))
    }
  }
}
