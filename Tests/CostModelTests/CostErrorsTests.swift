import Graph
import Hardware
import Rules
import Testing

@testable import CostModel

struct CostErrorsTests {
  private static func costs(error: Double = 0.25, measured: MeasuredCosts = MeasuredCosts()) -> CostModel {
    var b = GraphBuilder()
    let x = b.gemm("first", b.input("x", [64, 300]), out: 100)
    b.output(b.gemm("second", x, out: 50))
    var system = Machine.system()
    system.host.processor.classes = [
      .product: ClassFigures(
        efficiency: 0.8, halfResults: 0, halfDepth: 0, bandwidthShare: 0.25, launchSeconds: 5e-6, error: error
      )
    ]
    return CostModel(graph: b.graph, system: system, options: CostOptions(measured: measured))
  }

  private static func ratio(_ drawn: CostModel, _ costs: CostModel, _ op: Int, _ place: Location = .host)
    throws
    -> Double
  {
    let pair = try [drawn, costs].map { try #require($0.cost(of: OperatorID(op), on: place)).seconds }
    return pair[0] / pair[1]
  }

  @Test func halfOfTheDrawsAreWithinAClassesError() throws {
    let costs = Self.costs()
    let errors = CostErrors(costs, seed: 3)
    let ratios = try (0..<2000).map { try Self.ratio(errors.draw($0), costs, 0) }
    let within = ratios.count { (1 / 1.25...1.25).contains($0) }
    #expect((900...1100).contains(within))
    let above = ratios.count { $0 > 1 }
    #expect((900...1100).contains(above))
  }

  /// Draws that share random numbers would be fewer than they are counted.
  @Test func drawsAreIndependentOfEachOther() throws {
    let costs = Self.costs()
    let errors = CostErrors(costs, seed: 3)
    let draws = try (0..<600).map { index in
      let draw = errors.draw(index)
      return [
        try Self.ratio(draw, costs, 0), try Self.ratio(draw, costs, 0, .card(0)),
        costs.system.cards[0].link.bytesPerSecond / draw.system.cards[0].link.bytesPerSecond,
      ].map { PortableMath.ln($0) }
    }
    func correlation(_ a: [Double], _ b: [Double]) -> Double {
      func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
      }
      let (a, b) = (centred(a), centred(b))
      func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
    for (first, second) in [(0, 0), (0, 1), (1, 0), (1, 2), (2, 2)] {
      for lag in [0, 1, 2, 11, 12, 24, 300] where first != second || lag > 0 {
        let (early, late) = (draws.dropLast(lag).map { $0[first] }, draws.dropFirst(lag).map { $0[second] })
        // One in sixteen thousand is beyond four standard deviations.
        #expect(abs(correlation(early, late)) < 4 / Double(early.count).squareRoot())
      }
    }
  }

  @Test func operatorsOfAClassAreWrongTogetherAndDevicesApart() throws {
    let costs = Self.costs()
    let draw = CostErrors(costs, seed: 3).draw(7)
    let (first, second) = (try Self.ratio(draw, costs, 0), try Self.ratio(draw, costs, 1))
    #expect(abs(first / second - 1) < 1e-9 && first != 1)
    #expect(try Self.ratio(draw, costs, 0, .card(0)) != first)
    let other = CostErrors(costs, seed: 3).draw(8)
    #expect(try Self.ratio(other, costs, 0) != first)
    #expect(CostErrors(costs, seed: 3).draw(7).options.measured == draw.options.measured)
    #expect(CostErrors(costs, seed: 4).draw(7).options.measured != draw.options.measured)
    #expect(draw.system.cards[0].link != costs.system.cards[0].link)
    #expect(draw.system.cards[0].link == draw.system.cards[1].link)
  }

  @Test func whatWasMeasuredStays() throws {
    let entry = MeasuredCosts.Entry(operator: "first", device: "host", seconds: 0.125)
    let costs = Self.costs(measured: try MeasuredCosts([entry]))
    let draw = CostErrors(costs, seed: 1).draw(0)
    #expect(draw.cost(of: OperatorID(0), on: .host)?.seconds == 0.125)
    #expect(try Self.ratio(draw, costs, 1) != 1)
  }
}
