/// What exchanges between cards were measured to take, fitted to `latency + share x bytes / bandwidth` over 512 bytes to 512 MiB.
///
/// Source: all-reduce of fp16 by NCCL in the tables of AIConfigurator (github.com/ai-dynamo/aiconfigurator); A100 and H100 over
/// NVLink, L40S over PCIe bridges that cards share. The fits are off by 2 to 20 % in the median and 13 to 37 % at p90.
enum CollectiveFigures {
  private struct Entry {
    var models: Set<String>
    var cards: Int
    var microseconds: Double
    var gigabytesPerSecond: Double
  }

  private static let entries = [
    Entry(models: ["a100-sxm"], cards: 2, microseconds: 12.7, gigabytesPerSecond: 148),
    Entry(models: ["a100-sxm"], cards: 4, microseconds: 16.1, gigabytesPerSecond: 171),
    Entry(models: ["a100-sxm"], cards: 8, microseconds: 24.4, gigabytesPerSecond: 182),
    Entry(models: ["h100-sxm", "h200-sxm"], cards: 2, microseconds: 7.25, gigabytesPerSecond: 244),
    Entry(models: ["h100-sxm", "h200-sxm"], cards: 4, microseconds: 10.6, gigabytesPerSecond: 292),
    Entry(models: ["h100-sxm", "h200-sxm"], cards: 8, microseconds: 17.6, gigabytesPerSecond: 348),
    Entry(models: ["l40s"], cards: 2, microseconds: 7.25, gigabytesPerSecond: 18.1),
    Entry(models: ["l40s"], cards: 4, microseconds: 11.6, gigabytesPerSecond: 5.1),
    Entry(models: ["l40s"], cards: 8, microseconds: 23, gigabytesPerSecond: 1.4),
  ]

  /// The figures of the least number of cards that was measured and is not below `count`.
  static func team(of count: Int, model: String) -> CardTeam? {
    guard let entry = entries.first(where: { $0.models.contains(model) && $0.cards >= count }) else {
      return nil
    }
    return CardTeam(
      cards: count, latencySeconds: entry.microseconds * 1e-6,
      bytesPerSecond: entry.gigabytesPerSecond * 1e9)
  }
}
