/// Fourier transforms and what goes with them. A transform of n points takes 5 n log2(n) operations, the logarithm rounded up,
/// and half of that where its input is real (Cooley and Tukey 1965, counted as benchmarks of the FFT do).
enum SignalOperators {
  static let definitions: [OperatorDefinition] =
    [
      OperatorDefinition("DFT", shape: transform, work: .vector(transformWork)),
      OperatorDefinition("STFT", shape: shortTime, work: .vector(shortTimeWork)),
      OperatorDefinition("MelWeightMatrix", shape: melWeights),
      OperatorDefinition("Rfft", in: .microsoft, shape: realTransform, work: .vector(realWork)),
      OperatorDefinition("Irfft", in: .microsoft, shape: inverseReal, work: .vector(realWork)),
    ]
    + ["HannWindow", "HammingWindow", "BlackmanWindow"].map { OperatorDefinition($0, shape: window) }

  /// The length of a transform that gives only the part of the spectrum that a real signal has.
  private static func half(_ length: Int) -> Int { length / 2 + 1 }

  private static func operations(length: Int, transforms: Int, isReal: Bool) -> Int {
    let levels = length > 1 ? Int.bitWidth - (length - 1).leadingZeroBitCount : 0
    return Saturating.product(isReal ? 5 : 10, length, levels, transforms) / 2
  }

  /// Input [signal..., 1 or 2]; the axis is the third input, or an attribute before set 20.
  private static let transform: ShapeRule = { node throws(ShapeProblem) in
    guard var shape = node.shape(0), let axis = try transformAxis(node, shape),
      let length = try transformLength(node, shape, axis)
    else { return [] }
    let isOneSided = try node.int("onesided", default: 0) != 0
    let isInverse = try node.int("inverse", default: 0) != 0
    shape[axis] = isOneSided && !isInverse ? half(length) : length
    shape[shape.count - 1] = isOneSided && isInverse ? 1 : 2
    return [TensorFact(node.elementType(0), shape)]
  }

  private static func transformAxis(_ node: NodeContext, _ shape: [Int]) throws(ShapeProblem) -> Int? {
    guard shape.count >= 2 else { throw ShapeProblem("a signal has two axes or more, not \(shape)") }
    if node.isComputed(input: 2) { return nil }
    // Before set 20 the axis is an attribute.
    let written = try node.int("axis", default: -2)
    return try node.axis(node.intValues(2)?.first ?? written, rank: shape.count)
  }

  /// The number of points: given, or as many as the signal has; half a spectrum stands for 2 (n - 1) points.
  private static func transformLength(
    _ node: NodeContext, _ shape: [Int], _ axis: Int
  ) throws(ShapeProblem) -> Int? {
    if node.has(1) { return node.intValues(1)?.first.map { max(0, $0) } }
    let isOneSided = try node.int("onesided", default: 0) != 0
    let isInverse = try node.int("inverse", default: 0) != 0
    return isOneSided && isInverse ? Saturating.product(2, max(0, shape[axis] - 1)) : shape[axis]
  }

  @Sendable private static func transformWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let shape = node.shape(0), let axis = (try? transformAxis(node, shape)).flatMap({ $0 }),
      let length = (try? transformLength(node, shape, axis)).flatMap({ $0 })
    else { return 0 }
    let others = shape.indices.dropLast().filter { $0 != axis }.map { shape[$0] }
    // Half a spectrum stands for a real signal on the other side.
    let isOneSided = (try? node.int("onesided", default: 0)) ?? 0 != 0
    return operations(
      length: length, transforms: Saturating.product(others), isReal: shape.last == 1 || isOneSided)
  }

  /// Signal [batch, length, 1 or 2] to [batch, frames, bins, 2].
  private static let shortTime: ShapeRule = { node throws(ShapeProblem) in
    guard let signal = node.shape(0), let (frames, length) = try frames(node, signal) else { return [] }
    let isOneSided = try node.int("onesided", default: 1) != 0
    return [TensorFact(node.elementType(0), [signal[0], frames, isOneSided ? half(length) : length, 2])]
  }

  private static func frames(
    _ node: NodeContext, _ signal: [Int]
  ) throws(ShapeProblem) -> (count: Int, length: Int)? {
    guard signal.count >= 2 else {
      throw ShapeProblem("a signal is [batch, length, 1 or 2], not \(signal)", field: "signal")
    }
    guard let step = node.intValues(1)?.first,
      let length = node.has(3) ? node.intValues(3)?.first : node.shape(2)?.first
    else { return nil }
    guard step > 0, length > 0, length <= signal[1] else {
      throw ShapeProblem(
        "frames of \(length) in steps of \(step) do not fit a signal of \(signal[1])", field: "frame_step")
    }
    return ((signal[1] - length) / step + 1, length)
  }

  @Sendable private static func shortTimeWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let signal = node.shape(0), let found = (try? frames(node, signal)).flatMap({ $0 }) else {
      return 0
    }
    let isReal = signal.count < 3 || signal[2] == 1
    let transforms = Saturating.product(signal[0], found.count)
    // The window is applied to every frame first.
    return Saturating.sum(
      operations(length: found.length, transforms: transforms, isReal: isReal),
      Saturating.product(found.length, transforms))
  }

  private static let melWeights: ShapeRule = { node throws(ShapeProblem) in
    guard let bins = node.intValues(0)?.first, let length = node.intValues(1)?.first else { return [] }
    let type = ElementType(onnxCode: try node.int("output_datatype", default: 1)) ?? .float32
    return [TensorFact(type, [half(max(0, length)), bins])]
  }

  /// Real [..., n] to complex [..., n / 2 + 1, 2].
  private static let realTransform: ShapeRule = { node in
    guard let shape = node.shape(0), let length = shape.last else { return [] }
    return [TensorFact(node.elementType(0), shape.dropLast() + [half(length), 2])]
  }

  /// Complex [..., n / 2 + 1, 2] to real [..., n].
  private static let inverseReal: ShapeRule = { node in
    guard let shape = node.shape(0), shape.count >= 2 else { return [] }
    let length = Saturating.product(2, max(0, shape[shape.count - 2] - 1))
    return [TensorFact(node.elementType(0), shape.dropLast(2) + [length])]
  }

  /// Over the last axes, as many as the attribute says.
  @Sendable private static func realWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let real = node.type == "Rfft" ? node.shape(0) : output.shape else { return 0 }
    let axes = min(real.count, max(1, (try? node.int("signal_ndim", default: 1)) ?? 1))
    return operations(
      length: Saturating.product(real.suffix(axes)), transforms: Saturating.product(real.dropLast(axes)),
      isReal: true)
  }

  private static let window: ShapeRule = { node throws(ShapeProblem) in
    let type = ElementType(onnxCode: try node.int("output_datatype", default: 1)) ?? .float32
    return [TensorFact(type, node.intValues(0)?.first.map { [$0] })]
  }
}
