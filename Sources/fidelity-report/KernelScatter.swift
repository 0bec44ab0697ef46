import Partitioner
import Reporting
import Rules

/// Predicted over measured seconds of a card's kernels, both in powers of ten, as SVG.
struct KernelScatter {
  private static let size = 420.0
  private static let margin = 50.0
  /// Of seconds: from a microsecond to a hundred milliseconds.
  private static let decades = -6...(-1)
  private static let colours: [Precision: String] = [.bf16: "#1f6fb2", .int8: "#c4501b", .fp8: "#3a8a3f"]

  private let card: MeasuredCard

  init(_ card: MeasuredCard) { self.card = card }

  var svg: String {
    let (low, high, full) = (Self.margin, Self.size - Self.margin, Self.fixed(Self.size))
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(full)" height="\#(full)" viewBox="0 0 \#(full) \#(full)" font-family="sans-serif" font-size="11">"#,
      #"<rect width="100%" height="100%" fill="white"/>"#,
    ]
    for decade in Self.decades {
      let at = Self.fixed(Self.position(Double(decade)))
      let down = Self.fixed(Self.size - Self.position(Double(decade)))
      let name = ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms"][decade - Self.decades.lowerBound]
      lines += [
        #"<path d="M\#(at) \#(Self.fixed(low))V\#(Self.fixed(high))M\#(Self.fixed(low)) \#(down)H\#(Self.fixed(high))" stroke="gainsboro"/>"#,
        #"<text x="\#(at)" y="\#(Self.fixed(high + 16))" text-anchor="middle">\#(name)</text>"#,
        #"<text x="\#(Self.fixed(low - 6))" y="\#(down)" text-anchor="end">\#(name)</text>"#,
      ]
    }
    lines += [
      #"<path d="M\#(Self.fixed(low)) \#(Self.fixed(high))L\#(Self.fixed(high)) \#(Self.fixed(low))" stroke="gray"/>"#,
      #"<text x="\#(Self.fixed(Self.size / 2))" y="\#(Self.fixed(high + 34))" text-anchor="middle">measured</text>"#,
      #"<text x="\#(Self.fixed(low))" y="20">\#(card.name): predicted over measured; rows that were not used to fit</text>"#,
    ]
    var y = 66.0
    for precision in Precision.allCases {
      guard let colour = Self.colours[precision] else { continue }
      let kernels = card.kernels.filter { $0.precision == precision && !$0.isFitted }
      if kernels.isEmpty { continue }
      lines.append(
        #"<text x="\#(Self.fixed(low + 8))" y="\#(Self.fixed(y))" fill="\#(colour)">\#(precision.rawValue)</text>"#
      )
      y += 14
      let dots = kernels.map { kernel in
        let x = Self.position(Self.decimalLogarithm(kernel.measured))
        let up = Self.size - Self.position(Self.decimalLogarithm(kernel.predicted))
        return "M\(Self.fixed(x)) \(Self.fixed(up))h0"
      }
      lines.append(
        #"<path d="\#(dots.joined())" stroke="\#(colour)" stroke-width="2.5" stroke-linecap="round" opacity="0.6"/>"#
      )
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func position(_ exponent: Double) -> Double {
    let share = (exponent - Double(decades.lowerBound)) / Double(decades.upperBound - decades.lowerBound)
    return margin + share * (size - 2 * margin)
  }

  private static func decimalLogarithm(_ value: Double) -> Double {
    PortableMath.ln(value) / PortableMath.ln(10)
  }

  private static func fixed(_ value: Double) -> String { Figures.fixed(value, decimals: 1) }
}
