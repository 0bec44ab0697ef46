import Foundation
import Synchronization

/// One line on standard error that is rewritten in place; silent where standard error is not a terminal, unless it is asked
/// to be verbose: then each update is a line of its own.
final class ProgressLine: Sendable {
  static let shared = ProgressLine()

  private struct State {
    var width = 0
    var lastUpdate = ContinuousClock.now
    var isFirst = true
    var isVerbose = false
  }

  private static let interval = Duration.milliseconds(100)

  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  private let state = Mutex(State())

  func beVerbose() { state.withLock { $0.isVerbose = true } }

  /// Shows a line in place of the last one. Safe from any thread; updates within a tenth of a second are dropped.
  func show(_ text: @autoclosure () -> String) {
    state.withLock { state in
      guard isTerminal || state.isVerbose else { return }
      let now = ContinuousClock.now
      guard state.isFirst || now - state.lastUpdate >= Self.interval else { return }
      let line = text()
      if state.isVerbose {
        FileHandle.standardError.write(Data((line + "\n").utf8))
      } else {
        let blank = String(repeating: " ", count: max(0, state.width - line.count))
        FileHandle.standardError.write(Data(("\r" + line + blank).utf8))
        state.width = line.count
      }
      state.lastUpdate = now
      state.isFirst = false
    }
  }

  /// Removes the line.
  func clear() {
    state.withLock { state in
      guard state.width > 0 else { return }
      FileHandle.standardError.write(Data(("\r" + String(repeating: " ", count: state.width) + "\r").utf8))
      state.width = 0
    }
  }
}
