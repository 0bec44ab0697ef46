import Foundation
import Partitioner

/// Prints the report on the models given, in their order; with `--ablation` what each decision is worth, and a drawing of it to
/// the file named next.
var paths = Array(CommandLine.arguments.dropFirst())
let isAblation = paths.first == "--ablation" && paths.count > 2
let drawing = isAblation ? paths[1] : ""
if isAblation { paths.removeFirst(2) }
guard !paths.isEmpty else {
  FileHandle.standardError.write(Data("usage: workloads-report [--ablation DRAWING] MODEL...\n".utf8))
  exit(64)
}
do throws(PartitionError) {
  func say(_ path: String) { FileHandle.standardError.write(Data("\(path)\n".utf8)) }
  if isAblation {
    var models: [Model] = []
    for path in paths { models.append(try Partitioner.loadModel(path: path)) }
    let report = try AblationPage(models: models, progress: say).text()
    try Partitioner.write(report.drawing, to: drawing)
    print(report.page, terminator: "")
  } else {
    var workloads: [Workload] = []
    for path in paths {
      say(path)
      workloads.append(try Workload(path: path))
    }
    print(try WorkloadsPage(workloads: workloads).text(), terminator: "")
  }
} catch {
  FileHandle.standardError.write(Data((error.problems.joined(separator: "\n") + "\n").utf8))
  exit(error.kind.rawValue)
}
