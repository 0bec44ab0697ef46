import FoundationEssentials

extension ObjectReader {
  /// Optional: figures of classes of operators, by class; `nil` for none.
  ///
  /// A `family` that is named gives those of classes that the description has none of.
  mutating func classFigures() -> [OperatorClass: ClassFigures]? {
    var result: [OperatorClass: ClassFigures] = [:]
    if has("family"), let name = string("family") {
      do throws(SystemError) {
        result = try DescriptorLibrary.family(name)
      } catch {
        for finding in error.findings { report("family", finding.message) }
      }
    }
    guard let value = value("classes") else { return result.isEmpty ? nil : result }
    var reader = ObjectReader(value, file: file, path: path.isEmpty ? "classes" : path + ".classes")
    let own = reader.ownClasses()
    absorb(reader)
    return result.merging(own) { _, own in own }
  }

  /// Figures by class; this is the object of all classes.
  mutating func ownClasses() -> [OperatorClass: ClassFigures] {
    var result: [OperatorClass: ClassFigures] = [:]
    for kind in OperatorClass.allCases {
      guard let entry = value(kind.rawValue) else { continue }
      var reader = ObjectReader(
        entry, file: file, path: path.isEmpty ? kind.rawValue : "\(path).\(kind.rawValue)")
      result[kind] = reader.oneClass()
      absorb(reader)
    }
    reportUnknownFields()
    return result
  }

  private mutating func oneClass() -> ClassFigures? {
    guard findings.isEmpty else { return nil }
    let efficiency = number(ClassFigures.keys[0], .positive)
    let results = number(ClassFigures.keys[1], .notNegative)
    let depth = number(ClassFigures.keys[2], .notNegative)
    let share = number(ClassFigures.keys[3], .positive)
    let launch = number(ClassFigures.keys[4], .notNegative)
    let error = has(ClassFigures.keys[5]) ? number(ClassFigures.keys[5], .notNegative) : 0
    reportUnknownFields()
    guard let efficiency, let results, let depth, let share, let launch, let error else { return nil }
    return ClassFigures(
      efficiency: efficiency, halfResults: results, halfDepth: depth, bandwidthShare: share,
      launchSeconds: launch / 1e6, error: error)
  }
}

extension ClassFigures {
  /// Of the fields of a description; the last may be left out.
  fileprivate static let keys = [
    "efficiency", "halfResults", "halfDepth", "bandwidthShare", "launchMicroseconds", "error",
  ]

  /// As a description has them.
  func described(source: String) -> JSONValue {
    let values = [efficiency, halfResults, halfDepth, bandwidthShare, launchSeconds * 1e6, error]
    return .object(
      Dictionary(
        zip(Self.keys, values).map {
          ($0, .object(["value": .number($1.toDigits(4)), "source": .string(source)]))
        }, uniquingKeysWith: { first, _ in first }))
  }
}

extension Double {
  /// Rounded to so many significant digits.
  fileprivate func toDigits(_ digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    var scale = 1.0
    while (magnitude * scale) < 1 { scale *= 10 }
    while (magnitude * scale) >= 10 { scale /= 10 }
    for _ in 1..<digits { scale *= 10 }
    // Division by a power of ten of whole numbers gives the nearest decimal.
    return scale >= 1 ? (self * scale).rounded() / scale : (self * scale).rounded() * (1 / scale)
  }
}

extension DescriptorLibrary {
  /// The figures of a built-in family of devices.
  fileprivate static func family(_ name: String) throws(SystemError) -> [OperatorClass: ClassFigures] {
    var reader = ObjectReader(try familyClasses(name), file: name, path: "classes")
    let classes = reader.ownClasses()
    if !reader.findings.isEmpty { throw SystemError(category: .badInput, findings: reader.findings) }
    return classes
  }

  /// The classes of a family as they are described.
  static func familyClasses(_ name: String) throws(SystemError) -> JSONValue {
    guard let entry = BuiltInDescriptors.families.first(where: { $0.name == name }) else {
      let known = BuiltInDescriptors.families.map(\.name).joined(separator: ", ")
      throw SystemError(
        finding: SystemFinding(
          file: "", field: "", message: "no family is named \"\(name)\"; known are \(known)"))
    }
    return try JSONValue.parse(Data(entry.json.utf8), file: name)["classes"] ?? .object([:])
  }
}
