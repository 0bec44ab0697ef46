import ArgumentParser
import Foundation
import Partitioner
import Reporting

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what is in a model: operators, parameters, operations, bytes, tables, findings.",
    discussion: """
      Examples:
        partition inspect models/xlm-r.json
        partition inspect model.onnx --dim batch=64 --json
      """)

  @OptionGroup var modelArguments: ModelArguments

  @Option(parsing: .unconditional, help: "How many of the operators with the most work to list.")
  var largest = 10

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if largest < 0 { throw ValidationError("--largest is \(largest); give at least 0") }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let model = try modelArguments.load(allowsUnknownSizes: true)
      let statistics = GraphStatistics(
        model.graph, findings: model.findings, largest: largest, hasUnknownSizes: model.hasUnknownSizes)
      if json { return try Output.print(JSONText.encode(statistics)) }
      try Output.show(statistics.text)
    }
  }
}
