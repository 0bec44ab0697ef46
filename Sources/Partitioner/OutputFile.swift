import CostModel
import Foundation
import Plan

/// A file that is about to be written, and what it may replace: nothing, an empty file, or one of its own kind.
public struct OutputFile: Sendable {
  /// What is written, and so what may be replaced without asking.
  public enum Content: Sendable {
    /// A plan of this model, also of an earlier state of the same file.
    case plan(of: Model)
    /// Graphviz, a Chrome trace or SVG, as `Reporting` writes them.
    case drawing, trace, timeline
    /// What the optimiser found, and how it got there.
    case solveReport, searchLog
    /// Measured kernels: see ``Profile``.
    case profile
    /// A description of a system, in one file.
    case system
    /// For another solver: see ``Partitioner/integerProgram(of:on:options:)``.
    case integerProgram
    /// The points of a sweep.
    case sweep
    /// A page in HTML.
    case page
    /// A plan in a format of another tool, see `PlanFormat`, which is not told from what people write themselves.
    case formattedPlan
  }

  public let path: String
  private let content: Content

  public init(_ path: String, _ content: Content) {
    self.path = path
    self.content = content
  }

  /// Whether two paths lead to the same place.
  public static func isSame(_ a: String, _ b: String) -> Bool {
    PlanPaths.resolved(a) == PlanPaths.resolved(b)
  }

  /// Larger files are not read to see what they are: nothing here writes such.
  private static let largestBytes = 1 << 30

  /// Finds out whether the file may be written, without touching it.
  ///
  /// - Parameter isForced: Whatever is there may be replaced.
  /// - Throws: `unwritable`.
  public func check(isForced: Bool = false) throws(PartitionError) {
    try Partitioner.checkWritable(path)
    // Pipes and devices lose nothing.
    guard !isForced, Partitioner.fileKind(path) == S_IFREG else { return }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size > 0 else { return }
    guard size <= Self.largestBytes, let data = FileManager.default.contents(atPath: path), isAlike(data)
    else {
      throw PartitionError(
        .unwritable,
        "\(path): is there and is not \(words), so it was left as it was; name another file, or replace it with --force"
      )
    }
  }

  private var words: String {
    switch content {
    case .plan: "a plan of this model"
    case .drawing: "a drawing of a plan"
    case .trace: "a trace"
    case .timeline: "a timeline"
    case .solveReport: "an answer of solve"
    case .searchLog: "a log of solve"
    case .profile: "a profile"
    case .system: "a description of a system"
    case .integerProgram: "an integer program that plan wrote"
    case .sweep: "a sweep"
    case .page: "a page that Partition wrote"
    case .formattedPlan: "empty"
    }
  }

  private func isAlike(_ data: Data) -> Bool {
    switch content {
    case .plan(let model): isPlan(data, of: model)
    case .drawing: data.starts(with: "digraph plan {".utf8)
    case .trace: data.starts(with: "{\"displayTimeUnit\":\"ms\",\n\"traceEvents\":[".utf8)
    case .timeline: data.starts(with: "<svg xmlns=\"http://www.w3.org/2000/svg\"".utf8)
    case .solveReport: (try? JSONDecoder().decode(Answer.self, from: data)) != nil
    case .searchLog: data.starts(with: "{\"seconds\": ".utf8)
    case .profile: (try? MeasurementFile(Array(data), name: path))?.isWholeRun == true
    case .sweep: data.starts(with: "point,points,".utf8) || data.starts(with: "{\"point\": ".utf8)
    case .page: data.starts(with: "<!DOCTYPE html>\n<!-- Partition -->".utf8)
    case .system: (try? SystemCatalog.system(json: Array(data), file: path)) != nil
    case .integerProgram: ["* ", "\\ "].contains { data.starts(with: ($0 + "Partition: ").utf8) }
    case .formattedPlan: false
    }
  }

  private struct Answer: Decodable { var name: String, provedBy: String, status: String }
  private struct Plan: Decodable { var version: Int, model: PlanDocument.ModelReference }

  private func isPlan(_ data: Data, of model: Model) -> Bool {
    guard let known = try? JSONDecoder().decode(Plan.self, from: data).model else { return false }
    if !known.sha256.isEmpty, known.sha256 == model.reference.sha256 { return true }
    return !known.path.isEmpty && !model.reference.path.isEmpty
      && Self.isSame(PlanPaths.resolve(known.path, besidePlan: path), model.reference.path)
  }
}
