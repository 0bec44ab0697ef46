import CostModel
import Graph
import Hardware
import ONNXImport
import ONNXSchema
import Plan
import SwiftProtobuf

/// How parts are written.
public struct ExportOptions: Sendable, Hashable {
  /// Whether tables and weights stay in the precision of the model's file, whatever the plan stores them in.
  public var keepsPrecision: Bool
  /// Whether external data may lie outside the model's folder.
  public var allowsOutside: Bool

  public init(keepsPrecision: Bool = false, allowsOutside: Bool = false) {
    self.keepsPrecision = keepsPrecision
    self.allowsOutside = allowsOutside
  }
}

/// Writes one ONNX model for each partition of a plan.
///
/// A part holds the nodes of the file behind the partition's operators, whatever was folded, fused or inlined to plan them.
/// What follows from constants is computed in each part that needs it.
package enum PartsExporter {
  /// Writes models and weights to an empty folder.
  ///
  /// - Parameters:
  ///   - graph: As planned: the file's, perhaps with tables split by how often rows are looked up.
  ///   - matrixPrecision: That the plan counts matrix products on cards in, where `kept` has no other.
  ///   - kept: By operator of `graph`.
  ///   - planned: The position in the plan of a partition, where that is another.
  ///   - standsFor: The cards that a card of the placement stands for.
  ///   - folder: With a slash behind it.
  /// - Returns: What `manifest.json` should say.
  package static func write(
    _ source: ModelSource, graph: Graph, system: System, placement: ModelPlacement,
    partitions: PartitionGraph, sha256: String, matrixPrecision: Precision, kept: [LayerPrecision?],
    requestsInFlight: Int, options: ExportOptions,
    planned: (Int) -> Int? = { $0 }, standsFor: (Int) -> [Int] = { [$0] }, folder: String
  ) throws(ExportError) -> PartsManifest {
    try check(source)
    let written = source.written
    let layout = try PartLayout(
      graph: graph, written: written, partitions: partitions, placement: placement)
    var weightBits: [Int: Int] = [:]
    for (op, entry) in kept.enumerated() where placement.operators[op] != .host {
      guard let weights = entry?.weights, let result = layout.values.results(of: OperatorID(op)).first else {
        continue
      }
      weightBits[result] = weights.bits
    }
    var builder = try PartBuilder(
      source: source, layout: layout, store: WeightStore(source, allowsOutside: options.allowsOutside),
      keepsPrecision: options.keepsPrecision, weightBits: weightBits)
    var parts: [PartsManifest.Part] = []
    for (index, draft) in layout.drafts.enumerated() {
      var part = try builder.build(draft)
      let partition = draft.partition.map { partitions.partitions[$0] }
      let devices = self.devices(of: partition?.site ?? .host, placement, system, standsFor)
      let digits = "\(index)"
      let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let stem =
        "part\(number)-\(devices.count > 1 ? "cards" : fileText(devices[0]))-\(partition?.role.rawValue ?? "dense")"
      part.model.graph.initializer = try part.weights.write(folder: folder, file: stem + ".weights")
      let message: [UInt8]
      do { message = try part.model.serializedBytes() } catch {
        throw ExportError(.unsupported, "\(stem): the model cannot be encoded: \(error)")
      }
      try OutputFile.write(message, path: folder + stem + ".onnx")
      let hasFile = part.model.graph.initializer.contains { $0.dataLocation == .external }
      parts.append(
        .init(
          file: stem + ".onnx", weights: hasFile ? stem + ".weights" : nil,
          partition: draft.partition.flatMap(planned),
          device: devices[0], devices: devices, role: partition?.role.rawValue ?? "dense",
          level: partition?.level ?? (parts.map(\.level).max() ?? 0) + 1, inputs: part.inputs,
          outputs: part.outputs, weightBytes: part.weights.bytes, tables: part.tables))
    }
    builder.describe(written.scope.inputs + written.scope.outputs)
    let scope = written.scope
    return PartsManifest(
      model: .init(name: source.loaded.graph.name, sha256: sha256),
      inputs: scope.inputs.map { scope.values[$0].name },
      outputs: scope.outputs.map { scope.values[$0].name },
      requestsInFlight: requestsInFlight, parts: parts, tensors: builder.tensors,
      losses: builder.losses + [layout.values.heat.loss].compactMap { $0 }
        + loss(of: counted(graph, placement, matrixPrecision, kept), parts, coded: builder.codedProducts))
  }

  /// The precisions that the plan counts matrix products on cards in, that of most operators first.
  private static func counted(
    _ graph: Graph, _ placement: ModelPlacement, _ precision: Precision, _ kept: [LayerPrecision?]
  ) -> [String] {
    var counts: [String: Int] = [:]
    for (index, op) in graph.operators.enumerated()
    where op.work.kind == .matrix && placement.operators[index] != .host {
      counts[kept[index]?.word ?? precision.rawValue, default: 0] += 1
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// What the plan counts with and no part does.
  ///
  /// - Parameter coded: Products whose weights are stored as planned.
  private static func loss(
    of precisions: [String], _ parts: [PartsManifest.Part], coded: Int
  ) -> [String] {
    guard precisions.contains(where: { $0 != Precision.fp32.rawValue }),
      parts.contains(where: { $0.device != "host" && $0.role == "dense" })
    else { return [] }
    let known = coded == 0 ? "" : ", but for the weights of \(coded == 1 ? "1 product" : "\(coded) products")"
    return [
      "matrix products on cards: the plan counts \(precisions.joined(separator: " and ")); the parts compute in the model's own "
        + "precision\(known), since ranges of activations would have to be measured first"
    ]
  }

  static func check(_ source: ModelSource) throws(ExportError) {
    if source.written.batch == .unfollowed {
      throw ExportError(
        .unsupported,
        "the plan is for another batch than the model is written for, and its embedding bags, which are loops in the file, hold the old one; export the model with that batch and plan again"
      )
    }
    // Inlined nodes run under the model's operator sets.
    let sets = Dictionary(
      source.header.opsetImport.map { ($0.domain, $0.version) }, uniquingKeysWith: { max($0, $1) })
    let called = Set(source.messages.nodes.map { "\($0.domain):\($0.opType)" })
    var problems: [String] = []
    for function in source.header.functions where called.contains("\(function.domain):\(function.name)") {
      for entry in function.opsetImport {
        if let version = sets[entry.domain], version != entry.version {
          problems.append(
            "function '\(function.name)': is written for version \(entry.version) of operator set '\(entry.domain.isEmpty ? "ai.onnx" : entry.domain)', "
              + "the model for \(version); convert the model to one version")
        }
      }
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
  }

  /// Names of the devices at a site.
  private static func devices(
    of site: PlacementSite, _ placement: ModelPlacement, _ system: System, _ standsFor: (Int) -> [Int]
  ) -> [String] {
    let cards = placement.cards(at: site).flatMap(standsFor)
    return cards.isEmpty ? ["host"] : cards.map { system.cards[$0].name }
  }

  /// A name as part of a file's name.
  private static func fileText(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
  }
}
