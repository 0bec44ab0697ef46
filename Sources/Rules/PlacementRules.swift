import FoundationEssentials

/// The user's own rules about where things go, as a JSON file states them.
///
///     { "format": "placement-rules", "version": 1, "rules": [
///       { "kind": "pin",      "units": ["user_*"], "devices": ["card0", "card1"] },
///       { "kind": "forbid",   "units": ["ad_?"],   "devices": ["host"] },
///       { "kind": "together", "units": ["a", "b"] },
///       { "kind": "apart",    "units": ["c", "d"] },
///       { "kind": "options",  "units": ["*"], "only": ["*int8"] },
///       { "kind": "options",  "units": ["*"], "never": ["rows*"] },
///       { "kind": "reserve",  "devices": ["card*"], "bytes": 2e9 },
///       { "kind": "limit",    "devices": ["card*"], "bytes": 8e9 },
///       { "kind": "limit",    "devices": ["card*"], "units": ["*"], "count": 40 } ] }
///
/// Units, devices and options are named exactly or by pattern: `*` stands for any text, `?` for one character.
/// `pin` leaves only the named devices to the units, `forbid` takes them away, `together` puts units on the same devices,
/// `apart` lets no two of them share a device, `options` keeps or removes options (a kind of split, a precision) by name,
/// `reserve` takes memory from each device, `limit` caps on each device the bytes used, or the number of shards of the
/// units (of all, where none are named). The schema is `solver/schema/rules.schema.json`.
///
/// A rule only ever removes assignments, so a bound of the problem without rules stays a bound with them.
public struct PlacementRules: Sendable, Hashable {
  public enum Rule: Sendable, Hashable {
    case pin(units: [String], devices: [String])
    case forbid(units: [String], devices: [String])
    case together(units: [String])
    case apart(units: [String])
    case options(units: [String], only: [String]?, never: [String])
    case reserve(devices: [String], bytes: Double)
    case limit(devices: [String], bytes: Double)
    case count(units: [String], devices: [String], most: Int)
  }

  public var rules: [Rule]
  /// The file they are from, for errors; empty for none.
  public var source = ""

  public init(rules: [Rule] = []) { self.rules = rules }

  public var isEmpty: Bool { rules.isEmpty }

  /// Reads a file's bytes.
  /// - Throws: what is wrong and where.
  public init(json: Data) throws(FormatError) {
    let file = try FormatError.decodeStrictly(File.self, from: json)
    var findings: [FormatError.Finding] = []
    if file.format != "placement-rules" {
      findings.append(
        .init(location: "format", message: "is \"\(file.format)\"; this reads \"placement-rules\""))
    }
    if file.version != 1 {
      findings.append(.init(location: "version", message: "is \(file.version); this reads version 1"))
    }
    rules = []
    for (index, entry) in file.rules.enumerated() {
      do {
        rules.append(try entry.rule())
      } catch {
        findings.append(.init(location: "rules[\(index)].\(error.field)", message: error.message))
      }
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
  }

  private struct File: Codable {
    var format: String
    var version: Int
    var rules: [RuleEntry]
  }
}

extension PlacementRules.Rule: Codable {
  public init(from decoder: any Decoder) throws {
    do {
      self = try RuleEntry(from: decoder).rule()
    } catch let missing as RuleEntry.Missing {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(missing.field): \(missing.message)"))
    }
  }

  public func encode(to encoder: any Encoder) throws { try RuleEntry(self).encode(to: encoder) }
}

extension PlacementRules.Rule: CustomStringConvertible {
  /// For example `pin user_* to card0, card1`.
  public var description: String {
    func list(_ names: [String]) -> String { names.joined(separator: ", ") }
    return switch self {
    case .pin(let units, let devices): "pin \(list(units)) to \(list(devices))"
    case .forbid(let units, let devices): "forbid \(list(units)) on \(list(devices))"
    case .together(let units): "keep \(list(units)) together"
    case .apart(let units): "keep \(list(units)) apart"
    case .options(let units, let only, let never):
      "options of \(list(units)): " + (only.map { "only \(list($0))" } ?? "never \(list(never))")
    case .reserve(let devices, let bytes): "reserve \(ByteText.exact(bytes)) on \(list(devices))"
    case .limit(let devices, let bytes): "at most \(ByteText.exact(bytes)) on each of \(list(devices))"
    case .count(let units, let devices, let most):
      "at most \(most) of \(list(units)) on each of \(list(devices))"
    }
  }
}
