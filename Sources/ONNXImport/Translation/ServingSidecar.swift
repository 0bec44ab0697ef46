import Foundation
import Graph
import Rules

/// A JSON file beside a model that says how it is served, for models whose file does not say it:
/// `NAME.serving.json` beside `NAME.onnx` or `NAME.json`. It takes precedence over the model's metadata.
///
///     {
///       "latencyBudgetMilliseconds": 100,
///       "batch": 64,
///       "provenance": "where the model comes from, in one sentence",
///       "averageLookups": { "TABLE": 4.5 }
///     }
///
/// Every key is optional. `averageLookups` holds average look-ups of one sample by table; `batch` the samples of one batch.
public struct ServingSidecar: Sendable, Hashable, Codable {
  public var latencyBudgetMilliseconds: Double?
  public var batch: Int?
  public var provenance: String?
  public var averageLookups: [String: Double]?

  /// The path of the sidecar of a model.
  public static func path(forModel path: String) -> String {
    let url = URL(fileURLWithPath: path)
    return url.deletingPathExtension().path + ".serving.json"
  }

  /// The sidecar beside a model; `nil` when there is none.
  static func read(besideModel model: String) throws(LoadError) -> ServingSidecar? {
    let path = path(forModel: model)
    guard path != model, FileManager.default.fileExists(atPath: path) else { return nil }
    let sidecar: ServingSidecar
    do {
      sidecar = try FormatError.decodeStrictly(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as FormatError {
      throw LoadError(.malformed, "not a serving sidecar: \(error)", file: path)
    } catch {
      throw LoadError(.unreadableFile, "cannot be read: \(error.localizedDescription)", file: path)
    }
    let problems = sidecar.problems
    guard problems.isEmpty else { throw LoadError(.invalidModel, problems.located(in: path)) }
    return sidecar
  }

  private var problems: [Finding] {
    var problems: [Finding] = []
    if let budget = latencyBudgetMilliseconds, !(budget.isFinite && budget > 0) {
      problems.append(Finding(.error, "must be positive, is \(budget)", field: "latencyBudgetMilliseconds"))
    }
    if let batch, batch <= 0 {
      problems.append(Finding(.error, "must be positive, is \(batch)", field: "batch"))
    }
    for (table, lookups) in (averageLookups ?? [:]).sorted(by: { $0.key < $1.key })
    where !(lookups.isFinite && lookups >= 0) {
      problems.append(
        Finding(.error, "must not be negative, is \(lookups)", field: "averageLookups.\(table)"))
    }
    return problems
  }

  func apply(to serving: inout Serving) {
    if let latencyBudgetMilliseconds { serving.latencyBudgetMilliseconds = latencyBudgetMilliseconds }
    if let batch { serving.batch = batch }
    if let provenance { serving.provenance = provenance }
    for (table, lookups) in averageLookups ?? [:] { serving.averageLookups[table] = lookups }
  }
}
