/// A full-duplex link; each direction carries `bytesPerSecond`.
public struct Link: Sendable, Hashable, Codable {
  public var bytesPerSecond: Double
  /// Share of the line rate left after packet overhead, between 0 and 1.
  public var sustainedFraction: Double
  /// Fixed cost of one command (doorbell, descriptor, completion), seconds.
  public var commandSeconds: Double

  public init(bytesPerSecond: Double, sustainedFraction: Double, commandSeconds: Double) {
    self.bytesPerSecond = bytesPerSecond
    self.sustainedFraction = sustainedFraction
    self.commandSeconds = commandSeconds
  }

  public var sustained: Double { bytesPerSecond * sustainedFraction }

  /// Seconds that `commands` commands carrying `bytes` bytes together occupy one direction of the link:
  /// commands x command overhead + bytes / sustained bandwidth.
  public func seconds(bytes: Double, commands: Double) -> Double {
    commands * commandSeconds + bytes / sustained
  }
}
