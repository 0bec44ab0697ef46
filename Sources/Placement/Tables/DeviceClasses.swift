/// Finds devices that the options cannot tell apart.
///
/// Two devices are in one class when memory and base loads are equal, the same multi-device lists allow both, and
/// options that name single devices put the same loads on both, and the same memory: to the byte in `exact`, else
/// within a thousandth, because the last shard of a row-wise split is a few bytes smaller than the others.
/// Devices of an exact class can be exchanged in any assignment. A relaxation over a class is valid for any grouping.
struct DeviceClasses {
  /// By device; numbered in order of first appearance.
  let classOf: [Int]
  let exact: [Int]

  init(problem: Problem, lists: [[Int]], units: [PackingModel.Unit]) {
    let lanes = problem.lanes.count
    // Numbers that must agree, and memories that must agree roughly.
    var strict = problem.devices.map { [$0.memory] + $0.baseLoad }
    var loose = problem.devices.map { _ in [Double]() }
    for (number, list) in lists.enumerated() where list.count > 1 {
      for device in list { strict[device].append(Double(number)) }
    }
    /// By list: its device, where it is one.
    let only = lists.map { $0.count == 1 ? $0[0] : nil }
    var serial = 0.0
    for unit in units {
      for option in unit.options {
        serial += 1
        for (piece, list) in option.lists.enumerated() {
          guard let device = only[list] else { continue }
          let start = piece * (lanes + 1)
          strict[device].append(serial)
          strict[device] += option.vectors[start..<start + lanes]
          loose[device].append(option.vectors[start + lanes])
        }
      }
    }
    func classes(tolerance: Double) -> [Int] {
      var representatives: [Int] = []
      return problem.devices.indices.map { device in
        let known = representatives.firstIndex { other in
          strict[other] == strict[device]
            && zip(loose[other], loose[device]).allSatisfy { abs($0 - $1) <= tolerance * max($0, $1) }
        }
        if let known { return known }
        representatives.append(device)
        return representatives.count - 1
      }
    }
    classOf = classes(tolerance: 1e-3)
    exact = classes(tolerance: 0)
  }
}
