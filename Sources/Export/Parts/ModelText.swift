import Graph
import ONNXImport
import ONNXSchema

extension Onnx_ModelProto {
  /// The version of the standard operator set that it is written for.
  var standardSet: Int64 {
    opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version).max() ?? 1
  }
}

extension ModelSource {
  /// A model with a graph whose nodes are of these types, written for the operator sets of this one.
  func model(_ graph: Onnx_GraphProto, _ types: Set<GraphDraft.FunctionKey>) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    // From version 4 on constants need not be inputs as well; what is older is read alike as 8.
    model.irVersion = max(8, header.irVersion)
    model.producerName = "partition"
    model.graph = graph
    model.opsetImport = header.opsetImport
    var known = Set(model.opsetImport.map { $0.domain == "ai.onnx" ? "" : $0.domain })
    model.functions = functions(of: types)
    // Inlined functions bring operator sets of their own.
    for entry in header.functions.flatMap(\.opsetImport)
    where known.insert(entry.domain == "ai.onnx" ? "" : entry.domain).inserted {
      model.opsetImport.append(entry)
    }
    if types.contains(CodedProduct.key), known.insert(CodedProduct.key.domain).inserted {
      var contributed = Onnx_OperatorSetIdProto()
      (contributed.domain, contributed.version) = (CodedProduct.key.domain, 1)
      model.opsetImport.append(contributed)
    }
    if known.insert("").inserted {
      var standard = Onnx_OperatorSetIdProto()
      standard.version = 17
      model.opsetImport.append(standard)
    }
    return model
  }

  /// Functions that stand behind known operators, with those that they call.
  private func functions(of types: Set<GraphDraft.FunctionKey>) -> [Onnx_FunctionProto] {
    func key(_ domain: String, _ name: String, _ overload: String) -> GraphDraft.FunctionKey {
      .init(domain: domain == "ai.onnx" ? "" : domain, name: name, overload: overload)
    }
    var wanted = types
    var open = Array(types)
    while let next = open.popLast() {
      for function in header.functions
      where key(function.domain, function.name, function.overload) == next {
        for node in function.node {
          let called = key(node.domain, node.opType, node.overload)
          if wanted.insert(called).inserted { open.append(called) }
        }
      }
    }
    return header.functions.filter { wanted.contains(key($0.domain, $0.name, $0.overload)) }
  }

  /// What the file declares of a value of the outermost graph.
  func stated(_ value: Int) -> Onnx_ValueInfoProto? {
    guard let origin = written.scope.origin else { return nil }
    let types = messages.graphs[origin]
    let name = written.scope.values[value].name
    return (types.input + types.output + types.valueInfo).first { $0.name == name }
  }
}
