/// Finds the states of a graph: see ``State``.
///
/// An input and an output make a state where one operator alone reads the input and makes the output, their types agree, and
/// the output is as large as the input or larger along one axis. Others are sent with every request. An output whose name says that
/// it is a cache, of a model without such inputs, is a state that the model begins.
struct StateRecognition {
  private(set) var graph: Graph
  private(set) var findings: [Finding] = []

  init(graph: Graph) { self.graph = graph }

  mutating func run(_ choice: StateChoice) {
    let inputs = Dictionary(
      graph.inputs.map { (graph[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    let outputs = Dictionary(
      graph.outputs.map { (graph[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    switch choice {
    case .none: return
    case .named:
      for input in graph.inputs {
        let names = Self.outputNames(of: graph[input].name)
        guard let output = names.lazy.compactMap({ outputs[$0] }).first else { continue }
        if let problem = problem(input, output) {
          findings.append(
            Finding(
              .warning,
              "looks like a state that comes back as '\(graph[output].name)', but \(problem); it is sent",
              field: graph[input].name))
        } else {
          add(input, output)
        }
      }
      for output in graph.outputs
      where Self.inputNames(of: graph[output].name).allSatisfy({ inputs[$0] == nil }) {
        if Self.isCache(graph[output].name) { add(nil, output) }
      }
    case .pairs(let pairs):
      for (name, other) in pairs.sorted(by: { $0.key < $1.key }) {
        if name == other, inputs[name] == nil, let output = outputs[other] {
          add(nil, output)
          continue
        }
        guard let input = inputs[name], let output = outputs[other] else {
          let missing = inputs[name] == nil ? "input '\(name)'" : "output '\(other)'"
          findings.append(Finding(.error, "the model has no \(missing)", field: "--state \(name)=\(other)"))
          continue
        }
        if let problem = problem(input, output) {
          findings.append(
            Finding(.error, "cannot stay on a device: \(problem)", field: "--state \(name)=\(other)"))
        } else {
          add(input, output)
        }
      }
    }
  }

  private mutating func add(_ input: TensorID?, _ output: TensorID) {
    guard let owner = graph[output].producer, !graph.states.contains(where: { $0.output == output }) else {
      return
    }
    if let input { graph.tensors[input.index].role = .state }
    graph.states.append(State(input: input, output: output, owner: owner))
  }

  /// Why an input and an output are no state.
  private func problem(_ input: TensorID, _ output: TensorID) -> String? {
    let (before, after) = (graph[input], graph[output])
    guard before.type == after.type else {
      return "it is \(before.type.rawValue) and comes back as \(after.type.rawValue)"
    }
    let unlike = zip(before.shape, after.shape).filter { $0 != $1 }
    guard before.shape.count == after.shape.count, unlike.count < 2, unlike.allSatisfy({ $0 < $1 }) else {
      return "its shape is \(before.shape) and comes back as \(after.shape)"
    }
    guard let owner = after.producer, before.consumers == [owner] else {
      return "the operator that makes it is not the one that reads it"
    }
    return nil
  }

  /// How names of caches begin, before and after.
  private static let caches = [
    ("past_key_values", "present"), ("past_key_values", "present_key_values"), ("past", "present"),
  ]

  /// Whether an output is called as caches are: `present.0.key`, `present_key_values.0.value`, `present_0`.
  private static func isCache(_ output: String) -> Bool {
    guard output.hasPrefix("present") else { return false }
    let rest = output.dropFirst("present".count)
    return rest.hasPrefix("_key_values") || rest.hasPrefix(".")
      || rest.hasPrefix("_") && rest.dropFirst().first.map(\.isNumber) ?? false
  }

  private static func inputNames(of output: String) -> [String] {
    caches.filter { output.hasPrefix($0.1) }.map { $0.0 + output.dropFirst($0.1.count) }
  }

  /// What the output of a state is called, the likeliest first.
  static func outputNames(of input: String) -> [String] {
    var names: [String] = []
    for (past, present) in caches where input.hasPrefix(past) {
      names.append(present + input.dropFirst(past.count))
    }
    for (before, after) in [("_in", "_out"), (".in", ".out"), ("0", "n"), ("", "N"), ("_prev", "_next")]
    where input.hasSuffix(before) {
      names.append(input.dropLast(before.count) + after)
    }
    return names
  }
}
