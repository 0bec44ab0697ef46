import FoundationEssentials

extension SimulationReport {
  /// The report as JSON: keys sorted, two spaces deep, a newline at the end; the same bytes for the same report.
  ///
  /// Needs Foundation for its encoder, which writes each number with as few digits as read back exactly.
  public func json() throws -> String { try DeterministicJSON.text(self) }
}

extension RateSearch {
  /// The search as JSON, like ``SimulationReport/json()``.
  public func json() throws -> String { try DeterministicJSON.text(self) }
}

private enum DeterministicJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
