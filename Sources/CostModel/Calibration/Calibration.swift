import Hardware

/// Figures fitted to measured kernels, with the errors before and after.
public struct Calibration: Sendable, Hashable, Encodable {
  /// The median and the ninth decile of |predicted / measured - 1|.
  public struct Spread: Sendable, Hashable, Encodable {
    public var median: Double
    public var p90: Double

    public init(_ errors: [Double]) {
      let sorted = errors.sorted()
      func quantile(_ share: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let rank = share * Double(sorted.count - 1)
        let low = Int(rank)
        guard low + 1 < sorted.count else { return last }
        return sorted[low] + (rank - Double(low)) * (sorted[low + 1] - sorted[low])
      }
      (median, p90) = (quantile(0.5), quantile(0.9))
    }
  }

  /// Kernels of one class.
  public struct ClassErrors: Sendable, Hashable, Encodable {
    public var operatorClass: OperatorClass
    public var kernels: Int
    /// Different ones of a file.
    public var shapes: Int
    public var seconds: Double
    public var before: Spread
    public var after: Spread
    /// With figures from the other files; `nil` where there is one.
    public var leftOut: Spread?

    /// What is to be expected of kernels that were not measured.
    public var expected: Double { (leftOut ?? after).median }
  }

  /// All kernels of one file, predicted over measured time.
  public struct ModelErrors: Sendable, Hashable, Encodable {
    public var name: String
    public var kernels: Int
    /// Measured.
    public var seconds: Double
    public var before: Double
    public var after: Double
    /// With figures from the other files; `nil` where there is one.
    public var leftOut: Double?
  }

  public struct Device: Sendable, Hashable, Encodable {
    /// `host`, or a card's model.
    public var name: String
    /// `nil` for the host.
    public var model: String?
    public var figures: [OperatorClass: ClassFigures]
    public var classes: [ClassErrors]
    public var models: [ModelErrors]

    /// Of whole files.
    public var before: Spread { Spread(models.map { abs($0.before - 1) }) }
    public var after: Spread { Spread(models.map { abs($0.after - 1) }) }
    /// `nil` where there is one.
    public var leftOut: Spread? {
      let ratios = models.compactMap(\.leftOut)
      return ratios.isEmpty ? nil : Spread(ratios.map { abs($0 - 1) })
    }
  }

  /// The host first, then kinds of cards in the system's order; those that nothing was measured on are left out.
  public internal(set) var devices: [Device] = []
  /// What was noticed, a line each.
  public internal(set) var findings: [String]

  init(findings: [String]) { self.findings = findings }
}
