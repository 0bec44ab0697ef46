import Foundation
@_exported import Placement
import Solvers

/// How a file states a placement problem.
public enum SolveFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// The project's own: `ProblemFile`.
  case problem
  /// Sharding options of embedding tables as TorchRec's planner enumerates them.
  case torchrecOptions = "torchrec-options"
  /// Operator and layer graphs of Tarnawski et al., 2020.
  case dnnPartitioning = "dnn-partitioning"
}

/// What to solve for, beside how hard to search.
public struct SolveOptions: Sendable {
  /// `nil`: told from the content.
  public var format: SolveFormat?
  /// `nil`: the format's own, throughput where it has none.
  public var objective: Problem.Objective?
  /// Whether the quotient graph must be acyclic; `nil`: the format's own, yes for graphs.
  public var isContiguous: Bool?
  /// The user's own, applied to the problem before it is solved.
  public var rules: PlacementRules?
  /// An assignment to begin from; one that is not allowed is passed over.
  public var start: StartFile?
  public var search: SearchOptions

  public init(
    format: SolveFormat? = nil, objective: Problem.Objective? = nil, isContiguous: Bool? = nil,
    rules: PlacementRules? = nil, start: StartFile? = nil, search: SearchOptions = SearchOptions()
  ) {
    self.format = format
    self.objective = objective
    self.isContiguous = isContiguous
    self.rules = rules
    self.start = start
    self.search = search
  }
}

/// What the optimiser found for a file, in the file's own terms.
public struct SolveReport: Sendable, Encodable {
  /// `nil` when the search was ended before it was known.
  public var format: SolveFormat?
  public var name: String
  /// Value of the assignment; `nil` without one. In the unit of the file's own costs.
  public var objective: Double?
  /// Proven: no assignment has less; `nil` where there is none or nothing was proven.
  public var bound: Double?
  public var gap: Double?
  public var status: Certificate.Status
  public var provedBy: StepName
  /// Name and version of the solver of linear and integer programs.
  public var solver: String
  public var seconds: Double
  public var nodes: Int
  /// `nil` when none was found.
  public var assignment: Answer?
  /// The assignment in words and figures; `nil` without one. It is no part of the JSON, which has the assignment itself.
  public var placement: Placement?
  /// Why there is none: what would help, where that was proven, or what was going on when the search was ended; lines of
  /// prose.
  public var explanation: String?
  /// Why the assignment to start from was passed over; `nil` when it was not.
  public var warnings: [String]?

  enum CodingKeys: String, CodingKey {
    case format, name, objective, bound, gap, status, provedBy, solver, seconds, nodes, assignment,
      explanation,
      warnings
  }

  /// Where everything goes and what each device has of it, by the names of the problem.
  public struct Placement: Sendable {
    public struct Unit: Sendable {
      public var name: String
      public var option: String
      /// One a shard.
      public var devices: [String]
    }
    public struct Device: Sendable {
      public var name: String
      /// Of its busiest lane, in the unit of the file's own costs.
      public var load: Double
      /// Bytes.
      public var memory: Double
      /// Bytes; infinite without a limit.
      public var capacity: Double
    }
    public var units: [Unit]
    public var devices: [Device]
  }

  /// The assignment as the format writes it.
  public enum Answer: Sendable, Encodable {
    /// By table name.
    case tables([String: TorchRecOptions.Choice])
    case graph(DNNPartitioning.Answer)
    /// By unit name.
    case units([String: ProblemFile.Choice])

    public func encode(to encoder: any Encoder) throws {
      switch self {
      case .tables(let choices): try choices.encode(to: encoder)
      case .graph(let answer): try answer.encode(to: encoder)
      case .units(let choices): try choices.encode(to: encoder)
      }
    }
  }
}

extension SolveReport.Placement {
  init(_ assignment: Assignment, of problem: Problem) {
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    units = zip(problem.units, assignment.choices).map { unit, choice in
      Unit(
        name: unit.name, option: unit.options[choice.option].name,
        devices: choice.devices.map { problem.devices[$0].name })
    }
    devices = problem.devices.enumerated().map { index, device in
      Device(
        name: device.name, load: evaluation.loads[index].max() ?? 0, memory: evaluation.memory[index],
        capacity: device.memory)
    }
  }
}

extension Partitioner {
  /// Solves a placement problem in a file, without a model.
  ///
  /// - Parameter options: a time limit counts from here, and covers reading the file. Where it or a request to end comes
  ///   before all is read, the report says so; the reading goes on on its thread, unheeded.
  /// - Returns: also when there is no assignment; the status says why.
  /// - Throws: `missingFile`; `badInput` with every problem found; `usage` for options that do not fit the format.
  public static func solve(
    path: String, options: SolveOptions = SolveOptions()
  ) throws(PartitionError) -> SolveReport {
    try solve(name: name(ofInput: path), options: options) { () throws(PartitionError) in try read(path: path)
    }
  }

  /// Solves a placement problem on given numbers, without a model: as ``solve(path:options:)``.
  ///
  /// - Parameters:
  ///   - bytes: the content of a file in one of the formats.
  ///   - name: what the file is called in errors and in the report.
  public static func solve(
    _ bytes: [UInt8], name: String, options: SolveOptions = SolveOptions()
  ) throws(PartitionError) -> SolveReport {
    try solve(name: name, options: options) { bytes }
  }

  private static func solve(
    name: String, options: SolveOptions,
    content: @escaping @Sendable () throws(PartitionError) -> [UInt8]
  ) throws(PartitionError) -> SolveReport {
    let patience = Patience(timeLimit: options.search.timeLimit, isCancelled: options.search.isCancelled)
    let task = try patience.wait { () throws(PartitionError) in
      try SolveTask(bytes: content(), name: name, options: options)
    }
    guard let task else {
      return SolveReport(
        format: options.format, name: name, status: .limit, provedBy: .nothing,
        solver: options.search.solver.name,
        seconds: patience.secondsGone, nodes: 0,
        explanation: "it was ended while the file was still being read")
    }
    return try SolveTask.located(name) {
      var search = options.search
      search.start = task.start
      search.timeLimit = patience.secondsLeft
      let solution = try Optimizer.solve(task.problem, options: search)
      let certificate = solution.certificate
      search.timeLimit = nil
      search.isCancelled = { patience.isOver }
      return SolveReport(
        format: task.format, name: name, objective: certificate.objective,
        bound: certificate.bound.isFinite ? certificate.bound : nil, gap: certificate.gap,
        status: certificate.status, provedBy: certificate.provedBy,
        solver: search.solver.name, seconds: certificate.seconds, nodes: certificate.nodes,
        assignment: solution.assignment.map(task.answer),
        placement: solution.assignment.map { SolveReport.Placement($0, of: task.problem) },
        explanation: try certificate.status == .infeasible
          ? explanation(of: task, rules: options.rules?.rules ?? [], search: search) : nil,
        warnings: task.warnings.isEmpty ? nil : task.warnings)
    }
  }

  /// Reads placement rules from a file.
  ///
  /// - Throws: `missingFile`; `badInput` with every problem found.
  public static func placementRules(path: String) throws(PartitionError) -> PlacementRules {
    let bytes = try read(path: path)
    do {
      var rules = try PlacementRules(json: Data(bytes))
      rules.source = path
      return rules
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(path): \($0)" })
    }
  }

  private static func explanation(
    of task: SolveTask, rules: [PlacementRules.Rule], search: SearchOptions
  ) throws -> String? {
    let problem = task.problem
    var candidates: [InfeasibilityExplainer.Candidate] = []
    for (index, rule) in rules.enumerated() {
      var others = rules
      others.remove(at: index)
      guard let changed = try? PlacementRules(rules: others).applied(to: task.given) else { continue }
      candidates.append(.init(text: "without rule \(index + 1) (\(rule))", problem: changed))
    }
    if problem.order == .acyclicQuotient, problem.objective == .throughput {
      var free = problem
      free.order = .free
      candidates.append(.init(text: "parts that need not run as one piece (--non-contiguous)", problem: free))
    }
    return try InfeasibilityExplainer(problem, candidates: candidates, options: search).explain()?
      .description
  }
}
