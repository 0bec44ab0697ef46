import Foundation
import Glibc
import TestSupport

/// One input of libFuzzer or AFL++: the first byte says what is fuzzed, the rest how it is mutated.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data = unsafe data, size > 0 else { return 0 }
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let subject = Subject.allCases[Int(bytes[0]) % Subject.allCases.count]
  do { _ = try subject.run(Array(bytes.dropFirst())) } catch { fatalError("\(subject): \(error)") }
  return 0
}

/// Seeded mutations in one process:
///
///     partition-fuzz [SUBJECT|all] [COUNT] [FIRST_SEED]
///
/// A crash, an input that takes more than ten seconds, more than 2 GB of memory, and an error that is a defect of the library
/// end it with the seed. `partition-fuzz SUBJECT 0 SEED` writes the file that a seed makes to standard output.
@main
struct Fuzz {
  private static let mostKilobytes = 2_000_000

  static func main() throws {
    let arguments = CommandLine.arguments
    let names =
      arguments.count > 1 && arguments[1] != "all" ? [arguments[1]] : Subject.allCases.map(\.rawValue)
    let subjects = names.compactMap(Subject.init)
    let count = arguments.count > 2 ? Int(arguments[2]) : 1000
    let first = arguments.count > 3 ? UInt64(arguments[3]) : 1
    guard subjects.count == names.count, let count, count >= 0, let first else {
      let known = Subject.allCases.map(\.rawValue).joined(separator: "|")
      fail("usage: partition-fuzz [\(known)|all] [COUNT] [FIRST_SEED]", code: 64)
    }
    if count == 0 {
      var choices = Choices(bytes(of: first))
      return FileHandle.standardOutput.write(Data(subjects[0].input(&choices)))
    }
    for subject in subjects {
      for (index, original) in subject.originals.enumerated() {
        var choices = Choices([])
        guard try subject.use(original, &choices) else { fail("\(subject): sample \(index) is refused") }
      }
    }
    Watchdog.start()
    var taken = 0
    for index in 0..<count {
      let seed = first &+ UInt64(index)
      let subject = subjects[index % subjects.count]
      Watchdog.begin("\(subject) \(seed)")
      do { taken += try subject.run(bytes(of: seed)) ? 1 : 0 } catch {
        fail("\(subject) \(seed): \(error)")
      }
      Watchdog.end()
      if peakKilobytes > mostKilobytes { fail("\(subject) \(seed): \(peakKilobytes) kB of memory") }
    }
    print(
      """
      \(count) mutations of \(names.joined(separator: ", ")), \(taken) taken: no crash, no hang, no defect; \
      at most \(peakKilobytes / 1000) MB
      """)
  }

  /// Of this process, ever.
  private static var peakKilobytes: Int {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss
  }

  private static func fail(_ text: String, code: CInt = 1) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(code)
  }

  private static func bytes(of seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<64).flatMap { _ in
      let word = random.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
  }
}
