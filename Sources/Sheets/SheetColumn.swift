/// A column of a sheet: its raw value is the name that messages use.
protocol SheetColumn: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// Other names that such tables have for it, in lower case.
  static var aliases: [String: Self] { get }
  /// What other programs keep in such tables and nothing here depends on, in lower case.
  static var passedOver: Set<String> { get }
}

extension SheetColumn {
  static var passedOver: Set<String> { [] }

  /// The column of a name in any case; blanks and hyphens count as underscores.
  init?(name: String) {
    let word = Self.word(name)
    guard let column = Self.allCases.first(where: { $0.rawValue == word }) ?? Self.aliases[word] else {
      return nil
    }
    self = column
  }

  static func isPassedOver(_ name: String) -> Bool { passedOver.contains(word(name)) }

  private static func word(_ name: String) -> String {
    String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }
}
