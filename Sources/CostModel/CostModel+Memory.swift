import Graph
import Hardware

extension CostModel {
  /// Bytes of one operator's constants as stored on the device, embedding tables excluded; 0 where there is no such
  /// device.
  public func weightBytes(of op: OperatorID, on location: Location) -> Int {
    kind(at: location)?.weightBytes[op.index] ?? 0
  }

  /// Bytes of one operator's constants where each constant is shared out equally among all that read it.
  ///
  /// Summed over any operators it is at most what they hold together.
  public func sharedWeightBytes(of op: OperatorID, on location: Location) -> Double {
    guard let kind = kind(at: location) else { return 0 }
    return structure.weights[op.index].reduce(0) { sum, weight in
      sum + Double(kind.tensorBytes[weight.index]) / Double(max(1, graph[weight].consumers.count))
    }
  }

  /// Bytes of the constants of several operators as stored on the device, each constant once, embedding tables
  /// excluded.
  public func weightBytes(of operators: [OperatorID], on location: Location) -> Int {
    guard let kind = kind(at: location) else { return 0 }
    return structure.distinctWeightBytes(of: operators, tensorBytes: kind.tensorBytes)
  }

  /// The most activation bytes that one request holds at once while `operators` run there in graph order.
  ///
  /// Tensors from outside are there from the start, tensors that leave stay until the end; views and fused operators
  /// share a buffer with their input. Index tensors count at their padded size. Where a card runs a batch in parts, what no other
  /// reads is there for one part at a time.
  public func peakActivationBytes(of operators: [OperatorID], on location: Location) -> Int {
    peakActivationBytes(ofRounds: [operators], on: location)
  }

  /// The same of operators that run in several rounds, between which others run elsewhere: what passes from round to round is
  /// there whole.
  public func peakActivationBytes(ofRounds rounds: [[OperatorID]], on location: Location) -> Int {
    guard let kind = kind(at: location) else { return 0 }
    return structure.peakActivationBytes(
      of: rounds, graph: graph, tensorBytes: kind.tensorBytes, share: kind.parts.share)
  }

  /// Bytes of the states that `operators` own, which one request holds there all the time: the part of
  /// ``peakActivationBytes(of:on:)`` that is a sum over operators.
  public func stateBytes(of operators: [OperatorID], on location: Location) -> Int {
    guard let kind = kind(at: location) else { return 0 }
    return operators.reduce(0) { sum, op in
      let states = (structure.states[op.index] ?? []).map { state in
        max(kind.tensorBytes[state.output.index], state.input.map { kind.tensorBytes[$0.index] } ?? 0)
      }
      return states.reduce(saturatingSum(sum, graph[op].work.stateBytes), saturatingSum)
    }
  }

  /// Memory for activations: peak of one request x requests in flight.
  public func activationBytes(of operators: [OperatorID], on location: Location) -> Int {
    let peak = peakActivationBytes(of: operators, on: location)
    let (bytes, overflow) = peak.multipliedReportingOverflow(by: max(1, options.requestsInFlight))
    return overflow ? .max : bytes
  }

  /// The same costs with another number of requests in flight, which only memory depends on.
  public func with(requestsInFlight count: Int) -> CostModel { with { $0.requestsInFlight = count } }

  /// The share of the whole graph's weights that stays in the device's SRAM: what costs count with.
  package func residentShare(on location: Location) -> Double { kind(at: location)?.residentShare ?? 0 }

  /// The share of the weights of `operators` that stays in the device's SRAM when they alone run there, 0 to 1:
  /// min(1, (SRAM - min(peak activations, SRAM / 2)) / weights).
  ///
  /// The costs of ``cost(of:on:coreFraction:residentShare:)`` use the share of the whole graph; pass this one for a
  /// part of it.
  public func residentShare(of operators: [OperatorID], on location: Location) -> Double {
    guard let kind = kind(at: location) else { return 0 }
    return structure.residentShare(
      of: operators, graph: graph, sram: kind.processor.sram, tensorBytes: kind.tensorBytes,
      shareOfActivations: kind.parts.share)
  }
}

extension GraphStructure {
  /// See ``CostModel/residentShare(of:on:)``.
  ///
  /// - Parameter shareOfActivations: Those that are there at the same time; see ``BatchParts``.
  func residentShare(
    of operators: [OperatorID], graph: Graph, sram: Memory?, tensorBytes: [Int], shareOfActivations: Double
  ) -> Double {
    guard let sram else { return 0 }
    let weights = distinctWeightBytes(of: operators, tensorBytes: tensorBytes)
    if weights == 0 { return 1 }
    let peak = peakActivationBytes(of: [operators], graph: graph, tensorBytes: tensorBytes)
    let room = Double(sram.bytes)
    return min(
      1, (room - min(Double(peak) * shareOfActivations, (room / 2).rounded(.down))) / Double(weights))
  }
}
