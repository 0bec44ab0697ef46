import Partitioner

/// What layers of a point may be in on cards, best liked first.
public struct SweepLayers: Sendable, Hashable {
  /// As `PlanOptions/layerPrecisions`: empty where none are given.
  public var precisions: [LayerPrecision]

  /// The precision of the point, and with a budget the wider ones that cards have.
  public static let usual = SweepLayers([])

  public init(_ precisions: [LayerPrecision]) { self.precisions = precisions }

  private static let usualWord = "default"

  /// As people write it in lists: `int8+fp16`, `w4a16`, or `default` for ``usual``; `nil` where it is none.
  public init?(_ text: String) {
    if text == Self.usualWord {
      self = .usual
      return
    }
    let words = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    let known = words.compactMap(LayerPrecision.init(word:))
    guard known.count == words.count else { return nil }
    self.init(known)
  }

  var text: String { precisions.isEmpty ? Self.usualWord : precisions.map(\.word).joined(separator: "+") }

  /// Of a text that is none.
  public static func problem(_ text: String) -> String {
    "'\(text)' is not what layers may be in; give \(usualWord), or some of \(LayerPrecision.words.joined(separator: ", ")) with a + between"
  }
}
