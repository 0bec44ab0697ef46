import ArgumentParser
import Partitioner
import Reporting

struct DotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dot",
    abstract: "Draws a plan as a Graphviz graph: host and cards, what they hold, what moves between them.",
    discussion: """
      Needs nothing but the plan; where its model is at hand, operator types are shown too.

      Examples:
        partition dot plan.json | dot -Tsvg > plan.svg
        partition dot plan.json --full -o plan.dot
      """)

  @OptionGroup var planArguments: PlanArguments

  @Flag(help: "Draw every table and every card by itself instead of grouping what is alike.")
  var full = false

  @Option(name: .shortAndLong, help: "Write to a file instead of standard output.")
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace a file that is there, whatever it is; else only an old drawing.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if force, output == nil { throw ValidationError("--force has no effect without --output") }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let document = try planArguments.readPlan()
      let path = output ?? Output.standard
      let output = try Output(
        [.init(option: "--output", path: path, content: .drawing)],
        inputs: [planArguments.plan, planArguments.model].compactMap(\.self), isForced: force)
      let drawing = PlanDrawing(
        document, graph: try graph(of: document), detail: full ? .full : .grouped)
      try output.write(drawing.dot, for: "--output")
      try output.sayWhatWasWritten()
    }
  }

  /// The drawing stands without its model, so a missing or changed one only costs the operator types; but not one that was
  /// asked for.
  private func graph(of document: PlanDocument) throws(PartitionError) -> Graph? {
    if planArguments.model != nil { return try planArguments.readModel(of: document).graph }
    do {
      return try planArguments.readModel(of: document).graph
    } catch {
      Failure.note("note: drawn without operator types: \(error)")
      return nil
    }
  }
}
