/// Bounds from single items: some device takes the item, on top of its base load, and the cheapest way to do that bounds the
/// largest load. Base loads bound it too.
struct ItemBound: SearchStep {
  let name = StepName.largestUnit

  func run(_ context: GraphContext, within clock: SearchClock) {
    context.incumbent.raise(Self.largest(context.model), by: name)
  }

  /// Seconds.
  static func largest(_ model: GraphModel) -> Double {
    var bound = model.classes.flatMap(\.baseLoad).max() ?? 0
    for modesByClass in model.modes {
      var cheapest = Double.infinity
      for (entry, modes) in zip(model.classes, modesByClass) {
        for mode in modes {
          var most = mode.shared.max() ?? 0
          for (lane, load) in mode.loads.enumerated() { most = max(most, entry.baseLoad[lane] + load) }
          cheapest = min(cheapest, most)
        }
      }
      bound = max(bound, cheapest)
    }
    return bound
  }
}
