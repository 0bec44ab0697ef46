import Rules

/// How the look-ups of a model's tables are spread over their rows.
public struct TableAccess: Codable, Hashable, Sendable {
  /// Of tables that ``tables`` does not name.
  public var usual: Usual
  /// Stated for tables by name; absent where there are none.
  public var tables: [Stated]?

  public enum Usual: String, Codable, Hashable, Sendable, CaseIterable {
    /// ``AccessCurve/meta2021(touched:)``, with as many look-ups a row as the published tables have.
    case meta2021 = "meta-2021"
    /// Any row alike: none is hot.
    case none
  }

  /// Of one table: Zipf's exponent, or points of its curve.
  public struct Stated: Codable, Hashable, Sendable {
    public var table: String
    public var exponent: Double?
    /// Shares of the table's rows, hottest first, and of the look-ups that go to them, in pairs.
    public var curve: [[Double]]?

    public init(table: String, exponent: Double? = nil, curve: [[Double]]? = nil) {
      self.table = table
      self.exponent = exponent
      self.curve = curve
    }
  }

  public init(usual: Usual, tables: [Stated] = []) {
    self.usual = usual
    self.tables = tables.isEmpty ? nil : tables
  }

  /// Look-ups that one row of those that are touched in ``window`` samples gets (887.0 M of 128.4 M rows), and the window.
  private static let lookupsPerRow = 887.0 / 128.4
  private static let window = 65_536.0

  /// - Parameter lookupsPerSample: On average.
  /// - Returns: `nil` where no row is hotter than others.
  public func curve(ofTable name: String, rows: Int, lookupsPerSample: Double) -> AccessCurve? {
    if let stated = tables?.last(where: { $0.table == name }) {
      let curve = stated.exponent.map { AccessCurve(zipf: $0, rows: rows) } ?? stated.points ?? .uniform
      return curve == .uniform ? nil : curve
    }
    switch usual {
    case .none: return nil
    case .meta2021:
      return .meta2021(touched: lookupsPerSample * Self.window / Self.lookupsPerRow / Double(max(1, rows)))
    }
  }

  /// What is wrong with what is stated.
  ///
  /// - Parameter names: Of the model's tables.
  public func problems(tables names: [String]) -> [String] {
    let known = Set(names)
    var seen: Set<String> = []
    return (tables ?? []).compactMap { stated in
      if !known.contains(stated.table) { return "there is no table '\(stated.table)'" }
      if !seen.insert(stated.table).inserted { return "table '\(stated.table)' is there twice" }
      switch (stated.exponent, stated.curve) {
      case (.some(let exponent), nil):
        return (0...100).contains(exponent)
          ? nil : "table '\(stated.table)': the exponent is \(exponent); give 0 to 100"
      case (nil, .some):
        return stated.points == nil
          ? "table '\(stated.table)': the curve must be pairs of shares that ascend, steepest first, within 0 to 1"
          : nil
      default: return "table '\(stated.table)': give an exponent or a curve"
      }
    }
  }
}

extension TableAccess.Stated {
  /// `nil` for none, and for points that are no curve.
  fileprivate var points: AccessCurve? {
    guard let curve, curve.allSatisfy({ $0.count == 2 }) else { return nil }
    return AccessCurve(through: curve.map { .init(rows: $0[0], lookups: $0[1]) })
  }
}
