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
  public var search: SearchOptions

  public init(
    format: SolveFormat? = nil, objective: Problem.Objective? = nil, isContiguous: Bool? = nil,
    rules: PlacementRules? = nil, search: SearchOptions = SearchOptions()
  ) {
    self.format = format
    self.objective = objective
    self.isContiguous = isContiguous
    self.rules = rules
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
  /// - Returns: also when there is no assignment; the status says why.
  /// - Throws: `badInput` with every problem found; `usage` for options that do not fit the format.
  public static func solve(
    _ bytes: [UInt8], name: String, options: SolveOptions = SolveOptions()
  ) throws(PartitionError) -> SolveReport {
    let data = Data(bytes)
    let format = if let given = options.format { given } else { try detectFormat(data, name: name) }
    do {
      var task = try readTask(data, format, name: name, options: options)
      if let rules = options.rules { task.problem = try rules.applied(to: task.problem) }
      let solution = try Optimizer.solve(task.problem, options: options.search)
      let certificate = solution.certificate
      return SolveReport(
        format: format, name: name, objective: certificate.objective,
        bound: certificate.bound.isFinite ? certificate.bound : nil, gap: certificate.gap,
        status: certificate.status, provedBy: certificate.provedBy, seconds: certificate.seconds,
        nodes: certificate.nodes, assignment: solution.assignment.map(task.answer),
        explanation: try explanation(of: certificate.status, task.problem, options: options.search))
    } catch let error as PartitionError {
      throw error
    } catch let error as FormatError {
      throw PartitionError(.badInput, error.findings.map { "\(name): \($0)" })
    } catch let error as DNNPartitioningError {
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
      return try PlacementRules(json: data)
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(path): \($0)" })
    }
  }

  /// A problem, and how its format writes an answer.
  private struct SolveTask {
    var problem: Problem
    var answer: (Assignment) -> SolveReport.Answer
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
      return SolveTask(problem: problem) { .units(ProblemFile.answer($0, of: asked)) }
    case .torchrecOptions:
      guard options.objective != .latency else {
        throw PartitionError(
          .usage, "\(name): the format \(format.rawValue) has no latency; ask for throughput")
      }
      let file = try TorchRecOptions(json: data)
      return SolveTask(problem: file.problem()) { .tables(file.answer($0)) }
    case .dnnPartitioning:
      let file = try DNNPartitioning(json: data)
      let problem = file.problem(
        name: name, objective: options.objective ?? .throughput, contiguous: options.isContiguous ?? true)
      return SolveTask(problem: problem) { .graph(file.answer($0)) }
    }
  }

  private static func explanation(
    of status: Certificate.Status, _ problem: Problem, options: SearchOptions
  ) throws(ProblemError) -> String? {
    guard status == .infeasible, problem.nets.isEmpty else { return nil }
    return try InfeasibilityExplainer(problem, options: options).explain()?.description
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
