/// Power of a system under MLPerf's ResNet-50 offline, host included: logs of `mlcommons/inference_results_v3.0`.
struct PublishedPower {
  /// A built-in system of such cards.
  var system: String
  var cards: Int
  var watts: Double

  static let all = [
    PublishedPower(system: "cloud-ai-100-pro", cards: 1, watts: 168.7),
    PublishedPower(system: "h100", cards: 8, watts: 2219.6),
  ]
}
