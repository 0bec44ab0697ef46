import Graph
import Hardware

/// What a compiler is asked about its own code before a model is planned.
///
/// Each question may be answered with `nil`, which leaves it to the cost model. The questions come on the calling thread: first
/// all of ``kernel``, then all of ``supports``, then all of ``seconds``, each in the order of the operators, and for one
/// operator in the order of the kinds of devices, the host first.
public struct CompilerHooks {
  /// What a question is about.
  public struct Subject: Sendable, Hashable {
    public var op: OperatorID
    /// `host`, or a card's `Card.model`.
    public var device: String
    /// In which the device computes the operator.
    public var precision: Precision
  }

  /// The kernel that computes an operator; operators with the same number are one kernel, and `nil` stands for one of its own.
  /// Without this question the cost model's own fusion counts.
  public var kernel: ((OperatorID) -> Int?)?
  /// Whether a kind of card runs an operator. What the card's description excludes, and what no card runs, is not asked for.
  public var supports: ((Subject) -> Bool?)?
  /// Seconds of one batch on all cores of the device; of a kernel of several operators, the first is asked for all of them.
  /// Anything below 0 or infinite is an error.
  public var seconds: ((Subject) -> Double?)?

  public init() {}

  /// What a compiler's costs are called in plans.
  public static let source = "compiler"

  /// Asks all questions.
  ///
  /// - Parameter options: What costs depend on besides; measurements in them count where the compiler leaves costs to the model.
  /// - Returns: The options with the answers.
  /// - Throws: Every time that is out of range.
  public func answers(
    about graph: Graph, on system: System, options: CostOptions
  ) throws(MeasuredCosts.Problem) -> CostOptions {
    var options = options
    if let kernel { options.compiler.kernels = Self.kernels(graph, kernel) }
    var places: [CostModel.KindOfDevice] = []
    var costs = CostModel(graph: graph, system: system, options: options)
    for place in costs.kindsOfDevice where !places.contains(where: { $0.key == place.key }) {
      places.append(place)
    }
    if let supports {
      for (op, place, precision) in Self.subjects(costs, Array(places.dropFirst()))
      where supports(Subject(op: op, device: place.key, precision: precision)) == false {
        options.compiler.refusals.append(.init(operator: graph[op].name, device: place.key))
      }
      costs = CostModel(graph: graph, system: system, options: options)
    }
    if let seconds { options.measured = try Self.measured(costs, places, seconds, hasKernels: kernel != nil) }
    return options
  }

  private static func kernels(_ graph: Graph, _ kernel: (OperatorID) -> Int?) -> [[String]] {
    var kernels: [[String]] = []
    var position: [Int: Int] = [:]
    for index in graph.operators.indices {
      guard let number = kernel(OperatorID(index)) else { continue }
      if let known = position[number] {
        kernels[known].append(graph.operators[index].name)
      } else {
        position[number] = kernels.count
        kernels.append([graph.operators[index].name])
      }
    }
    return kernels.filter { $0.count > 1 }
  }

  /// What each kind of device runs, in the order of the operators.
  private static func subjects(
    _ costs: CostModel, _ places: [CostModel.KindOfDevice]
  ) -> [(OperatorID, CostModel.KindOfDevice, Precision)] {
    costs.graph.operators.indices.flatMap { index in
      places.compactMap { place in
        costs.row(of: OperatorID(index), on: place).map { (OperatorID(index), place, $0.precision) }
      }
    }
  }

  private static func measured(
    _ costs: CostModel, _ places: [CostModel.KindOfDevice], _ seconds: (Subject) -> Double?, hasKernels: Bool
  ) throws(MeasuredCosts.Problem) -> MeasuredCosts {
    /// By operator: the devices on which the compiler gave its time.
    var known: [Set<String>] = Array(repeating: [], count: costs.graph.operators.count)
    var entries: [MeasuredCosts.Entry] = []
    for (op, place, precision) in subjects(costs, places) {
      let time: Double?
      if hasKernels, let leader = costs.fusedInto(op) {
        time = known[leader.index].contains(place.key) ? 0 : nil
      } else {
        time = seconds(Subject(op: op, device: place.key, precision: precision))
      }
      guard let time else { continue }
      known[op.index].insert(place.key)
      entries.append(
        .init(operator: costs.graph[op].name, device: place.key, seconds: time, source: source))
    }
    let answered = try MeasuredCosts(entries)
    return try MeasuredCosts(
      entries
        + costs.options.measured.entries.filter { answered.seconds(of: $0.operator, on: $0.device) == nil })
  }
}
