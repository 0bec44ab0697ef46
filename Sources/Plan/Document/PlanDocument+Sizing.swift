import Hardware

/// How the machine of a plan was chosen.
extension PlanDocument {
  /// The cheapest machine, or that of the fewest cards, that serves a rate, and what is known of smaller ones.
  public struct SizingEntry: Codable, Hashable, Sendable {
    /// Batches a second that the plan was simulated at, with random arrivals.
    public var ratePerSecond: Double
    /// In any one currency, as `MachinePrices` has them; absent where cards are counted.
    public var prices: [String: Double]?
    /// Of the plan's machine; absent without prices.
    public var price: Double?
    /// Whether every cheaper machine, or every one of fewer cards, is refuted.
    public var isProven: Bool
    /// Machines that were planned, the cheapest, or that of the fewest cards, first.
    public var trials: [Trial]

    /// A machine that was planned.
    public struct Trial: Codable, Hashable, Sendable {
      public var system: String
      /// Those in use, by kind.
      public var cards: [Cards]
      public var price: Double?
      public var outcome: Outcome
      /// Of the simulated latency, seconds; absent where nothing was simulated.
      public var p99Seconds: Double?
      /// No plan on the machine serves more; batches a second. Absent where that is not known.
      public var mostPerSecond: Double?
      /// Why it does not serve the rate; absent where it does.
      public var reason: String?

      public init(
        system: String, cards: [Cards], price: Double?, outcome: Outcome, p99Seconds: Double? = nil,
        mostPerSecond: Double? = nil, reason: String? = nil
      ) {
        self.system = system
        self.cards = cards
        self.price = price
        self.outcome = outcome
        self.p99Seconds = p99Seconds
        self.mostPerSecond = mostPerSecond
        self.reason = reason
      }
    }

    public enum Outcome: String, Codable, Hashable, Sendable {
      /// Simulated at the rate, the plan is stable, and its 99th percentile keeps the latency budget.
      case serves
      /// No plan on the machine, or on a part of it, serves the rate.
      case refuted
      /// The plans that were found do not, but nothing proves that no other does.
      case unproven
    }

    /// Alike cards.
    public struct Cards: Codable, Hashable, Sendable {
      public var model: String
      public var count: Int

      public init(model: String, count: Int) {
        self.model = model
        self.count = count
      }
    }

    public init(
      ratePerSecond: Double, prices: [String: Double]? = nil, price: Double? = nil, isProven: Bool,
      trials: [Trial]
    ) {
      self.ratePerSecond = ratePerSecond
      self.prices = prices
      self.price = price
      self.isProven = isProven
      self.trials = trials
    }
  }
}

extension PlanDocument.SizingEntry.Trial: CustomStringConvertible {
  /// For example `2 x h100-pcie of h100, 64000: refuted, at most 95/s: one batch keeps ...`.
  public var description: String {
    var words =
      cards.isEmpty
      ? "the host of \(system) alone"
      : cards.map { "\($0.count) x \($0.model)" }.joined(separator: " and ") + " of \(system)"
    if let price { words += " for \(Self.text(price))" }
    switch outcome {
    case .serves:
      words += ": serves it" + (p99Seconds.map { ", p99 \(($0 * 1e5).rounded() / 100) ms" } ?? "")
    case .refuted: words += ": refuted" + (mostPerSecond.map { ", at most \(Self.text($0))/s" } ?? "")
    case .unproven: words += ": does not, unproven"
    }
    return words + (reason.map { ": \($0)" } ?? "")
  }

  /// Rounded down, at most two digits behind the point.
  package static func text(_ value: Double) -> String {
    let rounded = value >= 100 ? value.rounded(.down) : (value * 100).rounded(.down) / 100
    return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
