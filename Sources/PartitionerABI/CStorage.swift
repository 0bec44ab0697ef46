import Glibc

/// Memory that C reads, released with this object.
///
/// It is written while it is made and only read afterwards, so that it may be shared between threads.
@safe final class CStorage: @unchecked Sendable {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []

  deinit {
    unsafe blocks.forEach { unsafe $0.deallocate() }
  }

  /// A text with a NUL at its end.
  func text(_ text: String) -> UnsafePointer<CChar> {
    unsafe array(Array(text.utf8CString)) ?? UnsafePointer(keep(1).initializeMemory(as: CChar.self, to: 0))
  }

  /// The elements one after the other; `nil` where there are none.
  func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element>? {
    guard !elements.isEmpty else { return nil }
    let block = unsafe keep(
      elements.count * MemoryLayout<Element>.stride, alignment: MemoryLayout<Element>.alignment)
    let bound = unsafe block.bindMemory(to: Element.self, capacity: elements.count)
    for (index, element) in elements.enumerated() { unsafe (bound + index).initialize(to: element) }
    return unsafe UnsafePointer(bound)
  }

  private func keep(_ bytes: Int, alignment: Int = 1) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
    unsafe blocks.append(block)
    return unsafe block
  }
}
