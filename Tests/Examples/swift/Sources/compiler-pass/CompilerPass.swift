import Partitioner

/// This compiler's own graph: `Graph` is this one, and that of the library is `ModelGraph`.
struct Graph {
  var name: String
  /// Names of the operators, by where they run.
  var placed: [String: [String]] = [:]
}

/// Plans the model in the file that is named first, with a card that does not run what resizes images, and says where each
/// operator goes.
@main
struct CompilerPass {
  static func main() async throws {
    guard CommandLine.arguments.count > 1 else { return print("usage: compiler-pass MODEL") }
    let model = try Partitioner.loadModel(path: CommandLine.arguments[1])
    let system = try Partitioner.system(named: "nnpi", cards: 2)
    let graph: ModelGraph = model.graph

    var compiler = CompilerHooks()
    compiler.supports = { subject in graph[subject.op].type == "Resize" ? false : nil }
    compiler.seconds = { subject in subject.device != "host" && graph[subject.op].type == "Conv" ? 20e-6 : nil
    }
    let options = try Partitioner.ask(
      compiler, about: model, on: system, options: PlanOptions(gap: 0.05, work: WorkBudget(effort: 0.05)))
    let plan = try await Partitioner.planInBackground(model, on: system, options: options)
    try Partitioner.requireCheck(plan, model: model)

    var placed = Graph(name: graph.name)
    for op in graph.operators {
      let site = plan.site(of: op.name)?.name(in: system) ?? "with its table"
      placed.placed[site, default: []].append(op.name)
    }
    for (site, names) in placed.placed.sorted(by: { $0.key < $1.key }) {
      print("\(site): \(names.count) operators, the first \(names[0])")
    }
    for op in graph.operators where op.type == "Resize" {
      guard plan.site(of: op.name) == .host else {
        fatalError("\(op.name) is on a card that does not run it")
      }
    }

    // A task that is cancelled has the best plan so far.
    let endless = Task {
      try await Partitioner.planInBackground(
        model, on: system, options: PlanOptions(gap: 0, work: .unlimited))
    }
    try await Task.sleep(for: .seconds(1))
    endless.cancel()
    print("cancelled: within \((try await endless.value.certificate.gap * 100).rounded()) % of the best")
  }
}
