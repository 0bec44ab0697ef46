import Hardware
import Rules

/// Reads measurements from CSV (RFC 4180) under a line of column names.
struct MeasurementCSV {
  /// A column by its name and the other names that tables have for it.
  private enum Column: String, CaseIterable {
    case `operator`, type, device, precision, inputs, outputs, m, n, k, seconds, milliseconds, microseconds
    case from, to, bytes, attributes, count

    static let aliases: [String: Column] = [
      "name": .operator, "op": .operator, "dtype": .precision, "gemm_dtype": .precision,
      "quant_mode": .precision,
      "latency": .milliseconds, "latency_ms": .milliseconds, "ms": .milliseconds, "time_ms": .milliseconds,
      "us": .microseconds, "latency_us": .microseconds, "time_us": .microseconds, "s": .seconds,
      "time_s": .seconds, "latency_s": .seconds, "op_type": .type, "optype": .type,
    ]

    init?(_ name: String) {
      let word = name.lowercased()
      guard let column = Column(rawValue: word) ?? Column.aliases[word] else { return nil }
      self = column
    }
  }

  /// Further columns of the tables that are read; they say nothing that is needed.
  private static let passedOver: Set<String> = [
    "limit", "operations", "efficiency", "fusedinto", "resultprecision", "framework", "version", "op_name",
    "kernel_source",
    "power",
    "power_limit",
  ]

  private var file: MeasurementFile
  private var problems: [String] = []
  private var position: [Column: Int] = [:]
  /// Of all columns, those that are passed over included.
  private var columns = 0
  /// Whether numbers may have a comma before their decimals: where it does not separate cells.
  private var hasDecimalCommas = false
  /// Rows whose precision no engine has, by that precision.
  private var unknownPrecisions: [String: Int] = [:]

  static func read(_ bytes: [UInt8], name: String) throws(MeasurementFile.Problem) -> MeasurementFile {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw MeasurementFile.Problem(messages: ["\(name): is neither JSON nor text in UTF-8"])
    }
    var reader = MeasurementCSV(file: MeasurementFile(name: name))
    let (body, lineOfBody) = Self.behindRemarks(text)
    let separator = CSVRecord.separator(in: body)
    reader.hasDecimalCommas = separator != ","
    let lines = CSVRecord.all(in: String(body), separatedBy: separator).map { record in
      var record = record
      record.line += lineOfBody
      return record
    }
    if let first = lines.first, reader.readNames(first) {
      for line in lines.dropFirst() { reader.readRow(line) }
      if lines.count == 1 { reader.problems.append("\(name): has no rows under its line of names") }
    } else if lines.isEmpty {
      reader.problems.append("\(name): has no line of names")
    }
    if !reader.problems.isEmpty { throw MeasurementFile.Problem(messages: reader.problems) }
    for (precision, count) in reader.unknownPrecisions.sorted(by: { $0.key < $1.key }) {
      reader.file.findings.append(
        "\(name): \(count) rows are in \(precision), in which no engine here computes; they are not used")
    }
    return reader.file
  }

  private init(file: MeasurementFile) { self.file = file }

  /// The file from its line of names on, without lines of remarks (`# ...`) before it, and how many lines those are.
  private static func behindRemarks(_ text: String) -> (Substring, Int) {
    var rest = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
    var lines = 0
    while let first = rest.first, first == "#" || first.isNewline,
      let end = rest.firstIndex(where: \.isNewline)
    {
      rest = rest[rest.index(after: end)...]
      lines += 1
    }
    return (rest, lines)
  }

  // MARK: Columns

  /// - Returns: whether rows can be read.
  private mutating func readNames(_ record: CSVRecord) -> Bool {
    let place = "\(file.name): line \(record.line)"
    var ignored: [String] = []
    columns = record.cells.count
    for (index, name) in record.cells.enumerated() where !name.isEmpty {
      if let column = Column(name) {
        if position.updateValue(index, forKey: column) != nil {
          problems.append("\(place): there are two columns of \(column.rawValue)")
        }
      } else if !Self.passedOver.contains(name.lowercased()) {
        let near = Column.allCases.filter {
          name.count > 2 && $0.rawValue.count > 2
            && EditDistance.between(Array(name.lowercased()), Array($0.rawValue)) <= 2
        }
        if let near = near.first {
          problems.append("\(place): column '\(name)' is not known; did you mean \(near.rawValue)?")
        } else {
          ignored.append("'\(name)'")
        }
      }
    }
    if !ignored.isEmpty {
      file.findings.append(
        "\(place): columns that are not known are passed over: \(ignored.joined(separator: ", "))")
    }
    let times = [Column.seconds, .milliseconds, .microseconds].filter { position[$0] != nil }
    if times.isEmpty {
      problems.append("\(place): there is no column of times; name one seconds, milliseconds or microseconds")
    } else if times.count > 1 {
      problems.append(
        "\(place): there are columns in \(times.map(\.rawValue).joined(separator: " and ")); keep one")
    }
    if !isTransfers, !isProducts, position[.operator] == nil, position[.type] == nil {
      problems.append(
        "\(place): no column says what was measured; name one operator, or type with outputs, or m, n and k, or "
          + "from, to and bytes")
    }
    if position[.operator] == nil, position[.type] != nil, position[.outputs] == nil, !isProducts {
      problems.append("\(place): a column of types needs one of outputs, for example 1x64x112x112")
    }
    return problems.isEmpty
  }

  private var isTransfers: Bool { has(.from) && has(.to) && has(.bytes) }
  private var isProducts: Bool { has(.m) && has(.n) && has(.k) }
  private func has(_ column: Column) -> Bool { position[column] != nil }

  // MARK: Rows

  private mutating func readRow(_ record: CSVRecord) {
    let before = problems.count
    if record.cells.count <= (position.values.max() ?? 0) {
      problem(record, "has \(record.cells.count) cells, fewer than the columns")
      return
    }
    if record.cells.dropFirst(columns).contains(where: { !$0.isEmpty }) {
      problem(
        record,
        "has \(record.cells.count) cells, more than the columns; put cells that hold a comma in quotes")
      return
    }
    guard let seconds = seconds(record) else { return }
    let place = "line \(record.line)"
    if isTransfers {
      guard let bytes = whole(.bytes, record), let from = text(.from, record), let to = text(.to, record)
      else {
        if problems.count == before { problem(record, "from and to must name devices") }
        return
      }
      file.transfers.append(.init(from: from, to: to, bytes: bytes, seconds: seconds, place: place))
      return
    }
    var row = Measurement(seconds: seconds, place: place)
    row.device = text(.device, record)
    if let word = text(.precision, record) {
      row.precision = Precision(dataType: word)
      if row.precision == nil {
        unknownPrecisions[word, default: 0] += 1
        return
      }
    }
    if isProducts, text(.m, record) != nil {
      guard let m = whole(.m, record), let n = whole(.n, record), let k = whole(.k, record) else { return }
      row.product = .init(m: m, n: n, k: k)
    }
    if let name = text(.operator, record) { row.names = [name] }
    row.type = text(.type, record)
    let inputs = inputShapes(record)
    row.inputs = inputs.compactMap(\.self)
    if row.inputs.count < inputs.count { row.inputsByPosition = inputs }
    row.attributes = attributes(record)
    if text(.count, record) != nil { row.count = whole(.count, record) ?? 1 }
    row.outputs = shapes(.outputs, record)
    guard problems.count == before else { return }
    if row.names.isEmpty, row.product == nil, row.type == nil || row.outputs.isEmpty {
      problem(record, "nothing says what was measured")
      return
    }
    file.measurements.append(row)
  }

  private mutating func problem(_ record: CSVRecord, _ message: String) {
    problems.append("\(file.name): line \(record.line): \(message)")
  }

  /// The cell; `nil` where it is empty or there is no such column.
  private func text(_ column: Column, _ record: CSVRecord) -> String? {
    guard let index = position[column], record.cells.indices.contains(index), !record.cells[index].isEmpty
    else { return nil }
    return record.cells[index]
  }

  private mutating func seconds(_ record: CSVRecord) -> Double? {
    for (column, unit) in [(Column.seconds, 1.0), (.milliseconds, 1e3), (.microseconds, 1e6)]
    where has(column) {
      let text = text(column, record) ?? ""
      guard let value = number(text), value.isFinite, value >= 0 else {
        problem(record, "\(column.rawValue): '\(text)' is not a time of 0 or more")
        return nil
      }
      return value / unit
    }
    return nil
  }

  private mutating func whole(_ column: Column, _ record: CSVRecord) -> Int? {
    let text = text(column, record) ?? ""
    guard let value = Int(text) ?? number(text).flatMap(Int.init(exactly:)), value > 0 else {
      problem(record, "\(column.rawValue): '\(text)' is not a whole number above 0")
      return nil
    }
    return value
  }

  private func number(_ text: String) -> Double? {
    Double(text) ?? (hasDecimalCommas ? Double(String(text.map { $0 == "," ? "." : $0 })) : nil)
  }

  /// `nil` for an input that is not given.
  private mutating func inputShapes(_ record: CSVRecord) -> [[Int]?] {
    let parts = (text(.inputs, record) ?? "").split(separator: ";")
    let known = shapes(parts.filter { $0 != Self.notGiven }, .inputs, record)
    guard known.count == parts.count(where: { $0 != Self.notGiven }) else { return [] }
    var rest = known[...]
    return parts.map { $0 == Self.notGiven ? nil : rest.popFirst() }
  }

  private static let notGiven = "?"

  /// `group=8 kernel_shape=3x3`.
  private mutating func attributes(_ record: CSVRecord) -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for part in (text(.attributes, record) ?? "").split(separator: " ") {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      let values = sides.count == 2 ? sides[1].split(separator: "x").map { Int($0) } : []
      guard !values.isEmpty, values.allSatisfy({ $0 != nil }) else {
        problem(
          record, "attributes: '\(part)' is not a name with whole numbers; write it like kernel_shape=3x3")
        continue
      }
      result[String(sides[0])] = values.compactMap(\.self)
    }
    return result
  }

  private mutating func shapes(_ column: Column, _ record: CSVRecord) -> [[Int]] {
    shapes((text(column, record) ?? "").split(separator: ";"), column, record)
  }

  private mutating func shapes(_ parts: [Substring], _ column: Column, _ record: CSVRecord) -> [[Int]] {
    var shapes: [[Int]] = []
    for part in parts {
      let sizes = part.split(separator: "x").map { Int($0.filter { $0 != " " }) }
      guard sizes.allSatisfy({ ($0 ?? -1) >= 0 }) else {
        problem(record, "\(column.rawValue): '\(part)' is not a shape; write it like 1x64x112x112")
        return []
      }
      shapes.append(sizes.compactMap(\.self))
    }
    return shapes
  }
}
