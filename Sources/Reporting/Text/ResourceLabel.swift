import Graph
import Plan

/// A resource of a plan in words: `card3.dram` is `card3 DRAM`.
public struct ResourceLabel {
  /// What of a device is meant.
  enum Lane: String {
    case cores, dram, memory, sparse, dense, inflight
    case incoming = "in"
    case outgoing = "out"
    /// Of a card's link to other cards.
    case peerIncoming = "peer-in"
    case peerOutgoing = "peer-out"

    var isLink: Bool { [.incoming, .outgoing, .peerIncoming, .peerOutgoing].contains(self) }
  }

  /// The device's name, `host` or `uplink`.
  let device: String
  /// `nil` for a name that this version does not know, which is then shown as it is.
  let lane: Lane?
  private let name: String

  public init(_ name: String) {
    self.name = name
    // A card's own name may contain dots: only the last part is the lane.
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    device = parts.dropLast().joined(separator: ".")
    lane = parts.last.flatMap { Lane(rawValue: String($0)) }
  }

  /// For example `card3 look-up cores`.
  public var words: String { words(ofDevices: device) }

  /// The same of other devices, or of several.
  func words(ofDevices name: String) -> String {
    let device = NameText.shown(name)
    return switch lane {
    case .cores: "\(device) cores"
    case .dram: "\(device) DRAM"
    case .memory: "memory of \(device)"
    case .sparse: "\(device) look-up cores"
    case .dense: "\(device) dense cores"
    case .incoming: device == "uplink" ? "uplink to the host" : "link into \(device)"
    case .outgoing: device == "uplink" ? "uplink from the host" : "link out of \(device)"
    case .peerIncoming: "link from other cards into \(device)"
    case .peerOutgoing: "link to other cards out of \(device)"
    case .inflight: "requests in flight on \(device)"
    case nil: NameText.shown(self.name)
    }
  }

  /// The same without the device, for a place that already names it.
  var shortWords: String {
    switch lane {
    case .cores: "cores"
    case .dram: "DRAM"
    case .memory: "memory"
    case .sparse: "look-up cores"
    case .dense: "dense cores"
    case .incoming: "link in"
    case .outgoing: "link out"
    case .peerIncoming: "link in from cards"
    case .peerOutgoing: "link out to cards"
    case .inflight: "requests in flight"
    case nil: NameText.shown(name)
    }
  }

  /// Whether the resource belongs to the device: the uplink is the host's.
  func belongs(to device: String) -> Bool {
    self.device == device || (device == "host" && self.device == "uplink")
  }
}
