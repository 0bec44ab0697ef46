import ArgumentParser
import Partitioner
import Questions
import Reporting

struct ReplanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replan",
    abstract: "Plans again after a change so that few bytes move, and says in which order they do.",
    discussion: """
      Tries plans in which all, most, some or none of the tables stay where they are, and prints what each gains against the \
      bytes it moves. The moves are listed in an order in which no device holds more than it has, with their time over the links.

      Examples:
        partition replan plan.json --lost card3 -o new.json
        partition replan plan.json --cards 8
        partition replan plan.json --new-model new.onnx --move-weight 0.01
        partition replan plan.json --rate 5000 --cards 8
      """)

  @OptionGroup var planArguments: PlanArguments

  @Option(help: ArgumentHelp("A card that is gone. May be repeated.", valueName: "card"))
  var lost: [String] = []

  @Option(parsing: .unconditional, help: "Another number of cards: further ones are like the last.")
  var cards: Int?

  @Option(
    help: ArgumentHelp(
      "Another state of the model; its dimensions are bound as the plan's.", valueName: "model"),
    completion: .file(extensions: ["onnx", "json", "csv"]))
  var newModel: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Batches a second that have to be served: the plan that moves least for it.", valueName: "qps"))
  var rate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What a gigabyte moved has to gain, as a share of the objective; default: 0.1%.", valueName: "share"))
  var moveWeight: Fraction?

  @Option(
    help: ArgumentHelp(
      "Work of each solve at most, times the default of `plan`; default: 0.2.", valueName: "factor"))
  var effort: Effort?

  @Option(
    name: .shortAndLong, help: "Write the new plan.", completion: .file(extensions: ["json"]))
  var output: String?

  @Flag(
    name: .shortAndLong,
    help: "Replace a file that is there, whatever it is; else only a plan of the same model.")
  var force = false

  @Flag(help: "Print JSON: frontier and moves.")
  var json = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if lost.isEmpty, cards == nil, newModel == nil, rate == nil {
      throw ValidationError("nothing has changed; give --lost, --cards, --new-model or --rate")
    }
    if !lost.isEmpty, cards != nil { throw ValidationError("--lost and --cards are given; give one of them") }
    let range = SystemCatalog.cardRange
    if let cards, !range.contains(cards) {
      throw ValidationError("--cards is \(cards); give \(range.lowerBound) to \(range.upperBound)")
    }
    if let rate, !(rate > 0 && rate.isFinite) {
      throw ValidationError("--rate is \(rate); give a rate above 0")
    }
    if rate != nil, moveWeight != nil {
      throw ValidationError(
        "--move-weight has no effect with --rate, which moves as little as the rate allows")
    }
    if force, output == nil { throw ValidationError("--force has no effect without --output") }
  }

  func run() throws {
    Interrupt.listen()
    let servesRate = try Failure.reported { () throws(PartitionError) in
      let plan = try planArguments.readPlan()
      let model = try planArguments.readModel(of: plan)
      try Partitioner.requireCheck(plan, model: model, name: planArguments.name)
      let changed = try newModel.map { path throws(PartitionError) in
        try Partitioner.loadModel(path: path, as: plan.model)
      }
      let files =
        output.map { [Output.File(option: "--output", path: $0, content: .plan(of: changed ?? model))] } ?? []
      let output = try Output(
        files, printsResult: json, inputs: [planArguments.plan, model.reference.path], isForced: force)
      let replan = try Replan(
        plan, model: model,
        change: .init(
          system: try SystemChange(lost: lost, cards: cards).system(of: plan), model: changed, rate: rate),
        moveWeight: moveWeight?.value ?? 0.001, work: effort?.work ?? WorkBudget(effort: 0.2),
        lengths: planArguments.lengthLoader(of: plan, model: newModel),
        isCancelled: { Interrupt.isRequested },
        progress: { about in ProgressLine.shared.show("planning: \(about)") })
      ProgressLine.shared.clear()
      try output.write(Partitioner.encode(replan.plan, path: self.output ?? "plan.json"), for: "--output")
      if json {
        try Output.print(JSONText.encode(replan))
      } else {
        try output.say(
          PlanSummary(replan.plan).headline.title + ": " + PlanSummary(replan.plan).headline.figures + "\n\n")
        try output.say(ReplanSummary(replan).text)
        try output.sayWhatWasWritten()
      }
      return replan.servesRate ?? true
    }
    if !servesRate { throw ExitCode(PartitionError.Kind.infeasible.rawValue) }
  }
}
