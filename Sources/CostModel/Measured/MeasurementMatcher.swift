import Graph
import Hardware

/// Finds the operators of a graph that measurements are of, on every kind of device of a system.
///
/// For each operator the first that there is:
/// 1. **By name**: a kernel that names it or its result; where a run has several, as of a look-up and of its sum, they add up. What one kernel computes shares its time in proportion to the modelled costs. In a
///    profile of a whole run, what the model fuses into an operator that was measured, and that has no kernel of its own there,
///    takes nothing more.
/// 2. **By shape**: the middle of operators of the same type, outputs and inputs (constants may be missing), or of matrix
///    products of the same m, n, k and precision.
/// 3. **Interpolated** within a class: see `MeasuredClass`.
///
/// A measurement in another precision than the device would use is not taken.
public struct MeasurementMatcher {
  /// Matched costs, and what could not be used.
  public struct Result: Sendable {
    public var costs: MeasuredCosts
    /// A line each.
    public var findings: [String]
  }

  private let costs: CostModel
  private let places: [CostModel.KindOfDevice]
  private var findings: [String] = []
  private var entries: [MeasuredCosts.Entry] = []

  /// - Parameter costs: Of the model without measurements.
  /// - Throws: ``MeasuredCosts/Problem`` when times are out of range.
  public static func match(
    _ files: [MeasurementFile], to costs: CostModel
  ) throws(MeasuredCosts.Problem) -> Result {
    var matcher = MeasurementMatcher(costs)
    matcher.findings = files.flatMap(\.findings)
    var rows: [[Row]] = Array(repeating: [], count: matcher.places.count)
    for file in files { matcher.deal(file, into: &rows) }
    var used: Set<Row.Origin> = []
    for (place, rows) in zip(matcher.places, rows) where !rows.isEmpty {
      matcher.match(rows, on: place, used: &used)
    }
    for file in files { matcher.reportUnused(file, rows: rows, used: used) }
    return Result(costs: try MeasuredCosts(matcher.entries), findings: matcher.findings)
  }

  private init(_ costs: CostModel) {
    self.costs = costs
    places = costs.kindsOfDevice
  }

  // MARK: Devices

  /// A measurement on a device of the system.
  struct Row {
    struct Origin: Hashable {
      var file: String
      var index: Int
    }
    var measurement: Measurement
    var origin: Origin
    var isWholeRun: Bool
  }

  /// Deals a file's rows out to kinds of device.
  private mutating func deal(_ file: MeasurementFile, into rows: inout [[Row]]) {
    let names = DeviceNames(places, system: costs.system)
    var refused: [(reason: String, count: Int)] = []
    for (index, measurement) in file.measurements.enumerated() {
      switch names.place(of: measurement.device) {
      case .success(let place):
        rows[place].append(
          Row(
            measurement: measurement, origin: .init(file: file.name, index: index),
            isWholeRun: file.isWholeRun))
      case .failure(let refusal):
        if let known = refused.firstIndex(where: { $0.reason == refusal.reason }) {
          refused[known].count += 1
        } else {
          refused.append((refusal.reason, 1))
        }
      }
    }
    for (reason, count) in refused { findings.append("\(file.name): \(count) rows are not used: \(reason)") }
  }

  private mutating func reportUnused(_ file: MeasurementFile, rows: [[Row]], used: Set<Row.Origin>) {
    let unused = rows.joined().filter { $0.origin.file == file.name && !used.contains($0.origin) }
    guard let first = unused.first else { return }
    findings.append(
      "\(file.name): \(unused.count) of \(file.measurements.count) rows match nothing in the model (first: "
        + "\(first.measurement.place))")
  }

  // MARK: Operators

  private mutating func match(
    _ rows: [Row], on place: CostModel.KindOfDevice, used: inout Set<Row.Origin>
  ) {
    let graph = costs.graph
    var seconds: [Double?] = Array(repeating: nil, count: graph.operators.count)
    var how: [MeasuredCosts.Match] = Array(repeating: .name, count: graph.operators.count)
    var source: [String] = Array(repeating: "", count: graph.operators.count)
    let byName = OperatorNames(costs)

    // By name. Several rows of one operator are several measurements: their middle counts.
    var named: [OperatorID: [(Double, Row)]] = [:]
    for row in rows {
      let operators = byName.operators(of: row.measurement).filter { fits(row.measurement, $0, on: place) }
      guard !operators.isEmpty else { continue }
      used.insert(row.origin)
      let modelled = operators.map { costs.cost(of: $0, on: place.location)?.seconds ?? 0 }
      let sum = modelled.reduce(0, +)
      for (position, (op, part)) in zip(operators, modelled).enumerated() {
        let share = sum > 0 ? part / sum : position == 0 ? 1 : 0
        named[op, default: []].append((row.measurement.seconds * share, row))
      }
    }
    for (op, found) in named {
      seconds[op.index] = Self.seconds(of: found)
      source[op.index] = found[0].1.origin.file
    }
    for op in graph.operators.indices where seconds[op] == nil {
      guard let leader = costs.fusedInto(OperatorID(op)), let found = named[leader], found[0].1.isWholeRun
      else { continue }
      seconds[op] = 0
      source[op] = source[leader.index]
    }

    let classes = MeasuredClasses(rows)
    for index in graph.operators.indices where seconds[index] == nil {
      let op = OperatorID(index)
      guard let precision = costs.row(of: op, on: place)?.precision else { continue }
      let subject = OperatorShape(op, in: graph)
      if let found = classes.same(as: subject, precision: precision) {
        (seconds[index], how[index]) = (found.seconds, .shape)
        source[index] = found.rows[0].origin.file
        used.formUnion(found.rows.map(\.origin))
      } else if let modelled = costs.cost(of: op, on: place.location), modelled.seconds > 0,
        graph[op].work.kind != .lookup,
        let found = classes.between(
          subject, precision: precision,
          model: { costs.kind(at: place.location)?.roofline(of: $0, precision: precision) ?? 0 })
      {
        (seconds[index], how[index]) = (found.seconds, .interpolated)
        source[index] = found.rows[0].origin.file
        used.formUnion(found.rows.map(\.origin))
      }
    }
    for index in graph.operators.indices {
      guard let time = seconds[index], costs.supports(OperatorID(index), on: place.location) else { continue }
      entries.append(
        .init(
          operator: graph.operators[index].name, device: place.key, seconds: time, match: how[index],
          source: source[index]))
    }
  }

  /// What an operator takes by its rows: kernels of different names in one run are parts of it, which add up.
  private static func seconds(of found: [(seconds: Double, row: Row)]) -> Double {
    let alone = found.filter { !$0.row.isWholeRun }.map(\.seconds)
    let runs = Dictionary(grouping: found.filter(\.row.isWholeRun), by: \.row.origin.file)
    let sums = runs.values.map { rows in
      let kernels = Dictionary(grouping: rows, by: \.row.measurement.names.first)
      return kernels.values.map { Middle.mean($0.map(\.seconds)) }.sorted().reduce(0, +)
    }
    return Middle.mean(alone + sums)
  }

  /// Whether a row is in the precision that the device uses for the operator.
  private func fits(_ row: Measurement, _ op: OperatorID, on place: CostModel.KindOfDevice) -> Bool {
    guard let wanted = costs.row(of: op, on: place)?.precision else { return false }
    return row.precision?.isComputedLike(wanted) ?? true
  }
}

extension Precision {
  /// Whether engines compute in both at one rate: in fp16 and bf16.
  func isComputedLike(_ other: Precision) -> Bool {
    self == other || bits == 16 && other.bits == 16
  }
}

/// Operators by their names, and by those of their results: a kernel that is called for the result of a fused operator
/// computes all of its group up to there.
private struct OperatorNames {
  private var operators: [String: OperatorID] = [:]
  private var producers: [String: OperatorID] = [:]
  private var groups: [OperatorID: [OperatorID]] = [:]
  private let costs: CostModel

  init(_ costs: CostModel) {
    self.costs = costs
    let graph = costs.graph
    for (index, node) in graph.operators.enumerated() {
      operators[node.name] = OperatorID(index)
      for case .some(let output) in node.outputs { producers[graph[output].name] = OperatorID(index) }
      groups[costs.fusedInto(OperatorID(index)) ?? OperatorID(index), default: []].append(OperatorID(index))
    }
  }

  /// What a kernel computes, each operator once, in the order of the graph.
  func operators(of row: Measurement) -> [OperatorID] {
    var known = Set(row.names.compactMap { operators[$0] ?? producers[$0] })
    if known.isEmpty { known = Set(row.results.compactMap { producers[$0] }) }
    if known.isEmpty, let last = row.result.flatMap({ producers[$0] }) {
      known = Set((groups[costs.fusedInto(last) ?? last] ?? []).filter { $0 <= last })
    }
    let found = known.sorted()
    guard row.isRange, let first = found.first, let last = found.last else { return found }
    return (first.index...last.index).map { OperatorID($0) }
  }
}

/// Which kind of device a file means.
struct DeviceNames {
  struct Refusal: Error { var reason: String }

  private let places: [CostModel.KindOfDevice]
  private let system: System

  init(_ places: [CostModel.KindOfDevice], system: System) {
    self.places = places
    self.system = system
  }

  func place(of device: String?) -> Result<Int, Refusal> {
    let cards = places.indices.dropFirst()
    func onlyCard(_ what: String) -> Result<Int, Refusal> {
      if cards.count == 1, let card = cards.first { return .success(card) }
      let names = cards.map { places[$0].name }.joined(separator: ", ")
      return .failure(
        Refusal(
          reason: cards.isEmpty
            ? "\(what), and the system has no card"
            : "\(what), and the system has cards of several kinds (\(names)); name one in a column device"))
    }
    guard let device else { return onlyCard("they name no device") }
    let word = device.lowercased()
    if ["host", "cpu", "cpuexecutionprovider", system.host.name.lowercased()].contains(word) {
      return .success(0)
    }
    let exact = cards.filter { places[$0].name.lowercased() == word || places[$0].key.lowercased() == word }
    if exact.count == 1, let card = exact.first { return .success(card) }
    if let card = system.cards.firstIndex(where: { $0.name.lowercased() == word }),
      let place = cards.first(where: { places[$0].cards.contains(card) })
    {
      return .success(place)
    }
    if word.hasSuffix("executionprovider") || ["card", "gpu", "npu"].contains(word) {
      return onlyCard("they were measured with '\(device)'")
    }
    // A product's full name, such as NVIDIA H100 80GB HBM3, has the first word of the model's.
    let parts = Set(word.split { !$0.isLetter && !$0.isNumber })
    let alike = cards.filter { place in
      places[place].key.lowercased().split(separator: "-").first.map(parts.contains) ?? false
    }
    if alike.count == 1, let card = alike.first { return .success(card) }
    let names = places.map(\.name).joined(separator: ", ")
    return .failure(Refusal(reason: "'\(device)' is no device of the system; it has \(names)"))
  }
}
