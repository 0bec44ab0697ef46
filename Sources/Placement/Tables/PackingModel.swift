/// A problem without nets in the shape the packing engine works on: flat vectors, reduced options.
///
/// Every piece (shard) has one vector of `laneCount + 1` numbers: its load on each lane of the device it falls on,
/// in seconds, then its bytes. A state of the search is one option a unit and one device a piece.
struct PackingModel: Sendable {
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
  }

  /// Units of the problem that are placed as one: a single one, or all of a colour.
  struct Unit: Sendable {
    /// Indices of the problem's units.
    var members: [Int]
    var options: [Option]
  }

  var laneCount: Int
  var deviceCount: Int
  var sharedCount: Int
  /// By device, bytes.
  var capacity: [Double]
  /// By device and lane, seconds.
  var base: [Double]
  /// Distinct sets of allowed devices, each ascending.
  var deviceLists: [[Int]]
  var units: [Unit]
  /// By device: its class, see ``DeviceClasses``.
  var classOf: [Int]
  var classes: [[Int]]
  /// By device: its class when pinned memory has to be equal to the byte.
  var exactClassOf: [Int]
  /// Whether the units' constraint of staying together is fully expressed. When false, the model is a relaxation.
  var isExact: Bool
  /// Units of a colour that is not merged into one unit: the others by unit. Empty when the model is exact.
  var mates: [Int: [Int]]

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
