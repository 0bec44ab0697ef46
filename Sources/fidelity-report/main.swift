import Foundation
import Partitioner

/// Prints how far the cost model is from measured matrix products, for cards whose `gemm_CARD.csv` is in a folder, and writes a
/// scatter of each card beside the page that is printed.
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let data = arguments.first, let pictures = arguments.last else {
  FileHandle.standardError.write(Data("usage: fidelity-report DATA-FOLDER PICTURE-FOLDER\n".utf8))
  exit(64)
}
do throws(PartitionError) {
  var cards: [MeasuredCard] = []
  for name in ["a100-sxm", "h100-sxm", "l40s"] { cards.append(try MeasuredCard(name, folder: data)) }
  for card in cards {
    try Partitioner.write(KernelScatter(card).svg, to: "\(pictures)/kernels-\(card.name).svg")
  }
  print(KernelsPage(cards).text, terminator: "")
} catch {
  FileHandle.standardError.write(Data((error.problems.joined(separator: "\n") + "\n").utf8))
  exit(error.kind.rawValue)
}
