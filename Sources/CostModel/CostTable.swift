import Graph
import Hardware

/// What every operator of a graph costs on every kind of device of a system, one batch on the whole device: rows, and their
/// sums by type and by device.
///
/// The rows of a device add up to the time that the device takes for all operators that it can run. A fused operator's row
/// has what it adds to the kernel that it is part of.
public struct CostTable: Sendable, Hashable, Encodable {
  /// One operator on one kind of device.
  public struct Row: Sendable, Hashable, Encodable {
    public var `operator`: String
    /// With its domain in front where that is not the standard one.
    public var type: String
    /// ``Device/name``.
    public var device: String
    /// In which the engine computes, or in which rows of a table are stored.
    public var precision: Precision
    /// In which its first result lies on the device; `nil` where that is no floating-point tensor.
    public var resultPrecision: Precision?
    public var seconds: Double
    public var limit: OperatorCost.Limit
    /// Read and written, wherever they lie.
    public var bytes: Int
    public var operations: Int
    /// The time that the device needs at its data sheet's peaks of arithmetic and bandwidth, over ``seconds``; 0 where
    /// nothing is added.
    public var efficiency: Double
    /// The operator whose kernel computes this one as well; `nil` where it has its own.
    public var fusedInto: String?
  }

  /// Operators of one type on one kind of device.
  public struct TypeTotal: Sendable, Hashable, Encodable {
    public var type: String
    public var device: String
    public var operators: Int
    public var seconds: Double
    public var bytes: Int
    public var operations: Int
  }

  /// One kind of device: the host, or cards that are alike.
  public struct Device: Sendable, Hashable, Encodable {
    /// `host`, or the card's model; cards of one model that differ have the first one's name behind it.
    public var name: String
    /// The host's own name, or the card's model.
    public var model: String
    /// How many there are.
    public var count: Int
    /// Of all rows.
    public var seconds: Double
    /// Of rows whose seconds were measured.
    public var measuredSeconds: Double
    /// Operators that it cannot run, which have no row.
    public var unsupportedOperators: Int
  }

  /// In the order of the graph, for each operator the host first.
  public private(set) var rows: [Row] = []
  /// The host first, then kinds of cards in the system's order.
  public private(set) var devices: [Device] = []
  /// By device, the most expensive type first.
  public private(set) var types: [TypeTotal] = []

  public init(_ costs: CostModel) {
    let places = costs.kindsOfDevice
    devices = places.map { place in
      Device(
        name: place.name, model: place.model, count: max(1, place.cards.count), seconds: 0,
        measuredSeconds: 0,
        unsupportedOperators: 0)
    }
    for index in costs.graph.operators.indices {
      for (device, place) in places.enumerated() {
        guard let row = costs.row(of: OperatorID(index), on: place) else {
          devices[device].unsupportedOperators += 1
          continue
        }
        devices[device].seconds += row.seconds
        if row.limit == .measured { devices[device].measuredSeconds += row.seconds }
        rows.append(row)
      }
    }
    types = devices.flatMap { totals(on: $0.name) }
  }

  private func totals(on device: String) -> [TypeTotal] {
    var totals: [TypeTotal] = []
    var position: [String: Int] = [:]
    for row in rows where row.device == device {
      let index = position[row.type] ?? totals.count
      if index == totals.count {
        position[row.type] = index
        totals.append(
          TypeTotal(type: row.type, device: device, operators: 0, seconds: 0, bytes: 0, operations: 0))
      }
      totals[index].operators += 1
      totals[index].seconds += row.seconds
      totals[index].bytes = saturatingSum(totals[index].bytes, row.bytes)
      totals[index].operations = saturatingSum(totals[index].operations, row.operations)
    }
    return totals.sorted { ($1.seconds, $0.type) < ($0.seconds, $1.type) }
  }
}

extension CostModel {
  /// A kind of device: where one of them is, and what it is called.
  struct KindOfDevice {
    var location: Location
    var name: String
    var model: String
    /// What measurements call it: ``DeviceCosts/name``.
    var key: String
    /// Positions of the cards; empty for the host.
    var cards: [Int]
  }

  /// The host first, then kinds of cards in the system's order.
  var kindsOfDevice: [KindOfDevice] {
    let host = KindOfDevice(
      location: .host, name: DeviceCosts.host, model: system.host.name, key: DeviceCosts.host, cards: [])
    var known: Set<String> = [host.name]
    return [host]
      + kinds.indices.dropFirst().map { kind in
        let cards = kindOfCard.indices.filter { kindOfCard[$0] == kind }
        let first = cards.first ?? 0
        let card = system.cards[first]
        let name = known.insert(card.model).inserted ? card.model : "\(card.model) (\(card.name))"
        return KindOfDevice(
          location: .card(first), name: name, model: card.model, key: kinds[kind].name, cards: cards)
      }
  }

  func row(of op: OperatorID, on place: KindOfDevice) -> CostTable.Row? {
    guard let kind = kind(at: place.location), let cost = cost(of: op, on: place.location) else { return nil }
    let node = graph[op]
    let isLookup = structure.tableOfOperator[op.index] != nil
    let precision =
      isLookup
      ? options.tableFormat.precision
      : node.work.kind == .matrix
        ? kind.kept[op.index] ?? kind.precisions.matrix : kind.precisions.vector
    return CostTable.Row(
      operator: node.name, type: node.qualifiedType, device: place.name, precision: precision,
      resultPrecision: node.outputs.first.flatMap { $0 }.flatMap { kind.precision(of: $0, in: graph) },
      seconds: cost.seconds, limit: cost.limit, bytes: Int(exactly: cost.bytes.rounded()) ?? .max,
      operations: node.work.operations,
      efficiency: cost.seconds > 0 ? kind.peakSeconds(node, cost, isLookup: isLookup) / cost.seconds : 0,
      fusedInto: kind.leader[op.index].map { graph[$0].name })
  }
}

extension DeviceCosts {
  /// In which a tensor lies here; `nil` for whole numbers and the like.
  fileprivate func precision(of id: TensorID, in graph: Graph) -> Precision? {
    guard graph[id].type.isFloat else { return nil }
    if !narrow.isEmpty, let narrow = narrow[id.index] { return narrow }
    if precisions.activation.bits < graph[id].type.bits { return precisions.activation }
    return switch graph[id].type {
    case .float16: .fp16
    case .bfloat16: .bf16
    default: graph[id].type.bits <= 8 ? .fp8 : .fp32
    }
  }

  /// Seconds of an operator at the peaks of the data sheet: its arithmetic, or its share of bytes of DRAM or SRAM.
  fileprivate func peakSeconds(_ node: Operator, _ cost: OperatorCost, isLookup: Bool) -> Double {
    func seconds(_ operations: Int, _ peak: EnginePeak?) -> Double {
      peak.map { Double(operations) / $0.operationsPerSecond } ?? 0
    }
    // Modelled seconds of a memory times the share of its peak that was assumed are seconds at its peak.
    let dram = isLookup ? processor.dram.randomFraction : processor.dram.sustainedFraction
    let longest = max(
      seconds(node.work.matrixOperations, processor.matrix[precisions.matrix]),
      seconds(node.work.vectorOperations, processor.vector[precisions.vector]),
      cost.dramSeconds * dram, cost.sramSeconds * (processor.sram?.sustainedFraction ?? 0))
    // What a fused operator hides behind its producer is no time of its own.
    return min(cost.seconds, longest)
  }
}
