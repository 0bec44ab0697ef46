import Plan

/// Replays one program under one load: a single replication.
///
/// A deterministic event loop. Everything that grows with the load lies in recycled slots, so that memory depends
/// on the requests in the system and not on those that have passed.
struct Engine {
  /// What this replication does.
  struct Run: Sendable {
    var replication: Int
    /// Requests that end before measuring starts.
    var warmUp: Int
    /// Requests measured; `nil` until the load ends.
    var requests: Int?
    /// Requests kept in the system, for a closed load.
    var clients: Int
    var keepsLatencies = false
  }

  let program: CompiledProgram
  let options: SimulationOptions
  let run: Run
  let thinkTicks: Int64
  let batchSize: Int
  let batchTicks: Int64
  let taskStride: Int
  let legStride: Int
  let deviceCount: Int
  let mostInSystem: Int

  var now: Int64 = 0
  var events = EventQueue()
  var slots: [SlotState] = []
  var freeSlots: [Int32] = []
  var tasks: [TaskState] = []
  var legs: [LegState] = []
  var claims: [ClaimState] = []
  /// Arrival of each request of each slot.
  var members: [Int64] = []
  var resources: [ResourceState]
  var shares: [ShareState]
  var windows: [AdmissionWindow]
  /// By device.
  var cores: [CoreActivity]
  var deviceDown: [Bool]
  var arrivals: ArrivalSource
  var nextArrival: ArrivalSource.Next?
  var dispatcher: Dispatcher
  var variation: VariationSource
  /// By bucket.
  var batches: [OpenBatch]
  var meter: Meter
  var recorder: Recorder?
  var batchesDispatched: Int64 = 0
  var windowStart: Int64 = 0
  var windowInSystem: Int128 = 0
  var snapshots: [ResourceSnapshot] = []
  var inFlightAreas: [Int128] = []
  var workingAreas: [Int128] = []
  var stopped = false
  var overflowed = false

  init(
    _ program: CompiledProgram, _ options: SimulationOptions, _ run: Run, recorder: Recorder? = nil
  ) throws(SimulationError) {
    self.program = program
    self.options = options
    self.run = run
    self.recorder = recorder
    let machine = program.source
    if case .closedLoop(_, let think) = options.load {
      thinkTicks = Ticks.from(seconds: think) ?? 0
    } else {
      thinkTicks = 0
    }
    batchSize = options.batching?.maximumRequests ?? 1
    batchTicks = options.batching.flatMap { Ticks.from(seconds: $0.maximumWaitSeconds) } ?? 0
    taskStride = program.mostTasks
    legStride = program.mostLegs
    deviceCount = machine.devices.count
    mostInSystem = Self.roomInSystem(program, options)
    batches = Array(repeating: OpenBatch(), count: max(1, machine.bucketLengths.count))
    resources = machine.resources.map { resource in
      ResourceState(
        servers: Int32(resource.servers),
        isShared: options.linkSharing == .fair && resource.kind.isLink)
    }
    shares = machine.resources.map { _ in ShareState() }
    windows = machine.devices.map { AdmissionWindow(limit: $0.inFlightLimit) }
    cores = machine.devices.map { _ in CoreActivity() }
    deviceDown = machine.devices.map { _ in false }
    func stream(_ purpose: RandomStream.Purpose) -> RandomStream {
      RandomStream(seed: options.seed, replication: run.replication, purpose: purpose)
    }
    arrivals = ArrivalSource(options.load, random: stream(.arrivals))
    dispatcher = Dispatcher(
      options.dispatch, variants: machine.variants, random: stream(.dispatch))
    variation = VariationSource(
      program, options, service: stream(.service), lookups: stream(.lookups), lengths: stream(.lengths))
    meter = Meter(program: program, keepsLatencies: run.keepsLatencies)
    try scheduleFailures()
    if run.clients > 0 {
      for _ in 0..<run.clients { events.schedule(.arrival, at: 0) }
    } else {
      try scheduleArrival()
    }
    if run.warmUp == 0 { beginMeasuring() }
  }

  /// At most ``SimulationOptions/maximumInSystem``, less where slots are so large that they would fill memory.
  private static func roomInSystem(_ program: CompiledProgram, _ options: SimulationOptions) -> Int {
    let slotBytes =
      program.mostLegs * MemoryLayout<LegState>.stride + program.mostTasks * MemoryLayout<TaskState>.stride
    return min(options.maximumInSystem, max(256, 1 << 29 / max(1, slotBytes)))
  }

  /// Runs to the end.
  ///
  /// - Parameter progress: told now and then how many requests have ended since it was told last.
  mutating func simulate(progress: ((Int) -> Void)? = nil) throws(SimulationError) -> RunResult {
    var told = 0
    let end = recorder?.end ?? .max
    var beyondEnd: Event?
    while !stopped, let event = events.next() {
      if event.time > end {
        beyondEnd = event
        break
      }
      now = event.time
      meter.events += 1
      switch event.kind {
      case .legEnd: legEnded(event.subject)
      case .sharedEnd: sharedLegEnded(resource: Int(event.subject), generation: event.generation)
      case .arrival: try arrive()
      case .batchExpiry:
        let bucket = Int(event.subject)
        if event.generation == batches[bucket].generation { dispatchBatch(bucket) }
      case .failure: fail(device: Int(event.subject))
      case .recovery: recover(device: Int(event.subject))
      }
      if let progress, meter.events & 0xFFFF == 0 {
        progress(meter.finished - told)
        told = meter.finished
      }
    }
    if overflowed {
      throw SimulationError(
        .timeOverflow, at: "simulated time",
        "it passed \(Int64.max / 1_000_000_000_000) s; the program's times or the load are far too long")
    }
    progress?(meter.finished - told)
    let result = finish()
    if recorder != nil { recordLegsInService(from: beyondEnd) }
    return result
  }

  /// Hands the recorder the legs that are in service when its window ends; their ends are known.
  private mutating func recordLegsInService(from first: Event?) {
    var following = first
    while let event = following ?? events.next() {
      following = nil
      let node = Int(event.subject)
      guard event.kind == .legEnd, legs[node].phase == .serving else { continue }
      now = event.time
      let slot = Int(legs[node].slot)
      recorder?.legEnded(self, node: node, slot: slot, leg: node - slot * legStride)
    }
  }

  mutating func schedule(_ kind: Event.Kind, after ticks: Int64, subject: Int32 = 0, generation: UInt32 = 0) {
    let (time, overflow) = now.addingReportingOverflow(ticks)
    if overflow {
      overflowed = true
      stopped = true
      return
    }
    events.schedule(kind, at: time, subject: subject, generation: generation)
  }

  private mutating func scheduleArrival() throws(SimulationError) {
    nextArrival = try arrivals.next()
    if let nextArrival { events.schedule(.arrival, at: nextArrival.time) }
  }

  private mutating func arrive() throws(SimulationError) {
    meter.arrived(at: now)
    if meter.inSystem > mostInSystem, options.load.isOpen {
      meter.hitRoomLimit = true
      stopped = true
    }
    let arrival = nextArrival
    let length = arrival?.length ?? variation.drawLength()
    let bucket = program.source.bucket(ofLength: length)
    batches[bucket].add(now, length: length, lookupScale: arrival?.lookupScale ?? 1)
    if batches[bucket].count >= batchSize {
      dispatchBatch(bucket)
    } else if batches[bucket].count == 1 {
      schedule(
        .batchExpiry, after: batchTicks, subject: Int32(bucket), generation: batches[bucket].generation)
    }
    if run.clients == 0 { try scheduleArrival() }
  }
}

/// Requests gathered for the next batch.
struct OpenBatch {
  private(set) var arrivals: [Int64] = []
  private(set) var generation: UInt32 = 0
  /// Of the longest: the others are padded to it.
  private(set) var length: Double?
  private var lookupSum = 0.0

  var count: Int { arrivals.count }
  var meanLookupScale: Double { lookupSum / Double(max(1, arrivals.count)) }

  mutating func add(_ time: Int64, length: Double?, lookupScale: Double) {
    arrivals.append(time)
    lookupSum += lookupScale
    if let length { self.length = max(self.length ?? length, length) }
  }

  mutating func clear() {
    arrivals.removeAll(keepingCapacity: true)
    generation &+= 1
    length = nil
    lookupSum = 0
  }
}

extension ExecutionProgram.ResourceKind {
  /// Whether it is a link, and so may be shared.
  var isLink: Bool {
    switch self {
    case .linkIn, .linkOut, .uplinkIn, .uplinkOut, .peerIn, .peerOut: true
    case .hostCores, .hostDRAM, .sparseCores, .denseCores, .dram: false
    }
  }
}
