/// Maps simulated time to pixels and marks round times.
struct TimeAxis {
  struct Mark {
    var x: String
    var label: String
  }

  private let from: Double
  private let span: Double
  private let left: Double
  private let pixels: Double

  init(from: Double, to: Double, left: Int, right: Int) {
    self.from = from
    span = max(1e-9, to - from)
    self.left = Double(left)
    pixels = Double(right - left)
  }

  /// Cut at both ends of the axis.
  func position(_ seconds: Double) -> Double {
    left + min(1, max(0, (seconds - from) / span)) * pixels
  }

  /// Five to twelve of them at steps of 1, 2 or 5 times a power of ten, labelled with the time since the start.
  var marks: [Mark] {
    let (unit, factor) = span < 0.002 ? ("µs", 1e6) : (span < 2 ? ("ms", 1e3) : ("s", 1))
    let length = span * factor
    var step = 1e-3
    let factors = [2.0, 2.5, 2.0]
    var index = 0
    while length / step > 12 {
      step *= factors[index % 3]
      index += 1
    }
    return (0...Int(length / step + 1e-9)).map { number in
      let time = Double(number) * step
      return Mark(x: Self.text(position(from + time / factor)), label: "\(Self.text(time)) \(unit)")
    }
  }

  /// At most two decimals, none where they are zero.
  static func text(_ value: Double) -> String {
    let hundredths = Int64((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let whole = abs(hundredths) / 100
    let rest = abs(hundredths) % 100
    if rest == 0 { return "\(sign)\(whole)" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
    return "\(sign)\(whole).\(digits)"
  }
}
