import CPartitioner
import Partitioner
import Reporting

// Calls about a model and about what is written of a plan; the header is their documentation.

@c @implementation
public func partitioner_inspect(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let options = try CallOptions.decode(InspectCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let loaded = try unsafe options.model.load(model, modelSize, allowsUnknownSizes: true)
    let statistics = GraphStatistics(
      loaded.graph, findings: loaded.findings, largest: max(0, options.largest ?? 10),
      hasUnknownSizes: loaded.hasUnknownSizes)
    return .init(text: try JSONText.encode(statistics))
  }
}

@c @implementation
public func partitioner_costs(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let options = try CallOptions.decode(CostsCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let loaded = try unsafe options.model.load(model, modelSize)
    let system = try Partitioner.system(
      named: options.system, cards: options.cards, changes: Figure.changes(options.set))
    var files: [MeasurementFile] = []
    for path in options.costs ?? [] { files.append(try Partitioner.measurements(path: path)) }
    let precision = options.precision ?? .int8
    let measured = try Partitioner.apply(files, to: loaded, on: system, precision: precision)
    return .init(
      text: try JSONText.encode(
        Partitioner.costs(of: loaded, on: measured.system, precision: precision, measured: measured.costs)))
  }
}

@c @implementation
public func partitioner_export(
  _ planJSON: UnsafePointer<CChar>?, _ modelPath: UnsafePointer<CChar>?, _ optionsJSON: UnsafePointer<CChar>?,
  _ result: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(result) { () throws(PartitionError) in
    let options = try CallOptions.decode(ExportCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let plan = try unsafe readPlan(planJSON)
    let path = try Partitioner.modelPath(
      of: plan, planPath: "plan", modelPath: unsafe Boundary.text(modelPath))
    let format = options.format ?? .parts
    guard format.isFolder else {
      let formatted = try Partitioner.format(plan, as: format, modelPath: path)
      return .init(text: try JSONText.encode(ExportResult(text: formatted.text, losses: formatted.losses)))
    }
    guard let folder = options.folder else {
      throw PartitionError(.usage, "options: '\(format.rawValue)' is several files; name a 'folder' for them")
    }
    let losses = try Partitioner.export(
      plan, as: format, modelPath: path, toFolder: folder,
      options: ExportOptions(
        keepsPrecision: options.keepsPrecision ?? false, allowsOutside: options.allowsOutside ?? false),
      isForced: options.replaces ?? false)
    return .init(text: try JSONText.encode(ExportResult(text: nil, losses: losses)))
  }
}

private struct ExportResult: Encodable {
  var text: String?
  var losses: [String]
}

/// What names and binds a model in the options of several calls.
struct ModelCallOptions: Decodable {
  var name: String?
  var path: String?
  var dimensions: [String: Int]?
  var states: [String: String]?

  static let keys: Set<String> = ["name", "path", "dimensions", "states"]

  /// As the header says: by their names where none are given.
  private var stateChoice: StateChoice { states.map { $0.isEmpty ? .none : .pairs($0) } ?? .named }

  /// The model in memory, or else the file that the options name.
  func load(
    _ model: UnsafeRawPointer?, _ size: Int, allowsUnknownSizes: Bool = false
  ) throws(PartitionError) -> Model {
    try load(try unsafe Boundary.bytes(model, size), allowsUnknownSizes: allowsUnknownSizes)
  }

  /// The same from a copy.
  func load(_ bytes: [UInt8]?, allowsUnknownSizes: Bool = false) throws(PartitionError) -> Model {
    if let path {
      guard bytes == nil else {
        throw PartitionError(.usage, "options: 'path' names a model, and one is in memory as well; give one")
      }
      return try Partitioner.loadModel(
        path: path, dimensions: dimensions ?? [:], states: stateChoice, allowsUnknownSizes: allowsUnknownSizes
      )
    }
    guard let bytes else { throw PartitionError(.usage, "the model is NULL") }
    return try Partitioner.loadModel(
      bytes: bytes, name: name ?? "model", dimensions: dimensions ?? [:], states: stateChoice)
  }
}

struct InspectCallOptions: Decodable, KnownKeys {
  var model: ModelCallOptions
  var largest: Int?

  private enum CodingKeys: String, CodingKey { case largest }
  static let knownKeys = ModelCallOptions.keys.union(["largest"])

  init(from decoder: any Decoder) throws {
    model = try ModelCallOptions(from: decoder)
    largest = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int.self, forKey: .largest)
  }
}

struct CostsCallOptions: Decodable, KnownKeys {
  var model: ModelCallOptions
  var system: String?
  var cards: Int?
  var set: [String: Figure]?
  var costs: [String]?
  var precision: Precision?

  private enum CodingKeys: String, CodingKey, CaseIterable { case system, cards, set, costs, precision }
  static let knownKeys = ModelCallOptions.keys.union(CodingKeys.allCases.map(\.rawValue))

  init(from decoder: any Decoder) throws {
    model = try ModelCallOptions(from: decoder)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    system = try values.decodeIfPresent(String.self, forKey: .system)
    cards = try values.decodeIfPresent(Int.self, forKey: .cards)
    set = try values.decodeIfPresent([String: Figure].self, forKey: .set)
    costs = try values.decodeIfPresent([String].self, forKey: .costs)
    precision = try values.decodeIfPresent(Precision.self, forKey: .precision)
  }
}

struct ExportCallOptions: Decodable, KnownKeys {
  var format: PlanFormat?
  var folder: String?
  var keepsPrecision: Bool?
  var allowsOutside: Bool?
  var replaces: Bool?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case format, folder, keepsPrecision, allowsOutside, replaces
  }
  static let knownKeys = Set(CodingKeys.allCases.map(\.rawValue))
}
