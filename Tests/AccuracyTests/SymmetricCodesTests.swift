import Testing

@testable import Accuracy

@Suite struct SymmetricCodesTests {
  @Test func theLargestMagnitudeHasTheLargestCode() {
    let form = SymmetricCodes(bits: 8, over: [-254, 3])
    #expect(form.scale == 2)
    #expect([-254, 254, 3, 1e9].map(form.code) == [-127, 127, 2, 127])
    #expect(SymmetricCodes(bits: 4, over: [-14]).code(of: 7.1) == 4)
  }

  @Test func whatIsNoNumberDoesNotCount() {
    let form = SymmetricCodes(bits: 8, over: [0, .nan, .infinity])
    #expect(form.scale == 1)
    #expect(form.code(of: .nan) == 0)
    #expect(form.code(of: -.infinity) == -127)
  }

  @Test func codesFitTheScaleThatIsStored() {
    let form = SymmetricCodes(bits: 4, over: [7.5]) { $0.rounded(.down) }
    #expect(form.scale == 1)
    #expect(form.code(of: 7.5) == 7)
    #expect(SymmetricCodes(bits: 4, over: [0.5]) { _ in 0 }.scale == 1)
  }
}
