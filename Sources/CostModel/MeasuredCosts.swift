/// Seconds measured on real devices; where an entry exists it replaces the roofline.
public struct MeasuredCosts: Sendable, Hashable {
  /// One measurement.
  public struct Entry: Sendable, Hashable, Codable {
    /// The operator's name in the graph.
    public var operatorName: String
    /// A card's ``Hardware/Card/model``, or the host's name.
    public var device: String
    /// One batch on all cores of the device.
    public var seconds: Double

    public init(operatorName: String, device: String, seconds: Double) {
      self.operatorName = operatorName
      self.device = device
      self.seconds = seconds
    }
  }

  /// Why measurements were refused; every bad entry is listed.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var messages: [String]
    public var description: String { messages.joined(separator: "\n") }
  }

  private struct Key: Sendable, Hashable {
    var operatorName: String
    var device: String
  }
  private var seconds: [Key: Double] = [:]

  /// No measurements.
  public init() {}

  /// - Throws: ``Problem`` when a time is negative, infinite or not a number, or an operator is listed twice for a
  ///   device.
  public init(_ entries: [Entry]) throws(Problem) {
    var messages: [String] = []
    for (index, entry) in entries.enumerated() {
      let place = "measurement \(index) (\(entry.operatorName) on \(entry.device))"
      if !(entry.seconds >= 0 && entry.seconds.isFinite) {
        messages.append("\(place): seconds must be 0 or more, found \(entry.seconds)")
      }
      let key = Key(operatorName: entry.operatorName, device: entry.device)
      if seconds.updateValue(entry.seconds, forKey: key) != nil {
        messages.append("\(place): is listed twice")
      }
    }
    if !messages.isEmpty { throw Problem(messages: messages) }
  }

  public var isEmpty: Bool { seconds.isEmpty }

  /// The measured seconds of one batch on all cores; `nil` when there are none.
  public func seconds(of operatorName: String, on device: String) -> Double? {
    seconds[Key(operatorName: operatorName, device: device)]
  }
}
