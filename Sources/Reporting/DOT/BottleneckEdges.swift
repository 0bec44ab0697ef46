import Plan

/// What transfers bring to the bottleneck, where that is a link: drawn red, they add up to it.
///
/// Links of `every card` are those of the copy that a request is dealt to, so each copy has its part of them; of alike groups of
/// cards each has its part of what the plan names for the first one.
struct BottleneckEdges {
  /// `nil` where the bottleneck is no link of a card or of the host.
  private let label: ResourceLabel?
  private let plan: PlanDocument
  /// Of the bottleneck's card in the plan's words: that of the first group.
  private let site: String
  private let copies: Double
  private let groups: Double

  init(_ plan: PlanDocument) {
    self.plan = plan
    let label = ResourceLabel(plan.predicted.bottleneckResource)
    self.label = label.lane?.isLink == true ? label : nil
    site = plan.counterpart(ofCard: label.device)
    // Plans that do not say use all.
    copies = Double(max(1, plan.cores.isEmpty ? plan.system.cards.count : plan.cores.count(where: \.isInUse)))
    groups = Double(max(1, plan.groups ?? 1))
  }

  /// Seconds of a mean batch that a transfer occupies the bottleneck; `nil` where it does not. Of copies on unlike cards, which are
  /// dealt unlike parts of the requests, those of a mean one.
  func seconds(of transfer: PlanDocument.TransferEntry) -> Double? {
    guard let label else { return nil }
    let sites = [transfer.from, transfer.to]
    // What a card sends the copy on itself crosses no link.
    let isToCopies = sites.contains("every card") && !sites.contains("host")
    let crossing = isToCopies ? (copies - 1) / copies : 1
    var sum: Double?
    for use in transfer.links {
      let link = ResourceLabel(use.link)
      guard link.lane == label.lane else { continue }
      if link.device == label.device, link.device == "uplink" {
        sum = (sum ?? 0) + use.seconds * crossing
      } else if link.device == "every card", label.device != "uplink" {
        if !isToCopies || !sites.contains(site) { sum = (sum ?? 0) + use.seconds / copies }
      } else if link.device == site {
        sum = (sum ?? 0) + use.seconds * crossing / groups
      }
    }
    return sum
  }

  /// Of transfers that are drawn as one; `nil` where none is on the bottleneck.
  func seconds(of transfers: [PlanDocument.TransferEntry]) -> Double? {
    let parts = transfers.compactMap(seconds(of:))
    return parts.isEmpty ? nil : parts.reduce(0, +)
  }

  /// For example `link into card3, 141 µs a batch`; `nil` where it is no link.
  var words: String? {
    label.map { "\($0.words), \(Figures.seconds(plan.predicted.bottleneckSeconds)) a batch" }
  }
}
