import Partitioner
import Rules

/// A line of a sweep's output: the cells of ``columns``, those that identify the point first.
struct SweepRow: Sendable, Hashable {
  enum Column: String, CaseIterable, Sendable {
    case point, points, model, sha256, system, cards, batch, precision, objective
    case accuracyBudget = "accuracy_budget"
    case layerPrecisions = "layer_precisions"
    case set, settings, version
    case status, reason
    case batchesPerSecond = "batches_per_second"
    case itemsPerSecond = "items_per_second"
    case itemsPerBatch = "items_per_batch"
    case latencySeconds = "latency_seconds"
    case meetsBudget = "meets_budget"
    case joulesPerBatch = "joules_per_batch"
    case watts, gap, bottleneck
    case cardsInUse = "cards_in_use"
    case price
    case tableError = "table_error"
    case replayedPerSecond = "replayed_per_second"
    case p50Seconds = "p50_seconds"
    case p99Seconds = "p99_seconds"
    case holds
    case rateWithinBudget = "rate_within_budget"

    /// Of those that are given before the point is planned.
    static let identity = Array(allCases.prefix { $0 != .status })

    var isText: Bool {
      switch self {
      case .model, .sha256, .system, .precision, .objective, .layerPrecisions, .set, .settings, .version,
        .status, .reason,
        .bottleneck:
        true
      default: false
      }
    }
  }

  private(set) var cells: [Column: String]

  subscript(_ column: Column) -> String { cells[column] ?? "" }
  func number(_ column: Column) -> Double? { Double(self[column]) }

  /// A line that was read.
  init(cells: [Column: String]) { self.cells = cells }

  /// What identifies a point.
  init(_ point: SweepPoint, index: Int, of count: Int, _ question: SweepQuestion, sha256: String) {
    cells = [
      .point: "\(index)", .points: "\(count)", .model: point.modelWords, .sha256: sha256,
      .system: point.system ?? "", .cards: point.cards.map { "\($0)" } ?? "",
      .batch: point.batch.text, .precision: point.precision.rawValue,
      .objective: point.objective.rawValue, .accuracyBudget: point.accuracyBudget?.text ?? "",
      .layerPrecisions: point.layers == .usual ? "" : point.layers.text,
      .set: point.changeWords, .settings: question.settings,
      .version: Sweep.programVersion,
    ]
    for (column, cell) in cells { cells[column] = NameText.oneLine(cell) }
  }

  mutating func add(_ answer: SweepAnswer) {
    func set(_ column: Column, _ value: (some CustomStringConvertible)?) {
      if let value { cells[column] = value.description }
    }
    cells[.status] = answer.status.rawValue
    cells[.reason] = answer.reason
    set(.batchesPerSecond, answer.batchesPerSecond)
    set(.itemsPerSecond, answer.itemsPerSecond)
    set(.latencySeconds, answer.latencySeconds)
    set(.meetsBudget, answer.meetsBudget)
    set(.joulesPerBatch, answer.joulesPerBatch)
    set(.watts, answer.watts)
    set(.gap, answer.gap)
    set(.bottleneck, answer.bottleneck)
    set(.cardsInUse, answer.cardsInUse)
    set(.price, answer.price)
    set(.itemsPerBatch, answer.itemsPerBatch)
    set(.tableError, answer.tableError)
    set(.rateWithinBudget, answer.rateWithinBudget)
    set(.replayedPerSecond, answer.replayedPerSecond)
    set(.p50Seconds, answer.p50Seconds)
    set(.p99Seconds, answer.p99Seconds)
    set(.holds, answer.holds)
  }

  /// The first column in which two do not name the same point; `nil` where they do.
  func difference(from other: SweepRow) -> Column? {
    Column.identity.first { SweepFormat.csvCell(self[$0]) != SweepFormat.csvCell(other[$0]) }
  }
}

extension SweepPoint {
  /// The model's path with what it is bound to besides the batch.
  fileprivate var modelWords: String {
    let bound = model.dimensions.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let dense = model.dense.map {
      " bottom=\($0.denseFeatures)-\($0.bottom) \($0.interaction.rawValue) top=\($0.top)"
    }
    return model.path + bound + (dense ?? "")
  }
}

extension SweepQuestion {
  /// What all points share and their answers depend on.
  fileprivate var settings: String {
    var words = [
      "gap=\(gap)", "work=\(work.map { $0.ticks.map { "\($0)" } ?? "none" } ?? "standard")", "seed=\(seed)",
      "tables=\(tablePrecisions.map(\.rawValue).joined(separator: "+"))",
    ]
    if let latencyBudgetMilliseconds { words.append("budget=\(latencyBudgetMilliseconds)ms") }
    if seeksRate { words.append("rate-within-budget") }
    if let replay { words.append("load=\(replay.share)x\(replay.requests)") }
    words += prices.sorted { $0.key < $1.key }.map { "price:\($0.key)=\($0.value)" }
    return words.joined(separator: " ")
  }
}
