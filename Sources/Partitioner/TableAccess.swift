import CostModel
import Foundation
import Rules

/// How a table's look-ups are spread over its rows, as files and options state it: Zipf's exponent, or shares of rows and of the
/// look-ups that go to them in pairs, hottest first.
public struct AccessFigure: Decodable, Sendable {
  var exponent: Double?
  var curve: [[Double]]?

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    exponent = try? container.decode(Double.self)
    if exponent == nil { curve = try container.decode([[Double]].self) }
  }
}

extension Partitioner {
  /// How look-ups are spread over the rows of a model's tables, from a JSON object of ``AccessFigure`` by table.
  ///
  /// - Throws: `missingFile`; `badInput` with everything that is wrong.
  public static func tableAccess(of model: Model, path: String) throws(PartitionError) -> TableAccess {
    let bytes = try read(path: path)
    let figures: [String: AccessFigure]
    do { figures = try FormatError.decode([String: AccessFigure].self, from: Data(bytes)) } catch {
      throw PartitionError(.badInput, error.findings.map { "\(name(ofInput: path)): \($0)" })
    }
    return try tableAccess(of: model, figures, place: name(ofInput: path))
  }

  /// The same from figures by table; other tables have none.
  ///
  /// - Parameter place: What errors call them.
  public static func tableAccess(
    of model: Model, _ figures: [String: AccessFigure], place: String
  ) throws(PartitionError) -> TableAccess {
    let access = TableAccess(
      usual: .none,
      tables: figures.sorted { $0.key < $1.key }.map {
        .init(table: $0.key, exponent: $0.value.exponent, curve: $0.value.curve)
      })
    let problems = access.problems(tables: model.graph.embeddingTables.map(\.name))
    if !problems.isEmpty { throw PartitionError(.badInput, problems.map { "\(place): \($0)" }) }
    return access
  }

  /// What is usual, but for the tables that the model's sheet states.
  public static func tableAccess(of model: Model, usual: TableAccess.Usual) -> TableAccess {
    switch usual {
    case .meta2021: TableAccess(usual: .meta2021, tables: model.skews)
    case .none: TableAccess(usual: .none)
    }
  }
}
