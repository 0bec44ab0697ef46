import Export
import Foundation
import ONNXImport
import Plan

@_exported import struct Export.ExportOptions
@_exported import struct Export.FormattedPlan
@_exported import struct Export.PartsManifest
@_exported import enum Export.PlanFormat

extension Partitioner {
  /// Writes a plan's partitions as ONNX models to a folder, with `manifest.json`; see `PartsManifest`.
  ///
  /// The folder appears whole or not at all: it is made beside its place and exchanged with what is there.
  ///
  /// - Parameters:
  ///   - path: Of the plan's model.
  ///   - folder: A new folder, an empty one, or one that was written by this call, which is replaced.
  ///   - isForced: Whether any folder may be replaced.
  /// - Returns: What `manifest.json` says.
  /// - Throws: `violation` for a plan that fails its check; `badInput` for what cannot be had together; `missingFile` for weights
  ///   that are not there; `unwritable`.
  public static func exportParts(
    _ plan: PlanDocument, modelPath path: String, to folder: String, options: ExportOptions = ExportOptions(),
    isForced: Bool = false
  ) throws(PartitionError) -> PartsManifest {
    let parts = try PartsFolder(folder, isForced: isForced)
    let exported = try ExportedPlan(plan, modelPath: path)
    return try parts.write { temporary throws(PartitionError) in
      let manifest = try exported.writeParts(options, to: temporary)
      try write(JSONText.encode(manifest), to: temporary + PartsFolder.manifestName)
      return manifest
    }
  }

  /// Writes a plan to a folder in a format of another tool that takes several files.
  ///
  /// - Returns: What the format cannot say, a line each.
  /// - Throws: as ``exportParts(_:modelPath:to:options:isForced:)``; `badInput` also where the format cannot say what matters.
  public static func export(
    _ plan: PlanDocument, as format: PlanFormat, modelPath path: String, toFolder folder: String,
    options: ExportOptions = ExportOptions(), isForced: Bool = false
  ) throws(PartitionError) -> [String] {
    if format == .parts {
      return try exportParts(plan, modelPath: path, to: folder, options: options, isForced: isForced).losses
    }
    let parts = try PartsFolder(folder, isForced: isForced)
    let exported = try ExportedPlan(plan, modelPath: path)
    if format != .triton { try exported.refuseParts(format) }
    return try parts.write { temporary throws(PartitionError) in
      do throws(ExportError) {
        switch format {
        case .onnxDevices:
          return try ModelCopies.onnxDevices(
            exported.context, exported.source, options: options, folder: temporary)
        case .ort:
          return try ModelCopies.ort(exported.context, exported.source, options: options, folder: temporary)
        default: break
        }
      } catch {
        throw PartitionError(error)
      }
      guard format == .triton else {
        throw PartitionError(.usage, "\(format.rawValue) is one file; write it as text")
      }
      return try exported.writeRepository(options, to: temporary)
    }
  }

  /// A plan in a format of another tool that takes one file.
  ///
  /// - Throws: `violation` for a plan that fails its check; `badInput` where the format cannot say what matters.
  public static func format(
    _ plan: PlanDocument, as format: PlanFormat, modelPath path: String
  ) throws(PartitionError) -> FormattedPlan {
    let exported = try ExportedPlan(plan, modelPath: path)
    try exported.refuseParts(format)
    try exported.refuseOtherInputs(format)
    let context = exported.context
    do throws(ExportError) {
      switch format {
      case .mdp: return try NodeFormats.mdp(context, exported.source)
      case .glow: return try NodeFormats.glow(context, exported.source)
      case .openvino: return try NodeFormats.openvino(context, exported.source)
      case .torchrec: return try TableFormats.torchrec(context)
      case .hugectr: return try TableFormats.hugectr(context)
      case .deviceMap: return try LayerFormats.deviceMap(context)
      case .llamaCPP: return try LayerFormats.llamaCPP(context)
      case .vllm: return try LayerFormats.vllm(context)
      case .parts, .onnxDevices, .ort, .triton: break
      }
    } catch {
      throw PartitionError(error)
    }
    throw PartitionError(.usage, "\(format.rawValue) is several files; name a folder for them")
  }
}

/// A plan that holds, with the model that it is for.
private struct ExportedPlan {
  let plan: PlanDocument
  let model: Model
  let source: ModelSource
  let context: FormatContext

  init(_ plan: PlanDocument, modelPath path: String) throws(PartitionError) {
    self.plan = plan
    try Partitioner.requireOneBucket(plan, to: "export")
    guard plan.model.form == nil else {
      throw PartitionError(
        .badInput,
        "\(path): is a sheet of tables and not a model, so that there are no operators to write; plan the model itself"
      )
    }
    source = try Self.source(of: plan, path: path)
    model = Model(
      source.loaded, path: path, sha256: try ModelDigest.sha256(ofFile: path),
      dimensions: plan.model.dimensions
    ).asPlanned(in: plan)
    // What receives inputs counts as the planner has it, whatever a node of the file would.
    let isSent = !(plan.model.inputs ?? [:]).isEmpty
    let checked = isSent ? try Partitioner.loadModel(path: path, as: plan.model).asPlanned(in: plan) : model
    let violations = Partitioner.check(plan, model: checked)
    guard violations.isEmpty else {
      throw PartitionError(.violation, violations.map { "the plan fails its check: \($0.message)" })
    }
    guard let placement = Verifier.placement(of: plan, graph: model.graph) else {
      throw PartitionError(
        .internalError, "\(path): the model with its inputs as sent is not what was planned")
    }
    context = FormatContext(
      graph: model.graph, system: plan.system, placement: placement,
      partitions: PartitionGraph(
        graph: model.graph, placement: placement, costs: Partitioner.costs(of: plan, part: model)))
  }

  /// The model's messages, with what receives inputs that are sent in other forms.
  private static func source(of plan: PlanDocument, path: String) throws(PartitionError) -> ModelSource {
    let options = LoadOptions(dimensions: plan.model.dimensions, states: plan.model.stateChoice)
    func load(_ receivers: InputReceivers?) throws(PartitionError) -> ModelSource {
      do {
        return try ModelLoader.loadSource(path: path, options: options) { receivers?.write(into: &$0) }
      } catch {
        throw PartitionError(error)
      }
    }
    let source = try load(nil)
    guard let inputs = plan.model.inputs, !inputs.isEmpty else { return source }
    let (sent, problems) = source.loaded.graph.sending(inputs)
    guard problems.isEmpty else { throw PartitionError(.violation, problems) }
    let receivers: InputReceivers
    do { receivers = try InputReceivers(inputs, graph: sent, source: source) } catch {
      throw PartitionError(error)
    }
    return try load(receivers)
  }

  /// Formats that name the nodes and inputs of the model's file.
  func refuseOtherInputs(_ format: PlanFormat) throws(PartitionError) {
    guard let inputs = plan.model.inputs, !inputs.isEmpty else { return }
    throw PartitionError(
      .badInput,
      "\(format.rawValue): names what is in the model's file, which takes its inputs in its own form; plan without --input, or export parts"
    )
  }

  /// Parts of operators are no nodes of the file, and parts of tables none of its tables.
  func refuseParts(_ format: PlanFormat) throws(PartitionError) {
    if let part = plan.model.hot?.first {
      throw PartitionError(
        .badInput,
        "\(format.rawValue): knows whole tables and even shards of them, and the plan splits '\(part.table)' in hot and cold rows; plan with --no-heat-split, or export parts"
      )
    }
    guard let ranks = plan.model.cut else { return }
    throw PartitionError(
      .badInput,
      "\(format.rawValue): places whole nodes, and the plan cuts operators over teams of \(ranks) cards; plan with --no-cut, or export parts"
    )
  }

  func writeParts(_ options: ExportOptions, to folder: String) throws(PartitionError) -> PartsManifest {
    if let part = plan.model.hot?.first, plan.model.cut != nil {
      throw PartitionError(
        .badInput,
        "table '\(part.table)': is split in hot and cold rows beside teams of cards, which cannot be written in parts yet; plan again with --no-heat-split or --no-cut"
      )
    }
    let kept = plan.layersOnCards(in: context.graph)
    do {
      if let ranks = plan.model.cut {
        return try TeamParts.write(
          source, ranks: ranks, kind: plan.model.cutKind, context, sha256: model.reference.sha256,
          matrixPrecision: plan.request.precision, kept: kept,
          requestsInFlight: plan.request.requestsInFlight, options: options, folder: folder)
      }
      return try PartsExporter.write(
        source, graph: context.graph, system: plan.system, placement: context.placement,
        partitions: context.partitions,
        sha256: model.reference.sha256, matrixPrecision: plan.request.precision, kept: kept,
        requestsInFlight: plan.request.requestsInFlight, options: options,
        folder: folder)
    } catch {
      throw PartitionError(error)
    }
  }

  func writeRepository(_ options: ExportOptions, to folder: String) throws(PartitionError) -> [String] {
    let manifest = try writeParts(options, to: folder)
    let layout: TritonRepository.Layout
    do { layout = try TritonRepository.layout(manifest, system: plan.system) } catch {
      throw PartitionError(error)
    }
    let manager = FileManager.default
    do {
      for place in layout.folders
        + layout.moves.map({ String($0.to.prefix(upTo: $0.to.lastIndex(of: "/") ?? $0.to.endIndex)) })
      {
        try manager.createDirectory(atPath: folder + place, withIntermediateDirectories: true)
      }
      for move in layout.moves { try manager.moveItem(atPath: folder + move.from, toPath: folder + move.to) }
    } catch {
      throw PartitionError(.unwritable, "\(folder): cannot be written: \(error.localizedDescription)")
    }
    for (path, text) in layout.texts { try Partitioner.write(text, to: folder + path) }
    return layout.losses
  }
}

extension PartitionError {
  init(_ error: ExportError) {
    let kind: Kind =
      switch error.reason {
      case .unsupported, .badInput: .badInput
      case .missingFile: .missingFile
      case .unwritable: .unwritable
      case .internalError: .internalError
      }
    self.init(kind, error.problems)
  }
}
