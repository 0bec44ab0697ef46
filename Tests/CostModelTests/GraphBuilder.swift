import Graph

/// Builds graphs in tests; the work of each operator is derived from the shapes given.
struct GraphBuilder {
  private(set) var graph = Graph(name: "test")

  mutating func input(_ name: String, _ shape: [Int], _ type: ElementType = .float32) -> TensorID {
    let id = tensor(name, shape, type, .input, nil)
    graph.inputs.append(id)
    return id
  }

  mutating func constant(_ name: String, _ shape: [Int], _ type: ElementType = .float32) -> TensorID {
    tensor(name, shape, type, .constant, nil)
  }

  /// Adds an operator with one output and returns that.
  @discardableResult
  mutating func add(
    _ name: String, _ type: String, _ inputs: [TensorID], _ shape: [Int], kind: Work.Kind,
    matrixOperations: Int = 0, vectorOperations: Int = 0, isView: Bool = false,
    elementType: ElementType = .float32
  ) -> TensorID {
    let op = OperatorID(graph.operators.count)
    let output = tensor(name, shape, elementType, .intermediate, op)
    for input in inputs where graph.tensors[input.index].consumers.last != op {
      graph.tensors[input.index].consumers.append(op)
    }
    let constants = inputs.filter { graph[$0].role == .constant }
    graph.operators.append(
      Operator(
        name: name, type: type, inputs: inputs, outputs: [output],
        work: Work(
          kind: kind, matrixOperations: matrixOperations, vectorOperations: vectorOperations,
          weightBytes: constants.map { graph[$0].bytes }.reduce(0, +),
          inputBytes: inputs.filter { graph[$0].role != .constant }.map { graph[$0].bytes }.reduce(0, +),
          outputBytes: graph[output].bytes, isView: isView)))
    return output
  }

  /// A fully connected layer without bias: `x` is [batch, in].
  mutating func gemm(_ name: String, _ x: TensorID, out: Int) -> TensorID {
    let shape = graph[x].shape
    let weight = constant(name + ".weight", [out, shape[1]])
    return add(
      name, "Gemm", [x, weight], [shape[0], out], kind: .matrix,
      matrixOperations: 2 * shape[0] * shape[1] * out)
  }

  /// A square convolution of an NCHW tensor, without bias.
  mutating func conv(
    _ name: String, _ x: TensorID, channels: Int, kernel: Int, stride: Int = 1
  ) -> TensorID {
    let shape = graph[x].shape
    let weight = constant(name + ".weight", [channels, shape[1], kernel, kernel])
    let bias = constant(name + ".bias", [channels])
    let output = [shape[0], channels, shape[2] / stride, shape[3] / stride]
    return add(
      name, "Conv", [x, weight, bias], output, kind: .matrix,
      matrixOperations: 2 * output.reduce(1, *) * shape[1] * kernel * kernel)
  }

  /// An elementwise operator with one operation per output element.
  mutating func elementwise(_ name: String, _ type: String, _ inputs: TensorID...) -> TensorID {
    let shape = inputs.map { graph[$0].shape }.max { $0.reduce(1, *) < $1.reduce(1, *) } ?? []
    return add(name, type, inputs, shape, kind: .vector, vectorOperations: shape.reduce(1, *))
  }

  /// A pooled look-up table with int64 indices and int32 lengths.
  mutating func lookup(
    _ name: String, rows: Int, dimension: Int, bags: Int, maximum: Int, average: Double,
    isPooled: Bool = true
  ) -> TensorID {
    let table = constant(name + ".table", [rows, dimension])
    let indices = input(name + ".indices", [maximum], .int64)
    let lengths = input(name + ".lengths", [bags], .int32)
    let op = OperatorID(graph.operators.count)
    let output = add(
      name, "SparseLengthsSum", [table, indices, lengths], [isPooled ? bags : maximum, dimension],
      kind: .lookup, vectorOperations: maximum * dimension)
    graph.embeddingTables.append(
      EmbeddingTable(
        name: name + ".table", tensor: table, lookups: [op], rows: rows, dimension: dimension,
        averageLookups: average, maximumLookups: maximum, isPooled: isPooled,
        outputBytes: graph[output].bytes, bags: bags))
    return output
  }

  /// Makes an operator one that no card runs.
  mutating func keepOnHost(_ name: String) { graph.operators[graph.op(name).index].isHostOnly = true }

  mutating func output(_ tensor: TensorID) { graph.outputs.append(tensor) }

  private mutating func tensor(
    _ name: String, _ shape: [Int], _ type: ElementType, _ role: Tensor.Role, _ producer: OperatorID?
  ) -> TensorID {
    graph.tensors.append(Tensor(name: name, type: type, shape: shape, role: role, producer: producer))
    return TensorID(graph.tensors.count - 1)
  }
}

extension Graph {
  /// The operator of that name.
  func op(_ name: String) -> OperatorID {
    OperatorID(operators.firstIndex { $0.name == name } ?? -1)
  }
}
