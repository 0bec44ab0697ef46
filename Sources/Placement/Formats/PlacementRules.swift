import FoundationEssentials

/// The user's own rules about where units go, read from a JSON file and applied to a problem.
///
///     { "format": "placement-rules", "version": 1, "rules": [
///       { "kind": "pin",      "units": ["user_*"], "devices": ["card0", "card1"] },
///       { "kind": "forbid",   "units": ["ad_?"],   "devices": ["host"] },
///       { "kind": "together", "units": ["a", "b"] },
///       { "kind": "options",  "units": ["*"], "only": ["int8*"] },
///       { "kind": "options",  "units": ["*"], "never": ["*rows*"] },
///       { "kind": "reserve",  "devices": ["card*"], "bytes": 2e9 },
///       { "kind": "limit",    "devices": ["card*"], "bytes": 8e9 } ] }
///
/// Units, devices and options are named exactly or by pattern: `*` stands for any text, `?` for one character.
/// `pin` leaves only the named devices to the units, `forbid` takes them away, `together` puts units on the same devices,
/// `options` keeps or removes options (a kind of split, a precision) by name, `reserve` takes memory from devices,
/// `limit` caps the bytes used on each. The schema is `solver/schema/rules.schema.json`.
///
/// A rule only ever removes assignments, so a bound of the problem without rules stays a bound with them.
public struct PlacementRules: Sendable, Hashable {
  public enum Rule: Sendable, Hashable {
    case pin(units: [String], devices: [String])
    case forbid(units: [String], devices: [String])
    case together(units: [String])
    case options(units: [String], only: [String]?, never: [String])
    case reserve(devices: [String], bytes: Double)
    case limit(devices: [String], bytes: Double)
  }

  public var rules: [Rule]

  public init(rules: [Rule]) { self.rules = rules }

  /// Reads a file's bytes.
  /// - Throws: what is wrong and where.
  public init(json: Data) throws(FormatError) {
    let file = try FormatError.decode(File.self, from: json)
    var findings: [FormatError.Finding] = []
    if file.format != "placement-rules" {
      findings.append(
        .init(location: "format", message: "is \"\(file.format)\"; this reads \"placement-rules\""))
    }
    if file.version != 1 {
      findings.append(.init(location: "version", message: "is \(file.version); this reads version 1"))
    }
    rules = []
    for (index, rule) in file.rules.enumerated() {
      switch rule.parsed() {
      case .success(let rule): rules.append(rule)
      case .failure(let missing):
        findings.append(.init(location: "rules[\(index)].\(missing.field)", message: missing.message))
      }
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
  }

  /// The problem with the rules applied, in their order.
  ///
  /// A rule can leave a unit without any option; the optimiser then answers `infeasible` and the explanation names
  /// the unit.
  /// - Throws: every rule that names nothing in the problem.
  public func applied(to problem: Problem) throws(FormatError) -> Problem {
    var transform = RuleTransform(problem)
    for (index, rule) in rules.enumerated() { transform.apply(rule, at: "rules[\(index)]") }
    guard transform.findings.isEmpty else { throw FormatError(findings: transform.findings) }
    return transform.problem
  }

  // MARK: The file as it is written

  private struct File: Decodable {
    var format: String
    var version: Int
    var rules: [Entry]
  }

  private struct Missing: Error {
    var field: String
    var message: String
  }

  private struct Entry: Decodable {
    enum Kind: String, Decodable { case pin, forbid, together, options, reserve, limit }
    var kind: Kind
    var units: [String]?
    var devices: [String]?
    var only: [String]?
    var never: [String]?
    var bytes: Double?

    func parsed() -> Result<Rule, Missing> {
      do {
        return .success(try rule())
      } catch {
        return .failure(error)
      }
    }

    private func rule() throws(Missing) -> Rule {
      switch kind {
      case .pin: .pin(units: try list(units, "units"), devices: try list(devices, "devices"))
      case .forbid: .forbid(units: try list(units, "units"), devices: try list(devices, "devices"))
      case .together: .together(units: try list(units, "units"))
      case .options:
        if only == nil && never == nil {
          throw Missing(field: "only", message: "give \"only\" or \"never\", a list of option names")
        } else {
          .options(units: try list(units, "units"), only: only, never: never ?? [])
        }
      case .reserve: .reserve(devices: try list(devices, "devices"), bytes: try amount())
      case .limit: .limit(devices: try list(devices, "devices"), bytes: try amount())
      }
    }

    private func list(_ names: [String]?, _ field: String) throws(Missing) -> [String] {
      guard let names, !names.isEmpty else {
        throw Missing(field: field, message: "a \(kind.rawValue) rule needs a list of names here")
      }
      return names
    }

    private func amount() throws(Missing) -> Double {
      guard let bytes, bytes.isFinite, bytes >= 0 else {
        throw Missing(field: "bytes", message: "a \(kind.rawValue) rule needs bytes, 0 or more")
      }
      return bytes
    }
  }
}
