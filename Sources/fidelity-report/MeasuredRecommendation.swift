import Partitioner

/// What `recommendation.py` measured on a card, each beside what the cost model says.
struct MeasuredRecommendation {
  struct Entry {
    var row: Table.Row
    var measured: Double
    var predicted: Double

    var error: Double { abs(predicted / measured - 1) }
  }

  /// Sums of rows of tables.
  private(set) var bags: [Entry] = []
  /// Dot products of all pairs of features in one kernel.
  private(set) var interactions: [Entry] = []
  /// The same kernel by kernel, all of them together.
  private(set) var apart: [Entry] = []
  /// Layers of MLPerf's DLRM.
  private(set) var layers: [Entry] = []
  /// All of it.
  private(set) var networks: [Entry] = []

  /// - Parameters:
  ///   - card: A built-in system of such cards.
  ///   - folder: With the tables.
  ///   - models: With the networks that `models/generator/benchmarks.py` made.
  /// - Throws: `missingFile`, `badInput`.
  init(card: String, folder: String, models: String) throws(PartitionError) {
    func table(_ name: String) throws(PartitionError) -> Table {
      try Table(path: "\(folder)/\(name)_\(card).csv")
    }
    let joint = try Partitioner.system(named: card, cards: 1)
    var apart = joint
    apart.cards[0].processor.jointKernels = nil
    for row in try table("bags").rows {
      let isJoint = row.text("way") == "joint"
      bags.append(
        Entry(row, try Self.bags(row, on: isJoint ? joint : apart, isJoint: isJoint)))
    }
    var parts: [[Int]: Entry] = [:]
    for row in try table("interaction").rows where row.text("way") != "tables" {
      let precision = Precision(rawValue: row.text("precision")) ?? .fp16
      guard row.text("way") != "one" else {
        interactions.append(Entry(row, try Self.interaction(row, on: joint, precision)))
        continue
      }
      let key = ["features", "width", "batch"].map(row.count)
      let known = parts[key]
      let predicted =
        if let known { known.predicted } else { try Self.interaction(row, on: apart, precision) }
      parts[key] = Entry(
        row: row, measured: (known?.measured ?? 0) + row.number("seconds"), predicted: predicted)
    }
    self.apart = parts.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { parts[$0] }
    for row in try table("dense").rows {
      layers.append(Entry(row, try Self.layer(row, on: joint)))
    }
    for row in try table("dlrm").rows {
      let precision: Precision = row.text("way") == "int8" ? .int8 : .fp16
      let cost = try NetworkCost(
        path: "\(models)/dlrm-criteo.json", batch: row.count("batch"),
        on: row.text("way") == "apart" ? apart : joint,
        precision: precision, activations: precision, tables: TableFormat(precision: precision, scaleBytes: 0)
      )
      networks.append(Entry(row, cost.seconds))
    }
  }

  private static func bags(
    _ row: Table.Row, on system: System, isJoint: Bool
  ) throws(PartitionError) -> Double {
    let format = TableFormat(precision: Precision(rawValue: row.text("stored")) ?? .fp16)
    let bytes = row.count("row_bytes")
    let width =
      switch format.precision {
      case .fp32: bytes / 4
      case .fp16: bytes / 2
      // Scale and bias, to 16 bytes.
      default: bytes - 16
      }
    let (batch, pooling) = (row.count("batch"), row.count("pooling"))
    var builder = GraphBuilder(name: "bags")
    for table in 0..<row.count("tables") {
      let rows = builder.constant("table \(table)", .float32, [row.count("rows"), width])
      let indices = builder.input("indices \(table)", .int64, [batch * pooling])
      let lengths = builder.input("lengths \(table)", .int32, [batch])
      builder.output(builder.add("SparseLengthsSum", [rows, indices, lengths], domain: "glow"))
    }
    let costs = try costs(builder, on: system, CostOptions(tableFormat: format))
    let cores = Double(system.cards.first?.processor.cores ?? 1)
    let each = costs.graph.embeddingTables.indices.compactMap {
      costs.lookup(table: $0, format: format, on: .card(0))
    }
    guard isJoint else { return each.reduce(0) { $0 + $1.seconds(cores: cores) } }
    func sum(_ part: KeyPath<LookupCost, Double>) -> Double { each.reduce(0) { $0 + $1[keyPath: part] } }
    return max(sum(\.coreSeconds) / cores, sum(\.dramSeconds)) + sum(\.launchSeconds)
  }

  private static func interaction(
    _ row: Table.Row, on system: System, _ precision: Precision
  ) throws(PartitionError) -> Double {
    let (features, width, batch) = (row.count("features"), row.count("width"), row.count("batch"))
    var builder = GraphBuilder(name: "interaction")
    let parts = (0..<features).map { builder.input("feature \($0)", .float32, [batch, 1, width]) }
    func ints(_ name: String, _ values: [Int]) -> GraphBuilder.Value {
      builder.constant(name, .int64, [values.count], values: .ints(values))
    }
    let flat = ints("flat", [batch, features * features])
    let single = ints("single", [batch, width])
    let pairs = ints("pairs", (0..<features).flatMap { i in (0..<i).map { features * i + $0 } })
    let first = builder.add("Reshape", [parts[0], single])
    let joined = builder.add("Concat", parts, attributes: ["axis": .int(1)])
    let turned = builder.add("Transpose", [joined], attributes: ["perm": .ints([0, 2, 1])])
    let products = builder.add("Reshape", [builder.add("MatMul", [joined, turned]), flat])
    let picked = builder.add("Gather", [products, pairs], attributes: ["axis": .int(1)])
    builder.output(builder.add("Concat", [first, picked], attributes: ["axis": .int(1)]))
    return try seconds(
      builder, on: system, CostOptions(cardMatrixPrecision: precision, cardActivationPrecision: precision))
  }

  private static func layer(_ row: Table.Row, on system: System) throws(PartitionError) -> Double {
    let (m, n, k) = (row.count("m"), row.count("n"), row.count("k"))
    let precision = Precision(rawValue: row.text("precision")) ?? .fp16
    var builder = GraphBuilder(name: "layer")
    let x = builder.input("x", .float32, [m, k])
    let product = builder.add("MatMul", [x, builder.constant("w", .float32, [k, n])])
    builder.output(builder.add("Relu", [product]))
    return try seconds(
      builder, on: system, CostOptions(cardMatrixPrecision: precision, cardActivationPrecision: precision))
  }

  private static func seconds(
    _ builder: GraphBuilder, on system: System, _ options: CostOptions
  ) throws(PartitionError) -> Double {
    let costs = try costs(builder, on: system, options)
    return costs.graph.operators.indices.reduce(0) {
      $0 + (costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0)
    }
  }

  private static func costs(
    _ builder: GraphBuilder, on system: System, _ options: CostOptions
  ) throws(PartitionError) -> CostModel {
    do { return CostModel(graph: try builder.build().graph, system: system, options: options) } catch {
      throw PartitionError(.internalError, "a kernel cannot be built: \(error)")
    }
  }
}

extension MeasuredRecommendation.Entry {
  fileprivate init(_ row: Table.Row, _ predicted: Double) {
    self.init(row: row, measured: row.number("seconds"), predicted: predicted)
  }
}
