import ArgumentParser
import Partitioner
import Reporting

struct SystemsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "systems",
    abstract: "Lists the built-in systems, or says what one consists of.",
    discussion: """
      Examples:
        partition systems
        partition systems h100
        partition systems my-system.json --json
      """)

  @Argument(help: "A built-in system or the file of one.")
  var system: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let names = system.map { [$0] } ?? SystemCatalog.names
      var systems: [System] = []
      for name in names { systems.append(try Partitioner.system(named: name)) }
      if json {
        try Output.print(system == nil ? JSONText.encode(systems) : JSONText.encode(systems[0]))
      } else {
        try Output.print(SystemSummary(systems, defaultName: SystemCatalog.defaultName).text)
      }
    }
  }
}
