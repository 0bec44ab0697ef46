import Foundation
import Partitioner

/// Writes how far the cost model is from what was measured: of matrix products and attention, for cards whose `gemm_CARD.csv` and
/// `attention_CARD.csv` are in a folder, a page and a scatter of each card; of kernels of a host and of GPUs, from its folders `host` and `gpu`, a page each. Networks are those
/// that `models/generator/benchmarks.py` made; of those on cards, beside published results, a page.
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, let data = arguments.first, let networks = arguments.last,
  let pages = arguments.dropFirst().first
else {
  FileHandle.standardError.write(Data("usage: fidelity-report DATA-FOLDER PAGE-FOLDER NETWORK-FOLDER\n".utf8))
  exit(64)
}
do throws(PartitionError) {
  var cards: [MeasuredCard] = []
  for name in ["a100-sxm", "h100-sxm", "l40s"] {
    cards.append(try MeasuredCard(name, path: "\(data)/gemm_\(name).csv"))
  }
  for card in cards {
    try Partitioner.write(KernelScatter(card).svg, to: "\(pages)/kernels-\(card.name).svg")
  }
  var attention: [MeasuredAttention] = []
  for card in cards {
    attention.append(try MeasuredAttention(card.name, path: "\(data)/attention_\(card.name).csv"))
  }
  try Partitioner.write(KernelsPage(cards, attention).text, to: "\(pages)/kernels.md")
  try Partitioner.write(try HostPage(folder: "\(data)/host").text, to: "\(pages)/host.md")
  try Partitioner.write(
    try GPUPage(folder: "\(data)/gpu", models: networks).text, to: "\(pages)/gpu.md")
  try Partitioner.write(
    try RecommendationPage(folder: "\(data)/gpu", models: networks).text, to: "\(pages)/recommendation.md")
  try Partitioner.write(
    try LanguagePage(folder: "\(data)/gpu", data: data).text, to: "\(pages)/language.md")
  try Partitioner.write(
    try ThreadsPage(path: "\(data)/threads/xeon-16.csv", models: networks).text, to: "\(pages)/threads.md")
  try Partitioner.write(try NetworksPage(models: networks).text, to: "\(pages)/networks.md")
} catch {
  FileHandle.standardError.write(Data((error.problems.joined(separator: "\n") + "\n").utf8))
  exit(error.kind.rawValue)
}
