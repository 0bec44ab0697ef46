@_exported import CostModel
@_exported import Graph
@_exported import Hardware
@_exported import struct Modeling.ProgramText
import Planning
import Rules
import Placement
@_exported import Plan
@_exported import Solvers

/// The library's calls: load, plan, check, simulate. Everything the command line does goes through here.
///
/// Calls are pure but for the files they are told to read or write; they never print and never end the process. All
/// errors are ``PartitionError``.
public enum Partitioner {
  /// Of this library and the plans it writes.
  public static let version = "0.1.0"

  /// A built-in system by name, or one from a file.
  ///
  /// - Parameters:
  ///   - nameOrFile: `nil` for the default system of six NNP-I cards.
  ///   - cards: 0 to 1,024; `nil` for as many as the system has.
  ///   - changes: Figures that are varied, in order.
  public static func system(
    named nameOrFile: String? = nil, cards: Int? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> System {
    let description = try systemDescription(named: nameOrFile, changes: changes)
    return try reported { () throws(SystemError) in try description.system(cards: cards) }
  }

  /// A system's description with the source of every figure; see ``system(named:cards:changes:)``.
  public static func systemDescription(
    named nameOrFile: String? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> SystemDescription {
    try reported { () throws(SystemError) in
      var description = try SystemCatalog.description(nameOrFile ?? SystemCatalog.defaultName)
      for change in changes { description = try description.changed(by: change) }
      return description
    }
  }

  /// A system from the text of its description.
  ///
  /// - Parameter name: What errors call it.
  public static func system(
    json: [UInt8], name: String, cards: Int? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> System {
    try reported { () throws(SystemError) in
      var description = try SystemCatalog.description(json: json, file: name)
      for change in changes { description = try description.changed(by: change) }
      return try description.system(cards: cards)
    }
  }

  static func reported<Value>(
    _ body: () throws(SystemError) -> Value
  ) throws(PartitionError) -> Value {
    do { return try body() } catch {
      let kind: PartitionError.Kind =
        switch error.category {
        case .missingFile: .missingFile
        case .badInput: .badInput
        case .badRequest: .usage
        }
      throw PartitionError(kind, error.findings.map(\.description))
    }
  }
}
