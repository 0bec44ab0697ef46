import Graph
import Hardware
import TestSupport
import Testing

@testable import Partitioner

/// Inputs that are sent in other forms than the model declares; optima by hand.
@Suite struct InputFormPlanTests {
  /// 64 images, of which little is computed: the link into the one card limits.
  private static func images() throws -> Model {
    var builder = GraphBuilder(name: "images")
    let image = builder.input("image", .float32, [64, 3, 224, 224])
    let weights = builder.constant("weights", .float32, [8, 3, 4, 4])
    let features = builder.add(
      "Conv", [image, weights], attributes: ["strides": .ints([4, 4]), "kernel_shape": .ints([4, 4])])
    builder.output(builder.add("GlobalAveragePool", [features]))
    return Model(graph: try builder.build().graph)
  }

  private static func system() throws -> System {
    var system = try Partitioner.system(cards: 1)
    // A host that is too slow for anything, and for what it sends.
    system.host.processor.dram.bytesPerSecond /= 1000
    system.host.processor.cores = 1
    return system
  }

  @Test func pixelsAreSentInEightBits() throws {
    let (model, system) = (try Self.images(), try Self.system())
    let link = system.cards[0].link
    let elements = 64 * 3 * 224 * 224
    let options = PlanOptions(gap: 1e-6)
    let plain = try Partitioner.plan(model, on: system, options: options)
    #expect(
      abs(plain.predicted.bottleneckSeconds / link.seconds(bytes: Double(2 * elements), commands: 1) - 1)
        < 1e-9)
    let sent = try model.sending(["image": .uint8])
    let plan = try Partitioner.plan(sent, on: system, options: options)
    #expect(
      abs(plan.predicted.bottleneckSeconds / link.seconds(bytes: Double(elements), commands: 1) - 1) < 1e-9)
    #expect(plan.model.inputs == ["image": .uint8])
    #expect(plan.notes.contains { $0.contains("made whole on cards") })
    #expect(Partitioner.check(plan, model: sent).isEmpty)
    // Not by the model as it is.
    #expect(!Partitioner.check(plan, model: model).isEmpty)
    let again = try Partitioner.decodePlan(bytes: Array(Partitioner.encode(plan).utf8), name: "plan")
    #expect(again == plan)
    var simulation = SimulationOptions(load: .backToBack)
    simulation.requests = 500
    let report = try Partitioner.simulate(plan, model: sent, options: simulation)
    #expect(abs(report.throughputPerSecond.value / plan.predicted.throughputPerSecond - 1) < 0.02)
  }

  /// 4,096 values of a user and 16 of each of 256 items in fp16: 8 kB and 8 kB, where all of it is 2.1 MB.
  @Test func whatAllItemsShareIsSentOnce() throws {
    var builder = GraphBuilder(name: "ranking")
    let user = builder.input("user", .float32, [256, 4096])
    let item = builder.input("item", .float32, [256, 16])
    let all = builder.add("Concat", [user, item], attributes: ["axis": .int(1)])
    let weights = builder.constant("weights", .float32, [4112, 8])
    builder.output(builder.add("MatMul", [all, weights]))
    let model = Model(graph: try builder.build().graph)
    let system = try Self.system()
    let plan = try Partitioner.plan(try model.sending(["user": .shared]), on: system)
    let sent = plan.transfers.filter { $0.fromPartition == nil }.reduce(0) { $0 + $1.bytes }
    #expect(sent == 2 * (4096 + 256 * 16))
    let plain = try Partitioner.plan(model, on: system)
    #expect(plan.predicted.throughputPerSecond > 2 * plain.predicted.throughputPerSecond)
  }

  @Test func whatCannotBeSentSoIsUsage() throws {
    let model = try Self.images()
    let error = #expect(throws: PartitionError.self) { try model.sending(["image": .uint8, "x": .shared]) }
    #expect(error?.kind == .usage && error?.problems.count == 1)
  }
}
