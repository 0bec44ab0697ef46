import Foundation
import Graph

/// How a model is run to measure its kernels.
public struct ProfileOptions: Sendable {
  /// Execution providers of ONNX Runtime, best liked first, the CPU's behind them; empty for the CPU's alone.
  public var providers: [String]
  /// Runs that are measured; one before them is not.
  public var runs: Int
  /// `nil` for as many as ONNX Runtime thinks best.
  public var threads: Int?
  /// Whether ONNX Runtime may fuse operators and change layouts.
  public var fuses: Bool
  /// Of values for inputs and for constants that the file has none of.
  public var seed: UInt64
  /// A Python interpreter, by path or by name.
  public var python: String

  public init(
    providers: [String] = [], runs: Int = 20, threads: Int? = nil, fuses: Bool = true, seed: UInt64 = 1,
    python: String = "python3"
  ) {
    self.providers = providers
    self.runs = runs
    self.threads = threads
    self.fuses = fuses
    self.seed = seed
    self.python = python
  }
}

/// What running a model gave.
public struct Profile: Sendable {
  /// A file that ``Partitioner/measurements(bytes:name:)`` reads: the kernels of a run, in ONNX Runtime's own format, each with
  /// the mean of the middle half of its times.
  public var text: String
  public var kernels: Int
  /// Of all kernels, one batch.
  public var kernelSeconds: Double
  /// Of a run, from call to return.
  public var runSeconds: Double
  /// Constants that were given seeded values.
  public var filledConstants: Int
  /// Of ONNX Runtime.
  public var version: String
}

extension Partitioner {
  /// Runs a model through ONNX Runtime, in a Python process, and measures its kernels.
  ///
  /// - Parameters:
  ///   - path: The model's file.
  ///   - model: The same, loaded: for the shapes of inputs.
  /// - Throws: `unavailable` where Python, `onnxruntime`, `onnx` or `numpy` are not there, with what to install; `usage` for a
  ///   provider that is not there; `badInput` where ONNX Runtime cannot run the model.
  public static func profile(
    path: String, model: Model, options: ProfileOptions = ProfileOptions()
  ) throws(PartitionError) -> Profile {
    guard (1...100_000).contains(options.runs) else {
      throw PartitionError(.usage, "runs is \(options.runs); give 1 to 100,000")
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "partition-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw PartitionError(.unwritable, "\(folder.path): cannot be made: \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    let answer = try run(
      ProfileRequest(path: path, model: model, options: options, folder: folder.path), in: folder,
      python: options.python)
    if let failure = answer.failure {
      let message = answer.message ?? ""
      throw switch failure {
      case .unavailable: PartitionError(.unavailable, message)
      case .usage: PartitionError(.usage, message)
      case .input: PartitionError(.badInput, "\(path): \(message)")
      }
    }
    let events = answer.events ?? []
    return Profile(
      text: try JSONText.encode(events), kernels: events.count,
      kernelSeconds: events.reduce(0) { $0 + $1.dur } * 1e-6, runSeconds: answer.runSeconds ?? 0,
      filledConstants: answer.filled ?? 0, version: answer.version ?? "")
  }

  private static func run(
    _ request: ProfileRequest, in folder: URL, python: String
  ) throws(PartitionError) -> ProfileAnswer {
    let files = ["profile.py", "request.json", "answer.json", "output"].map {
      folder.appendingPathComponent($0)
    }
    let errors = files[3].path
    let process = Process()
    do {
      try Data(ProfileScript.text.utf8).write(to: files[0])
      try JSONEncoder().encode(request).write(to: files[1])
      try Data().write(to: files[3])
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [python] + files.prefix(3).map(\.path)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: files[3])
      process.standardError = process.standardOutput
      try process.run()
    } catch {
      throw PartitionError(.unavailable, "\(python): cannot be run: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    guard let data = FileManager.default.contents(atPath: files[2].path),
      let answer = try? JSONDecoder().decode(ProfileAnswer.self, from: data)
    else {
      // 127: env found no such program.
      if process.terminationReason == .exit, process.terminationStatus == 127 {
        throw PartitionError(
          .unavailable,
          "there is no \(python); install Python 3 and: python3 -m pip install onnxruntime onnx numpy, or name one with --python"
        )
      }
      let said = String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
      let last = said.split(whereSeparator: \.isNewline).last.map(String.init) ?? "it says nothing"
      throw PartitionError(.unavailable, "\(python) ended without a profile: \(last)")
    }
    return answer
  }
}

/// What the script is asked.
private struct ProfileRequest: Encodable {
  var model: String
  var folder: String
  var inputs: [String: [Int]]
  var rows: [String: Int]
  var dimensions: [String: Int]
  var providers: [String]
  var runs: Int
  var threads: Int
  var fuses: Bool
  var seed: UInt64
  var largestBytes: UInt64

  init(path: String, model: Model, options: ProfileOptions, folder: String) {
    self.model = path
    self.folder = folder
    let graph = model.graph
    inputs = Dictionary(
      graph.inputs.map { (graph[$0].name, graph[$0].shape) }, uniquingKeysWith: { first, _ in first })
    rows = graph.rowsLookedUp
    dimensions = model.reference.dimensions
    providers = options.providers.map { $0.hasSuffix(Self.suffix) ? $0 : $0 + Self.suffix }
    runs = options.runs
    threads = options.threads ?? 0
    fuses = options.fuses
    seed = options.seed
    largestBytes = ProcessInfo.processInfo.physicalMemory / 4
  }

  private static let suffix = "ExecutionProvider"
}

/// What the script answers.
private struct ProfileAnswer: Decodable {
  enum Failure: String, Decodable { case unavailable, usage, input }

  var failure: Failure?
  var message: String?
  var events: [ProfileEvent]?
  var runSeconds: Double?
  var filled: Int?
  var version: String?
}

/// An event of ONNX Runtime's profile.
private struct ProfileEvent: Codable {
  struct Arguments: Codable {
    var op_name: String?
    var provider: String?
    var input_type_shape: [[String: [Int]]]?
    var output_type_shape: [[String: [Int]]]?
    /// Not of ONNX Runtime: what its profile leaves out.
    var inputs: [[Int]]?
    var attributes: [String: [Int]]?
    var results: [String]?
  }

  var cat: String
  var ph: String
  var name: String
  var dur: Double
  var args: Arguments
}

extension Graph {
  /// Rows of the table, the smallest one, in which the values of an input are looked up, by the input's name.
  var rowsLookedUp: [String: Int] {
    var rows: [String: Int] = [:]
    for table in embeddingTables {
      var open = table.lookups
      var seen = Set(open)
      while let reader = open.popLast() {
        for tensor in self[reader].inputs.compactMap(\.self) where self[tensor].type.isIndex {
          if self[tensor].role == .input {
            rows[self[tensor].name] = min(table.rows, rows[self[tensor].name] ?? .max)
          } else if let producer = self[tensor].producer, seen.insert(producer).inserted {
            open.append(producer)
          }
        }
      }
    }
    return rows
  }
}

extension ElementType {
  fileprivate var isIndex: Bool { self == .int32 || self == .int64 }
}
