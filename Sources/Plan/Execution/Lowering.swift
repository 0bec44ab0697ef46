import CostModel
import Graph
import Hardware

/// Turns model, system and placement into the ``ExecutionProgram`` that one batch runs.
///
/// Loads are derived from the partitions alone:
/// - dense partition: its cores are busy for the sum of its operators' roofline times, the DRAM for the sum of its
///   DRAM bytes / bandwidth; the partition that reads a table's row shards first adds their partial sums up;
/// - sparse partition on c cores: core seconds / c, and the DRAM for whole bursts per row; on a card that keeps no
///   cores for look-ups, all its cores take turns at both;
/// - transfer: on every link crossed, command overhead + bytes / bandwidth; from card to card those are links of their own
///   where cards have such, and without peer-to-peer it is two transfers through host memory.
public struct Lowering: Sendable {
  /// Positions of one device's resources in ``ExecutionProgram/resources``.
  public enum DeviceLane: Int, CaseIterable, Sendable {
    case sparse, dense, dram, linkIn, linkOut
  }

  public let partitions: PartitionGraph
  public let program: ExecutionProgram
  private let builder: ProgramBuilder

  public init(graph: Graph, system: System, placement: ModelPlacement, costs: CostModel) {
    let partitions = PartitionGraph(graph: graph, placement: placement, costs: costs)
    self.partitions = partitions
    builder = ProgramBuilder(
      graph: graph, system: system, placement: placement, costs: costs, partitions: partitions)
    program = builder.build()
  }

  /// Busy seconds per batch of the cores and the DRAM that run a partition; of the first card for a replicated one.
  package func time(ofPartition index: Int) -> DeviceWork {
    builder.time(ofPartition: index)
  }

  /// Index of a resource: the host's (device 0) come first, then each card's.
  ///
  /// The host has one group of cores for all its work; its link lanes are the uplink, seen from the switch.
  public static func resource(_ lane: DeviceLane, device: Int) -> Int {
    guard device > 0 else {
      return switch lane {
      case .sparse, .dense: 0
      case .dram: 1
      case .linkIn: 2
      case .linkOut: 3
      }
    }
    return 4 + (device - 1) * DeviceLane.allCases.count + lane.rawValue
  }

  /// A direction of a link between cards.
  public enum PeerLane: Int, CaseIterable, Sendable {
    case peerIn, peerOut
  }

  /// Index of a direction of a card's own link to others, where cards have such: they come after all else.
  public static func resource(_ lane: PeerLane, card: Int, of system: System) -> Int {
    resource(.sparse, device: system.cards.count + 1) + card * PeerLane.allCases.count + lane.rawValue
  }

  /// The resources of a system, in the order that ``resource(_:device:)`` and ``resource(_:card:of:)`` count.
  public static func resources(of system: System) -> [ExecutionProgram.Resource] {
    var resources: [ExecutionProgram.Resource] = [
      .init(name: "host.cores", kind: .hostCores, device: 0, servers: 1),
      .init(name: "host.dram", kind: .hostDRAM, device: 0, servers: 1),
      .init(name: "uplink.in", kind: .uplinkIn, device: 0, servers: 1),
      .init(name: "uplink.out", kind: .uplinkOut, device: 0, servers: 1),
    ]
    for (index, card) in system.cards.enumerated() {
      let kinds: [(String, ExecutionProgram.ResourceKind)] = [
        ("sparse", .sparseCores), ("dense", .denseCores), ("dram", .dram), ("in", .linkIn),
        ("out", .linkOut),
      ]
      for (suffix, kind) in kinds {
        resources.append(
          .init(name: "\(card.name).\(suffix)", kind: kind, device: index + 1, servers: 1))
      }
    }
    guard system.hasPeerLinks else { return resources }
    for (index, card) in system.cards.enumerated() {
      resources += [
        .init(name: "\(card.name).peer-in", kind: .peerIn, device: index + 1, servers: 1),
        .init(name: "\(card.name).peer-out", kind: .peerOut, device: index + 1, servers: 1),
      ]
    }
    return resources
  }
}
