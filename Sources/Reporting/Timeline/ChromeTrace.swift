import Plan
import Rules
import Simulation

/// A recording in the Chrome trace event format, for Perfetto or `chrome://tracing`.
///
/// A process for each device, a row for each server of each resource, a slice for each leg with its request and how
/// long it waited, and an arrow from the first to the last leg of each transfer. Times are microseconds.
/// Format: "Trace Event Format" by the Chromium project (duration, metadata and flow events).
public struct ChromeTrace {
  private let program: ExecutionProgram
  private let recording: Recording

  public init(_ recording: Recording, of program: ExecutionProgram) {
    self.recording = recording
    self.program = program
  }

  /// One JSON object, one event a line.
  public var text: String {
    let lanes = ResourceLanes(recording.legs, resourceCount: program.resources.count)
    var firstRow: [Int] = []
    var rows = 0
    for count in lanes.laneCounts {
      firstRow.append(rows)
      rows += max(1, count)
    }
    var events = metadata(firstRow: firstRow, lanes: lanes)
    for (resource, bars) in lanes.bars.enumerated() {
      for bar in bars { events += slice(bar, resource: resource, row: firstRow[resource] + bar.lane) }
    }
    let note = recording.isTruncated ? ",\n\"otherData\":{\"note\":\"cut short at its limit of legs\"}" : ""
    return "{\"displayTimeUnit\":\"ms\",\n\"traceEvents\":[\n" + events.joined(separator: ",\n")
      + "\n]\(note)}\n"
  }

  private func metadata(firstRow: [Int], lanes: ResourceLanes) -> [String] {
    var events: [String] = []
    for (index, device) in program.devices.enumerated() {
      events.append(
        "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":\(index),\"args\":{\"name\":\(JSONQuoting.quoted(device.name))}}"
      )
      events.append(
        "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":\(index),\"args\":{\"sort_index\":\(index)}}")
    }
    for (index, resource) in program.resources.enumerated() {
      for lane in 0..<max(1, lanes.laneCounts[index]) {
        let row = firstRow[index] + lane
        let name = lanes.laneCounts[index] > 1 ? "\(resource.name) \(lane + 1)" : resource.name
        let place = "\"pid\":\(resource.device),\"tid\":\(row)"
        events.append(
          "{\"ph\":\"M\",\"name\":\"thread_name\",\(place),\"args\":{\"name\":\(JSONQuoting.quoted(name))}}")
        events.append(
          "{\"ph\":\"M\",\"name\":\"thread_sort_index\",\(place),\"args\":{\"sort_index\":\(row)}}")
      }
    }
    return events
  }

  private func slice(_ bar: ResourceLanes.Bar, resource: Int, row: Int) -> [String] {
    let leg = bar.leg
    let task = program.variants[leg.variant].tasks[leg.task]
    let place = "\"pid\":\(program.resources[resource].device),\"tid\":\(row)"
    let start = Microseconds.text(leg.startSeconds)
    var events = [
      "{\"ph\":\"X\",\"name\":\(JSONQuoting.quoted(task.name)),\"cat\":\"\(task.kind.rawValue)\",\(place),\"ts\":\(start),"
        + "\"dur\":\(Microseconds.text(leg.endSeconds - leg.startSeconds)),\"args\":{\"request\":\(leg.request),"
        + "\"waited_us\":\(Microseconds.text(leg.startSeconds - leg.queuedSeconds))}}"
    ]
    guard task.kind == .transfer, task.legs.count > 1 else { return events }
    let flow =
      "\"name\":\"transfer\",\"cat\":\"transfer\",\"id\":\"\(leg.request).\(leg.task)\",\(place),\"ts\":\(start)"
    if leg.leg == 0 { events.append("{\"ph\":\"s\",\(flow)}") }
    if leg.leg == task.legs.count - 1 { events.append("{\"ph\":\"f\",\"bp\":\"e\",\(flow)}") }
    return events
  }
}

/// Seconds as microseconds with three decimals, that is to the nanosecond.
enum Microseconds {
  static func text(_ seconds: Double) -> String {
    let nanoseconds = Int64((max(0, min(9e9, seconds)) * 1e9).rounded())
    let fraction = "\(nanoseconds % 1000)"
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
