import Accuracy
import Graph
import Hardware
import TestSupport
import Testing

@testable import Numerics

@Suite struct ReferenceKernelTests {
  @Test func productsInFP32AreSumsOfProducts() {
    let product = ReferenceProduct(precision: .fp32)
    #expect(
      product.product([1, 2, 3, 4, 5, 6], [1, 0, 0, 1, 1, 1], inner: 3, columns: 2) == [4, 5, 10, 11])
    #expect(product.product([], [], inner: 0, columns: 2) == [])
  }

  /// What codes of 8 bits hold is exact; what lies between is off by half a step at most.
  @Test func productsInInt8AreThoseOfCodes() {
    let product = ReferenceProduct(precision: .int8)
    #expect(product.product([127, -3], [127, 2], inner: 2, columns: 1) == [127 * 127 - 6])
    // Each column has a scale of its own: 0.127 is a whole number of steps beside 127.
    let scaled = product.product([127], [127, 0.127], inner: 1, columns: 2)
    #expect(scaled[0] == 127 * 127 && abs(scaled[1] - 127 * 0.127) < 1e-5)
    let between = product.product([127, 0.4], [127, 0], inner: 2, columns: 1)
    #expect(between == [127 * 127])
  }

  @Test func narrowerPrecisionsLoseMore() {
    var random = NormalNumbers(seed: 3)
    let (a, b) = (random.numbers(8 * 96), random.numbers(96 * 24))
    func error(_ precision: Precision) -> Double {
      RelativeError.of(
        ReferenceProduct(precision: precision).product(a, b, inner: 96, columns: 24),
        exact: ReferenceProduct(precision: .fp32).product(a, b, inner: 96, columns: 24))
    }
    #expect(error(.fp32) == 0)
    #expect(error(.fp16) < 1e-3 && error(.fp16) > 1e-5)
    #expect(error(.bf16) > 4 * error(.fp16))
    #expect(error(.int8) > error(.bf16) && error(.int8) < 0.03)
    #expect(error(.fp8) > error(.int8))
    #expect(error(.int4) > error(.fp8) && error(.int4) < 0.3)
  }

  /// Against sums over the window, place by place.
  @Test(arguments: [(1, 1, 0), (2, 1, 1), (1, 2, 2)], [1, 2])
  func convolutionsAreSumsOverWindows(geometry: (Int, Int, Int), groups: Int) throws {
    let (stride, dilation, pad) = geometry
    let (channels, outputs, size, window) = (4, 6, 7, 3)
    let out = (size + 2 * pad - dilation * (window - 1) - 1) / stride + 1
    var op = Operator(name: "conv", type: "Conv", inputs: [], outputs: [])
    op.attributes = [
      "strides": .ints([stride, stride]), "dilations": .ints([dilation, dilation]),
      "pads": .ints([pad, pad, pad, pad]), "group": .int(groups),
    ]
    let depth = channels / groups
    let convolution = try #require(
      ReferenceConvolution(
        op, input: [2, channels, size, size], weights: [outputs, depth, window, window],
        output: [2, outputs, out, out]))
    var random = NormalNumbers(seed: 9)
    let x = random.numbers(2 * channels * size * size)
    let w = random.numbers(outputs * depth * window * window)
    let found = convolution.run(x, w) {
      ReferenceProduct(precision: .fp32).product($0, $1, inner: $2, columns: $3)
    }
    #expect(found.count == 2 * outputs * out * out)
    for item in 0..<2 {
      for output in 0..<outputs {
        for (row, column) in [(0, 0), (out - 1, 0), (out / 2, out - 1)] {
          var sum = 0.0
          for channel in 0..<depth {
            for (y, z) in (0..<window).flatMap({ y in (0..<window).map { (y, $0) } }) {
              let (r, c) = (row * stride + y * dilation - pad, column * stride + z * dilation - pad)
              guard (0..<size).contains(r), (0..<size).contains(c) else { continue }
              let from = output / (outputs / groups) * depth + channel
              sum +=
                Double(x[((item * channels + from) * size + r) * size + c])
                * Double(w[((output * depth + channel) * window + y) * window + z])
            }
          }
          let value = Double(found[((item * outputs + output) * out + row) * out + column])
          #expect(abs(value - sum) < 1e-5)
        }
      }
    }
    #expect(ReferenceConvolution(op, input: [2, 3], weights: [1], output: [1]) == nil)
  }

  @Test func normalNumbersAreNormalAndRepeat() {
    var random = NormalNumbers(seed: 1)
    let numbers = random.numbers(20_000).map { Double($0) }
    let mean = numbers.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    var again = NormalNumbers(seed: 1)
    #expect(again.numbers(3).map { Double($0) } == Array(numbers.prefix(3)))
  }

  @Test func errorsAreRelativeToWhatIsExact() {
    #expect(RelativeError.of([3, 4], exact: [3, 4]) == 0)
    #expect(RelativeError.of([3, 9], exact: [3, 4]) == 1)
    #expect(RelativeError.of([1], exact: [0]) == 1)
    #expect(RelativeError.of([], exact: []) == 0)
  }
}
