import Partitioner
import Rules

/// Items in a batch of a point.
public enum SweepBatch: Sendable, Hashable {
  /// As many as the model has.
  case own
  case items(Int)
  /// As many as have the most items a second within the latency budget.
  case auto

  static let autoWord = "auto"

  /// As lists have it: a number, or `auto`.
  var text: String {
    switch self {
    case .own: ""
    case .items(let items): "\(items)"
    case .auto: Self.autoWord
    }
  }

  /// A list as people write it: `1,8,auto`, `1..4`; `nil` where it is none.
  public static func list(_ text: String) -> [SweepBatch]? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var batches: [SweepBatch] = []
    for word in words {
      if word == autoWord {
        batches.append(.auto)
      } else if let numbers = NumberList.read(word) {
        batches += numbers.map { .items($0) }
      } else {
        return nil
      }
    }
    return batches
  }
}

extension AccuracyLimit {
  /// As people write it: `2%`, `0.02`, or a precision for what it costs in every table; `nil` where it is none.
  public init?(_ text: String) {
    if let precision = Precision(rawValue: text) {
      self = .everywhere(precision)
      return
    }
    let isPercent = text.last == "%"
    guard let number = Double(isPercent ? text.dropLast() : text[...]), number >= 0, number.isFinite else {
      return nil
    }
    self = .error(isPercent ? number / 100 : number)
  }

  var text: String {
    switch self {
    case .error(let error): "\(error)"
    case .everywhere(let precision): precision.rawValue
    }
  }
}
