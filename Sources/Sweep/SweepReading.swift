import Partitioner
import Rules

extension SweepQuestion {
  /// Reads a question from JSON; `solver/schema/sweep.schema.json` documents its fields.
  ///
  /// - Parameter name: what it is called in errors.
  /// - Throws: `badInput` with every unknown field, or the first that cannot be read.
  public static func read(_ bytes: [UInt8], name: String) throws(PartitionError) -> SweepQuestion {
    var question = SweepQuestion(models: [])
    var problems: [String] = []
    do {
      try JSONReader.read(bytes) { reader throws(FormatError) in
        try reader.object { field, value throws(FormatError) in
          guard let known = Field(rawValue: field) else {
            problems.append(
              "\(name): \(NameText.shown(field)): \(Self.unknown(field, Field.allCases.map(\.rawValue)))")
            return try value.skip()
          }
          try question.read(known, &value)
        }
      }
    } catch {
      problems += error.findings.map { "\(name): \($0)" }
    }
    if problems.isEmpty, question.models.isEmpty { problems.append("\(name): models: is missing") }
    guard problems.isEmpty else { throw PartitionError(.badInput, problems) }
    return question
  }

  private enum Field: String, CaseIterable {
    case models, systems, cards, batches, precisions, objectives, set, latencyBudgetMilliseconds,
      tablePrecisions
    case gap, effort, seed, simulate, prices, accuracyBudgets, layerPrecisions, rateWithinBudget
  }

  static func unknown(_ name: String, _ known: [String]) -> String {
    let near = known.first { EditDistance.between(Array(name), Array($0)) <= 2 }
    return "is not known"
      + (near.map { "; did you mean \($0)?" } ?? "; known are \(known.joined(separator: ", "))")
  }

  private mutating func read(_ field: Field, _ value: inout JSONReader) throws(FormatError) {
    switch field {
    case .models: models = try value.list { value throws(FormatError) in try Self.model(&value) }
    case .systems: systems = try value.list { value throws(FormatError) in try value.string() }
    case .cards: cards = try Self.numbers(&value)
    case .batches: batches = try Self.batches(&value)
    case .precisions:
      precisions = try value.list { value throws(FormatError) in try value.choice(Precision.allCases) }
    case .objectives:
      objectives = try value.list { value throws(FormatError) in try value.choice(PlanObjective.allCases) }
    case .set:
      var read: [Variation] = []
      try value.object { path, value throws(FormatError) in
        read.append(
          Variation(path: path, values: try value.list { value throws(FormatError) in try value.cell() }))
      }
      variations = read
    case .latencyBudgetMilliseconds: latencyBudgetMilliseconds = try value.double()
    case .tablePrecisions:
      tablePrecisions = try value.list { value throws(FormatError) in try value.choice(Precision.allCases) }
    case .gap: gap = try value.double()
    case .effort:
      let effort = try value.double()
      guard effort > 0 else {
        throw FormatError(findings: [.init(location: "", message: "must be above 0")])
      }
      work = WorkBudget(effort: effort)
    case .seed: seed = UInt64(max(0, try value.integer()))
    case .accuracyBudgets:
      accuracyBudgets = try value.list { value throws(FormatError) in
        let text = try value.cell()
        if text == Self.noBudget { return nil }
        guard let limit = AccuracyLimit(text) else {
          throw FormatError(
            findings: [
              .init(
                location: "", message: "'\(text)' is no error like 0.02 or 2%, no precision, and not none")
            ])
        }
        return limit
      }
    case .layerPrecisions:
      layerPrecisions = try value.list { value throws(FormatError) in try Self.layers(&value) }
    case .rateWithinBudget: seeksRate = try value.bool()
    case .simulate: replay = try Self.replay(&value)
    case .prices: prices = try value.dictionary { value throws(FormatError) in try value.double() }
    }
  }

  /// Any amount of error.
  public static let noBudget = "none"

  /// A list of numbers and `auto`, or a text as for the command.
  private static func batches(_ reader: inout JSONReader) throws(FormatError) -> [SweepBatch] {
    func read(_ text: String) throws(FormatError) -> [SweepBatch] {
      guard let batches = SweepBatch.list(text) else {
        throw FormatError(findings: [
          .init(location: "", message: "'\(text)' is no list like 1..4 or 1,8,auto")
        ])
      }
      return batches
    }
    if reader.isString { return try read(reader.string()) }
    return try reader.list { value throws(FormatError) in try read(value.cell()) }.flatMap(\.self)
  }

  /// A list of words, or a text as for the command.
  private static func layers(_ reader: inout JSONReader) throws(FormatError) -> SweepLayers {
    let text =
      if reader.isString { try reader.string() } else {
        try reader.list { value throws(FormatError) in try value.string() }.joined(separator: "+")
      }
    guard let layers = SweepLayers(text) else {
      throw FormatError(findings: [.init(location: "", message: SweepLayers.problem(text))])
    }
    return layers
  }

  private static func model(_ reader: inout JSONReader) throws(FormatError) -> ModelFile {
    if reader.isString { return ModelFile(path: try reader.string()) }
    var file = ModelFile(path: "")
    try reader.object { name, value throws(FormatError) in
      switch name {
      case "path": file.path = try value.string()
      case "form": file.form = try value.choice(PlanDocument.ModelReference.Form.allCases)
      case "dimensions":
        file.dimensions = try value.dictionary { value throws(FormatError) in try value.integer() }
      case "dense": file.dense = try DensePart.read(&value)
      default:
        throw FormatError(
          findings: [.init(location: "", message: unknown(name, ["path", "form", "dimensions", "dense"]))])
      }
    }
    if file.path.isEmpty { throw FormatError(findings: [.init(location: "path", message: "is missing")]) }
    return file
  }

  private static func replay(_ reader: inout JSONReader) throws(FormatError) -> Replay? {
    if reader.isFlag { return try reader.bool() ? Replay() : nil }
    var replay = Replay()
    try reader.object { name, value throws(FormatError) in
      switch name {
      case "load": replay.share = try value.double()
      case "requests": replay.requests = try value.integer()
      default:
        throw FormatError(findings: [.init(location: "", message: unknown(name, ["load", "requests"]))])
      }
    }
    return replay
  }

  /// A list of numbers, or a text as for the command: `1..12`.
  private static func numbers(_ reader: inout JSONReader) throws(FormatError) -> [Int?] {
    guard reader.isString else { return try reader.list { value throws(FormatError) in try value.integer() } }
    let text = try reader.string()
    guard let numbers = NumberList.read(text) else {
      throw FormatError(findings: [.init(location: "", message: "'\(text)' is no list like 1..12 or 1,8,64")])
    }
    return numbers
  }
}

/// Whole numbers as people list them: `1..12`, `1,8,64`, `2..8,16`.
public enum NumberList {
  private static let mostNumbers = 10_000

  /// `nil` where the text is none.
  public static func read(_ text: String) -> [Int]? {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let dots = part.firstRange(of: "..") {
        guard let first = Int(part[..<dots.lowerBound]), let last = Int(part[dots.upperBound...]),
          first <= last,
          last.subtractingReportingOverflow(first).overflow == false, last - first < mostNumbers
        else { return nil }
        numbers += first...last
      } else {
        guard let number = Int(part) else { return nil }
        numbers.append(number)
      }
    }
    return numbers.count <= mostNumbers ? numbers : nil
  }
}
