import ArgumentParser
import Foundation
import Partitioner
import Reporting
import Sweep

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract:
      "Plans every combination of models, systems, cards, batches, precisions and figures, a line each.",
    subcommands: [SweepRunCommand.self, SweepMergeCommand.self], defaultSubcommand: SweepRunCommand.self)
}

struct SweepRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Plans every point and, where asked, replays the plan under load.",
    discussion: """
      Points come from a file (solver/schema/sweep.schema.json) or from lists. Called again with the same output it goes on \
      where it ended, also after kill -9; points that are there are not made again. A second writer, another version of the \
      program and a changed model are refused. With --shard every task of an array plans its part into a file of its own, and \
      `partition sweep merge` joins them. Exit code 75 where it was interrupted.

      Examples:
        partition sweep --models a.onnx,b.onnx --systems nnpi,h100 --cards 1..12 --batches 1,8,64 -o out.csv
        partition sweep --models models/xlm-r.json --set card.dramGigabytesPerSecond=50,100,200 --simulate -o out.csv --pareto out.html
        partition sweep sweep.json -o out.jsonl --shard auto
        partition sweep merge out.csv --pareto out.html
      """)

  @Argument(help: "The question in JSON; - reads standard input.", completion: .file(extensions: ["json"]))
  var question: String?

  @Option(
    name: .shortAndLong,
    help:
      "Where the points go: CSV, or JSON Lines where the name ends in .jsonl. Continued where it is there.",
    completion: .file(extensions: ["csv", "jsonl"]))
  var output: String

  @OptionGroup(title: "Points") var axes: SweepAxes

  @Option(
    help: ArgumentHelp(
      "A part of the points, as 0/8 or auto: a task of a Slurm job array, or a pod of an indexed Kubernetes job.",
      valueName: "part"))
  var shard: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many parts there are, for --shard auto on Kubernetes.", valueName: "count"))
  var shards: Int?

  @Option(parsing: .unconditional, help: "Points that are planned at a time; default: one a core.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Draw the points that no other beats, by the name's end as a page or a picture.", valueName: "html|svg"),
    completion: .file(extensions: ["html", "svg"]))
  var pareto: String?

  @Flag(name: .shortAndLong, help: "Replace a file of --pareto that is there, whatever it is.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if output == Output.standard {
      throw ValidationError("--output must be a file, so that it can be continued")
    }
    if shards != nil, shard != "auto" { throw ValidationError("--shards has no effect without --shard auto") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); give 1 to 1024")
    }
    if pareto != nil, shard != nil {
      throw ValidationError("--pareto needs all points; give it to `partition sweep merge`")
    }
    try ParetoOutput.validate(pareto)
    if question != nil, let option = axes.given.first {
      throw ValidationError("\(option) has no effect beside a question in a file; write it there")
    }
    if question == nil, axes.models.isEmpty {
      throw ValidationError("give a question in a file, or --models")
    }
  }

  func run() throws {
    Interrupt.listen()
    let outcome = try Failure.reported { () throws(PartitionError) in
      let question = try readQuestion()
      let part = try shard.map { text throws(PartitionError) in
        text == "auto"
          ? try SweepShard.automatic(ProcessInfo.processInfo.environment, count: shards)
          : try SweepShard(text)
      }
      let page = try ParetoOutput(pareto, isForced: force)
      let sweep = try Sweep(question)
      let outcome = try sweep.run(
        to: output, shard: part, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
        isCancelled: { Interrupt.isRequested },
        progress: { progress in ProgressLine.shared.show(Self.words(progress)) })
      ProgressLine.shared.clear()
      try Output.print(Self.words(outcome, part) + "\n")
      if outcome.isComplete { try page.write(sweep: outcome.path) }
      return outcome
    }
    if !outcome.isComplete { throw ExitCode(75) }
  }

  private func readQuestion() throws(PartitionError) -> SweepQuestion {
    guard let question else { return axes.question }
    return try SweepQuestion.read(
      Partitioner.read(path: question), name: question == Output.standard ? "standard input" : question)
  }

  private static func words(_ progress: Sweep.Progress) -> String {
    let left = progress.secondsLeft.map { ", about \(duration($0)) left" } ?? ""
    return "\(progress.finished) of \(Figures.counted(progress.total, "point"))\(left)"
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<100: "\(Int(seconds.rounded(.up))) s"
    case ..<6000: "\(Int((seconds / 60).rounded(.up))) min"
    default: "\(Figures.fixed(seconds / 3600, decimals: 1)) h"
    }
  }

  private static func words(_ outcome: Sweep.Outcome, _ part: SweepShard?) -> String {
    let done = outcome.planned + outcome.infeasible + outcome.refused
    var words = [
      "\(Figures.grouped(done)) of \(Figures.counted(outcome.total, "point")) in \(outcome.path)"
        + (part.map { " (part \($0.number) of \($0.count))" } ?? "")
        + ": \(outcome.planned) planned, \(outcome.infeasible) without a plan, \(outcome.refused) refused"
    ]
    if outcome.found > 0 { words.append("\(outcome.found) were there already") }
    if !outcome.isComplete { words.append("call it again to go on") }
    return words.joined(separator: "; ")
  }
}

struct SweepMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Joins the parts of a sweep that lie beside its output.",
    discussion: """
      Parts of out.csv are out.0-of-8.csv and so on. The result is what one run without parts writes, byte for byte; missing \
      parts and points are told.

      Examples:
        partition sweep merge out.csv
        partition sweep merge out.jsonl --pareto out.html
      """)

  @Argument(help: "The sweep's output, which is written.", completion: .file(extensions: ["csv", "jsonl"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Draw the points that no other beats, by the name's end as a page or a picture.", valueName: "html|svg"),
    completion: .file(extensions: ["html", "svg"]))
  var pareto: String?

  @Flag(name: .shortAndLong, help: "Replace files that are there, whatever they are.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws { try ParetoOutput.validate(pareto) }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let page = try ParetoOutput(pareto, isForced: force)
      try OutputFile(output, .sweep).check(isForced: force)
      let count = try SweepMerge.join(into: output)
      try Output.print("\(Figures.counted(count, "point")) in \(output)\n")
      try page.write(sweep: output)
    }
  }
}

/// The page of a sweep, where one was asked for.
struct ParetoOutput {
  private let path: String?

  static func validate(_ path: String?) throws {
    if let path, !path.hasSuffix(".html"), !path.hasSuffix(".svg") {
      throw ValidationError("--pareto \(path): end the name in .html or .svg")
    }
  }

  init(_ path: String?, isForced: Bool) throws(PartitionError) {
    self.path = path
    if let path {
      try OutputFile(path, path.hasSuffix(".html") ? .page : .timeline).check(isForced: isForced)
    }
  }

  func write(sweep: String) throws(PartitionError) {
    guard let path else { return }
    let page = try ParetoPage(sweep: sweep)
    try Partitioner.write(path.hasSuffix(".html") ? page.html : page.svg, to: path)
    try Output.print("Written: \(path)\n")
  }
}
