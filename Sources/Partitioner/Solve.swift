import Foundation
@_exported import Placement

/// How a file states a placement problem.
public enum SolveFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// The project's own: ``ProblemFile``.
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
  public var format: SolveFormat
  public var name: String
  /// Value of the assignment; `nil` without one. In the unit of the file's own costs.
  public var objective: Double?
  /// Proven: no assignment has less; `nil` where there is none or nothing was proven.
  public var bound: Double?
  public var gap: Double?
  public var status: Certificate.Status
  public var provedBy: String
  public var seconds: Double
  public var nodes: Int
  /// `nil` when none was found.
  public var assignment: Answer?
  /// Why there is none, and what would help, where that was proven; lines of prose.
  public var explanation: String?
  /// Why the assignment to start from was passed over; `nil` when it was not.
  public var warnings: [String]?

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

extension Partitioner {
  /// Solves a placement problem on given numbers, without a model.
  ///
  /// - Parameters:
  ///   - bytes: the content of a file in one of the formats.
  ///   - name: what the file is called in errors and in the report.
  ///   - options: a time limit counts from here, so that it covers reading the content.
  /// - Returns: also when there is no assignment; the status says why.
  /// - Throws: `badInput` with every problem found; `usage` for options that do not fit the format.
  public static func solve(
    _ bytes: [UInt8], name: String, options: SolveOptions = SolveOptions()
  ) throws(PartitionError) -> SolveReport {
    let began = ContinuousClock.now
    let data = Data(bytes)
    let format = if let given = options.format { given } else { try detectFormat(data, name: name) }
    do {
      var task = try readTask(data, format, name: name, options: options)
      let given = task.problem
      task.problem = try ruled(given, by: options.rules)
      var search = options.search
      if let start = options.start { search.start = try task.read(start) }
      let faults = search.start.map { ProblemEvaluator.evaluate(task.problem, $0).violations } ?? []
      search.timeLimit = search.timeLimit.map { max(0, $0 - began.duration(to: .now) / .seconds(1)) }
      let solution = try Optimizer.solve(task.problem, options: search)
      let certificate = solution.certificate
      return SolveReport(
        format: format, name: name, objective: certificate.objective,
        bound: certificate.bound.isFinite ? certificate.bound : nil, gap: certificate.gap,
        status: certificate.status, provedBy: certificate.provedBy, seconds: certificate.seconds,
        nodes: certificate.nodes, assignment: solution.assignment.map(task.answer),
        explanation: try certificate.status == .infeasible
          ? explanation(of: task.problem, given: given, options: options) : nil,
        warnings: faults.isEmpty ? nil : faults.map { "the assignment to start from is passed over: \($0)" })
    } catch let error as PartitionError {
      throw error
    } catch let error as FormatError {
      throw PartitionError(.badInput, error.findings.map { "\(name): \($0)" })
    } catch let error as ProblemError {
      throw PartitionError(.badInput, error.issues.map { "\(name): \($0)" })
    } catch {
      throw PartitionError(.internalError, "\(name): \(error)")
    }
  }

  /// Reads placement rules from a file.
  ///
  /// - Throws: `missingFile`; `badInput` with every problem found.
  public static func placementRules(path: String) throws(PartitionError) -> PlacementRules {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PartitionError(.missingFile, "\(path): no such file, or it cannot be read")
    }
    do {
      var rules = try PlacementRules(json: data)
      rules.source = path
      return rules
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(path): \($0)" })
    }
  }

  /// A problem, and how its format writes an answer.
  private struct SolveTask {
    var problem: Problem
    var answer: (Assignment) -> SolveReport.Answer
    /// Reads an assignment that is written as `answer` writes it.
    var read: (StartFile) throws -> Assignment
  }

  private static func readTask(
    _ data: Data, _ format: SolveFormat, name: String, options: SolveOptions
  ) throws -> SolveTask {
    switch format {
    case .problem:
      var problem = try ProblemFile.read(data)
      if let objective = options.objective { problem.objective = objective }
      if let isContiguous = options.isContiguous { problem.order = isContiguous ? .acyclicQuotient : .free }
      let asked = problem
      return SolveTask(
        problem: problem, answer: { .units(ProblemFile.answer($0, of: asked)) },
        read: { start in
          let choices = try start.choices([String: ProblemFile.Choice].self)
          return try start.located { () throws(FormatError) in try ProblemFile.assignment(choices, of: asked)
          }
        })
    case .torchrecOptions:
      guard options.objective != .latency else {
        throw PartitionError(
          .usage, "\(name): the format \(format.rawValue) has no latency; ask for throughput")
      }
      let file = try TorchRecOptions(json: data)
      return SolveTask(
        problem: file.problem(), answer: { .tables(file.answer($0)) },
        read: { start in
          let choices = try start.choices([String: TorchRecOptions.Choice].self)
          return try start.located { () throws(FormatError) in try file.assignment(choices) }
        })
    case .dnnPartitioning:
      let file = try DNNPartitioning(json: data)
      let problem = file.problem(
        name: name, objective: options.objective ?? .throughput, contiguous: options.isContiguous ?? true)
      return SolveTask(
        problem: problem, answer: { .graph(file.answer($0)) },
        read: { start in
          let answer = try start.choices(DNNPartitioning.Answer.self)
          return try start.located { () throws(FormatError) in try file.assignment(answer, of: problem) }
        })
    }
  }

  private static func ruled(_ problem: Problem, by rules: PlacementRules?) throws(PartitionError) -> Problem {
    guard let rules else { return problem }
    do {
      return try rules.applied(to: problem)
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(rules.source): \($0)" })
    }
  }

  /// - Parameter given: the problem before the rules.
  private static func explanation(
    of problem: Problem, given: Problem, options: SolveOptions
  ) throws -> String? {
    var candidates: [InfeasibilityExplainer.Candidate] = []
    let rules = options.rules?.rules ?? []
    for (index, rule) in rules.enumerated() {
      var others = rules
      others.remove(at: index)
      guard let changed = try? PlacementRules(rules: others).applied(to: given) else { continue }
      candidates.append(.init(text: "without rule \(index + 1) (\(rule))", problem: changed))
    }
    if problem.order == .acyclicQuotient, problem.objective == .throughput {
      var free = problem
      free.order = .free
      candidates.append(.init(text: "parts that need not run as one piece (--non-contiguous)", problem: free))
    }
    return try InfeasibilityExplainer(problem, candidates: candidates, options: options.search).explain()?
      .description
  }

  /// Each format has a field of its own that the others lack.
  private static func detectFormat(_ data: Data, name: String) throws(PartitionError) -> SolveFormat {
    struct Marks: Decodable {
      var format: SolveFormat?

      enum CodingKeys: String, CodingKey {
        case capacities = "hbm_caps"
        case accelerators = "maxFPGAs"
        case units
      }

      init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if fields.contains(.capacities) {
          format = .torchrecOptions
        } else if fields.contains(.accelerators) {
          format = .dnnPartitioning
        } else if fields.contains(.units) {
          format = .problem
        }
      }
    }
    do {
      if let format = try JSONDecoder().decode(Marks.self, from: data).format { return format }
    } catch {
      throw PartitionError(.badInput, "\(name): not a JSON object")
    }
    let known = SolveFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw PartitionError(
      .badInput, "\(name): of no known format (it has no hbm_caps, maxFPGAs or units); known are \(known)")
  }
}
