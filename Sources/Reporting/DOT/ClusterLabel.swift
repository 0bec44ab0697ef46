import Plan

/// The heading of a cluster: device, memory, cores, and the bottleneck where it is here.
struct ClusterLabel {
  private let plan: PlanDocument
  private let bottleneck: ResourceLabel?

  init(_ plan: PlanDocument, bottleneck: ResourceLabel?) {
    self.plan = plan
    self.bottleneck = bottleneck
  }

  func text(_ cluster: DrawingLayout.Cluster) -> String {
    var lines = [HTMLLabel.font(HTMLLabel.bold(title(cluster)), size: 13)]
    lines.append(HTMLLabel.font(memory(cluster), size: 10))
    if let bottleneck {
      let busy = Figures.seconds(plan.predicted.bottleneckSeconds)
      let name = cluster.sites == [bottleneck.device] ? bottleneck.shortWords : bottleneck.words
      let words = HTMLLabel.escape("bottleneck: \(name), \(busy) a batch")
      lines.append(HTMLLabel.font(HTMLLabel.bold(words), size: 10, colour: Palette.bottleneck.line))
    }
    let rows = lines.map { "<TR><TD>\($0)</TD></TR>" }.joined()
    return "<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">\(rows)</TABLE>"
  }

  private func title(_ cluster: DrawingLayout.Cluster) -> String {
    switch cluster.kind {
    case .host: return "host, " + HTMLLabel.name(plan.system.host.name)
    case .everyCard:
      return "every card" + HTMLLabel.font(", \(replicas.count) replicas", size: 10)
    case .cards:
      let names = CardNames.range(cluster.sites)
      let model = plan.system.cards.first { cluster.sites.contains($0.name) }?.model ?? ""
      return "\(HTMLLabel.name(names)), \(HTMLLabel.name(model))"
    }
  }

  /// Cards in use.
  private var replicas: [String] {
    plan.system.cards.map(\.name).filter { name in
      plan.cores.first(where: { $0.card == name })?.isInUse ?? true
    }
  }

  /// Used and usable bytes; the range over folded or replicated cards.
  private func memory(_ cluster: DrawingLayout.Cluster) -> String {
    let devices =
      cluster.kind == .everyCard ? replicas : cluster.sites
    let names = Set(devices)
    let entries = plan.predicted.memory.filter { names.contains($0.device) }
    guard let least = entries.map(\.usedBytes).min(), let most = entries.map(\.usedBytes).max(),
      let capacity = entries.map(\.capacityBytes).min()
    else { return "" }
    let low = Figures.bytes(least)
    let high = Figures.bytes(most)
    return (low == high ? high : "\(low) – \(high)") + " of \(Figures.bytes(capacity))"
      + (entries.count > 1 ? " on each" : "")
  }
}
