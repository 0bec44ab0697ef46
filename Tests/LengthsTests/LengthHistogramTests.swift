import Lengths
import Rules
import Testing

@Suite struct LengthHistogramTests {
  @Test func linesAreCounted() throws {
    let plain = try LengthHistogram(csv: "length\n8\n32\n8\n\n# a remark\n16\n")
    #expect(plain.lengths == [8, 16, 32])
    #expect(plain.counts == [2, 1, 1])
    #expect(plain.shares == [0.5, 0.25, 0.25])
    #expect(try LengthHistogram(csv: "16,1\n8,2\r\n32,1\n64,0") == plain)
    #expect(LengthHistogram(uniform: 3...5)?.counts == [1, 1, 1])
  }

  @Test func everythingThatIsWrongIsNamed() throws {
    let error = #expect(throws: FormatError.self) {
      try LengthHistogram(csv: "8\n-1\nlong\n9,x\n9,-2\n1e3\n99999999999999999999\n8,1,1")
    }
    #expect(error?.findings.map(\.location) == (2...8).map { "line \($0)" })
    for text in ["", "length", "# nothing", "8,0"] {
      #expect(throws: FormatError.self) { try LengthHistogram(csv: text) }
    }
    let huge = "8,\(Int.max)\n9,\(Int.max)"
    #expect(throws: FormatError.self) { try LengthHistogram(csv: huge) }
    #expect(throws: FormatError.self) { try LengthHistogram(csv: "8,\(Int.max)\n8,\(Int.max)") }
    #expect(LengthHistogram(uniform: 0...5) == nil)
  }

  @Test func ofManyLengthsTheLastOfEachStretch() throws {
    let histogram = try #require(LengthHistogram(uniform: 1...100))
    #expect(histogram.ends(most: 200).count == 100)
    #expect(histogram.ends(most: 4).map { histogram.lengths[$0] } == [25, 50, 75, 100])
    let sparse = try LengthHistogram(csv: "1\n2\n3\n1000")
    #expect(sparse.ends(most: 2).map { sparse.lengths[$0] } == [3, 1000])
    #expect(sparse.ends(most: 1).map { sparse.lengths[$0] } == [1000])
  }
}
