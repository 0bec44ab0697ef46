import Foundation
import Synchronization

/// Ctrl-C: the first asks the search to end with its best plan so far, the second ends the program.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)
  private static let exitCode: Int32 = 128 + SIGINT

  static func listen() {
    signal(SIGINT) { _ in
      if Interrupt.requested.exchange(true, ordering: .relaxed) { _exit(Interrupt.exitCode) }
    }
  }

  static var isRequested: Bool { requested.load(ordering: .relaxed) }
}
