import ArgumentParser
import Partitioner
import Questions
import Reporting

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a plan as a page to look at: one HTML file, no network.",
    discussion: """
      Verdict, machine and links, memory, loads, tables by card, the partitioned graph down to operators, one request in time, \
      latency under load, what is assumed, and the certificate in plain words. The plan is replayed at several rates for it, \
      unless --no-simulation.

      Examples:
        partition report plan.json -o report.html
        partition report plan.json -o report.html --no-simulation
      """)

  @OptionGroup var planArguments: PlanArguments

  @Option(
    name: .shortAndLong, help: "Where to write the page, - for standard output; default: report.html.",
    completion: .file(extensions: ["html"]))
  var output = "report.html"

  @Flag(inversion: .prefixedNo, help: "Replay the plan at several rates.")
  var simulation = true

  @Flag(name: .shortAndLong, help: "Replace a file that is there, whatever it is; else only an old page.")
  var force = false

  @OptionGroup var once: GivenOnce

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let plan = try planArguments.readPlan()
      let model = try planArguments.readModel(of: plan)
      let output = try Output(
        [.init(option: "--output", path: output, content: .page)],
        inputs: [planArguments.plan, planArguments.model, model.reference.path].compactMap(\.self),
        isForced: force)
      let page = try PlanPage.html(
        of: plan, model: model,
        buckets: simulation && plan.hasBuckets ? try planArguments.readBucketModels(of: plan) : [],
        isReplayed: simulation, progress: { ProgressLine.shared.show($0) })
      ProgressLine.shared.clear()
      try output.write(page, for: "--output")
      try output.sayWhatWasWritten()
    }
  }
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Sets two plans side by side: what they promise, how busy the machine is, what is elsewhere.",
    discussion: """
      Examples:
        partition compare a.json b.json
        partition compare a.json b.json --html compare.html
      """)

  @Argument(help: "A plan.", completion: .file(extensions: ["json"]))
  var first: String

  @Argument(help: "Another, of the same model or not.", completion: .file(extensions: ["json"]))
  var second: String

  @Option(
    help: ArgumentHelp("Write a page as well.", valueName: "file"), completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(name: .shortAndLong, help: "Replace a file that is there, whatever it is; else only an old page.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    try GivenOnce.checkStandardInput([("the first plan", first), ("the second plan", second)])
    if force, html == nil { throw ValidationError("--force has no effect without --html") }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let comparison = PlanComparison(
        (first, try Partitioner.readPlan(path: first)), (second, try Partitioner.readPlan(path: second)))
      let files = html.map { [Output.File(option: "--html", path: $0, content: .page)] } ?? []
      let output = try Output(files, inputs: [first, second], isForced: force)
      try output.write(comparison.html, for: "--html")
      try output.say(comparison.text)
      try output.sayWhatWasWritten()
    }
  }
}
