/// Finds devices that the options cannot tell apart.
///
/// Two devices are in one class when memory and base loads are equal, the same multi-device lists allow both, and
/// options that name single devices put the same loads on both, and the same memory: to the byte when `exact`, else to
/// four significant digits, because the last shard of a row-wise split is a few bytes smaller than the others.
/// Devices of an exact class can be exchanged in any assignment. A relaxation over a class is valid for any grouping.
struct DeviceClasses {
  /// By device; numbered in order of first appearance.
  let classOf: [Int]

  init(problem: Problem, lists: [[Int]], units: [PackingModel.Unit], exact: Bool) {
    let count = problem.devices.count
    let lanes = problem.lanes.count
    var signature = problem.devices.map { device -> UInt64 in
      var mixer = Mixer()
      mixer.add(device.memory)
      for load in device.baseLoad { mixer.add(load) }
      return mixer.state
    }
    for (number, list) in lists.enumerated() where list.count > 1 {
      for device in list { Self.mix(&signature[device], UInt64(number) &+ 1, 0x51) }
    }
    for (unit, packed) in units.enumerated() {
      for (number, option) in packed.options.enumerated() {
        for (piece, list) in option.lists.enumerated() where lists[list].count == 1 {
          var mixer = Mixer()
          mixer.add(UInt64(unit) << 20 | UInt64(number))
          for resource in 0...lanes {
            let amount = option.vectors[piece * (lanes + 1) + resource]
            if exact || resource < lanes { mixer.add(amount) } else { mixer.addRounded(amount) }
          }
          // A sum does not depend on the order of pieces on a device.
          signature[lists[list][0]] &+= mixer.state
        }
      }
    }
    var known: [UInt64: Int] = [:]
    classOf = (0..<count).map { device in
      if let number = known[signature[device]] { return number }
      known[signature[device]] = known.count
      return known.count - 1
    }
  }

  private static func mix(_ state: inout UInt64, _ value: UInt64, _ salt: UInt64) {
    var mixer = Mixer()
    mixer.add(value)
    mixer.add(salt)
    state &+= mixer.state
  }

  private struct Mixer {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ value: UInt64) {
      state ^= value
      state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
      state ^= state >> 31
    }

    mutating func add(_ value: Double) { add(value.bitPattern) }

    mutating func addRounded(_ value: Double) {
      add(UInt64(bitPattern: Int64(value.exponent)))
      add(UInt64(value.significand * 8192))
    }
  }
}
