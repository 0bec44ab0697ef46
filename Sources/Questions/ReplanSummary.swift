import Partitioner
import Reporting

/// A replanned plan in words: the frontier, and the moves in their order.
public struct ReplanSummary {
  private static let mostSteps = 40

  private let replan: Replan

  public init(_ replan: Replan) { self.replan = replan }

  /// Several lines, ending in a newline.
  public var text: String {
    let unit = replan.plan.certificate.unit
    func objective(_ value: Double) -> String {
      unit == .seconds ? Figures.seconds(value) : Figures.joules(value)
    }
    var frontier = TextTable([
      ("", .left), ("batches/s", .right), ("a batch", .right), ("moved", .right), ("time to move", .right),
    ])
    for point in replan.frontier {
      frontier.add([
        point.isChosen ? "* chosen" : "", Figures.number(point.batchesPerSecond), objective(point.objective),
        Figures.bytes(point.movedBytes), Figures.seconds(point.moveSeconds),
      ])
    }
    var lines = ["What is gained against what is moved:"] + frontier.lines() + [""]
    if let serves = replan.servesRate {
      lines += [
        serves ? "The rate that was asked for is served." : "No plan serves the rate that was asked for.", "",
      ]
    }
    let moves = replan.moves
    if moves.steps.isEmpty { return (lines + ["Nothing has to be moved."]).joined(separator: "\n") + "\n" }
    lines.append(
      "\(Figures.counted(moves.steps.count, "step")), \(Figures.bytes(moves.bytes)), \(Figures.seconds(moves.seconds)) one after the other:"
    )
    var steps = TextTable([("", .right), ("", .left), ("", .right), ("", .left), ("", .right)])
    for (index, step) in moves.steps.prefix(Self.mostSteps).enumerated() {
      let way =
        step.kind == .drop
        ? "drop from \(NameText.shown(step.to)), load again later"
        : "\(step.from.map { NameText.shown($0) } ?? "storage") to \(NameText.shown(step.to))"
      steps.add([
        "\(index + 1)", step.what, Figures.bytes(step.bytes), way,
        step.kind == .drop ? "" : Figures.seconds(step.seconds),
      ])
    }
    lines += steps.lines()
    if moves.steps.count > Self.mostSteps {
      lines.append("  and \(moves.steps.count - Self.mostSteps) more; --json has them all")
    }
    if moves.droppedBytes > 0 {
      lines.append(
        "\(Figures.bytes(moves.droppedBytes)) are not on any device for a while: nothing has room for them in between."
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
