/// Seconds measured on real devices; where an entry exists it replaces the roofline.
public struct MeasuredCosts: Sendable, Hashable {
  private struct Key: Sendable, Hashable {
    var operatorName: String
    var device: String
  }
  private var seconds: [Key: Double] = [:]

  public init() {}

  public var isEmpty: Bool { seconds.isEmpty }

  /// The measured time of one operator, one batch, all cores of the device.
  ///
  /// - Parameters:
  ///   - operatorName: ``Graph/Operator/name``.
  ///   - device: A card's ``Hardware/Card/model``, or the host's name.
  public subscript(operatorName: String, on device: String) -> Double? {
    get { seconds[Key(operatorName: operatorName, device: device)] }
    set { seconds[Key(operatorName: operatorName, device: device)] = newValue }
  }
}
