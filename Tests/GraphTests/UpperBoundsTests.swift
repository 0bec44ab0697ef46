import Testing

@testable import Graph

/// Sizes behind tensors whose length depends on data: the most that they can be, where that is known.
@Suite struct UpperBoundsTests {
  private var builder = GraphBuilder(name: "g")

  private mutating func constant(_ name: String, _ values: [Int], isScalar: Bool = false)
    -> GraphBuilder.Value
  {
    builder.constant(name, .int64, isScalar ? [] : [values.count], values: .ints(values))
  }

  /// How many of twelve scores are not 0: a shape of one element, known as at most 12.
  private mutating func found() -> GraphBuilder.Value {
    let scores = builder.input("scores", .float32, [12])
    let rows = builder.add("Transpose", [builder.add("NonZero", [scores], name: "kept")])
    return builder.add("Gather", [builder.add("Shape", [rows]), constant("first", [0])])
  }

  private mutating func shape(of value: GraphBuilder.Value) throws -> [Int]? {
    builder.output(value)
    let graph = try builder.build().graph
    let tensor = graph[graph.outputs[0]]
    return graph.operators.contains { $0.outputs.contains(graph.outputs[0]) && $0.work.isIncomplete }
      ? nil : tensor.shape
  }

  @Test mutating func fillsCountTheMost() throws {
    let shape = builder.add("Concat", [found(), constant("width", [4])], attributes: ["axis": .int(0)])
    #expect(try self.shape(of: builder.add("ConstantOfShape", [shape])) == [12, 4])
  }

  @Test mutating func arithmeticThatNeverFallsIsFollowed() throws {
    let twice = builder.add("Mul", [found(), constant("two", [2])])
    let more = builder.add(
      "Add", [builder.add("Sub", [twice, constant("three", [3])]), constant("one", [1])])
    #expect(try shape(of: builder.add("ConstantOfShape", [more])) == [22])
  }

  @Test mutating func rangesEndWhereTheMostEnds() throws {
    let limit = builder.add("Squeeze", [found()])
    let (zero, one) = (constant("zero", [0], isScalar: true), constant("one", [1], isScalar: true))
    #expect(try shape(of: builder.add("Range", [zero, limit, one])) == [12])
  }

  /// As exporters write `expand`: -1 stands for 1, whatever the size is.
  @Test mutating func selectionsTakeTheLargerBranch() throws {
    let size = found()
    let isOpen = builder.add("Equal", [size, constant("open", [-1])])
    let chosen = builder.add("Where", [isOpen, constant("one", [1]), size])
    let x = builder.input("x", .float32, [1])
    #expect(try shape(of: builder.add("Expand", [x, chosen])) == [12])
  }

  /// The more is taken away, the less remains.
  @Test mutating func whatFallsIsNotBounded() throws {
    let rest = builder.add("Sub", [constant("all", [12]), found()])
    #expect(try shape(of: builder.add("ConstantOfShape", [rest])) == nil)
  }

  @Test mutating func negativeFactorsAreNotBounded() throws {
    let turned = builder.add("Mul", [found(), constant("minus", [-1])])
    let sizes = builder.add("Add", [turned, constant("all", [12])])
    #expect(try shape(of: builder.add("ConstantOfShape", [sizes])) == nil)
  }
}
