import Partitioner

/// What `language.py` measured on a card, each beside what the cost model says.
struct MeasuredLanguage {
  struct Entry {
    var row: Table.Row
    var measured: Double
    var predicted: Double

    var ratio: Double { predicted / measured }
    var error: Double { abs(ratio - 1) }
  }

  /// Whole models, each as kernels and compiled.
  private(set) var models: [Entry] = []
  /// Attention of one query, by the fastest library, with the times of all.
  private(set) var attention: [(fastest: Entry, libraries: [String: Double])] = []
  /// Normalisations and elementwise operators.
  private(set) var parts: [Entry] = []
  /// Products of the models, with operands in their precision.
  private(set) var products: [Entry] = []
  /// Products with weights that alone are in few bits, by the fastest kernel.
  private(set) var narrow: [Entry] = []

  /// - Parameters:
  ///   - card: A built-in system of such cards.
  ///   - folder: With the tables.
  /// - Throws: `missingFile`, `badInput`.
  init(card: String, folder: String) throws(PartitionError) {
    let system = try Partitioner.system(named: card, cards: 1)
    func table(_ name: String) throws(PartitionError) -> [Table.Row] {
      try Table(path: "\(folder)/\(name)_\(card).csv").rows
    }
    var known: [[String]: Double] = [:]
    for row in try table("language") {
      let key = ["model", "precision", "batch", "queries", "past"].map(row.text)
      let predicted: Double
      if let seconds = known[key] {
        predicted = seconds
      } else {
        predicted = try LanguageModel(row).seconds(on: system)
      }
      known[key] = predicted
      models.append(Entry(row: row, measured: row.number("seconds"), predicted: predicted))
    }
    var order: [[String]] = []
    var libraries: [[String]: [String: Double]] = [:]
    var shapes: [[String]: Table.Row] = [:]
    for row in try table("decode") {
      let key = ["batch", "kv_tokens", "heads", "kv_heads", "head_dim"].map(row.text)
      if shapes.updateValue(row, forKey: key) == nil { order.append(key) }
      libraries[key, default: [:]][row.text("library")] = row.number("seconds")
    }
    for key in order {
      guard let row = shapes[key], let times = libraries[key], let fastest = times.values.min() else {
        continue
      }
      attention.append(
        (
          Entry(
            row: row, measured: fastest,
            predicted: try Kernels.attention(
              ["batch", "kv_tokens", "heads", "kv_heads", "head_dim"].map(row.count), on: system)), times
        ))
    }
    for row in try table("parts") where row.text("type") != "Rotate" && row.text("type") != "Quantise" {
      parts.append(
        Entry(
          row: row, measured: row.number("seconds"),
          predicted: try Kernels.part(
            row.text("type"), [row.count("rows"), row.count("columns")], on: system)))
    }
    for row in try table("products") {
      products.append(
        Entry(
          row: row, measured: row.number("seconds"),
          predicted: try Kernels.product(row, as: row.text("precision"), on: system)))
    }
    var best: [[String]: Entry] = [:]
    for row in try table("narrow") {
      let key = ["precision", "m", "n", "k"].map(row.text)
      let entry = Entry(
        row: row, measured: row.number("seconds"),
        predicted: try Kernels.product(row, as: row.text("precision"), on: system))
      if let other = best[key], other.measured < entry.measured { continue }
      best[key] = entry
    }
    narrow = best.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { best[$0] }
  }

  /// Products whose weights alone are in few bits, of AIConfigurator, that figures were not fitted to; by precision.
  static func widened(_ card: String, folder: String) throws(PartitionError) -> [String: [Entry]] {
    let system = try Partitioner.system(named: card, cards: 1)
    var entries: [String: [Entry]] = [:]
    var position: [String: Int] = [:]
    for row in try Table(path: "\(folder)/weights_\(card).csv").rows {
      let precision = row.text("precision")
      // As fit.py: every other row of a precision.
      position[precision, default: -1] += 1
      guard position[precision].map({ !$0.isMultiple(of: 2) }) ?? false else { continue }
      entries[precision, default: []].append(
        Entry(
          row: row, measured: row.number("seconds"),
          predicted: try Kernels.product(row, as: precision, on: system)))
    }
    return entries
  }
}

/// Models with one operator.
private enum Kernels {
  static func attention(_ sizes: [Int], on system: System) throws(PartitionError) -> Double {
    var builder = GraphBuilder(name: "attention")
    let query = builder.input("q", .float16, [sizes[0], sizes[2], 1, sizes[4]])
    let (key, value) = (
      builder.input("k", .float16, [sizes[0], sizes[3], sizes[1], sizes[4]]),
      builder.input("v", .float16, [sizes[0], sizes[3], sizes[1], sizes[4]])
    )
    builder.output(builder.add("Attention", [query, key, value]))
    return try builder.seconds(on: system, .narrow(.bf16))
  }

  static func part(_ type: String, _ shape: [Int], on system: System) throws(PartitionError) -> Double {
    var builder = GraphBuilder(name: type)
    let x = builder.input("x", .float16, shape)
    switch type {
    case "RMSNormalization":
      builder.output(builder.add(type, [x, builder.constant("w", .float16, [shape[1]])]))
    case "Silu": builder.output(builder.add("Swish", [x]))
    default: builder.output(builder.add(type, [x, builder.input("y", .float16, shape)]))
    }
    return try builder.seconds(on: system, .narrow(.bf16))
  }

  static func product(
    _ row: Table.Row, as word: String, on system: System
  ) throws(PartitionError) -> Double {
    var builder = GraphBuilder(name: "product")
    let x = builder.input("x", .float16, [row.count("m"), row.count("k")])
    builder.output(
      builder.add("MatMul", [x, builder.constant("w", .float16, [row.count("k"), row.count("n")])]))
    guard let kept = KeptPrecision(word: word, pattern: "*") else {
      throw PartitionError(.badInput, "\(word) is no precision")
    }
    var options = CostOptions.narrow(kept.precision)
    if kept.weights != nil { options = CostOptions(cardMatrixPrecision: .fp16, kept: [kept]) }
    // Operands in fp8 are there in it.
    if kept.precision == .fp8 { options.cardActivationPrecision = .fp8 }
    return try builder.seconds(on: system, options)
  }
}

/// A decoder-only model as `language.py` measures it.
private struct LanguageModel {
  let row: Table.Row
  let graph: GraphBuilder

  init(_ row: Table.Row) throws(PartitionError) {
    self.row = row
    // Layers, width, heads, heads of keys, hidden width.
    let sizes = [
      "1b": [16, 2048, 32, 8, 8192], "8b": [32, 4096, 32, 8, 14_336], "70b": [8, 8192, 64, 8, 28_672],
    ]
    guard let sizes = sizes[row.text("model")] else {
      throw PartitionError(.badInput, "\(row.text("model")) is no model that is measured")
    }
    let (width, heads, shared, hidden, vocabulary) = (sizes[1], sizes[2], sizes[3], sizes[4], 128_256)
    let (batch, queries, past) = (row.count("batch"), row.count("queries"), row.count("past"))
    var b = GraphBuilder(name: "language")
    var weights = 0
    func weight(_ shape: Int...) -> GraphBuilder.Value {
      weights += 1
      return b.constant("w\(weights)", .float16, shape)
    }
    func norm(_ x: GraphBuilder.Value) -> GraphBuilder.Value {
      b.add("RMSNormalization", [x, weight(width)], attributes: ["axis": .int(-1)])
    }
    func product(_ x: GraphBuilder.Value, _ k: Int, _ n: Int) -> GraphBuilder.Value {
      b.add("MatMul", [x, weight(k, n)])
    }
    let size = width / heads
    var x = b.add("Gather", [weight(vocabulary, width), b.input("ids", .int64, [batch, queries])])
    for layer in 0..<sizes[0] {
      let a = norm(x)
      let q = product(a, width, width)
      var (k, v) = (product(a, width, shared * size), product(a, width, shared * size))
      if past > 0 {
        // The cache with what is new; the attention reads all of it.
        b.output(k)
        b.output(v)
        k = b.input("keys \(layer)", .float16, [batch, past + queries, shared * size])
        v = b.input("values \(layer)", .float16, [batch, past + queries, shared * size])
      }
      let o = b.add(
        "Attention", [q, k, v],
        attributes: [
          "q_num_heads": .int(heads), "kv_num_heads": .int(shared), "is_causal": .int(past > 0 ? 0 : 1),
        ])
      x = b.add("Add", [x, product(o, width, width)])
      let c = norm(x)
      let (g, u) = (product(c, width, hidden), product(c, width, hidden))
      let gated = b.add("Mul", [b.add("Mul", [g, b.add("Sigmoid", [g])]), u])
      x = b.add("Add", [x, product(gated, hidden, width)])
    }
    b.output(product(norm(x), width, vocabulary))
    graph = b
  }

  func seconds(on system: System) throws(PartitionError) -> Double {
    try graph.seconds(on: system, .narrow(Precision(rawValue: row.text("precision")) ?? .bf16))
  }
}

extension CostOptions {
  /// Matrix work in a precision, activations in 16 bits.
  fileprivate static func narrow(_ precision: Precision) -> CostOptions {
    CostOptions(cardMatrixPrecision: precision, cardActivationPrecision: .fp16)
  }
}

extension GraphBuilder {
  /// Of all operators on the first card.
  fileprivate func seconds(on system: System, _ options: CostOptions) throws(PartitionError) -> Double {
    do {
      let costs = CostModel(graph: try build().graph, system: system, options: options)
      return costs.graph.operators.indices.reduce(0) {
        $0 + (costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0)
      }
    } catch {
      throw PartitionError(.internalError, "a model of what was measured cannot be built: \(error)")
    }
  }
}
