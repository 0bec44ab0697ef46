/// Bytes in words.
public enum ByteText {
  /// Three decimals of the largest decimal unit that leaves at least one whole.
  public static func exact(_ bytes: Double) -> String {
    // Figures of files may be any number; no unit has a name for these.
    guard bytes.magnitude < 1e18 else { return "\(bytes) B" }
    for (unit, size) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where bytes >= size {
      let thousandths = (bytes / size * 1000).rounded()
      let whole = (thousandths / 1000).rounded(.down)
      let rest = Int(thousandths - whole * 1000)
      let digits = String(rest + 1000).dropFirst()
      return "\(Int(whole)).\(digits) \(unit)"
    }
    return bytes == bytes.rounded() ? "\(Int(bytes)) B" : "\(bytes) B"
  }
}
