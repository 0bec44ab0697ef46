/// Names of graphs that say nothing about the model.
enum GraphName {
  /// What exporters call every graph, in small letters and without what is neither letter nor digit.
  private static let generic: Set<String> = [
    "", "main", "graph", "maingraph", "computegraph", "onnxgraph", "onnxmodel", "model", "mainmodel",
    "torchjit",
    "torchjitexport", "jit", "pytorch", "pytorchmodel", "tf2onnx", "tfmodel", "keras2onnx", "cntkgraph",
    "mxnetconvertedmodel", "paddlepaddlegraph", "modelfrompaddlepaddle", "graphproto", "untitled", "default",
    "unnamed",
  ]

  /// Whether a name is an exporter's own, perhaps with a number behind it, or nothing but digits: the file says more.
  static func isGeneric(_ name: String) -> Bool {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    let stem = String(plain.reversed().drop { $0.isNumber }.reversed())
    return generic.contains(plain) || generic.contains(stem)
  }
}
