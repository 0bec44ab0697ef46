import Plan

/// What the program alone says about its limits, without queues.
public struct ProgramBounds: Sendable, Hashable {
  /// Busy seconds of each resource for a mean batch, divided by its servers.
  public var loadSeconds: [Double]
  /// Index of the resource with the largest load.
  public var bottleneck: Int
  /// For each variant, the longest path of legs: no batch can be faster in an empty system.
  public var longestPathSeconds: [Double]

  /// Batches a second that the bottleneck can serve.
  public var saturatedRate: Double {
    let load = loadSeconds.isEmpty ? 0 : loadSeconds[bottleneck]
    return load > 0 ? 1 / load : .infinity
  }

  init(_ program: CompiledProgram) {
    let machine = program.source
    var loads = [Double](repeating: 0, count: machine.resources.count)
    var paths: [Double] = []
    for variant in machine.variants {
      var ends: [Double] = []
      for task in variant.tasks {
        let start = task.predecessors.map { ends[$0] }.max() ?? 0
        // Every other leg starts when the first is taken, so that in an empty system the longest leg decides.
        ends.append(start + (task.legs.map(\.seconds).max() ?? 0))
        for leg in task.legs { loads[leg.resource] += variant.share * leg.seconds }
      }
      paths.append(ends.max() ?? 0)
    }
    for index in loads.indices { loads[index] /= Double(machine.resources[index].servers) }
    loadSeconds = loads
    bottleneck = loads.indices.max { loads[$0] < loads[$1] } ?? 0
    longestPathSeconds = paths
  }
}
