/// What one operator costs on one device, with the parts that made it.
public struct OperatorCost: Sendable, Hashable {
  /// Which part decides the time.
  public enum Limit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing is added: a view, or an epilogue hidden behind its producer.
    case none
    case compute, dram, sram, launch
    /// Cards that act as one wait for each other's parts.
    case link
    /// The time was measured, not modelled.
    case measured
  }

  /// max(compute, DRAM, SRAM) + launch + link, or the measured time.
  public var seconds: Double
  /// Seconds of the matrix and vector engines, at the cores given.
  public var computeSeconds: Double
  public var dramSeconds: Double
  public var sramSeconds: Double
  public var launchSeconds: Double
  /// Seconds that cards which act as one take to exchange parts.
  public var linkSeconds: Double
  /// Bytes read and written, wherever they lie: weights and activations, or the rows of look-ups in whole bursts.
  public var bytes: Double
  public var limit: Limit

  init(
    computeSeconds: Double, dramSeconds: Double, sramSeconds: Double, launchSeconds: Double,
    linkSeconds: Double = 0, bytes: Double = 0
  ) {
    self.computeSeconds = computeSeconds
    self.dramSeconds = dramSeconds
    self.sramSeconds = sramSeconds
    self.launchSeconds = launchSeconds
    self.linkSeconds = linkSeconds
    self.bytes = bytes
    let roof = max(computeSeconds, dramSeconds, sramSeconds)
    seconds = roof + launchSeconds + linkSeconds
    limit =
      if seconds == 0 {
        .none
      } else if linkSeconds > max(roof, launchSeconds) {
        .link
      } else if launchSeconds > roof {
        .launch
      } else if computeSeconds == roof {
        .compute
      } else if dramSeconds == roof {
        .dram
      } else {
        .sram
      }
  }

  static let zero = OperatorCost(computeSeconds: 0, dramSeconds: 0, sramSeconds: 0, launchSeconds: 0)

  /// The same operator on `fraction` of the cores: compute and SRAM belong to the cores and take 1 / `fraction`
  /// as long; DRAM and launch are the device's and stay.
  func scaled(toCoreFraction fraction: Double) -> OperatorCost {
    guard fraction != 1 else { return self }
    // No cores at all would make an operator without arithmetic 0 / 0.
    let fraction = max(fraction, CostModel.leastCoreFraction)
    return OperatorCost(
      computeSeconds: computeSeconds / fraction, dramSeconds: dramSeconds,
      sramSeconds: sramSeconds / fraction, launchSeconds: launchSeconds, linkSeconds: linkSeconds,
      bytes: bytes)
  }

  /// The same operator when another share of its weights, whose stream from DRAM takes `weightSeconds`, is resident.
  func restreamed(weightSeconds: Double, from old: Double, to new: Double) -> OperatorCost {
    OperatorCost(
      computeSeconds: computeSeconds, dramSeconds: max(0, dramSeconds + weightSeconds * (old - new)),
      sramSeconds: sramSeconds, launchSeconds: launchSeconds, linkSeconds: linkSeconds, bytes: bytes)
  }

  /// The same breakdown with a measured time in place of the modelled one, in which the DRAM is busy no longer.
  func replaced(bySeconds measured: Double) -> OperatorCost {
    var copy = self
    copy.seconds = measured
    copy.dramSeconds = min(dramSeconds, measured)
    copy.limit = .measured
    return copy
  }
}
