import Graph
import Hardware
import Rules
import Testing

@testable import CostModel

/// Figures fitted to kernels that were made up from known ones.
struct CalibrationTests {
  private static let truth = ClassFigures(
    efficiency: 0.2, halfResults: 64, halfDepth: 16, bandwidthShare: 0.25, launchSeconds: 2e-5)

  private static func system(_ classes: [OperatorClass: ClassFigures]? = nil) -> System {
    var system = Machine.system()
    system.host.processor.classes = classes
    return system
  }

  /// A profile with products of some sizes, each as long as the truth says, times a factor of its own.
  private static func profile(
    _ name: String, sizes: [(Int, Int, Int)], noise: (Int) -> Double = { _ in 1 }
  ) -> MeasurementFile {
    let processor = system([.product: truth]).host.processor
    let predictor = KernelPredictor(
      formula: KernelFormula(
        processor: processor,
        precisions: DevicePrecisions(processor: processor, matrix: .fp32, activation: .fp32)), isCard: false)
    var file = MeasurementFile(name: name)
    for (index, (m, n, k)) in sizes.enumerated() {
      var row = Measurement(seconds: 1, place: "\(index)")
      row.type = "MatMul"
      (row.inputs, row.outputs) = ([[m, k], [k, n]], [[m, n]])
      row.device = "CPUExecutionProvider"
      if let sample = KernelSample(row, file: 0) {
        row.seconds = predictor.seconds(sample, residentShare: 0) * noise(index)
      }
      file.measurements.append(row)
    }
    return file
  }

  private static func sizes(_ seed: Int, _ count: Int) -> [(Int, Int, Int)] {
    (0..<count).map { i in
      (1 << ((i * 5 + seed) % 8), 1 << ((i * 3 + seed) % 7 + 4), 1 << ((i * 7 + seed) % 6 + 4))
    }
  }

  @Test func knownFiguresAreFound() throws {
    let files = [Self.profile("a", sizes: Self.sizes(0, 40)), Self.profile("b", sizes: Self.sizes(3, 40))]
    let result = Calibrator(Self.system()).calibration(of: files)
    let device = try #require(result.devices.first)
    #expect(result.devices.count == 1 && device.name == "host" && device.model == nil)
    #expect(device.models.map(\.name) == ["a", "b"])
    #expect(device.before.median > 0.2)
    #expect(device.after.median < 0.05)
    let leftOut = try #require(device.leftOut)
    #expect(leftOut.median < 0.08)
    let product = try #require(device.classes.first)
    #expect(product.operatorClass == .product && product.kernels == 80)
    #expect(product.after.median < 0.05 && product.before.median > product.after.median)
    // The same again, bit for bit.
    #expect(Calibrator(Self.system()).calibration(of: files) == result)
  }

  /// Every tenth kernel took eight times as long: a mean of logarithms would be off by 8^0.1, 23 %.
  @Test func outliersDoNotMoveTheFit() throws {
    func median(_ noise: @escaping (Int) -> Double) throws -> Double {
      let file = Self.profile("a", sizes: Self.sizes(0, 60), noise: noise)
      let device = try #require(Calibrator(Self.system()).calibration(of: [file]).devices.first)
      #expect(device.leftOut == nil)
      return try #require(device.classes.first).after.median
    }
    let (calm, disturbed) = (try median { _ in 1 }, try median { $0 % 10 == 0 ? 8 : 1 })
    #expect(calm < 0.05 && disturbed < calm + 0.15, "\(calm) \(disturbed)")
  }

  /// A single kernel that took four times as long as the family says moves its level halfway, in powers; several that agree move
  /// it nearly all the way.
  @Test func fewShapesShrinkToTheFamily() throws {
    let start = Self.truth
    let file = Self.profile("a", sizes: [(64, 64, 64)]) { _ in 4 }
    let device = try #require(
      Calibrator(Self.system([.product: start])).calibration(of: [file]).devices.first)
    let figures = try #require(device.figures[.product])
    #expect(abs(figures.launchSeconds / start.launchSeconds - 2) < 1e-9)
    #expect(abs(figures.efficiency / start.efficiency - 0.5) < 1e-9)
    #expect(figures.halfDepth == start.halfDepth)
    #expect(abs(try #require(device.models.first).after - 0.5) < 1e-9)
    let more = Self.profile("b", sizes: [(64, 64, 64), (64, 64, 32), (64, 32, 64), (32, 64, 64)]) { _ in 4 }
    let second = try #require(
      Calibrator(Self.system([.product: start])).calibration(of: [more]).devices.first)
    #expect(try #require(second.figures[.product]).launchSeconds > 3.5 * start.launchSeconds)
  }

  @Test func whatCannotBeUsedIsSaid() throws {
    var file = Self.profile("a", sizes: Self.sizes(0, 3))
    var strange = Measurement(seconds: 1e-3, place: "x")
    strange.type = "NoSuchOperator"
    strange.outputs = [[4]]
    strange.device = "cpu"
    var elsewhere = strange
    elsewhere.device = "tpu9"
    var negative = file.measurements[0]
    negative.inputs = [[-4, 4], [4, 4]]
    file.measurements += [strange, elsewhere, negative]
    let result = Calibrator(Self.system()).calibration(of: [file])
    #expect(result.findings.contains { $0.contains("of 2 kernels on host the work is not known") })
    #expect(result.findings.contains { $0.contains("1 rows are not used") && $0.contains("tpu9") })
    #expect(result.devices.first?.models.first?.kernels == 3)
  }

  /// A convolution with its weights packed away is known from what `partition profile` adds.
  @Test func profilesSayWhatTheRuntimeLeavesOut() throws {
    let text = """
      [{"cat": "Node", "name": "c_kernel_time", "dur": 100, "args": {"op_name": "Conv", "provider":
      "CPUExecutionProvider", "input_type_shape": [{"float": [1, 8, 16, 16]}], "output_type_shape": [{"float":
      [1, 8, 16, 16]}], "inputs": [[1, 8, 16, 16], [8, 1, 3, 3], [-1]], "attributes": {"group": [8]}}}]
      """
    let file = try MeasurementFile(Array(text.utf8), name: "p")
    let row = try #require(file.measurements.first)
    #expect(
      row.inputsByPosition == [[1, 8, 16, 16], [8, 1, 3, 3], nil] && row.attributes == ["group": [8]])
    let sample = try #require(KernelSample(row, file: 0))
    #expect(sample.shape.operatorClass == .depthwiseConvolution)
    #expect(sample.matrixOperations == 2 * 2048 * 9 && sample.weights == 72)
    #expect(sample.shape.depth == 9)
    var bare = row
    bare.inputsByPosition = nil
    #expect(KernelSample(bare, file: 0) == nil)
  }

  /// Tables of kernels say how many are alike, and their attributes.
  @Test func tablesHaveCountsAndAttributes() throws {
    let text = """
      type,inputs,outputs,attributes,count,device,microseconds
      MaxPool,1x8x16x16,1x8x8x8,kernel_shape=3x3 strides=2x2,3,cpu,10
      LSTM,20x1x16;1x128x16;1x128x32;?;1,20x1x1x32,,1,cpu,40
      """
    let file = try MeasurementFile(Array(text.utf8), name: "t")
    #expect(file.measurements[0].count == 3 && file.measurements[0].attributes["kernel_shape"] == [3, 3])
    #expect(file.measurements[1].inputsByPosition?.count == 5 && file.measurements[1].inputs.count == 4)
    let sampled = SampledFile(name: "t", rows: file.measurements, index: 0)
    #expect(sampled.samples.map(\.count) == [3, 1] && abs(sampled.seconds - 70e-6) < 1e-12)
    #expect(sampled.samples[0].vectorOperations == 512 * 9)
    #expect(throws: MeasurementFile.Problem.self) {
      try MeasurementFile(Array("type,outputs,attributes,us\nConv,1x1,group,3\n".utf8), name: "t")
    }
  }

  @Test func spreads() {
    #expect(Calibration.Spread([0.1, 0.3, 0.2]).median == 0.2)
    #expect(abs(Calibration.Spread([0, 1]).p90 - 0.9) < 1e-12)
    #expect(Calibration.Spread([]).median == 0)
    #expect(WeightedMedian.of([(3, 1), (1, 1), (2, 5)]) == 2)
    #expect(WeightedMedian.of([]) == 0)
  }
}
