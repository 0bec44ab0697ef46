import Foundation
import Glibc
import Synchronization

/// Says which input was being tried when the process crashes, and ends it when one takes too long.
enum Watchdog {
  /// Of processor time, so that a machine that does other work as well hangs nothing.
  private static let mostSeconds: Double = 10
  /// Of wall time, in which nothing that waits for itself uses the processor.
  private static let mostWaited: Double = 60
  private struct Trial {
    var name: String
    var seconds = Watchdog.seconds(CLOCK_PROCESS_CPUTIME_ID)
    var wall = Watchdog.seconds(CLOCK_MONOTONIC)
  }
  private static let current = Mutex<Trial?>(nil)
  /// For the handler, which may not allocate: a line of at most so many bytes.
  private static let room = 128
  nonisolated(unsafe) private static let line = UnsafeMutablePointer<CChar>.allocate(capacity: room)
  /// A handler of its own stack can tell that the other is full.
  private static let stackBytes = 1 << 16

  static func start() {
    var stack = unsafe stack_t()
    unsafe stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackBytes, alignment: 16)
    unsafe stack.ss_size = stackBytes
    unsafe sigaltstack(&stack, nil)
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { number in
      unsafe _ = write(STDERR_FILENO, Watchdog.line, strlen(Watchdog.line))
      _exit(128 + number)
    }
    action.sa_flags = SA_ONSTACK
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGFPE, SIGBUS] {
      unsafe sigaction(signal, &action, nil)
    }
    Thread {
      while true {
        Thread.sleep(forTimeInterval: 0.5)
        guard let trial = current.withLock({ $0 }) else { continue }
        guard
          seconds(CLOCK_PROCESS_CPUTIME_ID) - trial.seconds > mostSeconds
            || seconds(CLOCK_MONOTONIC) - trial.wall > mostWaited
        else { continue }
        FileHandle.standardError.write(Data("\(trial.name): takes more than \(mostSeconds) s\n".utf8))
        _exit(1)
      }
    }.start()
  }

  static func begin(_ name: String) {
    current.withLock { $0 = Trial(name: name) }
    let text = Array("\(name): crashed\n".utf8CString.prefix(room - 1)) + [0]
    for (index, character) in text.enumerated() { unsafe line[index] = character }
  }

  static func end() { current.withLock { $0 = nil } }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
