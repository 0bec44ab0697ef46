/// Builds the ``PackingModel`` of a problem without nets.
///
/// Reductions, each keeping every optimum of the bottleneck:
/// - an option with a piece that fits no allowed device even when that device is empty is dropped: it is in no
///   feasible assignment;
/// - a piece is no longer allowed where it does not fit by itself;
/// - an option whose pieces match another option's one for one, with no smaller vector, shared load or penalty and
///   no device more, is dropped: exchanging it never hurts;
/// - when all units together fit on any one device, memory is dropped;
/// - options that do not fit beside what the other units need in any case are dropped: see ``CrowdedOptions``;
/// - units of one colour whose options are single pieces, or pinned to the same devices, become one unit with the
///   product of their options. Where that is not possible, or the product is too large, either the colour is dropped
///   and the model is marked as a relaxation (its bounds hold, its assignments must be checked), or the options that
///   cannot be joined are (its assignments hold, its bounds do not).
struct PackingModelBuilder {
  /// What to do with options of one colour that cannot be multiplied out.
  enum Inexpressible {
    case dropColour
    case dropOptions
  }

  private static let largestProduct = 4096

  private let inexpressible: Inexpressible

  private let problem: Problem
  private var lists: [[Int]] = []
  private var listIndex: [[Int]: Int] = [:]
  /// The last one that was asked for: most options in a row may go to the same devices.
  private var lastList = -1
  /// Arrays that options of one member share: by number of pieces, their owners; and by number of the option, its source.
  private var ownOwners: [[Int]] = [[]]
  private var ownSources: [[Int]] = []
  private var isExact = true
  private var mates: [Int: [Int]] = [:]
  private let laneCount: Int
  private let capacity: [Double]

  init(_ problem: Problem, inexpressible: Inexpressible = .dropColour) {
    self.problem = problem
    self.inexpressible = inexpressible
    laneCount = problem.lanes.count
    capacity = problem.devices.map(\.memory)
  }

  mutating func build() -> PackingModel {
    let colours = problem.colourGroups
    var units: [PackingModel.Unit] = []
    for members in colours {
      if members.count == 1 {
        units.append(single(members[0]))
      } else if let unit = together(members) {
        units.append(unit)
      } else {
        isExact = false
        let first = units.count
        units += members.map { single($0) }
        for unit in first..<units.count {
          mates[unit] = (first..<units.count).filter { $0 != unit }
        }
      }
    }
    dropIdleMemory(&units)
    dropCrowdedOptions(&units)
    let allowed = lists.map(Set.init)
    for index in units.indices { removeDominated(&units[index].options, allowed) }
    let classes = DeviceClasses(problem: problem, lists: lists, units: units)
    return PackingModel(
      laneCount: laneCount, deviceCount: problem.devices.count, sharedCount: problem.shared.count,
      capacity: capacity, base: problem.devices.flatMap(\.baseLoad), deviceLists: lists, units: units,
      classOf: classes.classOf, exactClassOf: classes.exact, isExact: isExact, mates: mates)
  }

  /// When everything fits on any one device together, memory decides nothing: it is set to zero, which makes units
  /// that differ in memory alone equal.
  private func dropIdleMemory(_ units: inout [PackingModel.Unit]) {
    let step = laneCount + 1
    func memory(_ option: PackingModel.Option) -> Double {
      (0..<option.pieceCount).reduce(0) { $0 + option.vectors[$1 * step + laneCount] }
    }
    let most = units.reduce(0) { $0 + ($1.options.map(memory).max() ?? 0) }
    guard most <= capacity.min() ?? 0 else { return }
    for unit in units.indices {
      for option in units[unit].options.indices {
        for piece in 0..<units[unit].options[option].pieceCount {
          units[unit].options[option].vectors[piece * step + laneCount] = 0
        }
      }
    }
  }

  private mutating func dropCrowdedOptions(_ units: inout [PackingModel.Unit]) {
    var isChanged = true
    while isChanged {
      let crowded = CrowdedOptions(capacity: capacity, step: laneCount + 1, lists: lists)
      isChanged = crowded.reduce(&units) { index(of: $0) }
    }
  }

  private mutating func single(_ index: Int) -> PackingModel.Unit {
    var options: [PackingModel.Option] = []
    options.reserveCapacity(problem.units[index].options.count)
    for (number, option) in problem.units[index].options.enumerated() {
      if let packed = pack(option, number: number) { options.append(packed) }
    }
    return PackingModel.Unit(members: [index], options: options)
  }

  private mutating func pack(_ option: Problem.Option, number: Int) -> PackingModel.Option? {
    let pieces = option.shards.reduce(0) { $0 + $1.count }
    let step = laneCount + 1
    while ownOwners.count <= pieces { ownOwners.append(Array(repeating: 0, count: ownOwners.count)) }
    while ownSources.count <= number { ownSources.append([ownSources.count]) }
    var packed = PackingModel.Option(
      vectors: Array(repeating: 0, count: pieces * step), lists: [],
      shared: Array(repeating: 0, count: problem.shared.count),
      penalty: option.penalty, sources: ownSources[number], owners: ownOwners[pieces])
    for amount in option.shared { packed.shared[amount.index] += amount.seconds }
    packed.lists.reserveCapacity(pieces)
    for shard in option.shards {
      let isAnywhere = shard.devices.allSatisfy { fits(shard.memory, on: $0) }
      let devices = isAnywhere ? shard.devices : shard.devices.filter { fits(shard.memory, on: $0) }
      guard !devices.isEmpty else { return nil }
      let list = index(of: devices)
      for _ in 0..<shard.count {
        let start = packed.lists.count * step
        for amount in shard.loads { packed.vectors[start + amount.index] += amount.seconds }
        packed.vectors[start + laneCount] = shard.memory
        packed.lists.append(list)
      }
    }
    return packed
  }

  private func fits(_ memory: Double, on device: Int) -> Bool {
    memory <= capacity[device] * (1 + ProblemEvaluator.memoryTolerance)
  }

  private mutating func index(of devices: [Int]) -> Int {
    if lists.indices.contains(lastList), lists[lastList] == devices { return lastList }
    if let known = listIndex[devices] {
      lastList = known
    } else {
      lists.append(devices)
      lastList = lists.count - 1
      listIndex[devices] = lastList
    }
    return lastList
  }

  // MARK: Colours

  /// One unit for all members, or `nil` when their options cannot be multiplied out.
  private mutating func together(_ members: [Int]) -> PackingModel.Unit? {
    var options: [PackingModel.Option] = []
    for (position, member) in members.enumerated() {
      let own = single(member).options
      guard position > 0 else {
        options = own
        continue
      }
      if options.count * own.count > Self.largestProduct {
        if inexpressible == .dropColour { return nil }
        options = Array(options.prefix(max(1, Self.largestProduct / max(1, own.count))))
      }
      var product: [PackingModel.Option] = []
      for left in options {
        for right in own {
          switch joined(left, right, owner: position) {
          case .option(let option): product.append(option)
          case .impossible: continue
          case .inexpressible: if inexpressible == .dropColour { return nil }
          }
        }
      }
      removeDominated(&product, lists.map(Set.init))
      options = product
    }
    return PackingModel.Unit(members: members, options: options)
  }

  private enum Joined {
    case option(PackingModel.Option)
    case impossible
    case inexpressible
  }

  private mutating func joined(
    _ left: PackingModel.Option, _ right: PackingModel.Option, owner: Int
  ) -> Joined {
    var result = left
    result.sources += right.sources
    result.penalty += right.penalty
    for index in result.shared.indices { result.shared[index] += right.shared[index] }
    let leftPinned = left.lists.allSatisfy { lists[$0].count == 1 }
    let rightPinned = right.lists.allSatisfy { lists[$0].count == 1 }
    if leftPinned && rightPinned {
      let here = Set(left.lists.map { lists[$0][0] })
      guard here == Set(right.lists.map { lists[$0][0] }) else { return .impossible }
      result.vectors += right.vectors
      result.lists += right.lists
      result.owners += Array(repeating: owner, count: right.pieceCount)
      return .option(result)
    }
    // One piece that stands for one piece of every member: the members' vectors add up.
    let leftIsOne = left.pieceCount == 1 || isFused(left)
    guard leftIsOne, right.pieceCount == 1 else { return .inexpressible }
    let step = laneCount + 1
    var sum = Array(left.vectors[0..<step])
    for index in 0..<step { sum[index] += right.vectors[index] }
    let allowed = Set(lists[right.lists[0]])
    let devices = lists[left.lists[0]].filter { allowed.contains($0) && fits(sum[laneCount], on: $0) }
    guard !devices.isEmpty else { return .impossible }
    result.vectors = sum
    result.lists = [index(of: devices)]
    result.owners = [PackingModel.everyMember]
    return .option(result)
  }

  private func isFused(_ option: PackingModel.Option) -> Bool {
    option.owners == [PackingModel.everyMember]
  }

  // MARK: Dominance

  /// - Parameter allowed: The devices of each list.
  private func removeDominated(_ options: inout [PackingModel.Option], _ allowed: [Set<Int>]) {
    guard options.count > 1, options.count <= 256 else { return }
    // In one row of numbers: this is asked of all pairs of options.
    var numbers: [Double] = []
    var starts: [Int] = []
    starts.reserveCapacity(options.count + 1)
    numbers.reserveCapacity(
      options.reduce(0) { $0 + 1 + $1.shared.count + $1.vectors.count })
    for option in options {
      starts.append(numbers.count)
      numbers.append(option.penalty)
      numbers += option.shared
      numbers += option.vectors
    }
    starts.append(numbers.count)
    func isNoLarger(_ a: Int, _ b: Int) -> Bool {
      let count = starts[a + 1] - starts[a]
      guard count == starts[b + 1] - starts[b] else { return false }
      for index in 0..<count where numbers[starts[a] + index] > numbers[starts[b] + index] { return false }
      return true
    }
    func dominates(_ a: Int, _ b: Int) -> Bool {
      isNoLarger(a, b)
        && zip(options[a].lists, options[b].lists).allSatisfy {
          $0 == $1 || allowed[$1].isSubset(of: allowed[$0])
        }
    }
    let isBeaten = options.indices.map { index in
      options.indices.contains { other in
        // Of two that dominate each other the first stays.
        other != index && dominates(other, index) && (other < index || !dominates(index, other))
      }
    }
    guard isBeaten.contains(true) else { return }
    options = options.indices.filter { !isBeaten[$0] }.map { options[$0] }
  }
}

extension PackingModel {
  /// Owner of a piece that stands for one piece of every member.
  static let everyMember = -1
}
