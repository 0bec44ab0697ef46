import FoundationEssentials

extension JSONValue {
  /// Of matrix products: those of a family are taken together or not at all, since they were fitted together.
  private static let ofProducts: Set<String> = [
    "matrixSustainedFraction", "matrixHalfResults", "matrixHalfDepth", "matrixLaunchMicroseconds",
    "matrixQuantiseMicroseconds", "matrixQuantiseBytes",
  ]

  /// A host's or card's description with the figures of the family that it names in place of those that it leaves out, each
  /// with the family's source and marked as assumed. What a data sheet says is left out by families: sizes, peaks, bandwidths, the
  /// power. The same where no family, or none that is known, is named.
  var completedByFamily: JSONValue {
    guard case .object(var fields) = self, case .string(let name) = Self.plain(fields["family"]),
      let family = DescriptorLibrary.familyFigures(name)
    else { return self }
    let hasOwnProducts = Self.ofProducts.contains { fields[$0] != nil }
    for (key, value) in family.figures where fields[key] == nil {
      if Self.ofProducts.contains(key), hasOwnProducts { continue }
      if key.hasPrefix("sram"), fields["sramMebibytes"] == nil { continue }
      guard case .object(let entries) = value, entries["value"] == nil else {
        fields[key] = value
        continue
      }
      // By precision: of those that the engine has.
      guard case .object(let peaks) = fields["matrixTeraOperationsPerSecond"] else { continue }
      let known = entries.filter { peaks[$0.key] != nil }
      if !known.isEmpty { fields[key] = .object(known) }
    }
    if fields["idleWatts"] == nil, case .number(let busy) = Self.plain(fields["busyWatts"]),
      case .object(var idle) = family.idleShare, case .number(let share) = idle["value"]
    {
      idle["value"] = .number((busy * share * 10).rounded() / 10)
      fields["idleWatts"] = .object(idle)
    }
    return .object(fields)
  }

  private static func plain(_ value: JSONValue?) -> JSONValue? { value?["value"] ?? value }
}

extension DescriptorLibrary {
  /// What a built-in family says of figures that descriptions may leave out; `nil` where there is no such family.
  fileprivate static func familyFigures(
    _ name: String
  ) -> (figures: [String: JSONValue], idleShare: JSONValue?)? {
    guard let entry = BuiltInDescriptors.families.first(where: { $0.name == name }) else { return nil }
    do {
      let family = try JSONValue.parse(Data(entry.json.utf8), file: name)
      guard case .object(let figures) = family["figures"] else { return nil }
      return (figures, family["idleShare"])
    } catch {
      return nil
    }
  }
}
