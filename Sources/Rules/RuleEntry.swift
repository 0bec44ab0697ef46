/// One rule as it is written in a file: a kind and the fields that the kind needs.
struct RuleEntry: Codable {
  enum Kind: String, Codable, CaseIterable {
    case pin, forbid, together, apart, options, reserve, limit

    init(from decoder: any Decoder) throws {
      let name = try decoder.singleValueContainer().decode(String.self)
      guard let kind = Kind(rawValue: name) else {
        let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "is \"\(name)\"; known are \(known)"))
      }
      self = kind
    }
  }

  struct Missing: Error {
    var field: String
    var message: String
  }

  var kind: Kind
  var units: [String]?
  var devices: [String]?
  var only: [String]?
  var never: [String]?
  var bytes: Double?
  var count: Int?

  init(_ rule: PlacementRules.Rule) {
    switch rule {
    case .pin(let units, let devices): (kind, self.units, self.devices) = (.pin, units, devices)
    case .forbid(let units, let devices): (kind, self.units, self.devices) = (.forbid, units, devices)
    case .together(let units): (kind, self.units) = (.together, units)
    case .apart(let units): (kind, self.units) = (.apart, units)
    case .options(let units, let only, let never):
      (kind, self.units, self.only) = (.options, units, only)
      self.never = never.isEmpty ? nil : never
    case .reserve(let devices, let bytes): (kind, self.devices, self.bytes) = (.reserve, devices, bytes)
    case .limit(let devices, let bytes): (kind, self.devices, self.bytes) = (.limit, devices, bytes)
    case .count(let units, let devices, let most):
      (kind, self.units, self.devices, count) = (.limit, units, devices, most)
    }
  }

  func rule() throws(Missing) -> PlacementRules.Rule {
    switch kind {
    case .pin: .pin(units: try list(units, "units"), devices: try list(devices, "devices"))
    case .forbid: .forbid(units: try list(units, "units"), devices: try list(devices, "devices"))
    case .together: .together(units: try list(units, "units"))
    case .apart: .apart(units: try list(units, "units"))
    case .options: try optionRule()
    case .reserve: .reserve(devices: try list(devices, "devices"), bytes: try amount())
    case .limit: try limitRule()
    }
  }

  private func optionRule() throws(Missing) -> PlacementRules.Rule {
    guard only != nil || never != nil else {
      throw Missing(field: "only", message: "give \"only\" or \"never\", a list of option names")
    }
    if only != nil { _ = try list(only, "only") }
    if never != nil { _ = try list(never, "never") }
    return .options(units: try list(units, "units"), only: only, never: never ?? [])
  }

  private func limitRule() throws(Missing) -> PlacementRules.Rule {
    switch (bytes, count) {
    case (nil, let count?):
      guard count >= 0 else { throw Missing(field: "count", message: "is \(count); give 0 or more") }
      return .count(
        units: units == nil ? ["*"] : try list(units, "units"), devices: try list(devices, "devices"),
        most: count
      )
    case (_, nil):
      if units != nil {
        throw Missing(
          field: "units", message: "a limit of bytes counts all units; leave this out or give \"count\"")
      }
      return .limit(devices: try list(devices, "devices"), bytes: try amount())
    case (_?, _?):
      throw Missing(field: "count", message: "give \"bytes\" or \"count\"; two limits are two rules")
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
