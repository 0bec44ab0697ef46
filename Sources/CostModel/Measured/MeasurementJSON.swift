import Hardware
import Rules

/// Reads measurements from JSON: profiles of ONNX Runtime and trtexec, or rows.
struct MeasurementJSON {
  /// The fields of one element of a list, whatever it is.
  private struct Element {
    // Events of ONNX Runtime, in the trace format of Chrome.
    var category: String?
    var microseconds: Double?
    var arguments = Arguments()
    // Layers of trtexec.
    var averageMilliseconds: Double?
    var medianMilliseconds: Double?
    var count: Double?
    // Both.
    var name: String?
    // Rows.
    var `operator`: String?
    var type: String?
    var device: String?
    var precision: String?
    /// As the file has them, by unit; a list for one that it has several of.
    var times: [(name: String, seconds: Double)] = []
    var inputs: [[Int]?] = []
    var outputs: [[Int]] = []
    var attributes: [String: [Int]] = [:]
    var m: Int?
    var n: Int?
    var k: Int?
    var from: String?
    var to: String?
    var bytes: Double?
  }

  private struct Arguments {
    var type: String?
    var provider: String?
    var inputs: [[Int]] = []
    var outputs: [[Int]] = []
    var inputsByPosition: [[Int]]?
    var attributes: [String: [Int]] = [:]
    var results: [String] = []
  }

  private static let kernelEnd = "_kernel_time"

  static func read(_ bytes: [UInt8], name: String) throws(MeasurementFile.Problem) -> MeasurementFile {
    let elements: [Element]
    do {
      elements = try JSONReader.read(bytes) { reader throws(FormatError) in try self.elements(&reader) }
    } catch {
      throw MeasurementFile.Problem(messages: error.findings.map { "\(name): \($0)" })
    }
    var file = MeasurementFile(name: name)
    if elements.contains(where: { $0.category == "Node" }) {
      addSession(elements, to: &file)
    } else if elements.contains(where: { $0.averageMilliseconds != nil || $0.medianMilliseconds != nil }) {
      addLayers(elements, to: &file)
    } else {
      let problems = addRows(elements, to: &file)
      if !problems.isEmpty { throw MeasurementFile.Problem(messages: problems) }
    }
    if file.measurements.isEmpty, file.transfers.isEmpty {
      throw MeasurementFile.Problem(
        messages: [
          "\(name): holds no measurements; it is neither a profile of ONNX Runtime or trtexec nor a list of rows"
        ])
    }
    return file
  }

  // MARK: Reading

  /// The list itself, or those in the fields of an object that are lists of measurements.
  private static func elements(_ reader: inout JSONReader) throws(FormatError) -> [Element] {
    if reader.isList { return try reader.list { value throws(FormatError) in try element(&value) } }
    var elements: [Element] = []
    try reader.object { name, value throws(FormatError) in
      switch name {
      case "rows", "transfers", "traceEvents":
        elements += try value.list { value throws(FormatError) in try element(&value) }
      default: try value.skip()
      }
    }
    return elements
  }

  private static func element(_ reader: inout JSONReader) throws(FormatError) -> Element {
    var element = Element()
    try reader.object { name, value throws(FormatError) in
      switch name {
      case "cat": element.category = try value.string()
      case "dur": element.microseconds = try value.double()
      case "args": element.arguments = try arguments(&value)
      case "averageMs": element.averageMilliseconds = try value.double()
      case "medianMs": element.medianMilliseconds = try value.double()
      case "count": element.count = try value.double()
      case "name": element.name = try value.string()
      case "operator": element.operator = try value.string()
      case "op": element.operator = try value.string()
      case "type", "op_type": element.type = try value.string()
      case "device": element.device = try value.string()
      case "precision", "dtype", "gemm_dtype": element.precision = try value.string()
      case "seconds", "latency_s", "time_s": element.times.append((name, try value.double()))
      case "milliseconds", "ms", "latency", "latency_ms", "time_ms":
        element.times.append((name, try value.double() / 1e3))
      case "microseconds", "us", "latency_us", "time_us":
        element.times.append((name, try value.double() / 1e6))
      case "inputs": element.inputs = try inputShapes(&value)
      case "outputs": element.outputs = try inputShapes(&value).compactMap(\.self)
      case "attributes": element.attributes = try attributes(&value)
      case "m": element.m = try value.integer()
      case "n": element.n = try value.integer()
      case "k": element.k = try value.integer()
      case "from": element.from = try value.string()
      case "to": element.to = try value.string()
      case "bytes": element.bytes = try value.double()
      default: try value.skip()
      }
    }
    return element
  }

  /// Lists of sizes, or a text as in a table: `1x3x224x224;64x3x7x7`. `nil` for an input that is not given.
  private static func inputShapes(_ reader: inout JSONReader) throws(FormatError) -> [[Int]?] {
    if reader.isString {
      return try inputShapes(in: reader.string())
    }
    return try reader.list { value throws(FormatError) in try shape(&value) }
  }

  private static func inputShapes(in text: String) throws(FormatError) -> [[Int]?] {
    var shapes: [[Int]?] = []
    for part in text.split(separator: ";") {
      guard part != "?" else {
        shapes.append(nil)
        continue
      }
      let sizes = part.split(separator: "x").map { Int($0.filter { $0 != " " }) }
      guard sizes.allSatisfy({ ($0 ?? -1) >= 0 }) else {
        throw FormatError("'\(part)' is not a shape; write it like 1x64x112x112")
      }
      shapes.append(sizes.compactMap(\.self))
    }
    return shapes
  }

  private static func shape(_ reader: inout JSONReader) throws(FormatError) -> [Int]? {
    if reader.isNull {
      try reader.skip()
      return nil
    }
    return try reader.list { value throws(FormatError) in try value.integer() }
  }

  /// Those that are whole numbers or lists of them; others say nothing that is needed.
  private static func attributes(_ reader: inout JSONReader) throws(FormatError) -> [String: [Int]] {
    var attributes: [String: [Int]] = [:]
    try reader.object { name, value throws(FormatError) in
      if value.isList {
        attributes[name] = try value.list { value throws(FormatError) in try value.integer() }
      } else if value.isNumber {
        attributes[name] = [try value.integer()]
      } else {
        try value.skip()
      }
    }
    return attributes
  }

  private static func shapes(_ reader: inout JSONReader) throws(FormatError) -> [[Int]] {
    try reader.list { value throws(FormatError) in
      try value.list { value throws(FormatError) in try value.integer() }
    }
  }

  private static func arguments(_ reader: inout JSONReader) throws(FormatError) -> Arguments {
    var arguments = Arguments()
    /// Each shape is under the name of its element type.
    func typed(_ reader: inout JSONReader) throws(FormatError) -> [[Int]] {
      var shapes: [[Int]] = []
      _ = try reader.list { value throws(FormatError) in
        try value.object { _, value throws(FormatError) in
          shapes.append(try value.list { value throws(FormatError) in try value.integer() })
        }
      }
      return shapes
    }
    try reader.object { name, value throws(FormatError) in
      switch name {
      case "op_name": arguments.type = try value.string()
      case "provider": arguments.provider = try value.string()
      case "input_type_shape": arguments.inputs = try typed(&value)
      case "output_type_shape": arguments.outputs = try typed(&value)
      case "inputs": arguments.inputsByPosition = try shapes(&value)
      case "results": arguments.results = try value.list { value throws(FormatError) in try value.string() }
      case "attributes":
        arguments.attributes = try value.dictionary { value throws(FormatError) in
          try value.list { value throws(FormatError) in try value.integer() }
        }
      default: try value.skip()
      }
    }
    return arguments
  }

  // MARK: ONNX Runtime

  private struct Kernel: Hashable {
    var name: String
    var type: String?
    var provider: String?
    var inputs: [[Int]]
    var outputs: [[Int]]
  }

  /// The middle of each kernel's times; of several runs the first, which allocates, is left out.
  private static func addSession(_ elements: [Element], to file: inout MeasurementFile) {
    var order: [Kernel] = []
    var times: [Kernel: [Double]] = [:]
    var details: [Kernel: Arguments] = [:]
    for element in elements where element.category == "Node" {
      guard let name = element.name, name.hasSuffix(kernelEnd), let time = element.microseconds else {
        continue
      }
      let arguments = element.arguments
      let kernel = Kernel(
        name: String(name.dropLast(kernelEnd.count)), type: arguments.type, provider: arguments.provider,
        inputs: arguments.inputs, outputs: arguments.outputs)
      if times[kernel] == nil {
        order.append(kernel)
        details[kernel] = arguments
      }
      times[kernel, default: []].append(time)
    }
    file.isWholeRun = true
    for kernel in order {
      let all = times[kernel] ?? []
      let counted = all.count > 1 ? Array(all.dropFirst()) : all
      var row = Measurement(seconds: Middle.mean(counted) / 1e6, place: "kernel '\(kernel.name)'")
      (row.names, row.result) = SessionNames.candidates(kernel.name)
      row.results = details[kernel]?.results ?? []
      row.type = kernel.type.map { $0.hasPrefix("Fused") ? String($0.dropFirst("Fused".count)) : $0 }
      row.inputs = kernel.inputs
      row.outputs = kernel.outputs
      row.device = kernel.provider
      // `partition profile` adds what ONNX Runtime leaves out; -1 stands for an input that is not given.
      row.inputsByPosition = details[kernel]?.inputsByPosition?.map { $0 == [-1] ? nil : $0 }
      row.attributes = details[kernel]?.attributes ?? [:]
      file.measurements.append(row)
    }
  }

  // MARK: trtexec

  private static func addLayers(_ elements: [Element], to file: inout MeasurementFile) {
    file.isWholeRun = true
    for (index, element) in elements.enumerated() {
      guard let name = element.name,
        let milliseconds = element.medianMilliseconds ?? element.averageMilliseconds, milliseconds >= 0
      else { continue }
      var row = Measurement(seconds: milliseconds / 1e3, place: "[\(index)] '\(name)'")
      (row.names, row.isRange) = LayerNames.operators(of: name)
      row.device = LayerNames.provider
      file.measurements.append(row)
    }
  }

  // MARK: Rows

  private static func addRows(_ elements: [Element], to file: inout MeasurementFile) -> [String] {
    var problems: [String] = []
    var skipped = 0
    for (index, element) in elements.enumerated() {
      let place = "[\(index)]"
      guard let time = element.times.first, time.seconds >= 0 else {
        problems.append(
          "\(file.name): \(place): seconds (or milliseconds, or microseconds) must be given, and 0 or more")
        continue
      }
      if element.times.count > 1 {
        let names = element.times.map(\.name).joined(separator: " and ")
        problems.append("\(file.name): \(place): has times in \(names); keep one")
        continue
      }
      let seconds = time.seconds
      if let from = element.from, let to = element.to {
        guard let bytes = element.bytes.flatMap({ Int(exactly: $0) }), bytes > 0 else {
          problems.append("\(file.name): \(place).bytes: must be a whole number above 0")
          continue
        }
        file.transfers.append(.init(from: from, to: to, bytes: bytes, seconds: seconds, place: place))
        continue
      }
      var row = Measurement(seconds: seconds, place: place)
      if let name = element.operator ?? element.name { row.names = [name] }
      (row.type, row.outputs, row.device) = (element.type, element.outputs, element.device)
      row.inputs = element.inputs.compactMap(\.self)
      if row.inputs.count < element.inputs.count { row.inputsByPosition = element.inputs }
      row.attributes = element.attributes
      if let count = element.count {
        guard let whole = Int(exactly: count), whole > 0 else {
          problems.append("\(file.name): \(place).count: must be a whole number above 0")
          continue
        }
        row.count = whole
      }
      if let m = element.m, let n = element.n, let k = element.k {
        guard min(m, n, k) > 0 else {
          problems.append("\(file.name): \(place): m, n and k must be above 0")
          continue
        }
        row.product = .init(m: m, n: n, k: k)
      }
      if let word = element.precision {
        row.precision = Precision(dataType: word)
        if row.precision == nil {
          skipped += 1
          continue
        }
      }
      if row.names.isEmpty, row.product == nil, row.type == nil || row.outputs.isEmpty {
        problems.append(
          "\(file.name): \(place): give operator, or type with outputs, or m, n and k, or from, to and bytes")
      } else {
        file.measurements.append(row)
      }
    }
    if skipped > 0 {
      file.findings.append(
        "\(file.name): \(skipped) rows are in a precision that no engine here has; they are not used")
    }
    return problems
  }
}

/// The middle of repeated measurements.
enum Middle {
  /// The mean of the middle half, which counts clocks of whole microseconds more finely than a median; 0 of none.
  static func mean(_ values: [Double]) -> Double {
    let cut = (values.count + 1) / 4
    let kept = values.sorted().dropFirst(cut).dropLast(cut)
    return kept.isEmpty ? 0 : kept.reduce(0, +) / Double(kept.count)
  }
}

/// How ONNX Runtime calls the kernels of an optimised graph.
enum SessionNames {
  /// The names that the operator behind a kernel may have in the model, and the tensor that the kernel is called for.
  static func candidates(_ name: String) -> (names: [String], result: String?) {
    let (fused, blocked) = ("fused ", "_nchwc")
    var names = name.isEmpty ? [] : [name]
    if name.hasPrefix(fused) { names.append(String(name.dropFirst(fused.count))) }
    return (names, name.hasSuffix(blocked) ? String(name.dropLast(blocked.count)) : nil)
  }
}

/// How TensorRT calls its layers.
enum LayerNames {
  /// Stands for the device of a profile, which trtexec does not name.
  static let provider = "TensorrtExecutionProvider"

  /// The operators that a layer computes: `conv1 + relu1`, `PWN(PWN(sigmoid1), mul1)`, `{ForeignNode[first...last]}`, the last
  /// a range. None for a change of layout.
  static func operators(of layer: String) -> (names: [String], isRange: Bool) {
    if layer.hasPrefix("Reformatting CopyNode") { return ([], false) }
    if layer.hasPrefix("{ForeignNode["), layer.hasSuffix("]}") {
      let inner = layer.dropFirst("{ForeignNode[".count).dropLast("]}".count)
      let ends = split(inner, at: "...")
      return (ends.count == 2 ? ends : [String(inner)], ends.count == 2)
    }
    let names = split(layer[...], at: " + ").flatMap { part -> [String] in
      guard part.hasPrefix("PWN(") else { return [part] }
      var plain = part
      while plain.hasPrefix("PWN(") { plain = String(plain.dropFirst("PWN(".count)) }
      return split(plain[...], at: ", ").map { name in
        var name = name
        if name.hasPrefix("PWN(") { name = String(name.dropFirst("PWN(".count)) }
        while name.hasSuffix(")") { name = String(name.dropLast()) }
        return name
      }
    }
    return (names, false)
  }

  private static func split(_ text: Substring, at mark: String) -> [String] {
    var parts: [String] = []
    var rest = text
    while let range = rest.firstRange(of: mark) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
