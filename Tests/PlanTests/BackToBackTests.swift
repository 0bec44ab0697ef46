import TestSupport
import Testing

@testable import Plan

/// Lines of requests that are too long to be followed for many rounds.
@Suite struct BackToBackTests {
  /// Seconds of the host for a second of a card, of which there are four.
  private static let hostShare = 0.24

  /// Copies on four cards of a graph that begins with a long part on the host and then alternates between a card and the host,
  /// each turn of its own length: as the layers of a large language model do.
  private func alternating(turns: Int, seed: UInt64) -> ExecutionProgram {
    var random = SeededRandom(seed: seed)
    var tasks: [(device: Int, seconds: Double)] = [(0, 0.4 * Self.hostShare * Double(turns) / 2)]
    for turn in 1..<turns {
      let isOnHost = turn % 2 == 0
      tasks.append(
        (
          isOnHost ? 0 : 1,
          Double.random(in: 0.5...1.5, using: &random) * (isOnHost ? 0.6 * Self.hostShare : 1)
        ))
    }
    return ExecutionProgram(
      resources: (0...4).map {
        .init(name: "r\($0)", kind: $0 == 0 ? .hostCores : .denseCores, device: $0, servers: 1)
      },
      devices: (0...4).map {
        .init(
          name: "d\($0)", isHost: $0 == 0, memoryBytes: 1, staticBytes: 0, activationBytes: 0,
          inFlightLimit: $0 == 0 ? 96 : 24, idleWatts: 0, busyWatts: 0)
      }, tables: [],
      variants: (1...4).map { card in
        .init(
          card: card - 1, share: 0.25,
          tasks: tasks.enumerated().map { index, task in
            let device = task.device == 0 ? 0 : card
            return .init(
              name: "t\(index)", kind: device == 0 ? .host : .dense, device: device,
              legs: [.init(resource: device, seconds: task.seconds)],
              predecessors: index == 0 ? [] : [index - 1])
          })
      })
  }

  /// Four times as many requests say the same of how far they are apart.
  @Test(arguments: [1, 2, 3] as [UInt64]) func longRequestsAreFollowedUntilTheyHaveSettled(seed: UInt64) {
    let program = alternating(turns: 1200, seed: seed)
    let busy = LoadSummary(program, followsTurns: false).loads.max() ?? 0
    let period = BackToBack(program).period(least: busy)
    var line = RequestLine(program, variantOf: (0..<768).map { $0 % 4 })
    let settled = line.period(least: 0)
    #expect(abs(period / settled - 1) < 0.02)
  }
}
