/// A first assignment where no order can be cut into parts that fit: heaviest items first, each to the device where the
/// largest load stays smallest among those with memory left, or with the most memory left. It may exceed memory;
/// the search that follows repairs that.
enum GreedyStart {
  static func homes(_ model: GraphModel) -> [Int] {
    let weight = model.modes.map { modes -> Double in
      modes.joined().map { $0.loads.max() ?? 0 }.min() ?? 0
    }
    let size = model.modes.map { modes -> Double in modes.joined().map(\.memory).max() ?? 0 }
    let order = (0..<model.itemCount).sorted { a, b in
      if size[a] != size[b] { return size[a] > size[b] }
      return weight[a] != weight[b] ? weight[a] > weight[b] : a < b
    }
    var load = model.problem.devices.map { $0.baseLoad.max() ?? 0 }
    var left = model.classOf.map { model.classes[$0].memory }
    var homes = Array(repeating: 0, count: model.itemCount)
    for item in order {
      var best: (device: Int, fits: Bool, value: Double)?
      for device in model.problem.devices.indices {
        guard let mode = model.modes[item][model.classOf[device]].first else { continue }
        let fits = mode.memory <= left[device]
        let value = fits ? load[device] + (mode.loads.max() ?? 0) : -left[device]
        let isBetter = best.map { fits != $0.fits ? fits : value < $0.value } ?? true
        if isBetter { best = (device, fits, value) }
      }
      guard let best, let mode = model.modes[item][model.classOf[best.device]].first else { continue }
      homes[item] = best.device
      load[best.device] += mode.loads.max() ?? 0
      left[best.device] -= mode.memory
    }
    return homes
  }
}
