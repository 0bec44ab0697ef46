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

  @Argument(help: "A plan.", completion: .file(extensions: ["json"]))
  var plan: String

  @Flag(help: "Draw every table and every card by itself instead of grouping what is alike.")
  var full = false

  @Option(name: .shortAndLong, help: "Write to a file instead of standard output.")
  var output: String?

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let document = try Partitioner.readPlan(path: plan)
      let drawing = PlanDrawing(document, graph: graph(of: document), detail: full ? .full : .grouped)
      if let output {
        try Partitioner.write(drawing.dot, to: output)
      } else {
        print(drawing.dot, terminator: "")
      }
    }
  }

  /// The drawing stands without its model, so a missing or changed one only costs the operator types.
  private func graph(of document: PlanDocument) -> Graph? {
    do {
      return try Partitioner.model(of: document, planPath: plan).graph
    } catch {
      Failure.note("note: drawn without operator types: \(error)")
      return nil
    }
  }
}
