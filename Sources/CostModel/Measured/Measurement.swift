import Hardware

/// One measured time as a file has it, not yet matched to an operator.
public struct Measurement: Sendable, Hashable {
  /// The sizes of a matrix product y[m, n] = x[m, k] w[k, n].
  public struct Product: Sendable, Hashable {
    public var m: Int
    public var n: Int
    public var k: Int

    public init(m: Int, n: Int, k: Int) {
      self.m = m
      self.n = n
      self.k = k
    }
  }

  /// What a kernel is called; several where it computes several operators.
  public var names: [String] = []
  /// A tensor that it writes, where it is called for that.
  public var result: String?
  /// Tensors that the kernel's node writes in the model, where the file says so.
  public var results: [String] = []
  /// Whether ``names`` are the first and the last of all that it computes.
  public var isRange = false
  /// ONNX operator type; `nil` where the file has none.
  public var type: String?
  /// Shapes of the inputs, in order; constants may be left out.
  public var inputs: [[Int]] = []
  public var outputs: [[Int]] = []
  /// By position, where the file says so: constants included, `nil` for one that is not given or not known.
  public var inputsByPosition: [[Int]?]?
  /// Kernels that it stands for, all alike.
  public var count = 1
  /// Those that are whole numbers, where the file has them.
  public var attributes: [String: [Int]] = [:]
  public var product: Product?
  /// As the file calls it: a device, or a runtime's execution provider; `nil` where it does not say.
  public var device: String?
  /// In which it computes; `nil` where the file does not say.
  public var precision: Precision?
  /// Of one batch.
  public var seconds: Double
  /// Where it stands, for example `line 12`.
  public var place: String

  public init(seconds: Double, place: String) {
    self.seconds = seconds
    self.place = place
  }
}

/// One measured transfer between two devices.
public struct TransferMeasurement: Sendable, Hashable {
  public var from: String
  public var to: String
  public var bytes: Int
  public var seconds: Double
  public var place: String
}

/// A file of measurements.
///
/// What is read, told from the content:
/// - a profile of an ONNX Runtime session (JSON): the middle of the times of each node, the first run left out;
/// - a profile of `trtexec --exportProfile` (JSON);
/// - a list of rows (JSON), by itself or as `rows` and `transfers` of an object: what `partition costs --json` writes;
/// - CSV with a line of names: rows by `operator`, by `type` with `inputs` and `outputs` (`1x3x224x224;64x3x7x7`, `?` for an input
///   that is not given), and for calibration `attributes` (`group=8 kernel_shape=3x3`) and a `count` of kernels that are alike; matrix
///   products by `m`, `n`, `k` and `precision` (AIConfigurator's `gemm_dtype` and `latency` in ms as well), or transfers by
///   `from`, `to`, `bytes`; times in `seconds`, `milliseconds` or `microseconds`.
public struct MeasurementFile: Sendable {
  /// For messages.
  public var name: String
  public var measurements: [Measurement] = []
  public var transfers: [TransferMeasurement] = []
  /// Whether it lists every kernel of a run, so that what it does not list took no time of its own.
  public var isWholeRun = false
  /// What was noticed, a line each.
  public var findings: [String] = []

  init(name: String) { self.name = name }

  /// What is wrong with a file, in its order.
  public struct Problem: Error, Sendable, Hashable {
    public var messages: [String]
  }

  /// Reads a file.
  ///
  /// - Parameter name: What messages call it.
  /// - Throws: ``Problem`` with every bad line or field.
  public init(_ bytes: [UInt8], name: String) throws(Problem) {
    let start = bytes.first { ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].contains($0) }
    switch start {
    case nil: throw Problem(messages: ["\(name): is empty"])
    case UInt8(ascii: "["), UInt8(ascii: "{"): self = try MeasurementJSON.read(bytes, name: name)
    default: self = try MeasurementCSV.read(bytes, name: name)
    }
  }
}

extension Precision {
  /// A data type as tables of kernels call it: `bfloat16`, `float16`, `fp8_block`, `int8_wo` ...; `nil` for one that no engine
  /// here computes in, such as weights of 8 bits beside activations of 16.
  init?(dataType: String) {
    let word = dataType.lowercased()
    if let known = Precision(rawValue: word) {
      self = known
    } else if ["bfloat16", "bf16"].contains(word) {
      self = .bf16
    } else if ["float16", "half", "fp16"].contains(word) {
      self = .fp16
    } else if ["float32", "float", "fp32"].contains(word) {
      self = .fp32
    } else if ["fp8_block", "fp8_static", "float8"].contains(word) || word.hasPrefix("float8") {
      self = .fp8
    } else {
      return nil
    }
  }
}
