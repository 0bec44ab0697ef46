import Foundation
import FoundationXML
import Plan
import Reporting
import Simulation
import TestSupport
import Testing

@Suite struct TimelineTests {
  /// A host and a card: a transfer over two links, then two kernels at once on two cores.
  private static let program = ExecutionProgram(
    resources: [
      .init(name: "uplink", kind: .uplinkOut, device: 0, servers: 1),
      .init(name: "card0 \"in\" <x4>", kind: .linkIn, device: 1, servers: 1),
      .init(name: "card0 dense", kind: .denseCores, device: 1, servers: 2),
    ],
    devices: [
      .init(
        name: "host", isHost: true, memoryBytes: 0, staticBytes: 0, activationBytes: 0, inFlightLimit: 8,
        idleWatts: 0, busyWatts: 0),
      .init(
        name: "card0", isHost: false, memoryBytes: 0, staticBytes: 0, activationBytes: 0, inFlightLimit: 8,
        idleWatts: 0, busyWatts: 0),
    ],
    tables: [],
    variants: [
      .init(
        card: 0, share: 1,
        tasks: [
          .init(
            name: "input", kind: .transfer, device: 1, source: 0,
            legs: [.init(resource: 0, seconds: 10e-6), .init(resource: 1, seconds: 40e-6)], bytes: 160_000),
          .init(
            name: "left & right", kind: .dense, device: 1, legs: [.init(resource: 2, seconds: 250e-6)],
            predecessors: [0]),
          .init(
            name: "small", kind: .dense, device: 1, legs: [.init(resource: 2, seconds: 60e-6)],
            predecessors: [0]),
        ])
    ])

  private func busy() throws -> Recording {
    var options = SimulationOptions(load: .constant(requestsPerSecond: 5000))
    options.requests = 20
    options.warmUp = .requests(0)
    return try Simulator(Self.program).record(options, .init(fromSeconds: 0.0002, toSeconds: 0.001))
  }

  @Test func chromeTrace() throws {
    let text = try ChromeTrace(busy(), of: Self.program).text
    #expect(snapshotDifference(text, named: "busy.trace.json") == nil)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let events = try #require(object?["traceEvents"] as? [[String: Any]])
    func count(_ phase: String) -> Int { events.filter { $0["ph"] as? String == phase }.count }
    #expect(count("X") > 10)
    #expect(count("s") == count("f"))
    // Slices of one row must not overlap, or viewers would nest them.
    var ends: [Int: Double] = [:]
    for event in events where event["ph"] as? String == "X" {
      let row = try #require(event["tid"] as? Int)
      let start = try #require(event["ts"] as? Double)
      #expect(start >= (ends[row] ?? 0) - 0.001)
      ends[row] = start + (event["dur"] as? Double ?? 0)
    }
  }

  @Test func recordingIsLimited() throws {
    var options = SimulationOptions(load: .constant(requestsPerSecond: 5000))
    options.requests = 100
    let recording = try Simulator(Self.program).record(
      options, .init(fromSeconds: 0, toSeconds: 1, maximumLegs: 10))
    #expect(recording.legs.count == 10)
    #expect(recording.isTruncated)
    #expect(ChromeTrace(recording, of: Self.program).text.contains("cut short"))
  }

  @Test func oneRequest() throws {
    let recording = try Simulator(Self.program).recordSingleRequest()
    let text = try #require(TimelineSVG(recording, of: Self.program).request(0))
    #expect(snapshotDifference(text, named: "request.svg") == nil)
    #expect(try XMLDocument(xmlString: text).rootElement()?.name == "svg")
    #expect(TimelineSVG(recording, of: Self.program).request(1) == nil)
  }

  @Test func busyWindow() throws {
    let text = try TimelineSVG(busy(), of: Self.program).window(fromSeconds: 0.0002, toSeconds: 0.001)
    #expect(snapshotDifference(text, named: "busy.svg") == nil)
    #expect(try XMLDocument(xmlString: text).rootElement()?.name == "svg")
  }
}
