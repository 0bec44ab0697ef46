import CostModel
import Graph
import Hardware
import TestSupport
import Testing

/// What must hold for any graph on any of the built-in machines.
struct CostPropertyTests {
  /// A random graph with every kind of work.
  private static func graph(_ random: inout SeededRandom) -> Graph {
    var b = GraphBuilder()
    var made = [b.input("x", [8, Int.random(in: 1...300, using: &random)])]
    for index in 0..<25 {
      let x = made[Int.random(in: 0..<made.count, using: &random)]
      let shape = b.graph[x].shape
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1: made.append(b.gemm("fc\(index)", x, out: Int.random(in: 1...2000, using: &random)))
      case 2: made.append(b.elementwise("relu\(index)", "Relu", x))
      case 3: made.append(b.elementwise("softmax\(index)", "Softmax", x))
      case 4: made.append(b.add("copy\(index)", "Transpose", [x], shape, kind: .movement))
      default:
        made.append(b.add("view\(index)", "Reshape", [x], shape, kind: .movement, isView: true))
      }
    }
    b.output(made[made.count - 1])
    let bags = Int.random(in: 1...64, using: &random)
    let maximum = bags * Int.random(in: 1...20, using: &random)
    b.output(
      b.lookup(
        "t", rows: Int.random(in: 1...1_000_000, using: &random),
        dimension: Int.random(in: 1...200, using: &random), bags: bags, maximum: maximum,
        average: Double.random(in: 0...Double(maximum), using: &random)))
    return b.graph
  }

  @Test(arguments: 0..<20)
  func costsAreFiniteAddUpAndScale(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let graph = Self.graph(&random)
    let name = SystemCatalog.names[seed % SystemCatalog.names.count]
    let model = CostModel(graph: graph, system: try SystemCatalog.system(name, cards: 3))
    for index in graph.operators.indices {
      for location in [Location.host, .card(0), .card(2)] {
        let op = OperatorID(index)
        let cost = try #require(model.cost(of: op, on: location))
        let roof = max(cost.computeSeconds, cost.dramSeconds, cost.sramSeconds)
        #expect(cost.seconds.isFinite && cost.seconds >= 0)
        #expect(abs(cost.seconds - roof - cost.launchSeconds) <= 1e-12 * cost.seconds)
        #expect((cost.limit == .none) == (cost.seconds == 0))
        let half = try #require(model.cost(of: op, on: location, coreFraction: 0.5))
        #expect(half.seconds >= cost.seconds)
        #expect(half.seconds <= 2 * cost.seconds + 1e-18)
        let kept = try #require(model.cost(of: op, on: location, residentShare: 1))
        #expect(kept.seconds <= cost.seconds + 1e-18)
        let streamed = try #require(model.cost(of: op, on: location, residentShare: 0))
        #expect(streamed.seconds >= cost.seconds - 1e-18)
      }
      #expect(
        model.cost(of: OperatorID(index), on: .card(0)) == model.cost(of: OperatorID(index), on: .card(2)))
    }
  }

  @Test(arguments: 0..<20)
  func shardsCoverTheTable(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) + 100)
    let model = CostModel(graph: Self.graph(&random), system: try SystemCatalog.system("nnpi"))
    for format in [TableFormat.fp32, .fp16, .int8, .int4] {
      let whole = try #require(model.lookup(table: 0, format: format, on: .card(0)))
      let wholeBytes = model.tableBytes(0, format: format)
      for shards in [2, 3, 6] {
        let m = Double(shards)
        let row = try #require(
          model.lookup(table: 0, format: format, split: .rows(shards: shards), on: .card(0)))
        #expect(abs(row.lookups * m - whole.lookups) <= 1e-9 * whole.lookups)
        #expect(abs(row.coreSeconds * m - whole.coreSeconds) <= 1e-9 * whole.coreSeconds)
        #expect(row.resultBytes == whole.resultBytes)
        #expect(row.indexBytes <= whole.indexBytes)
        #expect(shards * model.tableBytes(0, format: format, split: .rows(shards: shards)) >= wholeBytes)
        let column = try #require(
          model.lookup(table: 0, format: format, split: .columns(shards: shards), on: .card(0)))
        #expect(column.lookups == whole.lookups)
        #expect(column.indexBytes == whole.indexBytes)
        #expect(column.dramSeconds <= whole.dramSeconds)
        #expect(Double(column.resultBytes) * m >= Double(whole.resultBytes))
        #expect(shards * model.tableBytes(0, format: format, split: .columns(shards: shards)) >= wholeBytes)
      }
    }
  }

  @Test(arguments: 0..<10)
  func aPartNeedsNoMoreThanTheWhole(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) + 200)
    let graph = Self.graph(&random)
    let model = CostModel(graph: graph, system: try SystemCatalog.system("nnpi"))
    let all = graph.operators.indices.map { OperatorID($0) }
    let part = all.filter { _ in Bool.random(using: &random) }
    #expect(model.weightBytes(of: part, on: .card(0)) <= model.weightBytes(of: all, on: .card(0)))
    #expect(model.residentShare(of: part, on: .card(0)) <= 1)
    #expect(
      model.weightBytes(of: part, on: .card(0))
        <= part.map { model.weightBytes(of: $0, on: .card(0)) }.reduce(0, +))
    #expect(
      model.activationBytes(of: part, on: .card(0))
        == 2 * model.peakActivationBytes(of: part, on: .card(0)))
  }
}
