extension Double {
  /// Rounded down without a fraction; as it is where it is no number that an integer holds.
  package var wholeText: String { magnitude < 1e18 ? "\(Int(rounded(.down)))" : "\(self)" }
}
