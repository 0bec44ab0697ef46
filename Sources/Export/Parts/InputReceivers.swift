import Graph
import ONNXImport
import ONNXSchema

/// Writes what receives inputs that are sent in other forms into a model's message: the operators that
/// `Graph.sending(_:)` puts in front of a graph become nodes, under the same names.
package struct InputReceivers {
  private struct Receiver {
    var input: String
    var form: InputForm
    /// What the model reads.
    var received: Tensor
  }

  private let receivers: [Receiver]

  /// - Parameters:
  ///   - forms: By input.
  ///   - graph: With its inputs sent so.
  ///   - source: Of the model as it is.
  /// - Throws: what cannot be written in ONNX's operators.
  package init(_ forms: [String: InputForm], graph: Graph, source: ModelSource) throws(ExportError) {
    var problems: [String] = []
    receivers = forms.sorted { $0.key < $1.key }.compactMap { name, form in
      guard let op = graph.operators.first(where: { $0.reads(name, in: graph, of: graph.receivers) }),
        let output = op.outputs.first.flatMap({ $0 })
      else { return nil }
      if source.header.standardSet < (form == .shared ? 8 : 6) {
        problems.append(
          "input '\(name)': the model is written for operator set \(source.header.standardSet), in which nothing receives it as \(form.rawValue); convert the model"
        )
      }
      if graph.outputs.contains(output) {
        problems.append("input '\(name)': is an output of the model as well, which no part can make of it")
      }
      if form == .shared, source.written.batch != .stated {
        problems.append(
          "input '\(name)': is sent once for all items, and the plan is for another batch than the model is written for; export the model with that batch and plan again"
        )
      }
      return Receiver(input: name, form: form, received: graph[output])
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
  }

  /// Declares the inputs as they are sent, and lets all that read them read what is made of them.
  package func write(into model: inout Onnx_ModelProto) {
    var names: [String: String] = [:]
    for receiver in receivers { names[receiver.input] = receiver.received.name }
    Self.rename(names, in: &model.graph)
    for receiver in receivers {
      for index in model.graph.input.indices where model.graph.input[index].name == receiver.input {
        declare(&model.graph.input[index], receiver.form)
      }
      // Behind all others, so that nodes without a name keep the one that they get by their position.
      model.graph.node.append(node(receiver, &model.graph))
    }
  }

  private func declare(_ input: inout Onnx_ValueInfoProto, _ form: InputForm) {
    switch form {
    case .uint8: input.type.tensorType.elemType = ElementType.uint8.onnxCode
    case .shared:
      guard !input.type.tensorType.shape.dim.isEmpty else { return }
      input.type.tensorType.shape.dim[0].dimValue = 1
    }
  }

  private func node(_ receiver: Receiver, _ graph: inout Onnx_GraphProto) -> Onnx_NodeProto {
    let made = receiver.received
    switch receiver.form {
    case .uint8:
      return NodeText.node(
        "Cast", name: made.name, inputs: [receiver.input], outputs: [made.name],
        attributes: [NodeText.attribute("to", Int64(made.type.onnxCode))])
    case .shared:
      var shape = Onnx_TensorProto()
      shape.name = "\(made.name)/shape"
      shape.dataType = ElementType.int64.onnxCode
      shape.dims = [Int64(made.shape.count)]
      shape.int64Data = made.shape.map(Int64.init)
      graph.initializer.append(shape)
      return NodeText.node(
        "Expand", name: made.name, inputs: [receiver.input, shape.name], outputs: [made.name])
    }
  }

  /// Bodies see the values around them by name.
  private static func rename(_ names: [String: String], in graph: inout Onnx_GraphProto) {
    for index in graph.node.indices {
      for slot in graph.node[index].input.indices {
        graph.node[index].input[slot] = names[graph.node[index].input[slot]] ?? graph.node[index].input[slot]
      }
      for place in graph.node[index].attribute.indices {
        if graph.node[index].attribute[place].hasG {
          rename(names, in: &graph.node[index].attribute[place].g)
        }
        for body in graph.node[index].attribute[place].graphs.indices {
          rename(names, in: &graph.node[index].attribute[place].graphs[body])
        }
      }
    }
  }
}

extension Operator {
  /// Whether it is one of the receivers, and that of an input.
  fileprivate func reads(_ input: String, in graph: Graph, of receivers: [String]) -> Bool {
    receivers.contains(name) && inputs.first.flatMap { $0 }.map { graph[$0].name == input } ?? false
  }
}
