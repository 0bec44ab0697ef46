import Foundation

/// Paths between a plan and its model. A plan that is reached by a link lies where the link leads.
enum PlanPaths {
  /// The model's path as the plan should name it: relative to the plan's folder.
  static func relative(model: String, plan: String) -> String {
    let from = components(folder(of: plan))
    let to = components(URL(fileURLWithPath: model))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
  }

  static func resolve(_ model: String, besidePlan plan: String) -> String {
    guard !model.hasPrefix("/") else { return model }
    return folder(of: plan).appendingPathComponent(model).standardizedFileURL.path
  }

  /// The same for all paths to one place, links followed.
  static func resolved(_ path: String) -> [String] { components(URL(fileURLWithPath: path)) }

  private static func folder(of plan: String) -> URL {
    URL(fileURLWithPath: plan).resolvingSymlinksInPath().deletingLastPathComponent()
  }

  private static func components(_ url: URL) -> [String] {
    url.standardizedFileURL.resolvingSymlinksInPath().pathComponents
  }
}
