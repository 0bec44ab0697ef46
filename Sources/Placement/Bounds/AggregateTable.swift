/// Options of a ``PackingModel`` summed over classes of devices: what the relaxation over whole classes needs.
///
/// Resources are numbered class by class: lanes, then memory; after all classes come the shared resources. A term
/// is a piece, or the sum of an option's pieces that are all bound to the same class, with the classes it may
/// go to.
struct AggregateTable: Sendable {
  let classCount: Int
  let resourcesPerClass: Int
  let sharedCount: Int
  /// By unit, plus one past the end: first flat option.
  let firstOption: [Int]
  /// By flat option, plus one past the end: first term.
  private let firstTerm: [Int]
  private let termCount: [Double]
  private let termClasses: [Int]
  /// `resourcesPerClass` numbers a term.
  private let termVectors: [Double]
  private let classLists: [[Int]]
  private let optionShared: [Double]
  /// What options use wherever their terms go, resource by resource, for ``costs(prices:)``.
  private let certainUse: CertainUse
  /// Terms that may go to several classes, with their options.
  private let openTerms: [(option: Int, term: Int)]
  /// By flat option: seconds below which no bottleneck is possible once it is chosen.
  let ownBottleneck: [Double]

  var resourceCount: Int { classCount * resourcesPerClass + sharedCount }
  var unitCount: Int { firstOption.count - 1 }
  var optionCount: Int { firstTerm.count - 1 }

  init(_ model: PackingModel) {
    let step = model.resourceCount
    classCount = model.classes.count
    resourcesPerClass = step
    sharedCount = model.sharedCount
    var classLists: [[Int]] = (0..<model.classes.count).map { [$0] }
    let listClasses = model.deviceLists.map { list -> Int in
      let classes = Set(list.map { model.classOf[$0] }).sorted()
      if classes.count == 1 { return classes[0] }
      if let known = classLists.firstIndex(of: classes) { return known }
      classLists.append(classes)
      return classLists.count - 1
    }
    var firstOption = [0]
    var firstTerm = [0]
    var termCount: [Double] = []
    var termClasses: [Int] = []
    var termVectors: [Double] = []
    var shared: [Double] = []
    let pieceVectors = model.pieceVectors
    firstOption.reserveCapacity(model.units.count + 1)
    firstTerm.reserveCapacity(model.firstPiece.count + 1)
    termCount.reserveCapacity(model.pieceLists.count)
    termClasses.reserveCapacity(model.pieceLists.count)
    termVectors.reserveCapacity(pieceVectors.count)
    shared.reserveCapacity(model.firstPiece.count * model.sharedCount)
    var piece = 0
    for unit in model.units.indices {
      for option in model.units[unit].options.indices {
        let start = termClasses.count
        for _ in 0..<model.units[unit].options[option].pieceCount {
          defer { piece += 1 }
          let classes = listClasses[model.pieceLists[piece]]
          let vector = pieceVectors[piece * step..<(piece + 1) * step]
          if classes < model.classes.count,
            let term = termClasses[start...].firstIndex(of: classes)
          {
            for index in 0..<step { termVectors[term * step + index] += pieceVectors[piece * step + index] }
          } else if termClasses.count > start, termClasses[termClasses.count - 1] == classes,
            termVectors[((termClasses.count - 1) * step)...].elementsEqual(vector)
          {
            termCount[termClasses.count - 1] += 1
          } else {
            termClasses.append(classes)
            termVectors += vector
            termCount.append(1)
          }
        }
        shared += model.units[unit].options[option].shared
        firstTerm.append(termClasses.count)
      }
      firstOption.append(firstTerm.count - 1)
    }
    self.firstOption = firstOption
    self.firstTerm = firstTerm
    self.termCount = termCount
    self.termClasses = termClasses
    self.termVectors = termVectors
    self.classLists = classLists
    optionShared = shared
    ownBottleneck = Self.ownBottlenecks(model)
    var uses: [CertainUse.Entry] = []
    var openTerms: [(option: Int, term: Int)] = []
    uses.reserveCapacity(termVectors.count)
    for option in 0..<firstTerm.count - 1 {
      for index in 0..<model.sharedCount where shared[option * model.sharedCount + index] != 0 {
        uses.append(
          .init(
            resource: model.classes.count * step + index, option: option,
            amount: shared[option * model.sharedCount + index]))
      }
      for term in firstTerm[option]..<firstTerm[option + 1] {
        guard termClasses[term] < model.classes.count else {
          openTerms.append((option, term))
          continue
        }
        for index in 0..<step where termVectors[term * step + index] != 0 {
          uses.append(
            .init(
              resource: termClasses[term] * step + index, option: option,
              amount: termCount[term] * termVectors[term * step + index]))
        }
      }
    }
    certainUse = CertainUse(uses, resources: model.classes.count * step + model.sharedCount)
    self.openTerms = openTerms
  }

  /// By option of all units: pieces that name one device add up there, on top of its base and what all other units put
  /// there in any case; each other piece falls on some allowed device, on top of the same.
  private static func ownBottlenecks(_ model: PackingModel) -> [Double] {
    let step = model.resourceCount
    let amounts = PinnedAmounts(deviceCount: model.deviceCount, step: step, lists: model.deviceLists)
    let least = model.units.map(amounts.least)
    var anyway = amounts.total(least)
    for device in 0..<model.deviceCount {
      for lane in 0..<model.laneCount {
        anyway[device * step + lane] += model.base[device * model.laneCount + lane]
      }
    }
    // Devices with the same loads in any case are one, where nothing is bound to any of them.
    let unlike = model.deviceLists.map { list in
      list.reduce(into: [Int]()) { kept, device in
        let isKnown = kept.contains { other in
          (0..<model.laneCount).allSatisfy { anyway[other * step + $0] == anyway[device * step + $0] }
        }
        if !isKnown { kept.append(device) }
      }
    }
    var result: [Double] = []
    result.reserveCapacity(model.firstPiece.count)
    for (unit, own) in zip(model.units, least) {
      let there = own.isEmpty ? anyway : zip(anyway, own).map { $0 - $1 }
      for option in unit.options {
        let pinned = amounts.of(option)
        let devices = own.isEmpty && pinned.isEmpty ? unlike : model.deviceLists
        result.append(ownBottleneck(option, model, there, pinned, devices))
      }
    }
    return result
  }

  /// - Parameters:
  ///   - there: amounts on the devices without the unit.
  ///   - pinned: amounts of the option; empty without any.
  ///   - devices: By list: those of it that are to be looked at.
  private static func ownBottleneck(
    _ option: PackingModel.Option, _ model: PackingModel, _ there: [Double], _ pinned: [Double],
    _ devices: [[Int]]
  ) -> Double {
    let step = model.resourceCount
    func level(_ device: Int, _ piece: Int?) -> Double {
      var worst = 0.0
      for lane in 0..<model.laneCount {
        let index = device * step + lane
        var level = there[index] + (pinned.isEmpty ? 0 : pinned[index])
        if let piece { level += option.vectors[piece * step + lane] }
        worst = max(worst, level)
      }
      return worst
    }
    var largest = option.shared.max() ?? 0
    if !pinned.isEmpty { for device in 0..<model.deviceCount { largest = max(largest, level(device, nil)) } }
    for piece in 0..<option.pieceCount where piece == 0 || !option.isRepeated(piece, step) {
      guard model.deviceLists[option.lists[piece]].count > 1 else { continue }
      largest = max(largest, devices[option.lists[piece]].reduce(.infinity) { min($0, level($1, piece)) })
    }
    return largest
  }

  /// By class: the least class that pieces can be exchanged with over any chain of lists.
  var exchangeable: [Int] {
    var leader = Array(0..<classCount)
    for list in classLists where list.count > 1 {
      let least = list.map { leader[$0] }.min() ?? 0
      let merged = Set(list.map { leader[$0] })
      for number in 0..<classCount where merged.contains(leader[number]) { leader[number] = least }
    }
    return leader
  }

  /// By flat option: its cost at the given prices, each term on its cheapest class.
  func costs(prices: [Double]) -> [Double] {
    var costs = certainUse.costs(options: optionCount, prices: prices)
    for (option, term) in openTerms {
      var least = Double.infinity
      for number in classLists[termClasses[term]] { least = min(least, cost(term: term, on: number, prices)) }
      costs[option] += termCount[term] * least
    }
    return costs
  }

  @inline(__always)
  private func cost(term: Int, on number: Int, _ prices: [Double]) -> Double {
    var sum = 0.0
    let offset = number * resourcesPerClass
    let start = term * resourcesPerClass
    for index in 0..<resourcesPerClass { sum += prices[offset + index] * termVectors[start + index] }
    return sum
  }

  /// Adds the option's use of every resource, each term on its cheapest class.
  func addUse(option: Int, prices: [Double], to use: inout [Double]) {
    let offset = classCount * resourcesPerClass
    for index in 0..<sharedCount {
      use[offset + index] += optionShared[option * sharedCount + index]
    }
    for term in firstTerm[option]..<firstTerm[option + 1] {
      let list = termClasses[term]
      var best = list
      if list >= classCount {
        best = classLists[list][0]
        var least = Double.infinity
        for number in classLists[list] {
          let cost = cost(term: term, on: number, prices)
          if cost < least {
            least = cost
            best = number
          }
        }
      }
      for index in 0..<resourcesPerClass {
        use[best * resourcesPerClass + index] +=
          termCount[term] * termVectors[term * resourcesPerClass + index]
      }
    }
  }

  /// Numbers that are equal for options that the relaxation cannot tell apart.
  func key(option: Int) -> [Double] {
    var key = [ownBottleneck[option], Double(firstTerm[option + 1] - firstTerm[option])]
    key += optionShared[option * sharedCount..<(option + 1) * sharedCount]
    for term in firstTerm[option]..<firstTerm[option + 1] {
      key += [termCount[term], Double(termClasses[term])]
      key += termVectors[term * resourcesPerClass..<(term + 1) * resourcesPerClass]
    }
    return key
  }

  /// What an option uses of every resource; `nil` where a piece may choose among classes.
  func use(option: Int) -> [Double]? {
    guard (firstTerm[option]..<firstTerm[option + 1]).allSatisfy({ termClasses[$0] < classCount }) else {
      return nil
    }
    var use = Array(repeating: 0.0, count: resourceCount)
    addUse(option: option, prices: use, to: &use)
    return use
  }
}

/// What options use of resources for certain, resource by resource: most prices are 0, so that most resources are passed over.
private struct CertainUse: Sendable {
  struct Entry {
    var resource: Int
    var option: Int
    var amount: Double
  }

  /// By resource, plus one past the end: its first use.
  private var first: [Int]
  private var option: [Int32]
  private var amount: [Double]

  init(_ entries: [Entry], resources: Int) {
    first = Array(repeating: 0, count: resources + 1)
    for entry in entries { first[entry.resource + 1] += 1 }
    for resource in 0..<resources { first[resource + 1] += first[resource] }
    var next = first
    option = Array(repeating: 0, count: entries.count)
    amount = Array(repeating: 0, count: entries.count)
    for entry in entries {
      option[next[entry.resource]] = Int32(entry.option)
      amount[next[entry.resource]] = entry.amount
      next[entry.resource] += 1
    }
  }

  /// By option.
  func costs(options: Int, prices: [Double]) -> [Double] {
    var costs = Array(repeating: 0.0, count: options)
    for resource in first.indices.dropLast() where prices[resource] != 0 {
      let price = prices[resource]
      for use in first[resource]..<first[resource + 1] { costs[Int(option[use])] += price * amount[use] }
    }
    return costs
  }
}
