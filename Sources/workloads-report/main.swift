import Foundation
import Partitioner

/// Prints the report on the models given, in their order.
let paths = CommandLine.arguments.dropFirst()
guard !paths.isEmpty else {
  FileHandle.standardError.write(Data("usage: workloads-report MODEL...\n".utf8))
  exit(64)
}
do throws(PartitionError) {
  var workloads: [Workload] = []
  for path in paths {
    FileHandle.standardError.write(Data("\(path)\n".utf8))
    workloads.append(try Workload(path: path))
  }
  print(try WorkloadsPage(workloads: workloads).text(), terminator: "")
} catch {
  FileHandle.standardError.write(Data((error.problems.joined(separator: "\n") + "\n").utf8))
  exit(error.kind.rawValue)
}
