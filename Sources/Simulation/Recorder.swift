import Plan

/// One leg as it was served.
public struct RecordedLeg: Sendable, Hashable {
  /// Number of the batch since the start of the run.
  public var request: Int
  public var variant: Int
  /// Index of the task within its variant.
  public var task: Int
  /// Index of the leg within its task.
  public var leg: Int
  public var resource: Int
  public var queuedSeconds: Double
  public var startSeconds: Double
  public var endSeconds: Double
}

/// One batch from dispatch to its last task.
public struct RecordedRequest: Sendable, Hashable {
  public var request: Int
  public var variant: Int
  public var startSeconds: Double
  public var endSeconds: Double
  /// Tasks of the critical path, in order of time.
  public var criticalTasks: [Int]
}

/// What happened in a window of simulated time, for timelines and traces.
public struct Recording: Sendable, Hashable {
  /// By end.
  public var legs: [RecordedLeg] = []
  /// By end.
  public var requests: [RecordedRequest] = []
  /// Whether the limit on legs cut the recording short.
  public var isTruncated = false
}

/// Which part of a run to record.
public struct RecordingWindow: Sendable, Hashable {
  public var fromSeconds: Double
  public var toSeconds: Double
  /// Legs kept at most, so that the files stay small.
  public var maximumLegs: Int

  public init(fromSeconds: Double, toSeconds: Double, maximumLegs: Int = 20_000) {
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
    self.maximumLegs = maximumLegs
  }
}

/// Collects a ``Recording`` while the engine runs.
final class Recorder {
  private let from: Int64
  private let to: Int64
  /// When there is nothing more to record.
  var end: Int64 { to }
  private let maximumLegs: Int
  private(set) var recording = Recording()

  init(_ window: RecordingWindow) {
    from = Ticks.from(seconds: window.fromSeconds) ?? 0
    to = Ticks.from(seconds: window.toSeconds) ?? .max
    maximumLegs = window.maximumLegs
  }

  func legEnded(_ engine: borrowing Engine, node: Int, slot: Int, leg: Int) {
    let state = engine.legs[node]
    guard engine.now >= from, state.started <= to else { return }
    guard recording.legs.count < maximumLegs else {
      recording.isTruncated = true
      return
    }
    let variant = Int(engine.slots[slot].variant)
    let info = engine.program.legs[engine.program.variants[variant].legStart + leg]
    let task = engine.program.tasks[engine.program.variants[variant].taskStart + Int(info.task)]
    recording.legs.append(
      RecordedLeg(
        request: Int(engine.slots[slot].ordinal), variant: variant, task: Int(info.task),
        leg: leg - Int(task.firstLeg), resource: Int(info.resource),
        queuedSeconds: Ticks.seconds(state.queued), startSeconds: Ticks.seconds(state.started),
        endSeconds: Ticks.seconds(engine.now)))
  }

  func requestEnded(_ engine: borrowing Engine, slot: Int, lastTask: Int) {
    let state = engine.slots[slot]
    guard engine.now >= from, state.dispatched <= to, recording.requests.count < maximumLegs else { return }
    var path: [Int] = []
    var task = Int32(lastTask)
    while task >= 0 {
      path.append(Int(task))
      task = engine.tasks[slot * engine.taskStride + Int(task)].critical
    }
    recording.requests.append(
      RecordedRequest(
        request: Int(state.ordinal), variant: Int(state.variant),
        startSeconds: Ticks.seconds(state.dispatched), endSeconds: Ticks.seconds(engine.now),
        criticalTasks: path.reversed()))
  }
}
