/// A tensor that comes back in the next request: a cache of keys and values, or a recurrent state.
///
/// It stays on the device of its operator, so it is not sent, and each request in flight holds one there.
public struct State: Sendable, Hashable {
  /// An input of the graph; its role is ``Tensor/Role/state``. `nil` where the graph begins the state, as the prefill of a
  /// prompt writes the caches that decoding reads.
  public var input: TensorID?
  /// The output that is the input of the next request.
  public var output: TensorID
  /// The one operator that reads the input; it makes the output.
  public var owner: OperatorID

  public init(input: TensorID?, output: TensorID, owner: OperatorID) {
    self.input = input
    self.output = output
    self.owner = owner
  }
}

/// Which inputs and outputs of a model are states.
public enum StateChoice: Sendable, Hashable {
  /// Those that are named as exporters name them: `past_key_values.0.key` and `present.0.key`, `h_in` and `h_out`, `h0` and
  /// `hn`, `state` and `stateN`; and outputs that are called `present` without an input of that kind.
  case named
  /// None: all are sent.
  case none
  /// Inputs, and the output of each; an output with its own name is a state that the model begins.
  case pairs([String: String])
}

extension Graph {
  /// Outputs that are sent to the caller: all but states.
  public var responses: [TensorID] {
    let kept = Set(states.map(\.output))
    return kept.isEmpty ? outputs : outputs.filter { !kept.contains($0) }
  }

  /// Inputs that are states, and the output of each, by name; states without an input by that of the output.
  public var statePairs: [String: String] {
    Dictionary(
      states.map { (self[$0.input ?? $0.output].name, self[$0.output].name) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Bytes of all states of one request.
  public var stateBytes: Int { states.reduce(0) { Saturating.sum($0, self[$1.output].bytes) } }
}
