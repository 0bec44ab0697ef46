/// Seconds measured on real devices, by operator and kind of device; where an entry exists it replaces the roofline.
public struct MeasuredCosts: Sendable, Hashable {
  /// How a measurement was found to be that of an operator.
  public enum Match: String, Sendable, Hashable, Codable, CaseIterable {
    /// It names the operator.
    case name
    /// It is of an operator of the same type and shapes.
    case shape
    /// Between measurements of the same class in other sizes.
    case interpolated
  }

  /// One operator's time on one kind of device.
  public struct Entry: Sendable, Hashable, Codable {
    /// Its name in the graph.
    public var `operator`: String
    /// `host`, or a card's `Card.model`.
    public var device: String
    /// One batch on all cores of the device.
    public var seconds: Double
    public var match: Match
    /// The file it comes from.
    public var source: String

    public init(
      operator name: String, device: String, seconds: Double, match: Match = .name, source: String = ""
    ) {
      self.operator = name
      self.device = device
      self.seconds = seconds
      self.match = match
      self.source = source
    }
  }

  /// Why measurements were refused; every bad entry is listed.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var messages: [String]
    public var description: String { messages.joined(separator: "\n") }
  }

  private struct Key: Sendable, Hashable {
    var name: String
    var device: String
  }
  /// In the order given.
  public private(set) var entries: [Entry] = []
  private var position: [Key: Int] = [:]

  /// No measurements.
  public init() {}

  /// - Throws: ``Problem`` when a time is negative, infinite or not a number, or an operator is listed twice for a
  ///   device.
  public init(_ entries: [Entry]) throws(Problem) {
    var messages: [String] = []
    for (index, entry) in entries.enumerated() {
      let place = "measurement \(index) (\(entry.operator) on \(entry.device))"
      if !(entry.seconds >= 0 && entry.seconds.isFinite) {
        messages.append("\(place): seconds must be 0 or more, found \(entry.seconds)")
      }
      if position.updateValue(index, forKey: Key(name: entry.operator, device: entry.device)) != nil {
        messages.append("\(place): is listed twice")
      }
    }
    if !messages.isEmpty { throw Problem(messages: messages) }
    self.entries = entries
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// The measured seconds of one batch on all cores; `nil` when there are none.
  public func seconds(of name: String, on device: String) -> Double? {
    position[Key(name: name, device: device)].map { entries[$0].seconds }
  }

  /// How much was found in which way, and where, in words; `nil` where there is nothing.
  public var words: String? {
    guard !isEmpty else { return nil }
    let counts = Match.allCases.compactMap { match -> String? in
      let count = entries.count { $0.match == match }
      guard count > 0 else { return nil }
      return match == .interpolated ? "\(count) interpolated" : "\(count) by \(match.rawValue)"
    }
    let sources = Set(entries.map(\.source)).subtracting([""]).sorted()
    return counts.joined(separator: ", ")
      + (sources.isEmpty ? "" : "; from \(sources.joined(separator: ", "))")
  }
}
