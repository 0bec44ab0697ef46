import CostModel
import Graph
import Hardware

/// Measurements applied to a model on a system.
public struct AppliedMeasurements: Sendable {
  /// For ``PlanOptions/measured``.
  public var costs: MeasuredCosts
  /// With links as they were measured.
  public var system: System
  /// What was set, and what could not be used, a line each.
  public var findings: [String]
}

extension Partitioner {
  /// Reads a file of measurements, `-` for standard input; see `MeasurementFile` for the formats.
  ///
  /// - Throws: `missingFile`; `badInput` with every bad line.
  public static func measurements(path: String) throws(PartitionError) -> MeasurementFile {
    try measurements(bytes: read(path: path), name: name(ofInput: path))
  }

  /// Reads measurements from memory.
  ///
  /// - Parameter name: What messages call them.
  public static func measurements(
    bytes: [UInt8], name: String
  ) throws(PartitionError) -> MeasurementFile {
    do { return try MeasurementFile(bytes, name: name) } catch {
      throw PartitionError(.badInput, error.messages)
    }
  }

  /// Matches measurements to a model's operators on a system's devices, and sets its links.
  ///
  /// - Parameter precision: Of the matrix engines on the cards; measurements in another are not used for their operators.
  public static func apply(
    _ files: [MeasurementFile], to model: Model, on system: System, precision: Precision = .int8
  ) throws(PartitionError) -> AppliedMeasurements {
    guard !files.isEmpty else {
      return AppliedMeasurements(costs: MeasuredCosts(), system: system, findings: [])
    }
    let fit = TransferFit(files, to: system)
    let plain = CostModel(
      graph: model.graph, system: fit.system, options: CostOptions(cardMatrixPrecision: precision))
    do {
      let result = try MeasurementMatcher.match(files, to: plain)
      return AppliedMeasurements(
        costs: result.costs, system: fit.system, findings: fit.findings + result.findings)
    } catch {
      throw PartitionError(.badInput, error.messages)
    }
  }
}
