import CostModel
import Foundation
import Hardware

/// A system's description with figures fitted to measurements.
public struct CalibratedSystem: Sendable {
  public var description: SystemDescription
  /// The errors before and after.
  public var calibration: Calibration
}

extension Partitioner {
  /// Fits what classes of operators reach on the devices of a system to measured kernels.
  ///
  /// - Parameters:
  ///   - files: Profiles of whole models; each is a model in the report.
  ///   - system: What is changed; figures of classes that were not measured stay.
  ///   - precision: In which kernels of cards were measured that do not say so.
  ///   - date: Of the measurements, for the sources of the figures; empty for none.
  /// - Throws: `badInput` where no kernel can be used, with the reasons.
  public static func calibrate(
    _ system: SystemDescription, to files: [MeasurementFile], precision: Precision = .fp16, date: String = ""
  ) throws(PartitionError) -> CalibratedSystem {
    let machine = try reported { () throws(SystemError) in try system.system() }
    let calibration = Calibrator(machine, precision: precision).calibration(of: files)
    guard !calibration.devices.isEmpty else {
      throw PartitionError(.badInput, ["no kernel can be used"] + calibration.findings)
    }
    let description = try reported { () throws(SystemError) in
      var description = system
      for device in calibration.devices {
        for errors in device.classes {
          guard let figures = device.figures[errors.operatorClass] else { continue }
          description = try description.setting(
            [errors.operatorClass: figures], ofCards: device.model,
            source: source(errors, device.models, date))
        }
      }
      return description
    }
    return CalibratedSystem(description: description, calibration: calibration)
  }

  private static let mostNames = 3

  private static func source(
    _ errors: Calibration.ClassErrors, _ models: [Calibration.ModelErrors], _ date: String
  ) -> String {
    let more = models.count - mostNames
    let names =
      models.prefix(mostNames).map(\.name).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    let shapes = "\(errors.shapes) \(errors.shapes == 1 ? "shape" : "shapes")"
    return "partition calibrate\(date.isEmpty ? "" : ", \(date)"): fitted to \(shapes) in \(names)"
  }
}

extension Partitioner {
  /// The day on which the newest of some files was written, as `2026-01-31` in UTC; empty where none is a file.
  public static func newestDate(of paths: [String]) -> String {
    let dates = paths.compactMap { path in
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    return dates.max().map { $0.formatted(.iso8601.year().month().day()) } ?? ""
  }
}
