/// A binary heap that gives its least element alone: half the work of one that gives the largest as well.
struct MinimumHeap<Element: Comparable> {
  /// In no order that tells anything.
  private(set) var elements: [Element] = []

  mutating func insert(_ element: Element) {
    elements.append(element)
    // The hottest loops where requests are followed: unchecked access halves them. Indices stay below `count`.
    unsafe elements.withUnsafeMutableBufferPointer { heap in
      var hole = heap.count - 1
      while hole > 0, unsafe element < heap[(hole - 1) / 2] {
        unsafe heap[hole] = heap[(hole - 1) / 2]
        hole = (hole - 1) / 2
      }
      unsafe heap[hole] = element
    }
  }

  mutating func popMinimum() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let least = elements.first else { return last }
    unsafe elements.withUnsafeMutableBufferPointer { heap in
      var hole = 0
      while 2 * hole + 1 < heap.count {
        var child = 2 * hole + 1
        if child + 1 < heap.count, unsafe heap[child + 1] < heap[child] { child += 1 }
        guard unsafe heap[child] < last else { break }
        unsafe heap[hole] = heap[child]
        hole = child
      }
      unsafe heap[hole] = last
    }
    return least
  }
}
