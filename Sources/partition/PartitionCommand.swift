import ArgumentParser
import Partitioner

@main
struct PartitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract:
      "Decides what of a neural network runs where on a host and its accelerator cards, and proves how good that is.",
    discussion: """
      Examples:
        partition plan models/dlrm-more-complex.json --cards 6
        partition simulate plan.json --rate 200
        partition dot plan.json | dot -Tsvg > plan.svg

      Exit codes:
        0   done
        2   no plan exists, or none was found in time; the reasons say what would help
        3   the plan does not hold, in the check or in the simulation
        64  wrong usage: an option or its value
        65  bad input: what is in a file
        66  a file is missing or cannot be read
        69  a program that is needed is not there
        70  a defect of this program
        73  an output cannot be written, or would replace another file; it was left as it was
      """,
    version: Partitioner.version,
    subcommands: [
      PlanCommand.self, SimulateCommand.self, CheckCommand.self, DotCommand.self, InspectCommand.self,
      CostsCommand.self, ProfileCommand.self, SolveCommand.self, SystemsCommand.self,
    ])
}
