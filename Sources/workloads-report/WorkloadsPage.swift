import Partitioner
import Reporting

/// `reports/workloads.md`: what was planned, predicted and simulated for each workload and machine.
struct WorkloadsPage {
  let workloads: [Workload]

  func text() throws(PartitionError) -> String {
    var lines = Self.introduction
    for workload in workloads { lines += section(workload) }
    lines += try variationSection()
    lines += try ClaimSection(workloads: workloads).lines()
    return lines.joined(separator: "\n") + "\n"
  }

  private static let introduction = [
    "# The workloads",
    "",
    "Made by `make workloads`: the same bytes each time. Each model of `models/` is planned on the default machine with six",
    "NNP-I cards, with one of them, and on its host alone, all for throughput with the default options; the plan is then",
    "replayed by the simulator. Nothing here was measured on hardware: service times come from the cost model",
    "([cost-model.md](cost-model.md)), and figures of the machine that are assumed are marked so in `models/systems/`.",
    "",
    "- *predicted* is the plan's own arithmetic: the latency of a batch in an empty system, and the rate at which the",
    "  bottleneck is always busy.",
    "- *simulated* is the replay: a batch alone, and batches back to back.",
    "- *within budget* is the highest rate of Poisson arrivals at which the 99th percentile of the latency, waiting included,",
    "  stays within the model's budget, and what holds there. Each batch does the planned work; see",
    "  [when work varies](#when-work-varies). The search is exact to 0.5 % and its runs have 40,000 batches: near saturation,",
    "  where queues take longer than that to fill, the percentile is an underestimate.",
    "- A watt is one of host and cards together, idle power included. The host alone is counted without cards.",
  ]

  private func section(_ workload: Workload) -> [String] {
    var lines = ["", "## \(workload.name)", ""]
    let budgets = workload.trials.compactMap {
      try? $0.outcome.get().plan.request.latencyBudgetMilliseconds
    }
    let budget = budgets.first.map { ", latency budget \(Figures.seconds($0 / 1000))" } ?? ""
    let batch = workload.model.graph.serving.batch ?? 1
    lines.append("A batch is \(Figures.counted(batch, "item"))\(budget).")
    lines += [
      "",
      "| machine | batch alone: predicted | simulated | batches/s: predicted | simulated | batches/s within budget | p99 there "
        + "| busiest there | batches/s per W |",
      "|---|---|---|---|---|---|---|---|---|",
    ]
    for (machine, outcome) in workload.trials {
      switch outcome {
      case .success(let trial): lines.append(row(machine, trial))
      case .failure: lines.append("| \(machine.words) | no plan, see below | | | | | | | |")
      }
    }
    for (machine, outcome) in workload.trials {
      guard case .failure(let error) = outcome else { continue }
      lines += ["", "No plan on \(machine.words): " + error.problems.joined(separator: "; ") + "."]
    }
    if let trial = workload[.sixCards] {
      lines += ["", "```", PlanSummary(trial.plan, isVerbose: true).text + "```"]
    }
    return lines
  }

  private func row(_ machine: Machine, _ trial: Trial) -> String {
    var cells = [
      machine.words, Figures.seconds(trial.plan.predicted.latencySeconds),
      Figures.seconds(trial.aloneSeconds),
      Figures.number(trial.plan.predicted.throughputPerSecond),
      Figures.number(trial.saturated.throughputPerSecond.value),
    ]
    if let report = trial.search?.report, let rate = trial.search?.highestRate {
      let busiest = report.resources.first { $0.name == report.limitingResource }?.utilisation ?? 0
      cells += [
        Figures.number(rate), Figures.seconds(report.latency.p99.value),
        "\(ResourceLabel(report.limitingResource).words), \(Figures.percent(busiest))",
        Figures.number(report.requestsPerSecondPerWatt),
      ]
    } else {
      let report = trial.saturated
      cells += [
        trial.search == nil ? "no budget" : "none", "",
        "\(ResourceLabel(report.limitingResource).words), back to back",
        Figures.number(report.requestsPerSecondPerWatt),
      ]
    }
    return "| " + cells.joined(separator: " | ") + " |"
  }

  // MARK: Variation

  /// Lengths that Table I gives as a range, by model.
  private static let lengths = [
    "xlm-r": LengthModel(plannedLength: 32, distribution: .uniform(minimum: 20, maximum: 70))
  ]

  private func variationSection() throws(PartitionError) -> [String] {
    var lines = [
      "", "## When work varies", "",
      "Six cards, the same search, but every service time is lognormal with a coefficient of variation of 0.3 and so are the",
      "look-ups of each table with 0.5 (both [assumed]), up to the padded maximum. XLM-R besides gets sentences of 20 to 70",
      "tokens (Table I's range, uniform) with the plan for 32, so its mean batch is 1.4 times as long.",
      "",
      "| workload | batches/s within budget: planned work | varying work | with varying lengths as well |",
      "|---|---|---|---|",
    ]
    for workload in workloads {
      guard let trial = workload[.sixCards], let budget = trial.search?.objective.limitSeconds else {
        continue
      }
      let vary = { (options: inout SimulationOptions) in
        options.jitter = .lognormal(variation: 0.3)
        options.lookups = .lognormal(variation: 0.5)
      }
      let varied = try trial.highestRate(withinSeconds: budget, vary: vary)
      var longer = ""
      if let lengths = Self.lengths[workload.name] {
        longer = Figures.number(
          try trial.highestRate(withinSeconds: budget) { options in
            vary(&options)
            options.lengths = lengths
          }.highestRate)
      }
      lines.append(
        "| \(workload.name) | \(Figures.number(workload.rate(on: .sixCards))) | \(Figures.number(varied.highestRate)) "
          + "| \(longer) |")
    }
    return lines
  }
}
