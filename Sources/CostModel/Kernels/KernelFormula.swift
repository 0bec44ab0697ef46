import Hardware

/// The formulas of ``CostModel`` for one kernel on one kind of device.
struct KernelFormula: Sendable {
  let processor: Processor
  let precisions: DevicePrecisions

  /// What the class reaches on the device; `nil` where it has no such figures.
  func figures(_ shape: KernelShape?) -> ClassFigures? {
    shape.flatMap { processor.classes?[$0.operatorClass] }
  }

  /// Seconds of matrix work on all cores; see `ClassFigures` and `ProductFigures`.
  ///
  /// - Parameters:
  ///   - results: Elements that it computes.
  ///   - shareOfResults: Those of them that are computed at the same time.
  func matrixSeconds(
    operations: Int, results: @autoclosure () -> Double, shape: KernelShape?, shareOfResults: Double = 1
  ) -> Double {
    guard operations > 0 else { return 0 }
    if let shape, let figures = figures(shape) {
      return seconds(operations, atPeak: precisions.matrixDataSheetPeak, figures, shape, shareOfResults)
    }
    let seconds = Double(operations) / precisions.matrixPeak
    guard let products = precisions.products else { return seconds }
    let results = results()
    return results > 0
      ? seconds
        / products.share(
          results: results * shareOfResults, depth: Double(operations) / (2 * results)) : seconds
  }

  /// Seconds of vector work on all cores; beside matrix work, what any kernel reaches.
  func vectorSeconds(operations: Int, shape: KernelShape?, shareOfResults: Double = 1) -> Double {
    if let shape, !shape.isMatrix, operations > 0, let figures = figures(shape) {
      return seconds(operations, atPeak: precisions.vectorDataSheetPeak, figures, shape, shareOfResults)
    }
    return Double(operations) / precisions.vectorPeak
  }

  private func seconds(
    _ operations: Int, atPeak peak: Double, _ figures: ClassFigures, _ shape: KernelShape,
    _ shareOfResults: Double
  ) -> Double {
    // A group of a convolution has its channels in every part.
    let share = shape.operatorClass == .groupedConvolution ? 1 : shareOfResults
    let efficiency = figures.efficiency(
      results: shape.results * share / shape.steps, depth: shape.depth, cores: processor.cores)
    return Double(operations) / (peak * efficiency)
  }

  /// Fixed time of the kernel.
  func launchSeconds(isMatrix: Bool, shape: KernelShape?) -> Double {
    if let shape, let figures = figures(shape) { return figures.launchSeconds * shape.steps }
    return isMatrix ? precisions.products?.launchSeconds ?? processor.launchSeconds : processor.launchSeconds
  }

  /// Seconds of kernels of their own that quantise what a product reads, where a description counts them apart.
  ///
  /// - Parameter elements: That are quantised; none for what is there in the product's precision.
  func quantiseSeconds(_ elements: Int, shape: KernelShape?, parts: BatchParts) -> Double {
    guard elements > 0, figures(shape) == nil, let products = precisions.products else { return 0 }
    let bytes = Double(elements) * (products.quantiseBytes ?? 0)
    return parts.count * (products.quantiseSeconds ?? 0) + bytes / processor.dram.sustained
  }

  /// Bytes a second of the DRAM.
  func dramRate(_ shape: KernelShape?) -> Double {
    guard let figures = figures(shape) else { return processor.dram.sustained }
    return processor.dram.bytesPerSecond * min(1, figures.bandwidthShare)
  }

  /// The cost of a kernel.
  ///
  /// - Parameters:
  ///   - compute: Seconds of arithmetic.
  ///   - weights: Bytes of constants that it reads.
  ///   - activations: Bytes that it reads and writes beside them.
  ///   - onChip: Bytes that it reads from on-chip memory, whatever the others do.
  ///   - residentShare: Of the constants, on chip.
  ///   - parts: Of the batch, which run one after the other.
  func cost(
    compute: Double, launch: Double, weights: Double, activations: Double, onChip: Double = 0,
    residentShare: Double, shape: KernelShape?, parts: BatchParts = .whole
  ) -> OperatorCost {
    let speedup = processor.cache?.factor(moving: weights + activations * parts.share) ?? 1
    let weights = weights * parts.count
    let dramRate = dramRate(shape) * speedup
    guard let sram = processor.sram else {
      return OperatorCost(
        computeSeconds: compute, dramSeconds: (weights + activations) / dramRate, sramSeconds: 0,
        launchSeconds: launch, bytes: weights + activations + onChip)
    }
    let spilled = Self.leavesChip(activations * parts.share, sram) ? activations : 0
    let sramRate = figures(shape).map { sram.bytesPerSecond * $0.bandwidthShare } ?? sram.sustained
    return OperatorCost(
      computeSeconds: compute, dramSeconds: (weights * (1 - residentShare) + spilled) / dramRate,
      sramSeconds: (weights + activations + onChip) / sramRate, launchSeconds: launch,
      bytes: weights + activations + onChip)
  }

  /// Whether activations that an operator reads and writes do not stay in the SRAM, of which they get half.
  static func leavesChip(_ activations: Double, _ sram: Memory) -> Bool {
    activations > Double(sram.bytes) / 2
  }
}
