import Testing

@testable import Reporting

@Suite struct FiguresTests {
  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (999_499, "999 kB"), (999_600, "1.00 MB"),
    (14_230_000_000, "14.2 GB"), (-1_500, "-1.50 kB"), (Int.max, "9223372 TB"),
  ])
  func bytes(count: Int, text: String) {
    #expect(Figures.bytes(count) == text)
  }

  @Test(arguments: [
    (0, "0 s"), (1e-9, "1.00 ns"), (3.3e-5, "33.0 µs"), (0.00215, "2.15 ms"), (0.9996, "1.00 s"),
    (75, "75 s"),
    (Double.infinity, "inf"),
  ])
  func seconds(value: Double, text: String) { #expect(Figures.seconds(value) == text) }

  @Test(arguments: [
    (0, "0 %"), (0.00001, "less than 0.01 %"), (0.008, "0.80 %"), (0.125, "12.5 %"), (1, "100 %"),
  ])
  func percent(fraction: Double, text: String) { #expect(Figures.percent(fraction) == text) }

  @Test(arguments: [
    (8.1234, "8.12"), (26_368.4, "26,368"), (99.96, "100.0"), (-0.5, "-0.50"), (Double.nan, "nan"),
  ])
  func number(value: Double, text: String) { #expect(Figures.number(value) == text) }

  @Test func groupsThousands() {
    #expect(Figures.grouped(0) == "0")
    #expect(Figures.grouped(-1_234_567) == "-1,234,567")
    #expect(Figures.grouped(.min) == "-9,223,372,036,854,775,808")
  }
}
