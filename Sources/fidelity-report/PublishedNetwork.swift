import Partitioner

/// A result of MLPerf Inference (closed division): logs of `mlcommons/inference_results_v0.5` to `v5.1`.
struct PublishedNetwork {
  /// As the benchmark calls it.
  var benchmark: String
  /// As the generator does.
  var network: String
  /// A built-in system of such cards.
  var system: String
  /// A dash where it was not noted.
  var round: String
  var precision: Precision
  /// Items of the network at once: as submitted where the logs say, else [assumed].
  var batch: Int
  /// Items of the network in a sample of the benchmark.
  var itemsOfSample = 1.0
  /// Samples a second, offline, of one card.
  var measured: Double
  /// Whether figures of the card were fitted to it.
  var isFitted: Bool

  static let all: [PublishedNetwork] =
    imageNet + questions
    + [
      recommendation("t4", pairs: 54_000, 272_416 / 8),
      recommendation("l4", pairs: 54_000, 94_603),
      recommendation("a10", pairs: 54_000, 100_585.5),
      recommendation("h100", pairs: 108_000, 480_168),
    ]

  private static let imageNet: [PublishedNetwork] = [
    images("t4", "v0.7", batch: 256, 6035.6, isFitted: true),
    images("a10", "v1.1", batch: 256, 13_805.2, isFitted: true),
    images("l4", "v3.0", batch: 32, 13_157.8, isFitted: true),
    images("h100", "v3.0", batch: 2048, 56_635, isFitted: true),
    images("cloud-ai-100-pro", "v3.0", batch: 32, 24_892.9, isFitted: true),
    images("cloud-ai-100-standard", "v3.0", batch: 32, 158_923 / 8, isFitted: false),
    images("nnpi", "v0.5", batch: 12, 10_579.5 / 2, isFitted: false),
  ]

  private static let questions: [PublishedNetwork] = [
    sentences("t4", .int8, 443.1), sentences("a10", .int8, 1111.5), sentences("l4", .int8, 1032.1),
    sentences("h100", .int8, 5878.4), sentences("cloud-ai-100-pro", .int8, 807.1),
    sentences("t4", .fp16, 200.4), sentences("a10", .fp16, 532.7), sentences("l4", .fp16, 630.6),
    sentences("cloud-ai-100-pro", .fp16, 371.8),
  ]

  private static func images(
    _ system: String, _ round: String, batch: Int, _ measured: Double, isFitted: Bool
  ) -> PublishedNetwork {
    PublishedNetwork(
      benchmark: "ResNet-50", network: "resnet50", system: system, round: round, precision: .int8,
      batch: batch,
      measured: measured, isFitted: isFitted)
  }

  private static func sentences(_ system: String, _ precision: Precision, _ measured: Double)
    -> PublishedNetwork
  {
    PublishedNetwork(
      benchmark: "BERT-large", network: "bert-large-178", system: system, round: "-",
      precision: precision,
      batch: system == "cloud-ai-100-pro" ? 16 : 64, measured: measured, isFitted: true)
  }

  private static func recommendation(
    _ system: String, pairs: Int, _ measured: Double
  ) -> PublishedNetwork {
    PublishedNetwork(
      benchmark: "DLRM", network: "dlrm-criteo", system: system, round: "-", precision: .int8, batch: pairs,
      itemsOfSample: 270, measured: measured, isFitted: false)
  }

  /// Samples a second of one card, as the cost model has it.
  ///
  /// - Parameters:
  ///   - models: With the networks that `models/generator/benchmarks.py` made.
  ///   - classes: Figures of classes of operators in place of the card's own.
  /// - Throws: `missingFile`, `badInput`.
  func predicted(
    models: String, classes: [OperatorClass: ClassFigures]? = nil
  ) throws(PartitionError) -> Double {
    var machine = try Partitioner.system(named: system, cards: 1)
    if let classes { machine.cards[0].processor.classes = classes }
    let cost = try NetworkCost(
      path: "\(models)/\(network).json", batch: batch, on: machine,
      precision: precision, activations: precision,
      // MLPerf's DLRM has one scale for a table.
      tables: TableFormat(precision: precision, scaleBytes: 0))
    return Double(batch) * cost.batchesPerSecond / itemsOfSample
  }
}
