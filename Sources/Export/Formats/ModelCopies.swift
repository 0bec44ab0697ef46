import CostModel
import Graph
import ONNXImport
import ONNXSchema
import Plan
import SwiftProtobuf

/// Copies of the model with what the plan says of each node. Local functions are inlined in them.
package enum ModelCopies {
  static let model = "model.onnx"
  static let weights = "model.weights"

  /// Writes `model.onnx` with device configurations, of IR version 11: a device list without a sharded axis for copies, axis 0
  /// for shards of rows, axis 1 for shards of columns; the host is the device `CPU`.
  ///
  /// - Returns: What the format cannot say.
  package static func onnxDevices(
    _ context: FormatContext, _ source: ModelSource, options: ExportOptions, folder: String
  ) throws(ExportError) -> [String] {
    let format = "onnx-devices"
    try context.refuseGroups(format)
    let layout = try layout(context, source)
    let places = NodePlaces(layout)
    let configuration = "partition"
    let tables = try shardings(context, source, layout)
    var model = try write(context, source, layout, options: options, folder: folder) { position, node in
      guard let partition = places.partition[position] else { return }
      var entry = Onnx_NodeDeviceConfigurationProto()
      entry.configurationID = configuration
      entry.pipelineStage = Int32(clamping: partition)
      for output in node.output where !output.isEmpty {
        var spec = Onnx_ShardingSpecProto()
        spec.tensorName = output
        spec.device = devices(at: context.partitions.partitions[partition].site, context)
        entry.shardingSpec.append(spec)
      }
      for input in node.input { entry.shardingSpec += tables[input].map { [$0] } ?? [] }
      node.deviceConfigurations = [entry]
    }
    var list = Onnx_DeviceConfigurationProto()
    list.name = configuration
    list.device = ["CPU"] + context.system.cards.map(\.name)
    list.numDevices = Int32(clamping: list.device.count)
    model.configuration = [list]
    model.irVersion = max(11, model.irVersion)
    try save(model, folder)
    return context.lossOfPrecision(format)
  }

  /// Indices in the configuration's list.
  private static func devices(at site: PlacementSite, _ context: FormatContext) -> [Int64] {
    let cards = context.placement.cards(at: site)
    return cards.isEmpty ? [0] : cards.map { Int64($0) + 1 }
  }

  /// By the name of a value with a table's elements: where its shards are.
  private static func shardings(
    _ context: FormatContext, _ source: ModelSource, _ layout: PartLayout
  ) throws(ExportError) -> [String: Onnx_ShardingSpecProto] {
    var result: [String: Onnx_ShardingSpecProto] = [:]
    for (index, placed) in context.placement.tables.enumerated() {
      var spec = Onnx_ShardingSpecProto()
      let table = context.graph.embeddingTables[index]
      spec.device = placed.shards.flatMap { devices(at: $0.site, context) }
      if placed.shards.count > 1 {
        let isRows = if case .rows = placed.split { true } else { false }
        let sizes = placed.shards.map { isRows ? $0.rows.count : $0.columns.count }
        guard Set(sizes).count == 1 else {
          throw ExportError(
            .unsupported,
            "onnx-devices: table '\(table.name)' has shards of \(sizes.map(String.init).joined(separator: ", ")) \(isRows ? "rows" : "columns"), and only even shards can be said; plan with --no-split, or export parts"
          )
        }
        var simple = Onnx_SimpleShardedDimProto()
        simple.dimValue = Int64(isRows ? table.rows : table.dimension)
        simple.numShards = Int64(sizes.count)
        var sharded = Onnx_ShardedDimProto()
        sharded.axis = isRows ? 0 : 1
        sharded.simpleSharding = [simple]
        spec.shardedDim = [sharded]
      }
      for value in layout.values.values(ofTable: index) {
        spec.tensorName = source.written.scope.values[value].name
        result[spec.tensorName] = spec
      }
    }
    return result
  }

  /// Writes `model.onnx` whose nodes say where they run, and `session.json` with the option that tells ONNX Runtime what that
  /// means. A session has one device of a kind, so that the plan may use one card beside the host.
  ///
  /// - Returns: What the format cannot say.
  package static func ort(
    _ context: FormatContext, _ source: ModelSource, options: ExportOptions, folder: String
  ) throws(ExportError) -> [String] {
    let format = "ort"
    try context.refuseGroups(format)
    try context.refuseSplits(format)
    let layout = try layout(context, source)
    let places = NodePlaces(layout)
    let used = Set(context.partitions.partitions.compactMap { context.card(of: $0.site) })
    guard used.count <= 1 else {
      throw ExportError(
        .unsupported,
        "\(format): a session has one device of a kind, and the plan uses \(used.count) cards for different things; export parts and run a session for each"
      )
    }
    let model = try write(context, source, layout, options: options, folder: folder) { position, node in
      guard let partition = places.partition[position] else { return }
      let card = context.card(of: context.partitions.partitions[partition].site)
      var entry = Onnx_StringStringEntryProto()
      entry.key = "layer_ann"
      entry.value = card.map { context.system.cards[$0].name } ?? "host"
      node.metadataProps.removeAll { $0.key == entry.key }
      node.metadataProps.append(entry)
    }
    try save(model, folder)
    let setting = (used.sorted().map { "gpu(=\(context.system.cards[$0].name))" } + ["cpu(=host)"]).joined(
      separator: "; ")
    try OutputFile.write(
      Array(JSONLines.object([("session.layer_assignment_settings", .string(setting))]).text.utf8),
      path: folder + "session.json")
    return context.lossOfCopies(format, "run a session for each card") + context.lossOfPrecision(format)
  }

  private static func layout(
    _ context: FormatContext, _ source: ModelSource
  ) throws(ExportError) -> PartLayout {
    try PartLayout(
      graph: context.graph, written: source.written, partitions: context.partitions,
      placement: context.placement)
  }

  /// Writes the weights, and answers the model that points to them.
  private static func write(
    _ context: FormatContext, _ source: ModelSource, _ layout: PartLayout, options: ExportOptions,
    folder: String,
    annotate: @escaping (Int, inout Onnx_NodeProto) -> Void
  ) throws(ExportError) -> Onnx_ModelProto {
    try PartsExporter.check(source)
    var builder = try PartBuilder(
      source: source, layout: layout, store: WeightStore(source, allowsOutside: options.allowsOutside),
      keepsPrecision: true)
    builder.annotate = annotate
    var part = try builder.build(layout.whole)
    part.model.graph.initializer = try part.weights.write(folder: folder, file: weights)
    // The caller's inputs stay what they were, those that nothing reads included.
    part.model.graph.input = try builder.inputs()
    part.model.metadataProps = source.header.metadataProps
    return part.model
  }

  private static func save(_ message: Onnx_ModelProto, _ folder: String) throws(ExportError) {
    let bytes: [UInt8]
    do { bytes = try message.serializedBytes() } catch {
      throw ExportError(.unsupported, "\(model): cannot be encoded: \(error)")
    }
    try OutputFile.write(bytes, path: folder + model)
  }
}
