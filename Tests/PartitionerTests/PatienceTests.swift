import Foundation
import Partitioner
import Testing

@Suite struct PatienceTests {
  @Test func waitsForWorkThatEnds() throws {
    #expect(try Patience().wait { () throws(PartitionError) in 7 } == 7)
    #expect(throws: PartitionError(.badInput, "no")) {
      try Patience(timeLimit: 1e300).wait { () throws(PartitionError) -> Int in
        throw PartitionError(.badInput, "no")
      }
    }
  }

  /// The work would never end by itself.
  @Test func leavesWorkThatDoesNotEnd() throws {
    let gate = DispatchSemaphore(value: 0)
    let work: @Sendable () throws(PartitionError) -> Int = {
      gate.wait()
      return 7
    }
    #expect(try Patience(timeLimit: 0.001).wait(for: work) == nil)
    #expect(try Patience(isCancelled: { true }).wait(for: work) == nil)
    gate.signal()
    gate.signal()
  }

  @Test func countsWhatIsLeft() {
    #expect(Patience().secondsLeft == nil && !Patience().isOver)
    #expect(Patience(timeLimit: -1).secondsLeft == 0 && Patience(timeLimit: -1).isOver)
    #expect(Patience(isCancelled: { true }).isOver)
  }
}
