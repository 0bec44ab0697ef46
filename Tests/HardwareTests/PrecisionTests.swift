import Hardware
import Testing

struct PrecisionTests {
  @Test(arguments: [
    (Precision.bf16, [Precision.int8, .fp16, .fp32], Precision.fp16),
    (.fp16, [.bf16, .fp32], .bf16),
    (.fp8, [.int8, .fp16], .fp16),
    (.fp8, [.int8, .fp8], .fp8),
    (.int4, [.int8, .fp16], .int8),
    (.int8, [.fp8, .fp16], .fp16),
    (.int8, [.int4, .fp32], .fp32),
    (.fp32, [.int8, .fp16], .fp16),
    (.fp16, [.int8], .int8),
    (.int8, [.int4], .int4),
  ])
  func theNearestThatHoldsTheValues(wanted: Precision, available: [Precision], expected: Precision) {
    #expect(wanted.choice(among: available) == expected)
    #expect(wanted.choice(among: available.reversed()) == expected)
  }

  @Test func ofNothingThereIsNoChoice() { #expect(Precision.int8.choice(among: []) == nil) }
}
