import Graph

/// Makes a graph of tables and a dense part: pooled look-ups, their interaction, and fully connected layers around it.
struct TableGraph {
  private var builder: GraphBuilder
  private let batch: Int

  init(name: String, batch: Int) {
    builder = GraphBuilder(name: name)
    self.batch = batch
  }

  /// - Parameter file: what problems of the graph are said of.
  mutating func build(
    _ sheet: TableSheet, _ dense: DensePart?, file: String
  ) throws(SheetError) -> GraphBuilder.Result {
    builder.serving.batch = batch
    for table in sheet.tables where table.isPooled {
      builder.serving.averageLookups[table.name] = table.lookups
    }
    let looked = sheet.tables.flatMap { lookups($0) }
    if let dense {
      builder.output(try answer(dense, looked, file: file))
    } else {
      for value in looked { builder.output(value.value) }
    }
    do { return try builder.build() } catch {
      throw SheetError(
        problems: error.problems.map { problem in
          var problem = problem
          problem.file = file
          return problem.description
        })
    }
  }

  /// A tensor of the batch with so many elements a sample.
  private struct Wide {
    var value: GraphBuilder.Value
    var width: Int
  }

  /// What is looked up in a table, a tensor a feature.
  private mutating func lookups(_ table: TableSheet.Table) -> [Wide] {
    let weights = builder.constant(table.name, table.type, [table.rows, table.dimension])
    return (0..<table.features).map { feature in
      let name = table.features == 1 ? table.name : "\(table.name)/\(feature)"
      let (count, isHuge) = batch.multipliedReportingOverflow(by: table.maximumLookups)
      let indices = builder.input("indices/\(name)", .int64, [isHuge ? .max : count])
      guard table.isPooled else {
        let rows = builder.add("Gather", [weights, indices], name: "look up \(name)")
        let width = table.maximumLookups * table.dimension
        let shape = builder.constant("shape of \(name)", .int64, [2], values: .ints([batch, width]))
        return Wide(value: builder.add("Reshape", [rows, shape], name: "rows of \(name)"), width: width)
      }
      let lengths = builder.input("lengths/\(name)", .int32, [batch])
      return Wide(
        value: builder.add(
          "SparseLengthsSum", [weights, indices, lengths], domain: "glow", name: "look up \(name)"),
        width: table.dimension)
    }
  }

  private mutating func answer(
    _ dense: DensePart, _ looked: [Wide], file: String
  ) throws(SheetError) -> GraphBuilder.Value {
    var features = looked
    var front: Wide?
    if !dense.bottom.isEmpty {
      let input = Wide(
        value: builder.input("dense features", .float32, [batch, dense.denseFeatures]),
        width: dense.denseFeatures)
      let last = layers("bottom", input, dense.bottom, last: "Relu")
      front = last
      features.insert(last, at: 0)
    }
    let joined: Wide
    switch dense.interaction {
    case .concat: joined = joining(features)
    case .sum, .dot:
      let width = features[0].width
      guard features.allSatisfy({ $0.width == width }) else {
        let widths = Set(features.map(\.width)).sorted().map { "\($0)" }.joined(separator: ", ")
        throw SheetError(
          problems: [
            "\(file): interaction: \(dense.interaction.rawValue) needs tables and the last of bottom to be of one width, "
              + "found \(widths); use concat"
          ])
      }
      joined =
        dense.interaction == .sum
        ? Wide(value: builder.add("Sum", features.map(\.value), name: "interaction"), width: width)
        : pairs(features, width: width, beside: front)
    }
    return layers("top", joined, dense.top, last: "Sigmoid").value
  }

  private mutating func joining(_ parts: [Wide], name: String = "joined") -> Wide {
    guard parts.count > 1 else { return parts[0] }
    return Wide(
      value: builder.add("Concat", parts.map(\.value), name: name, attributes: ["axis": .int(1)]),
      width: parts.reduce(0) { $0 + $1.width })
  }

  /// Products of all pairs of features (Naumov et al., arXiv 1906.00091), with the bottom's own beside them.
  private mutating func pairs(_ features: [Wide], width: Int, beside front: Wide?) -> Wide {
    let count = features.count
    let pairs = count * (count - 1) / 2
    guard pairs > 0 else { return joining(features) }
    let flat = joining(features, name: "features")
    let stacked = reshape(flat.value, [batch, count, width], name: "features.stacked")
    let turned = builder.add(
      "Transpose", [stacked], name: "features.turned", attributes: ["perm": .ints([0, 2, 1])])
    let square = builder.add("MatMul", [stacked, turned], name: "interaction")
    let rows = reshape(square, [batch, count * count], name: "interaction.flat")
    let triangle = builder.constant("interaction.triangle", .int64, [pairs])
    let lower = Wide(
      value: builder.add(
        "Gather", [rows, triangle], name: "interaction.pairs", attributes: ["axis": .int(1)]),
      width: pairs)
    return joining((front.map { [$0] } ?? []) + [lower])
  }

  private mutating func reshape(_ value: GraphBuilder.Value, _ shape: [Int], name: String)
    -> GraphBuilder.Value
  {
    let sizes = builder.constant("\(name).shape", .int64, [shape.count], values: .ints(shape))
    return builder.add("Reshape", [value, sizes], name: name)
  }

  /// Fully connected layers with Relu behind each but the last, which `last` follows.
  private mutating func layers(_ name: String, _ input: Wide, _ widths: [Int], last: String) -> Wide {
    var front = input
    for (index, width) in widths.enumerated() {
      let weights = builder.constant("\(name).\(index).weight", .float32, [front.width, width])
      let bias = builder.constant("\(name).\(index).bias", .float32, [width])
      let product = builder.add("Gemm", [front.value, weights, bias], name: "\(name).\(index)")
      let activation = index == widths.count - 1 ? last : "Relu"
      front = Wide(
        value: builder.add(activation, [product], name: "\(name).\(index).activation"), width: width)
    }
    return front
  }
}
