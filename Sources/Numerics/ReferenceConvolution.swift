import Graph

/// A convolution over two dimensions as a matrix product: windows of the input by the kernels' weights, group by group.
struct ReferenceConvolution {
  /// Of the output, input channels of a group, and the window.
  private let (outputs, depth, height, width): (Int, Int, Int, Int)
  private let (batch, channels, rows, columns): (Int, Int, Int, Int)
  private let (outRows, outColumns): (Int, Int)
  private let groups: Int
  private let (strides, dilations, pads): ([Int], [Int], [Int])

  /// `nil` for other than two dimensions, and for attributes that do not fit the shapes.
  init?(_ op: Operator, input: [Int], weights: [Int], output: [Int]) {
    guard input.count == 4, weights.count == 4, output.count == 4,
      !(input + weights + output).contains(where: { $0 < 1 })
    else { return nil }
    func ints(_ name: String, _ usual: [Int]) -> [Int] {
      if case .ints(let values)? = op.attributes[name] { values } else { usual }
    }
    (batch, channels, rows, columns) = (input[0], input[1], input[2], input[3])
    (outputs, depth, height, width) = (weights[0], weights[1], weights[2], weights[3])
    (outRows, outColumns) = (output[2], output[3])
    if case .int(let count)? = op.attributes["group"] { groups = count } else { groups = 1 }
    (strides, dilations) = (ints("strides", [1, 1]), ints("dilations", [1, 1]))
    var pads = ints("pads", [0, 0, 0, 0])
    guard groups > 0, strides.count == 2, dilations.count == 2, pads.count == 4, channels == depth * groups,
      outputs % groups == 0, output[0] == batch, output[1] == outputs
    else { return nil }
    if case .string(let way)? = op.attributes["auto_pad"], way != "NOTSET", way != "VALID" {
      // What is odd goes in front or behind.
      let totals = zip(
        zip([outRows, outColumns], strides), zip(zip([height, width], dilations), [rows, columns])
      ).map {
        max(0, ($0.0 - 1) * $0.1 + ($1.0.0 - 1) * $1.0.1 + 1 - $1.1)
      }
      let fronts = totals.map { way == "SAME_LOWER" ? ($0 + 1) / 2 : $0 / 2 }
      pads = fronts + zip(totals, fronts).map { $0 - $1 }
    }
    self.pads = pads
  }

  /// Multiplications.
  var work: Double {
    Double(batch * outRows * outColumns) * Double(outputs) * Double(depth * height * width)
  }

  /// - Parameter product: rows x inner, inner x columns, inner and columns to rows x columns.
  func run(_ x: [Float], _ w: [Float], product: ([Float], [Float], Int, Int) -> [Float]) -> [Float] {
    let inner = depth * height * width
    let perGroup = outputs / groups
    var result = [Float](repeating: 0, count: batch * outputs * outRows * outColumns)
    for group in 0..<groups {
      let windows = windows(x, group: group)
      var kernels = [Float](repeating: 0, count: inner * perGroup)
      for kernel in 0..<perGroup {
        for k in 0..<inner { kernels[k * perGroup + kernel] = w[(group * perGroup + kernel) * inner + k] }
      }
      let sums = product(windows, kernels, inner, perGroup)
      let places = outRows * outColumns
      for item in 0..<batch {
        for place in 0..<places {
          for kernel in 0..<perGroup {
            result[(item * outputs + group * perGroup + kernel) * places + place] =
              sums[(item * places + place) * perGroup + kernel]
          }
        }
      }
    }
    return result
  }

  /// A row a place of the output.
  private func windows(_ x: [Float], group: Int) -> [Float] {
    var windows: [Float] = []
    windows.reserveCapacity(batch * outRows * outColumns * depth * height * width)
    for item in 0..<batch {
      for row in 0..<outRows {
        for column in 0..<outColumns {
          for channel in 0..<depth {
            let plane = (item * channels + group * depth + channel) * rows
            for y in 0..<height {
              let r = row * strides[0] + y * dilations[0] - pads[0]
              for z in 0..<width {
                let c = column * strides[1] + z * dilations[1] - pads[1]
                let isInside = r >= 0 && r < rows && c >= 0 && c < columns
                windows.append(isInside ? x[(plane + r) * columns + c] : 0)
              }
            }
          }
        }
      }
    }
    return windows
  }
}
