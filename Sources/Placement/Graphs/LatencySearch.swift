enum LatencySearch {
  static func run(_ model: GraphModel, _ state: inout GraphSearchState) {
    for d in model.problem.devices.indices where model.modes.allSatisfy({ !$0[model.classOf[d]].isEmpty }) {
      state.offer(model.assignment(homes: Array(repeating: d, count: model.itemCount)))
    }
  }
}
