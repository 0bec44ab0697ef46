/// The same resource of several cards, where they have the same figure: one row in place of many.
public struct AlikeResources {
  /// As the plan has them.
  public private(set) var names: [String]
  /// Of the first.
  public let value: Double
  private let label: ResourceLabel
  private var devices: [String]

  /// - Parameters:
  ///   - entries: resources with a figure each; rows keep their order.
  ///   - isAlike: whether two figures are the same to the reader.
  public static func rows(
    _ entries: [(name: String, value: Double)], isAlike: (Double, Double) -> Bool
  ) -> [AlikeResources] {
    var rows: [AlikeResources] = []
    for entry in entries {
      let label = ResourceLabel(entry.name)
      if label.isOfCard,
        let like = rows.lastIndex(where: {
          $0.label.isOfCard && $0.label.lane == label.lane && isAlike($0.value, entry.value)
        })
      {
        rows[like].names.append(entry.name)
        rows[like].devices.append(label.device)
      } else {
        rows.append(
          AlikeResources(names: [entry.name], value: entry.value, label: label, devices: [label.device]))
      }
    }
    return rows
  }

  /// For example `link into card0 – card5`.
  public var words: String {
    // card2 before card10.
    let sorted = devices.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    return devices.count > 1 ? label.words(ofDevices: CardNames.range(sorted)) : label.words
  }
}

extension ResourceLabel {
  /// Whether it is one that this version knows, and not the host's.
  fileprivate var isOfCard: Bool { lane != nil && device != "host" && device != "uplink" }
}
