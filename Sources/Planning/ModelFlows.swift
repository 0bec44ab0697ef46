import CostModel
import Graph
import Hardware
import Plan

/// The tensors that travel between what is placed: the request's inputs, the response, the model's units, its tables.
struct ModelFlows {
  /// One tensor from its maker to its readers.
  struct Flow {
    var producer: Int
    /// Ascending, without the producer.
    var readers: [Int]
    var bytes: Int
  }

  /// Positions in a placement problem: the two fixed ends, then units, then tables.
  static let request = 0
  static let response = 1

  let flows: [Flow]
  private let unitCount: Int

  func index(ofUnit unit: Int) -> Int { 2 + unit }
  func index(ofTable table: Int) -> Int { 2 + unitCount + table }

  /// With tables in the best-liked precision: results and indices do not depend on it.
  init(task: PlanningTask, units: ModelUnits) {
    let reader = FlowReader(task: task, units: units)
    unitCount = units.units.count
    let outputs = Set(task.graph.responses)
    var flows: [Flow] = []
    for (index, tensor) in task.graph.tensors.enumerated() where tensor.role.travels {
      let id = TensorID(index)
      guard let (producer, bytes) = reader.producer(of: id) else { continue }
      var readers: Set<Int> = outputs.contains(id) ? [Self.response] : []
      for consumer in tensor.consumers {
        if let table = units.served.table[consumer.index] {
          guard units.served.firstIndexTensor[table] == id else { continue }
          let bytes = reader.indexBytes(table)
          flows.append(Flow(producer: producer, readers: [2 + unitCount + table], bytes: bytes))
        } else if let unit = units.unitOfOperator[consumer.index] {
          readers.insert(2 + unit)
        }
      }
      readers.remove(producer)
      if !readers.isEmpty {
        flows.append(Flow(producer: producer, readers: readers.sorted(), bytes: bytes))
      }
    }
    self.flows = flows
    assert(Self.isAcyclic(flows), "units of '\(task.graph.name)' wait for each other in a circle")
  }

  /// Whether nothing that is placed waits for itself. It holds for every model, because what a unit or a table reads was
  /// made before its first operator.
  static func isAcyclic(_ flows: [Flow]) -> Bool {
    var missing: [Int: Int] = [:]
    var flowsOfProducer: [Int: [Flow]] = [:]
    for flow in flows {
      flowsOfProducer[flow.producer, default: []].append(flow)
      missing[flow.producer, default: 0] += 0
      for reader in flow.readers { missing[reader, default: 0] += 1 }
    }
    var open = missing.filter { $0.value == 0 }.map(\.key)
    var done = 0
    while let producer = open.popLast() {
      done += 1
      for reader in flowsOfProducer[producer, default: []].flatMap(\.readers) {
        missing[reader, default: 0] -= 1
        if missing[reader] == 0 { open.append(reader) }
      }
    }
    return done == missing.count
  }
}

private struct FlowReader {
  let task: PlanningTask
  let units: ModelUnits

  private var device: Location { task.system.cards.isEmpty ? .host : .card(0) }
  private var format: TableFormat { TableFormat(precision: task.tablePrecisions[0]) }

  func indexBytes(_ table: Int) -> Int { LoadLaw(task.costs).indexBytes(table, format, on: device) }

  /// The unit that makes a tensor and the bytes of it that travel; `nil` where no unit makes it.
  func producer(of id: TensorID) -> (unit: Int, bytes: Int)? {
    guard let op = task.graph[id].producer else {
      return (ModelFlows.request, task.costs.transferBytes(of: id))
    }
    guard let table = units.served.table[op.index] else {
      return units.unitOfOperator[op.index].map { (2 + $0, task.costs.transferBytes(of: id)) }
    }
    return (
      2 + units.units.count + table, LoadLaw(task.costs).resultBytesOfOne(table, format, on: device)
    )
  }
}
