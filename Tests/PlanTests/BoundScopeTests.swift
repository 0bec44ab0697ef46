import Testing

@testable import Plan

@Suite struct BoundScopeTests {
  /// Counts of a plan's file may be any numbers.
  @Test(arguments: [4, 5, Int.max]) func moreHoldersThanThereAreLeaveNoPlacement(_ count: Int) {
    #expect(BoundScope([BoundSide(.holders(count), isOnHost: false)], most: 4) == nil)
    #expect(BoundScope([BoundSide(.holders(count), isOnHost: true)], most: 4)?.holders == 0...4)
    #expect(BoundScope([BoundSide(.holders(.min), isOnHost: true)], most: 4) == nil)
  }
}
