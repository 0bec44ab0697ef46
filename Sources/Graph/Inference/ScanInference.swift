/// Scan runs its body over slices of sequences: states are carried from one slice to the next, what else the body returns
/// is stacked. Operator set 8 puts sequence lengths before the other inputs and a batch axis before every axis, and
/// runs the body once for each sequence of the batch.
extension ShapeInference {
  mutating func inferScan(
    _ node: NodeContext, _ captured: [TensorFact]
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    guard let body = node.node.bodies.first?.scope, let sequences = try node.int("num_scan_inputs"),
      sequences >= 0, sequences <= body.inputs.count
    else { return ([], .movement) }
    let isBatched = node.inputs.count == body.inputs.count + 1
    let layout = ScanLayout(
      states: body.inputs.count - sequences, batchAxes: isBatched ? 1 : 0,
      inputAxes: try node.ints("scan_input_axes") ?? [],
      outputAxes: try node.ints("scan_output_axes") ?? [])
    let given = isBatched ? Array(node.inputs.dropFirst()) : node.inputs
    var batch: Int? = isBatched ? nil : 1
    var trips: Int?
    var inputs: [TensorFact] = []
    for (index, input) in given.enumerated() {
      var fact = (input ?? .unknown).asVariable
      if var shape = fact.shape {
        if isBatched {
          guard !shape.isEmpty else {
            throw ShapeProblem("input \(index + 1) needs a batch axis", field: "input \(index + 1)")
          }
          batch = batch ?? shape[0]
        }
        if index >= layout.states {
          let axis = try layout.axis(of: index, rank: shape.count, in: layout.inputAxes, node)
          trips = trips ?? shape[axis]
          shape.remove(at: axis)
        }
        if isBatched { shape.removeFirst() }
        fact.shape = shape
      }
      inputs.append(fact)
    }
    if trips == nil {
      let loop = OpenLoop(name: node.node.name, isGrowing: false)
      openLoops.append(loop)
      trips = tripCounts[loop.tripName]
      if trips == nil {
        log.warn(
          "Scan over a sequence of unknown length is costed as one pass; "
            + "give the length with --dim \(ShellText.quoted(loop.tripName + "=N"))", node: loop.name)
      }
    }
    let result = infer(body, inputs: inputs, captured: captured)
    var outputs: [TensorFact] = []
    for (index, value) in body.outputs.enumerated() {
      var fact = result.facts[value].asVariable
      if let shape = fact.shape {
        fact.shape = try layout.shape(
          ofOutput: index, each: shape, batch: isBatched ? batch : nil, trips: trips, node)
      }
      outputs.append(fact)
    }
    var passes = Saturating.product(batch ?? 1, trips ?? 1)
    if isBatched, node.has(0), let trips {
      if let lengths = node.intValues(0) {
        passes = lengths.reduce(0) { Saturating.sum($0, min(max(0, $1), trips)) }
      } else {
        log.warn(
          "sequence lengths depend on data; every sequence counts with \(trips) passes, the most there can be",
          node: node.node.name)
      }
    }
    return (outputs, result.total.repeated(passes))
  }
}

/// Which axes of a Scan's inputs and outputs are which.
private struct ScanLayout {
  let states: Int
  /// Axes before those that the attributes count from.
  let batchAxes: Int
  let inputAxes: [Int]
  let outputAxes: [Int]

  /// The axis that is cut or stacked along, of an input or output behind the states.
  func axis(
    of index: Int, rank: Int, in axes: [Int], _ node: NodeContext
  ) throws(ShapeProblem) -> Int {
    let place = index - states
    let given = axes.indices.contains(place) ? axes[place] : batchAxes
    return try node.axis(given, rank: rank, field: "scan axes")
  }

  /// The shape of an output whose value in one pass has the shape `each`; `nil` when it is not known.
  func shape(
    ofOutput index: Int, each: [Int], batch: Int?, trips: Int?, _ node: NodeContext
  ) throws(ShapeProblem) -> [Int]? {
    var shape = each
    if batchAxes > 0 {
      guard let batch else { return nil }
      shape.insert(batch, at: 0)
    }
    guard index >= states else { return shape }
    guard let trips else { return nil }
    shape.insert(trips, at: try axis(of: index, rank: shape.count + 1, in: outputAxes, node))
    return shape
  }
}
