import Hardware
import Rules

/// Fits the figures of one class of operators to measured kernels.
///
/// What is minimised is the weighted mean of |ln(predicted / measured)|, which a few outliers do not move, plus a pull towards
/// the figures that the fit starts from (the device's own, else its family's) that fades with the number of shapes. A kernel
/// weighs as the square root of its share of its model's time. One figure after the other goes through a ladder of values until
/// none gets better.
///
/// Of few shapes only the level is fitted: all of a kernel's time is scaled by exp(w m), with m the weighted median of
/// ln(measured / predicted) over n shapes and w = t / (t + s / n), where s is their variance about m and t that of classes about
/// their family (shrinkage of a normal mean: Morris 1983): one shape goes half of the way, several that agree nearly all. The fit of more goes out from several places, since kernels that are bound by arithmetic
/// and by bytes are valleys of their own.
struct ClassFit {
  let kind: OperatorClass
  let samples: [KernelSample]
  /// Of each sample.
  let residentShares: [Double]
  let weights: [Double]
  let predictor: KernelPredictor

  /// Fewer shapes fit only the level.
  static let fewestShapes = 6
  /// Variance of the logarithm of a class's level about its family's, and of a shape about its class's before any is known.
  private static let variance = 0.25
  /// Strength of the pull, in shapes.
  private static let pull = 0.1
  private static let mostRounds = 8

  /// - Parameters:
  ///   - start: What the figures are pulled to.
  ///   - near: Figures that are likely near the end; `nil` where none are known.
  func figures(from start: ClassFigures, near: ClassFigures?) -> ClassFigures {
    let count = Double(samples.count)
    let ratios = zip(zip(samples, residentShares), weights).compactMap { pair, weight in
      let predicted = seconds(pair.0, pair.1, start)
      return predicted > 0 ? (value: PortableMath.ln(pair.0.seconds / predicted), weight: weight) : nil
    }
    let level = WeightedMedian.of(ratios)
    let spread = ratios.reduce(Self.variance) { $0 + ($1.value - level) * ($1.value - level) } / count
    let factor = PortableMath.exp(level * Self.variance / (Self.variance + spread / count))
    var scaled = start
    scaled.efficiency /= factor
    scaled.bandwidthShare /= factor
    scaled.launchSeconds *= factor
    guard samples.count >= Self.fewestShapes else { return scaled }
    var best = scaled
    for first in near.map({ [$0, start] }) ?? [scaled, start] + Self.starts(start) {
      let found = descend(from: first, start)
      if loss(found, start) < loss(best, start) - 1e-9 { best = found }
    }
    return best
  }

  /// Bound by arithmetic, by bytes, by launches.
  private static func starts(_ start: ClassFigures) -> [ClassFigures] {
    [(1.0, 1.0, 1e-6), (0.05, 1.0, 1e-6), (1.0, 0.1, 1e-6), (1.0, 1.0, 1e-5)].map {
      efficiency, share, launch in
      ClassFigures(
        efficiency: efficiency, halfResults: 512, halfDepth: 8, bandwidthShare: share, launchSeconds: launch)
    }
  }

  private func seconds(_ sample: KernelSample, _ share: Double, _ figures: ClassFigures) -> Double {
    var predictor = predictor
    predictor.formula.setFigures(figures, of: kind)
    return predictor.seconds(sample, residentShare: share)
  }

  private func descend(from first: ClassFigures, _ start: ClassFigures) -> ClassFigures {
    var best = first
    var least = loss(best, start)
    let ladders = Self.ladders(start, hasDepth: samples.contains { $0.shape.depth > 0 })
    for _ in 0..<Self.mostRounds {
      let before = least
      for (path, values) in ladders {
        for value in values {
          var candidate = best
          candidate[keyPath: path] = value
          let found = loss(candidate, start)
          if found < least - 1e-12 { (best, least) = (candidate, found) }
        }
      }
      if least > before - 1e-6 { break }
    }
    return best
  }

  private func loss(_ figures: ClassFigures, _ start: ClassFigures) -> Double {
    var predictor = predictor
    predictor.formula.setFigures(figures, of: kind)
    var (sum, total) = (0.0, 0.0)
    for index in samples.indices {
      let predicted = predictor.seconds(samples[index], residentShare: residentShares[index])
      sum += weights[index] * abs(PortableMath.ln(max(predicted, 1e-12) / samples[index].seconds))
      total += weights[index]
    }
    let away =
      Self.distance(figures.efficiency, start.efficiency)
      + Self.distance(figures.bandwidthShare, start.bandwidthShare)
      + Self.distance(figures.launchSeconds + 1e-7, start.launchSeconds + 1e-7)
      + 0.2 * Self.distance(figures.halfResults + 16, start.halfResults + 16)
      + 0.2 * Self.distance(figures.halfDepth + 4, start.halfDepth + 4)
    return (total > 0 ? sum / total : 0) + Self.pull / Double(samples.count) * away
  }

  private static func distance(_ a: Double, _ b: Double) -> Double { abs(PortableMath.ln(a / b)) }

  private static func ladders(
    _ start: ClassFigures, hasDepth: Bool
  ) -> [(WritableKeyPath<ClassFigures, Double> & Sendable, [Double])] {
    func ladder(_ first: Double, _ step: Double, _ count: Int, _ more: [Double]) -> [Double] {
      var values = more
      var value = first
      for _ in 0..<count {
        values.append(value)
        value *= step
      }
      return values
    }
    return [
      (\.efficiency, ladder(0.0005, 1.12, 72, [start.efficiency])),
      (\.halfResults, ladder(16, 2, 18, [0, start.halfResults])),
      (\.halfDepth, hasDepth ? ladder(2, 2, 11, [0, start.halfDepth]) : []),
      (\.bandwidthShare, ladder(0.01, 1.15, 36, [start.bandwidthShare])),
      (\.launchSeconds, ladder(1e-7, 1.25, 34, [start.launchSeconds])),
    ]
  }
}

extension KernelFormula {
  /// With figures of one class in place of what the device has.
  mutating func setFigures(_ figures: ClassFigures, of kind: OperatorClass) {
    var changed = processor
    changed.classes = (processor.classes ?? [:]).merging([kind: figures]) { _, new in new }
    self = KernelFormula(processor: changed, precisions: precisions)
  }
}

/// The value at which half of the weight is reached.
enum WeightedMedian {
  /// 0 of none.
  static func of(_ values: [(value: Double, weight: Double)]) -> Double {
    let ordered = values.sorted { $0.value < $1.value }
    let half = ordered.reduce(0) { $0 + $1.weight } / 2
    var sum = 0.0
    for (value, weight) in ordered {
      sum += weight
      if sum >= half { return value }
    }
    return 0
  }
}
