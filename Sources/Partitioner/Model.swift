import CostModel
import Foundation
import Graph
import ONNXImport
import Plan
import Sheets

/// A model that was loaded or built, and what identifies it in a plan.
public struct Model: Sendable {
  public let graph: Graph
  /// What the loader noticed and handled.
  public let findings: [Finding]
  public let reference: PlanDocument.ModelReference
  /// Whether it was loaded with dimensions left open; see `LoadOptions.allowsUnknownSizes`.
  public let hasUnknownSizes: Bool
  /// Of the layers of a sheet that states them.
  let layerTimes: [SheetModel.LayerTime]
  /// Of the tables of a sheet that states them; empty for none.
  public let skews: [TableAccess.Stated]
  /// `nil` where all tables are whole.
  let heat: ModelHeat?

  /// What each of `ranks` cards computes that act as one; `nil` where the model has nothing to cut.
  func cut(over ranks: Int, by kind: GraphCut.Kind) -> Model? {
    guard let part = graph.cut(over: ranks, by: kind) else { return nil }
    return Model(self, part: part, ranks: ranks)
  }

  private init(_ whole: Model, part: Graph, ranks: Int) {
    graph = part
    findings = whole.findings
    hasUnknownSizes = whole.hasUnknownSizes
    layerTimes = []
    skews = whole.skews
    heat = whole.heat
    var reference = whole.reference
    reference.cut = ranks
    reference.cutBy = part.cut?.kind == .batch ? .batch : nil
    self.reference = reference
  }

  init(_ whole: Model, split: Graph, heat: ModelHeat) {
    graph = split
    findings = whole.findings
    hasUnknownSizes = whole.hasUnknownSizes
    layerTimes = whole.layerTimes
    skews = whole.skews
    self.heat = heat
    var reference = whole.reference
    reference.hot = heat.parts
    self.reference = reference
  }

  private init(_ model: Model, sent: Graph, inputs: [String: InputForm]) {
    graph = sent
    findings = model.findings
    hasUnknownSizes = model.hasUnknownSizes
    layerTimes = model.layerTimes
    skews = model.skews
    heat = model.heat
    var reference = model.reference
    reference.inputs = inputs
    self.reference = reference
  }

  /// The model with inputs sent in other forms; the operators that make of them what it reads are placed like others.
  ///
  /// - Throws: `usage` with every input that cannot be sent so.
  public func sending(_ inputs: [String: InputForm]) throws(PartitionError) -> Model {
    guard !inputs.isEmpty else { return self }
    let (sent, problems) = graph.sending(inputs)
    guard problems.isEmpty else { throw PartitionError(.usage, problems) }
    return Model(self, sent: sent, inputs: inputs)
  }

  /// The model as a plan has it: with tables split by heat, cut over cards that act as one, where the plan says so.
  public func asPlanned(in plan: PlanDocument) -> Model {
    var model = self
    if let parts = plan.model.hot, let access = plan.access, heat == nil {
      model = model.split(byHeat: parts, access: access) ?? model
    }
    guard let ranks = plan.model.cut, reference.cut == nil else { return model }
    return model.cut(over: ranks, by: plan.model.cutKind) ?? model
  }

  /// A graph that was built in memory. Its plans name no file, so checking or simulating them needs the graph again.
  public init(graph: Graph) {
    self.graph = graph
    findings = []
    hasUnknownSizes = false
    layerTimes = []
    skews = []
    heat = nil
    reference = .init(
      name: graph.name, path: "", sha256: "", dimensions: [:], states: graph.recordedStates)
  }

  init(_ loaded: LoadedModel, path: String, sha256: String, dimensions: [String: Int]) {
    graph = loaded.graph
    findings = loaded.findings
    hasUnknownSizes = loaded.hasUnknownSizes
    layerTimes = []
    skews = []
    heat = nil
    reference = .init(
      name: loaded.graph.name, path: path, sha256: sha256, dimensions: dimensions,
      states: loaded.graph.recordedStates)
  }

  init(_ sheet: SheetModel, _ reference: PlanDocument.ModelReference) {
    graph = sheet.graph
    findings = sheet.findings
    hasUnknownSizes = false
    layerTimes = sheet.times
    heat = nil
    skews = sheet.skews.map { .init(table: $0.table, exponent: $0.exponent) }
    self.reference = reference
  }
}

extension Partitioner {
  /// Loads an ONNX model, binary or JSON, from a file, or from standard input for `-`. Plans of that name no file.
  ///
  /// - Parameters:
  ///   - dimensions: Values for the model's dynamic dimensions, by name; see `LoadOptions`.
  ///   - states: Which inputs and outputs stay on a device between requests.
  ///   - allowsUnknownSizes: Whether a model loads although dimensions are left without a value.
  /// - Throws: `missingFile` or `badInput` with every problem found, each with file, node and field; `usage` for dimensions
  ///   that have no value, and for a batch that the model does not follow.
  public static func loadModel(
    path: String, dimensions: [String: Int] = [:], states: StateChoice = .named,
    allowsUnknownSizes: Bool = false
  ) throws(PartitionError) -> Model {
    if path.isEmpty { try checkReadable(path) }
    if path == standardStream {
      return try loadModel(
        bytes: read(path: path), name: name(ofInput: path), dimensions: dimensions, states: states)
    }
    let loaded: LoadedModel
    do {
      loaded = try ModelLoader.load(
        path: path,
        options: LoadOptions(
          dimensions: dimensions, allowsUnknownSizes: allowsUnknownSizes, states: states))
    } catch {
      throw PartitionError(error)
    }
    let digest = try ModelDigest.sha256(ofFile: path)
    return Model(loaded, path: path, sha256: digest, dimensions: dimensions)
  }

  /// Loads an ONNX model from bytes.
  ///
  /// - Parameter name: What the model is called in findings and errors.
  /// - Throws: `badInput` with every problem found; `usage` as for a file.
  public static func loadModel(
    bytes: [UInt8], name: String, dimensions: [String: Int] = [:], states: StateChoice = .named
  ) throws(PartitionError) -> Model {
    do {
      let loaded = try ModelLoader.load(
        bytes: bytes, name: name, options: LoadOptions(dimensions: dimensions, states: states))
      return Model(
        loaded, path: "", sha256: ModelDigest.sha256(of: bytes), dimensions: dimensions)
    } catch {
      throw PartitionError(error)
    }
  }

  /// Loads the model that a plan belongs to from bytes; its sheet, where it was planned from one.
  ///
  /// - Parameter name: What it is called in findings and errors.
  public static func loadModel(
    bytes: [UInt8], name: String, as reference: PlanDocument.ModelReference
  ) throws(PartitionError) -> Model {
    let model =
      if let form = reference.form {
        try loadSheet(
          form, bytes: bytes, name: name, dense: reference.dense,
          batch: reference.dimensions[LoadOptions.batch])
      } else {
        try loadModel(
          bytes: bytes, name: name, dimensions: reference.dimensions, states: reference.stateChoice
        ).sending(reference.inputs ?? [:])
      }
    return try model.cut(as: reference, name: name)
  }

  /// Loads another state of a plan's model: a file of the same form, with its dimensions bound as the plan's.
  public static func loadModel(
    path: String, as reference: PlanDocument.ModelReference
  ) throws(PartitionError) -> Model {
    let model =
      if let form = reference.form {
        try loadSheet(
          form, path: path, dense: reference.dense, batch: reference.dimensions[LoadOptions.batch])
      } else {
        try loadModel(path: path, dimensions: reference.dimensions, states: reference.stateChoice)
          .sending(reference.inputs ?? [:])
      }
    return try model.cut(as: reference, name: name(ofInput: path))
  }

  /// The model a plan belongs to, loaded from where the plan says, relative to the plan's own folder.
  ///
  /// - Parameter modelPath: where the model is, if not there; `-` for standard input.
  /// - Throws: `missingFile` when it is gone; `violation` when its content is not the one that was planned; `usage` when the
  ///   plan names no file and none is given.
  public static func model(
    of plan: PlanDocument, planPath: String, modelPath: String? = nil
  ) throws(PartitionError) -> Model {
    let path = try self.modelPath(of: plan, planPath: planPath, modelPath: modelPath)
    guard path == standardStream else {
      return try loadModel(path: path, as: plan.model).asPlanned(in: plan)
    }
    let bytes = try read(path: path)
    try checkDigest(
      ModelDigest.sha256(of: bytes), of: plan, planPath: planPath, modelPath: modelPath, path: path)
    return try loadModel(bytes: bytes, name: name(ofInput: path), as: plan.model).asPlanned(in: plan)
  }

  /// Where the model a plan belongs to is, from where the plan says, relative to the plan's own folder.
  ///
  /// - Parameter modelPath: where the model is, if not there; `-` for standard input, whose content is not checked.
  /// - Throws: as ``model(of:planPath:modelPath:)``.
  public static func modelPath(
    of plan: PlanDocument, planPath: String, modelPath: String? = nil
  ) throws(PartitionError) -> String {
    let place = name(ofInput: planPath)
    let path: String
    if let modelPath {
      path = modelPath
    } else {
      guard !plan.model.path.isEmpty else {
        throw PartitionError(
          .usage,
          "\(place): the plan was made from a model that was no file; give the model as well (--model)")
      }
      path = PlanPaths.resolve(plan.model.path, besidePlan: planPath)
      guard FileManager.default.isReadableFile(atPath: path) else {
        throw PartitionError(
          .missingFile,
          "\(place): model.path: the model \(path) is not there; put it back, say where it is (--model), or plan again"
        )
      }
      // A plan may come from anywhere, and what it names may have no end.
      guard fileKind(path) == S_IFREG else {
        throw PartitionError(
          .missingFile,
          "\(place): model.path: the model \(path) is no regular file; say where the model is (--model), or plan again"
        )
      }
    }
    if path != standardStream {
      try checkDigest(
        ModelDigest.sha256(ofFile: path), of: plan, planPath: planPath, modelPath: modelPath, path: path)
    }
    return path
  }

  private static func checkDigest(
    _ digest: String, of plan: PlanDocument, planPath: String, modelPath: String?, path: String
  ) throws(PartitionError) {
    // A plan of a graph that was built in memory has none; its check says whether this is it.
    guard digest != plan.model.sha256, !plan.model.sha256.isEmpty else { return }
    throw PartitionError(
      .violation,
      "\(name(ofInput: planPath)): model.sha256: \(name(ofInput: path)) "
        + (modelPath == nil ? "has changed since the plan was made" : "is not the model that was planned")
        + " (SHA-256 \(digest.prefix(12))..., the plan was made for \(plan.model.sha256.prefix(12))...); plan again"
    )
  }
}

extension Graph {
  /// As plans record them; `nil` where there are none.
  fileprivate var recordedStates: [String: String]? { states.isEmpty ? nil : statePairs }
}

extension Model {
  /// - Throws: `violation` where the model cannot be cut as the plan says.
  fileprivate func cut(as reference: PlanDocument.ModelReference, name: String) throws(PartitionError)
    -> Model
  {
    // Tables are split first, which the plan's access says how to.
    guard let ranks = reference.cut, reference.hot == nil else { return self }
    guard let part = cut(over: ranks, by: reference.cutKind) else {
      throw PartitionError(
        .violation,
        "\(name): the plan's model.cut is \(ranks), but the model has nothing to cut over so many cards")
    }
    return part
  }
}

extension PlanDocument.ModelReference {
  /// How the model is loaded again.
  package var stateChoice: StateChoice { states.map { .pairs($0) } ?? .none }
}

extension Partitioner {
  /// The SHA-256 that a model has in plans, without loading it.
  ///
  /// - Parameter isSheet: whether the file is a sheet, beside which no other file counts.
  /// - Throws: `missingFile`.
  public static func digest(ofModel path: String, isSheet: Bool = false) throws(PartitionError) -> String {
    isSheet ? ModelDigest.sha256(of: try read(path: path)) : try ModelDigest.sha256(ofFile: path)
  }
}

extension PartitionError {
  init(_ error: LoadError) {
    let kind: Kind =
      switch error.reason {
      case .missingFile, .unreadableFile: .missingFile
      case .malformed, .invalidModel: .badInput
      case .unboundDimensions, .fixedBatch: .usage
      }
    self.init(kind, error.problems.map(\.description))
  }
}
