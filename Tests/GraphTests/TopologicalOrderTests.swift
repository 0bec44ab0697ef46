import TestSupport
import Testing

@testable import Graph

@Suite struct TopologicalOrderTests {
  @Test func orderThatHoldsAlreadyIsKept() {
    #expect(TopologicalOrder.sort([[], [0], [0], [1, 2]]) == .sorted([0, 1, 2, 3]))
    #expect(TopologicalOrder.sort([]) == .sorted([]))
  }

  @Test func producersComeFirstAndSmallestNumbersNext() {
    #expect(TopologicalOrder.sort([[3], [0, 3], [], []]) == .sorted([2, 3, 0, 1]))
  }

  @Test func cycleIsNamedInTheDirectionOfItsEdges() {
    // 1 -> 3 -> 2 -> 1; 0 feeds it and 4 hangs off it.
    #expect(TopologicalOrder.sort([[], [2, 0], [3], [1], [2]]) == .cycle([1, 3, 2]))
    #expect(TopologicalOrder.sort([[0]]) == .cycle([0]))
  }

  @Test func randomGraphsAreSorted() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<200 {
      let count = Int.random(in: 1...40, using: &random)
      let rank = (0..<count).shuffled(using: &random)
      let predecessors = (0..<count).map { node in
        (0..<count).filter { rank[$0] < rank[node] && Int.random(in: 0..<4, using: &random) == 0 }
      }
      guard case .sorted(let order) = TopologicalOrder.sort(predecessors) else {
        Issue.record("no order found")
        continue
      }
      var position = [Int](repeating: 0, count: count)
      for (place, node) in order.enumerated() { position[node] = place }
      #expect(order.sorted() == Array(0..<count))
      #expect(
        predecessors.indices.allSatisfy { node in
          predecessors[node].allSatisfy { position[$0] < position[node] }
        })
    }
  }
}
