import Foundation
import Testing

@testable import Hardware

/// The compiled-in descriptions must be those of `models/systems`; RECORD_SNAPSHOTS=1 makes them again.
struct BuiltInDescriptorsTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: ["cards", "families", "hosts", "systems"])
  func embeddedTextEqualsFiles(kind: String) throws {
    let folder = Self.root.appending(path: kind == "systems" ? "models/systems" : "models/systems/\(kind)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
      .filter { $0.hasSuffix(".json") }.sorted()
    let descriptions = try files.map { file in
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      return (name: String(file.dropLast(5)), text: text)
    }
    let source = Self.swiftSource(kind: kind, descriptions)
    let target = Self.root.appending(
      path: "Sources/Hardware/BuiltIn/BuiltInDescriptors+\(kind.capitalized).swift")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try source.write(to: target, atomically: true, encoding: .utf8)
    } else {
      let existing = try String(contentsOf: target, encoding: .utf8)
      #expect(source == existing, "models/systems changed: run the tests with RECORD_SNAPSHOTS=1, then again")
    }
  }

  private static func swiftSource(kind: String, _ descriptions: [(name: String, text: String)]) -> String {
    var lines = [
      "// swift-format-ignore-file",
      "// Made from models/systems by HardwareTests with RECORD_SNAPSHOTS=1; do not edit.",
      "",
      "extension BuiltInDescriptors {",
      "  /// The \(kind) described in `models/systems\(kind == "systems" ? "" : "/" + kind)`, sorted by name.",
      "  static let \(kind): [Entry] = [",
    ]
    for (name, text) in descriptions {
      lines += ["    Entry(", "      name: \"\(name)\",", "      json: #\"\"\""]
      lines += text.split(separator: "\n").map { "        " + $0 }
      lines += ["        \"\"\"#),"]
    }
    return (lines + ["  ]", "}", ""]).joined(separator: "\n")
  }

  /// Every figure that ships says where it comes from.
  @Test func everyFigureHasASource() throws {
    let entries = BuiltInDescriptors.cards + BuiltInDescriptors.hosts + BuiltInDescriptors.systems
    for entry in entries {
      guard case .object(let fields) = try JSONValue.parse(Data(entry.json.utf8), file: entry.name)
      else {
        Issue.record("\(entry.name) is not an object")
        continue
      }
      for (key, value) in fields where !["name", "model", "description", "host"].contains(key) {
        for figure in Self.figures(value) {
          guard case .object(let parts) = figure, case .string(let source) = parts["source"] else {
            Issue.record("\(entry.name): \(key) has no source")
            continue
          }
          #expect(!source.isEmpty)
        }
      }
    }
  }

  /// The figures in a field: itself, one a precision, those of classes, or the counts of card groups.
  private static func figures(_ value: JSONValue) -> [JSONValue] {
    if case .array(let groups) = value {
      return groups.compactMap { group in
        if case .object(let fields) = group { fields["count"] } else { nil }
      }
    }
    guard case .object(let fields) = value, fields["value"] == nil else { return [value] }
    return fields.keys.sorted().compactMap { fields[$0] }.flatMap(figures)
  }
}
