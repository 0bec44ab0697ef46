/// A problem without nets in the shape the packing engine works on: flat vectors, reduced options.
///
/// Every piece (shard) has one vector of `laneCount + 1` numbers: its load on each lane of the device it falls on,
/// in seconds, then its bytes. A state of the search is one option a unit and one device a piece.
final class PackingModel: Sendable {
  struct Option: Sendable {
    /// `pieceCount * resourceCount` numbers.
    var vectors: [Double]
    /// By piece: index into ``PackingModel/deviceLists``.
    var lists: [Int]
    /// By shared resource, seconds.
    var shared: [Double]
    var penalty: Double
    /// The option of every member of the unit.
    var sources: [Int]
    /// By piece: the member it belongs to.
    var owners: [Int]

    var pieceCount: Int { lists.count }

    /// Whether a piece is like the one before it.
    ///
    /// - Parameter step: numbers a piece.
    func isRepeated(_ piece: Int, _ step: Int) -> Bool {
      guard lists[piece] == lists[piece - 1] else { return false }
      for index in piece * step..<(piece + 1) * step where vectors[index] != vectors[index - step] {
        return false
      }
      return true
    }
  }

  /// Units of the problem that are placed as one: a single one, or all of a colour.
  struct Unit: Sendable {
    /// Indices of the problem's units.
    var members: [Int]
    var options: [Option]
  }

  let laneCount: Int
  let deviceCount: Int
  let sharedCount: Int
  /// By device, bytes.
  let capacity: [Double]
  /// By device and lane, seconds.
  let base: [Double]
  /// Distinct sets of allowed devices, each ascending.
  let deviceLists: [[Int]]
  let units: [Unit]
  /// By device: its class, see ``DeviceClasses``.
  let classOf: [Int]
  let classes: [[Int]]
  /// By device: its class when pinned memory has to be equal to the byte.
  let exactClassOf: [Int]
  /// Whether the units' constraint of staying together is fully expressed. When false, the model is a relaxation.
  let isExact: Bool
  /// Units of a colour that is not merged into one unit: the others by unit. Empty when the model is exact.
  let mates: [Int: [Int]]

  /// By unit: number of its first option among all options.
  let firstOption: [Int]
  /// By option of all units: number of its first piece among all pieces.
  let firstPiece: [Int]
  /// `resourceCount` numbers a piece, all pieces of all options.
  let pieceVectors: [Double]
  /// By piece of all options: index into ``deviceLists``.
  let pieceLists: [Int]

  init(
    laneCount: Int, deviceCount: Int, sharedCount: Int, capacity: [Double], base: [Double],
    deviceLists: [[Int]], units: [Unit], classOf: [Int], exactClassOf: [Int], isExact: Bool,
    mates: [Int: [Int]]
  ) {
    self.laneCount = laneCount
    self.deviceCount = deviceCount
    self.sharedCount = sharedCount
    self.capacity = capacity
    self.base = base
    self.deviceLists = deviceLists
    self.units = units
    self.classOf = classOf
    self.exactClassOf = exactClassOf
    self.isExact = isExact
    self.mates = mates
    var classes: [[Int]] = Array(repeating: [], count: (classOf.max() ?? -1) + 1)
    for (device, number) in classOf.enumerated() { classes[number].append(device) }
    self.classes = classes
    var firstOption: [Int] = []
    var firstPiece: [Int] = []
    var vectors: [Double] = []
    var lists: [Int] = []
    for unit in units {
      firstOption.append(firstPiece.count)
      for option in unit.options {
        firstPiece.append(lists.count)
        vectors += option.vectors
        lists += option.lists
      }
    }
    self.firstOption = firstOption
    self.firstPiece = firstPiece
    pieceVectors = vectors
    pieceLists = lists
  }

  var resourceCount: Int { laneCount + 1 }
  var memoryIndex: Int { laneCount }

  /// The assignment of the problem that a choice of options and devices stands for.
  func assignment(options: [Int], devices: [[Int]], unitCount: Int) -> Assignment {
    var choices = Array(repeating: Assignment.Choice(option: 0, devices: []), count: unitCount)
    for (index, unit) in units.enumerated() {
      let option = unit.options[options[index]]
      for (position, member) in unit.members.enumerated() {
        choices[member].option = option.sources[position]
      }
      for (piece, device) in devices[index].enumerated() {
        let owner = option.owners[piece]
        for member in owner == Self.everyMember ? unit.members : [unit.members[owner]] {
          choices[member].devices.append(device)
        }
      }
    }
    return Assignment(choices: choices)
  }
}
