import Plan

/// Refuses a program that the engine could not run: indices out of range, figures that are not times, shares that
/// are not a distribution, tasks out of order.
enum ProgramCheck {
  static func check(_ program: ExecutionProgram) throws(SimulationError) {
    var problems = ProblemList()
    checkMachine(program, &problems)
    if program.variants.isEmpty {
      problems.add(.program, at: "variants", "the program has none; it needs at least one to run a request")
    }
    let lengths = program.bucketLengths
    if !lengths.allSatisfy({ $0 > 0 && $0.isFinite }) || !zip(lengths, lengths.dropFirst()).allSatisfy(<) {
      problems.add(.program, at: "bucketLengths", "they must be above 0 and ascend")
    }
    var total = 0.0
    for (index, variant) in program.variants.enumerated() {
      let place = "variant \(index)"
      if !(variant.share >= 0 && variant.share <= 1) {
        problems.add(.program, at: "\(place), share", "\(variant.share) is not a fraction between 0 and 1")
      }
      total += variant.share
      if !(0..<max(1, lengths.count)).contains(variant.bucket) {
        problems.add(.program, at: "\(place), bucket", "there is no bucket \(variant.bucket)")
      }
      if variant.tasks.isEmpty {
        problems.add(.program, at: place, "it has no tasks; a request needs at least one")
      }
      for (taskIndex, task) in variant.tasks.enumerated() {
        checkTask(task, at: taskIndex, place: "\(place), task '\(task.name)'", program, &problems)
      }
    }
    if !program.variants.isEmpty, !(abs(total - 1) <= 1e-6) {
      problems.add(.program, at: "variants", "their shares add up to \(total); they must add up to 1")
    }
    try problems.throwIfAny()
  }

  private static func checkMachine(_ program: ExecutionProgram, _ problems: inout ProblemList) {
    for (index, resource) in program.resources.enumerated() {
      let place = "resource \(index) '\(resource.name)'"
      if resource.servers < 1 || resource.servers > 1_000_000 {
        problems.add(.program, at: place, "it has \(resource.servers) servers; give it 1 to 1,000,000")
      }
      if !program.devices.indices.contains(resource.device) {
        problems.add(.program, at: place, "device \(resource.device) does not exist")
      }
    }
    for (index, device) in program.devices.enumerated() {
      let place = "device \(index) '\(device.name)'"
      if device.inFlightLimit < 1 {
        problems.add(
          .program, at: place,
          "its limit is \(device.inFlightLimit) requests in flight; it must be at least 1")
      }
      if device.memoryBytes < 0 || device.staticBytes < 0 || device.activationBytes < 0 {
        problems.add(.program, at: place, "a number of bytes is negative")
      }
      if !(device.idleWatts >= 0 && device.busyWatts >= 0 && device.idleWatts.isFinite
        && device.busyWatts.isFinite)
      {
        problems.add(.program, at: place, "idle and busy watts must be finite and not negative")
      }
    }
  }

  private static func checkTask(
    _ task: ExecutionProgram.Task, at index: Int, place: String, _ program: ExecutionProgram,
    _ problems: inout ProblemList
  ) {
    if task.legs.isEmpty { problems.add(.program, at: place, "it has no legs; it needs at least one") }
    for (position, leg) in task.legs.enumerated() {
      if !program.resources.indices.contains(leg.resource) {
        problems.add(.program, at: "\(place), leg \(position)", "resource \(leg.resource) does not exist")
      }
      if Ticks.from(seconds: leg.seconds) == nil {
        problems.add(
          .program, at: "\(place), leg \(position)",
          "\(leg.seconds) s is not a time between 0 and \(Ticks.longestSeconds) s")
      }
    }
    for predecessor in task.predecessors where predecessor < 0 || predecessor >= index {
      problems.add(
        .program, at: place, "predecessor \(predecessor) is not an earlier task; order tasks topologically")
    }
    for device in [task.device, task.source ?? task.device] where !program.devices.indices.contains(device) {
      problems.add(.program, at: place, "device \(device) does not exist")
    }
    var scaled = 0.0
    for part in task.tables {
      if !program.tables.indices.contains(part.table) {
        problems.add(.program, at: place, "table \(part.table) does not exist")
      }
      if !(part.fraction >= 0) {
        problems.add(.program, at: place, "a table's fraction is \(part.fraction); it must be at least 0")
      }
      scaled += part.fraction
    }
    if scaled > 1 + 1e-6 {
      problems.add(
        .program, at: place, "the fractions of its tables add up to \(scaled); 1 is the whole task")
    }
  }
}
