/// What the local search aims at: every lane and shared resource within `limit` seconds, every memory within its
/// capacity.
///
/// The cost of a state is the sum over resources of the squared relative excess and a share of the excess itself, which
/// keeps the last of it from being worth less than evenness, plus a small share of the squared level that prefers even
/// loads among states without excess. Zero excess everywhere means the target is reached.
struct PackingTarget {
  let limit: Double
  private let inverseLimit: Double
  /// By device.
  private let inverseCapacity: [Double]
  private let laneCount: Int
  private static let evenness = 1e-5
  private static let (loadSlope, memorySlope) = (2e-4, 5e-3)

  init(_ model: PackingModel, limit: Double) {
    self.limit = limit
    inverseLimit = 1 / max(limit, 1e-300)
    laneCount = model.laneCount
    inverseCapacity = model.capacity.map { $0.isFinite ? 1 / max($0, 1) : 0 }
  }

  @inline(__always)
  func cost(ofLoad level: Double) -> Double {
    let relative = level * inverseLimit
    let excess = max(0, relative - 1)
    return excess * (excess + Self.loadSlope) + Self.evenness * relative * relative
  }

  @inline(__always)
  func cost(ofMemory level: Double, on device: Int) -> Double {
    let excess = max(0, level * inverseCapacity[device] - 1)
    return 4 * excess * (excess + Self.memorySlope)
  }

  @inline(__always)
  func cost(of level: Double, resource: Int, on device: Int) -> Double {
    resource < laneCount ? cost(ofLoad: level) : cost(ofMemory: level, on: device)
  }

  /// Cost of one device's resources.
  @inline(__always)
  func cost(_ state: PackingState, device: Int) -> Double {
    var sum = 0.0
    let start = device * (laneCount + 1)
    for resource in 0...laneCount {
      sum += cost(of: state.levels[start + resource], resource: resource, on: device)
    }
    return sum
  }

  func cost(_ state: PackingState) -> Double {
    var sum = 0.0
    for device in 0..<state.model.deviceCount { sum += cost(state, device: device) }
    for level in state.shared { sum += cost(ofLoad: level) }
    return sum
  }

  /// The relative excess of a device's worst resource, and that resource.
  func worst(_ state: PackingState, device: Int) -> (excess: Double, resource: Int) {
    var result = (excess: -Double.infinity, resource: 0)
    let start = device * (laneCount + 1)
    for resource in 0...laneCount {
      let factor = resource < laneCount ? inverseLimit : inverseCapacity[device]
      let excess = state.levels[start + resource] * factor - 1
      if excess > result.excess { result = (excess, resource) }
    }
    return result
  }

  /// Whether one device keeps the limit and its memory.
  func isWithin(_ state: PackingState, device: Int) -> Bool {
    let start = device * (laneCount + 1)
    for lane in 0..<laneCount where state.levels[start + lane] > limit { return false }
    let capacity = state.model.capacity[device] * (1 + ProblemEvaluator.memoryTolerance)
    return state.levels[start + laneCount] <= capacity
  }

  func isReached(_ state: PackingState) -> Bool {
    state.bottleneck <= limit && state.memoryExcess == 0
  }
}
