import Plan

/// An `ExecutionProgram` flattened into arrays of integers for the engine, checked once.
///
/// Tasks and legs of all variants lie one after another; indices inside a request count from the variant's first.
struct CompiledProgram: Sendable {
  struct Leg {
    var resource: Int32
    /// Index of its task within the variant.
    var task: Int32
    var isFirst: Bool
    var ticks: Int64
  }

  struct Task {
    /// Within the variant.
    var firstLeg: Int32
    var legCount: Int32
    /// Into ``successors``.
    var successorStart: Int32
    var successorCount: Int32
    var predecessorCount: Int32
    var device: Int32
    /// Sending device of a transfer that is not `device`; -1 for none.
    var source: Int32
    /// Into ``parts``.
    var partStart: Int32
    var partCount: Int32
    /// Fraction of the time that does not scale with look-ups.
    var fixedFraction: Double
  }

  struct Part {
    var table: Int32
    var fraction: Double
  }

  /// Where a variant's tasks and legs lie. Without arrays, so that reading one counts no references.
  struct Variant {
    var taskStart: Int
    var taskCount: Int
    var legStart: Int
    var legCount: Int
  }

  /// How a batch of a variant starts.
  struct Entry {
    /// Tasks without predecessors, within the variant.
    var roots: [Int32]
    /// Tasks that touch each device, by device.
    var tasksOnDevice: [Int32]
    /// Devices that any task touches.
    var devices: [Int32]
  }

  let source: ExecutionProgram
  let variants: [Variant]
  /// By variant.
  let entries: [Entry]
  let tasks: [Task]
  let legs: [Leg]
  let successors: [Int32]
  let parts: [Part]
  /// By resource: the device whose cores it is; -1 for memory and links.
  let coreDevice: [Int32]
  let mostTasks: Int
  let mostLegs: Int

  init(_ program: ExecutionProgram) throws(SimulationError) {
    try ProgramCheck.check(program)
    var variants: [Variant] = []
    var entries: [Entry] = []
    var tasks: [Task] = []
    var legs: [Leg] = []
    var successors: [Int32] = []
    var parts: [Part] = []
    for variant in program.variants {
      let taskStart = tasks.count
      let legStart = legs.count
      var following = [[Int32]](repeating: [], count: variant.tasks.count)
      var onDevice = [Int32](repeating: 0, count: program.devices.count)
      for (index, task) in variant.tasks.enumerated() {
        for predecessor in task.predecessors { following[predecessor].append(Int32(index)) }
      }
      for (index, task) in variant.tasks.enumerated() {
        let source = task.source.map { $0 == task.device ? -1 : Int32($0) } ?? -1
        let scaled = task.tables.reduce(0) { $0 + $1.fraction }
        tasks.append(
          Task(
            firstLeg: Int32(legs.count - legStart), legCount: Int32(task.legs.count),
            successorStart: Int32(successors.count), successorCount: Int32(following[index].count),
            predecessorCount: Int32(task.predecessors.count), device: Int32(task.device), source: source,
            partStart: Int32(parts.count), partCount: Int32(task.tables.count),
            fixedFraction: max(0, 1 - scaled)))
        successors += following[index]
        parts += task.tables.map { Part(table: Int32($0.table), fraction: $0.fraction) }
        for (position, leg) in task.legs.enumerated() {
          legs.append(
            Leg(
              resource: Int32(leg.resource), task: Int32(index), isFirst: position == 0,
              ticks: Ticks.from(seconds: leg.seconds) ?? 0))
        }
        onDevice[task.device] += 1
        if source >= 0 { onDevice[Int(source)] += 1 }
      }
      variants.append(
        Variant(
          taskStart: taskStart, taskCount: variant.tasks.count, legStart: legStart,
          legCount: legs.count - legStart))
      entries.append(
        Entry(
          roots: variant.tasks.indices.filter { variant.tasks[$0].predecessors.isEmpty }.map { Int32($0) },
          tasksOnDevice: onDevice,
          devices: onDevice.indices.filter { onDevice[$0] > 0 }.map { Int32($0) }))
    }
    source = program
    coreDevice = program.resources.map { resource in
      switch resource.kind {
      case .hostCores, .sparseCores, .denseCores: Int32(resource.device)
      case .hostDRAM, .dram, .linkIn, .linkOut, .uplinkIn, .uplinkOut, .peerIn, .peerOut: -1
      }
    }
    self.variants = variants
    self.entries = entries
    self.tasks = tasks
    self.legs = legs
    self.successors = successors
    self.parts = parts
    mostTasks = variants.map(\.taskCount).max() ?? 0
    mostLegs = variants.map(\.legCount).max() ?? 0
  }
}
