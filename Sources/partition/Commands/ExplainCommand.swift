import ArgumentParser
import Partitioner
import Questions

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says why a plan is as it is, and what would change it.",
    discussion: """
      Prints what limits the plan, and what a gigabyte more a card, more DRAM bandwidth, wider links, one more card or int8 \
      alone would buy. With an operator or a table: its cost where it is, and what the whole plan costs with it elsewhere; with \
      a card: the plan without it. Every figure of a change comes of planning with it, from the plan that is there.

      Examples:
        partition explain plan.json
        partition explain plan.json --table user_history
        partition explain plan.json --operator top.0 --no-what-if
        partition explain plan.json --card card3 --json
      """)

  @OptionGroup var planArguments: PlanArguments

  @Option(name: .customLong("operator"), help: "Where this operator could be instead.")
  var operatorName: String?

  @Option(help: "Where this embedding table could be instead.")
  var table: String?

  @Option(
    help: ArgumentHelp("What this card holds the plan back by, and the plan without it.", valueName: "name"))
  var card: String?

  @Flag(
    name: .customLong("what-if"), inversion: .prefixedNo, help: "Also say what more of the machine would buy."
  )
  var whatIf = true

  @Option(
    help: ArgumentHelp(
      "Work of each solve at most, times the default of `plan`; default: 0.1.", valueName: "factor"))
  var effort: Effort?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    let given = [("--operator", operatorName), ("--table", table), ("--card", card)].filter { $0.1 != nil }
    if given.count > 1 {
      throw ValidationError("\(given[0].0) and \(given[1].0) are given; ask about one at a time")
    }
  }

  func run() throws {
    Interrupt.listen()
    try Failure.reported { () throws(PartitionError) in
      let plan = try planArguments.readPlan()
      let model = try planArguments.readModel(of: plan)
      try Partitioner.requireCheck(plan, model: model, name: planArguments.name)
      let explainer = Explainer(
        plan, model: model, work: effort?.work ?? WorkBudget(effort: 0.1),
        lengths: planArguments.lengthLoader(of: plan), isCancelled: { Interrupt.isRequested })
      let explanation = try explainer.explain(
        subject(in: plan), asksWhatIf: whatIf,
        progress: { about in ProgressLine.shared.show("planning: \(about)") })
      ProgressLine.shared.clear()
      if json { return try Output.print(JSONText.encode(explanation)) }
      try Output.show(ExplanationSummary(explanation).text)
    }
  }

  /// A card may be given by its number.
  private func subject(in plan: PlanDocument) -> Explanation.Subject {
    if let operatorName { return .operator(operatorName) }
    if let table { return .table(table) }
    guard let card else { return .plan }
    let cards = plan.system.cards.map(\.name)
    if !cards.contains(card), let number = Int(card), cards.indices.contains(number) {
      return .card(cards[number])
    }
    return .card(card)
  }
}
