import Foundation

/// Paths between a plan and its model.
enum PlanPaths {
  /// The model's path as the plan should name it: relative to the plan's folder.
  static func relative(model: String, plan: String) -> String {
    let from = components(URL(fileURLWithPath: plan).deletingLastPathComponent())
    let to = components(URL(fileURLWithPath: model))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
  }

  static func resolve(_ model: String, besidePlan plan: String) -> String {
    guard !model.hasPrefix("/") else { return model }
    return URL(fileURLWithPath: plan).deletingLastPathComponent().appendingPathComponent(model)
      .standardizedFileURL.path
  }

  /// The same for all paths to one place, links followed.
  static func resolved(_ path: String) -> [String] { components(URL(fileURLWithPath: path)) }

  private static func components(_ url: URL) -> [String] {
    url.standardizedFileURL.resolvingSymlinksInPath().pathComponents
  }
}
