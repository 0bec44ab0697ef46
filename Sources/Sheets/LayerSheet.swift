import Graph
import Rules

/// Layers without a model, one a line in CSV or an element in JSON, in an order in which each comes after what it reads.
///
/// Needed is one of `seconds` (or `milliseconds`, `microseconds`; of a batch on all cores of a card) and `flops` or `bytes`.
/// Further columns: `host_seconds` (and its kin); `bytes` of weights; `output_bytes` that each reader gets; `state_bytes` that a
/// request in flight keeps where its layer is, read each batch; `inputs`, names of layers above joined by `;`, or `input` (the
/// layer above); `input_bytes` of what a layer that reads `input` is fed; `repeat`, so many alike layers one after the other.
struct LayerSheet {
  struct Layer {
    var name: String
    var cardSeconds: Double?
    var hostSeconds: Double?
    var operations: Int
    var weightBytes: Int
    var outputBytes: Int
    var stateBytes: Int
    /// Positions of the layers that it reads; `nil` for the model's own input.
    var inputs: [Int?]
    var inputBytes: Int
  }

  enum Column: String, SheetColumn {
    case name, seconds, milliseconds, microseconds
    case hostSeconds = "host_seconds"
    case hostMilliseconds = "host_milliseconds"
    case hostMicroseconds = "host_microseconds"
    case flops, bytes
    case outputBytes = "output_bytes"
    case stateBytes = "state_bytes"
    case inputs
    case inputBytes = "input_bytes"
    case `repeat`

    static let aliases: [String: Column] = [
      "layer": .name, "operator": .name, "s": .seconds, "ms": .milliseconds, "us": .microseconds,
      "card_seconds": .seconds, "host_ms": .hostMilliseconds, "host_us": .hostMicroseconds,
      "operations": .flops, "flop": .flops, "weights": .bytes, "weight_bytes": .bytes,
      "parameter_bytes": .bytes, "parameter_size": .bytes, "activation_bytes": .outputBytes,
      "activation_size": .outputBytes, "output": .outputBytes, "state": .stateBytes,
      "kv_bytes": .stateBytes, "cache_bytes": .stateBytes, "reads": .inputs, "predecessors": .inputs,
      "count": .repeat,
    ]
  }

  /// The model's own input among a layer's inputs.
  static let input = "input"
  private static let mostBytes = 1 << 48
  private static let mostLayers = 100_000

  private(set) var layers: [Layer] = []
  private(set) var notes: [String] = []

  /// - Throws: every problem found, with line and column.
  init(_ bytes: [UInt8]) throws(FormatError) {
    var sheet = Sheet<Column>(bytes, list: "layers")
    let names = sheet.names(.name, prefix: "layer_")
    /// By name, the last of the layers that the row makes; none for a row that has a problem.
    var known: [String: Int] = [:]
    for (name, row) in zip(names, sheet.rows) {
      if name == Self.input { sheet.problem(row, .name, "'\(Self.input)' stands for the model's own input") }
      let times = Self.times(row, &sheet)
      let flops = sheet.number(.flops, row, atMost: 0x1p60)
      let weights = sheet.whole(.bytes, row, in: 0...Self.mostBytes)
      if times.card == nil, flops == nil, weights == nil,
        [.seconds, .milliseconds, .microseconds, .flops, .bytes].allSatisfy({ sheet.text($0, row) == nil })
      {
        sheet.problem(
          row.place, "nothing says what '\(NameText.shown(name))' takes; give seconds, flops or bytes")
      }
      var layer = Layer(
        name: name, cardSeconds: times.card, hostSeconds: times.host,
        operations: Int(flops ?? 0), weightBytes: weights ?? 0,
        outputBytes: sheet.whole(.outputBytes, row, in: 0...Self.mostBytes) ?? 0,
        stateBytes: sheet.whole(.stateBytes, row, in: 0...Self.mostBytes) ?? 0,
        inputs: Self.inputs(row, known, above: layers.indices.last, &sheet),
        inputBytes: sheet.whole(.inputBytes, row, in: 0...Self.mostBytes) ?? 0)
      let count = sheet.whole(.repeat, row, in: 1...Self.mostLayers) ?? 1
      guard layers.count + count <= Self.mostLayers else {
        sheet.problem(row.place, "there are more than \(Self.mostLayers) layers")
        break
      }
      for copy in 0..<count {
        if count > 1 { layer.name = "\(name).\(copy)" }
        if copy > 0 { layer.inputs = [layers.count - 1] }
        layers.append(layer)
      }
      known[name] = layers.count - 1
    }
    if sheet.problems.isEmpty { Self.checkNames(layers, &sheet) }
    guard sheet.problems.isEmpty else { throw FormatError(findings: sheet.problems) }
    if !sheet.has(.outputBytes) {
      notes.append("output_bytes: not given, so that sending from layer to layer counts as nothing")
    }
    let untimed = layers.count { $0.cardSeconds != nil && $0.hostSeconds == nil }
    if untimed > 0 {
      notes.append(
        "host_seconds: not given of \(untimed) of \(layers.count) layers; the host is taken to be slower than a card by "
          + "the ratio of their peaks")
    }
  }

  /// Names that repeated layers get may be those of others.
  private static func checkNames(_ layers: [Layer], _ sheet: inout Sheet<Column>) {
    var names: Set<String> = []
    for layer in layers where !names.insert(layer.name).inserted {
      sheet.problem("name", "'\(NameText.shown(layer.name))' is also what a repeated layer is called")
    }
  }

  private static func times(
    _ row: Sheet<Column>.Row, _ sheet: inout Sheet<Column>
  ) -> (card: Double?, host: Double?) {
    func time(_ columns: [(Column, Double)]) -> Double? {
      let given = columns.filter { sheet.text($0.0, row) != nil }
      guard let (column, unit) = given.first else { return nil }
      if given.count > 1 {
        sheet.problem(row, column, "is given beside \(given[1].0.rawValue); keep one")
      }
      return sheet.number(column, row, atMost: 1e12).map { $0 / unit }
    }
    return (
      time([(.seconds, 1), (.milliseconds, 1e3), (.microseconds, 1e6)]),
      time([(.hostSeconds, 1), (.hostMilliseconds, 1e3), (.hostMicroseconds, 1e6)])
    )
  }

  private static func inputs(
    _ row: Sheet<Column>.Row, _ known: [String: Int], above: Int?, _ sheet: inout Sheet<Column>
  ) -> [Int?] {
    guard let text = sheet.text(.inputs, row) else { return [above] }
    var inputs: [Int?] = []
    for part in text.split(separator: ";") {
      let name = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if name == input {
        inputs.append(nil)
      } else if let index = known[name] {
        inputs.append(index)
      } else {
        sheet.problem(row, .inputs, "'\(NameText.shown(name))' is not the name of a layer above")
      }
    }
    return inputs
  }
}
