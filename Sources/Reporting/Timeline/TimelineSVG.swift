import Plan
import Simulation

/// Gantt charts of a recording: a row for each server of each resource that did something, time to the right.
public struct TimelineSVG {
  private let program: ExecutionProgram
  private let recording: Recording

  private static let width = 1200
  private static let labelWidth = 190
  private static let rowHeight = 18
  private static let top = 58
  /// By task kind: host, sparse, dense, transfer; told apart by the colour-blind too (Okabe and Ito 2008).
  private static let kindColours: [(ExecutionProgram.Task.Kind, String)] = [
    (.host, "#999999"), (.sparse, "#56b4e9"), (.dense, "#e69f00"), (.transfer, "#009e73"),
  ]
  /// Neighbouring requests in a busy window.
  private static let requestColours = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#b5a900",
  ]

  public init(_ recording: Recording, of program: ExecutionProgram) {
    self.recording = recording
    self.program = program
  }

  /// One request from dispatch to answer, coloured by kind of task, its critical path outlined; waiting is a thin line.
  ///
  /// - Returns: `nil` when the recording does not hold the whole request.
  public func request(_ number: Int) -> String? {
    requestChart(number).map { Self.document([$0]) }
  }

  private func requestChart(_ number: Int) -> Chart? {
    guard let request = recording.requests.first(where: { $0.request == number }) else { return nil }
    let legs = recording.legs.filter { $0.request == number }
    guard program.variants.indices.contains(request.variant) else { return nil }
    let tasks = program.variants[request.variant].tasks
    guard legs.count == tasks.reduce(0, { $0 + $1.legs.count }) else { return nil }
    let critical = Set(request.criticalTasks)
    let duration = Figures.seconds(request.endSeconds - request.startSeconds)
    return chart(
      title: "Batch \(number): \(duration) from dispatch to answer",
      legend: Self.kindColours.map { ($0.0.rawValue, $0.1) } + [("outlined: critical path", "none")],
      legs, from: request.startSeconds, to: request.endSeconds
    ) { leg in
      let kind = tasks[leg.task].kind
      let colour = Self.kindColours.first { $0.0 == kind }?.1 ?? "#999999"
      return (colour, critical.contains(leg.task))
    }
  }

  /// Everything between two times, a colour for each request.
  public func window(fromSeconds: Double, toSeconds: Double) -> String {
    Self.document([windowChart(fromSeconds: fromSeconds, toSeconds: toSeconds)])
  }

  /// Both in one picture: the first request that was recorded whole, and below it everything between two times.
  public func page(fromSeconds: Double, toSeconds: Double) -> String {
    let first = recording.requests.lazy.compactMap { requestChart($0.request) }.first
    return Self.document(
      [first, windowChart(fromSeconds: fromSeconds, toSeconds: toSeconds)].compactMap { $0 })
  }

  private func windowChart(fromSeconds: Double, toSeconds: Double) -> Chart {
    let legs = recording.legs.filter { $0.endSeconds > fromSeconds && $0.startSeconds < toSeconds }
    let colours = Self.requestColours
    return chart(
      title: "From \(Figures.seconds(fromSeconds)) to \(Figures.seconds(toSeconds)) after the start: "
        + "\(Figures.counted(Set(legs.map(\.request)).count, "batch", plural: "batches")), a colour each",
      legend: [], legs, from: fromSeconds, to: toSeconds
    ) { leg in (colours[leg.request % colours.count], false) }
  }

  /// Elements of one chart, to be placed under each other.
  private struct Chart {
    var height: Int
    var lines: [String]
  }

  private static func document(_ charts: [Chart]) -> String {
    let height = charts.map(\.height).reduce(0, +)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"11\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
    ]
    var top = 0
    for chart in charts {
      lines += top == 0 ? chart.lines : ["<g transform=\"translate(0 \(top))\">"] + chart.lines + ["</g>"]
      top += chart.height
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func chart(
    title: String, legend: [(String, String)], _ legs: [RecordedLeg], from: Double, to: Double,
    style: (RecordedLeg) -> (colour: String, isOutlined: Bool)
  ) -> Chart {
    let lanes = ResourceLanes(legs, resourceCount: program.resources.count)
    let axis = TimeAxis(from: from, to: to, left: Self.labelWidth, right: Self.width - 20)
    let rows = lanes.laneCounts.reduce(0, +)
    let height = Self.top + rows * Self.rowHeight + 30
    var lines = ["<text x=\"10\" y=\"20\" font-size=\"14\">\(Escaping.xml(title))</text>"]
    lines += legendLines(legend)
    lines += gridLines(axis, bottom: Self.top + rows * Self.rowHeight)
    var row = 0
    for (resource, bars) in lanes.bars.enumerated() where lanes.laneCounts[resource] > 0 {
      let y = Self.top + row * Self.rowHeight
      lines.append(
        "<text x=\"\(Self.labelWidth - 6)\" y=\"\(y + 13)\" text-anchor=\"end\">"
          + "\(Escaping.xml(ResourceLabel(program.resources[resource].name).words))</text>")
      lines.append(
        "<line x1=\"0\" y1=\"\(y)\" x2=\"\(Self.width)\" y2=\"\(y)\" stroke=\"#dddddd\" stroke-width=\"0.5\"/>"
      )
      for bar in bars {
        let (colour, isOutlined) = style(bar.leg)
        lines += barLines(
          bar.leg, axis, y: y + bar.lane * Self.rowHeight, colour: colour, isOutlined: isOutlined)
      }
      row += lanes.laneCounts[resource]
    }
    return Chart(height: height, lines: lines)
  }

  private func legendLines(_ legend: [(String, String)]) -> [String] {
    var x = 10
    var lines: [String] = []
    for (name, colour) in legend {
      let stroke = colour == "none" ? " stroke=\"#000000\"" : ""
      lines.append("<rect x=\"\(x)\" y=\"28\" width=\"10\" height=\"10\" fill=\"\(colour)\"\(stroke)/>")
      lines.append("<text x=\"\(x + 14)\" y=\"37\">\(Escaping.xml(name))</text>")
      x += 34 + 7 * name.count
    }
    return lines
  }

  private func gridLines(_ axis: TimeAxis, bottom: Int) -> [String] {
    axis.marks.flatMap { mark in
      [
        "<line x1=\"\(mark.x)\" y1=\"\(Self.top - 6)\" x2=\"\(mark.x)\" y2=\"\(bottom)\" stroke=\"#cccccc\" "
          + "stroke-width=\"0.5\"/>",
        "<text x=\"\(mark.x)\" y=\"\(bottom + 14)\" text-anchor=\"middle\">\(mark.label)</text>",
      ]
    }
  }

  private func barLines(
    _ leg: RecordedLeg, _ axis: TimeAxis, y: Int, colour: String, isOutlined: Bool
  ) -> [String] {
    let task = program.variants[leg.variant].tasks[leg.task]
    let x = axis.position(leg.startSeconds)
    let end = axis.position(leg.endSeconds)
    let width = TimeAxis.text(max(0.5, end - x))
    let stroke = isOutlined ? " stroke=\"#000000\" stroke-width=\"1.2\"" : ""
    let name = "\(task.name), batch \(leg.request): \(Figures.seconds(leg.endSeconds - leg.startSeconds))"
    let waited = leg.startSeconds - leg.queuedSeconds
    let waitText = waited > 0 ? ", waited \(Figures.seconds(waited))" : ""
    var lines = [
      "<rect x=\"\(TimeAxis.text(x))\" y=\"\(y + 2)\" width=\"\(width)\" height=\"\(Self.rowHeight - 4)\" "
        + "fill=\"\(colour)\"\(stroke)><title>\(Escaping.xml(name + waitText))</title></rect>"
    ]
    if waited > 0 {
      lines.append(
        "<line x1=\"\(TimeAxis.text(axis.position(leg.queuedSeconds)))\" y1=\"\(y + Self.rowHeight - 3)\" "
          + "x2=\"\(TimeAxis.text(x))\" y2=\"\(y + Self.rowHeight - 3)\" stroke=\"\(colour)\" stroke-width=\"1\"/>"
      )
    }
    if end - x > Double(6 * task.name.count + 8) {
      lines.append(
        "<text x=\"\(TimeAxis.text(x + 4))\" y=\"\(y + 13)\" fill=\"#000000\">\(Escaping.xml(task.name))</text>"
      )
    }
    return lines
  }
}
