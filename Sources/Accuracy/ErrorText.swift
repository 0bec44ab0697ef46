/// Errors in words.
public enum ErrorText {
  /// In per cent to two digits, for example `0.53 %`.
  public static func percent(_ error: Double) -> String {
    guard error > 0, error.isFinite else { return error > 0 ? "any amount" : "0 %" }
    var scale = 1.0
    while error * 100 * scale < 10, scale < 1e9 { scale *= 10 }
    let rounded = (error * 100 * scale).rounded() / scale
    let isWhole = rounded == rounded.rounded() && rounded < 1e9
    return isWhole ? "\(Int(rounded)) %" : "\(rounded) %"
  }
}
