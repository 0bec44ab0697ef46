import ArgumentParser
import Partitioner
import Reporting

struct SystemsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "systems",
    abstract: "Lists the built-in systems, or says what one consists of: every figure with its source.",
    discussion: """
      Examples:
        partition systems
        partition systems h100
        partition systems my-system.json --json
        partition systems nnpi --set card.dramGigabytesPerSecond=100 --export > faster.json
      """)

  @Argument(help: "A built-in system or the file of one.")
  var system: String?

  @OptionGroup var figures: FigureArguments

  @Flag(help: "Print JSON: what plans hold.")
  var json = false

  @Flag(help: "Print a file that --system reads, with the source of every figure.")
  var export = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if json, export { throw ValidationError("--json and --export both write to standard output; give one") }
    if system == nil, export || !figures.changes.isEmpty {
      throw ValidationError("\(export ? "--export" : "--set") needs the name of a system")
    }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      guard let system else {
        var systems: [System] = []
        for name in SystemCatalog.names { systems.append(try Partitioner.system(named: name)) }
        let summary = SystemSummary(systems, defaultName: SystemCatalog.defaultName)
        if json { return try Output.print(JSONText.encode(systems)) }
        return try Output.show(summary.text)
      }
      let description = try Partitioner.systemDescription(named: system, changes: figures.changes)
      let described = try Partitioner.system(named: system, changes: figures.changes)
      if json { return try Output.print(JSONText.encode(described)) }
      if export { return try Output.print(description.json) }
      let summary = SystemSummary([described], defaultName: SystemCatalog.defaultName)
      try Output.show(summary.text + "\n" + SystemSummary.figures(description.figures))
    }
  }
}
