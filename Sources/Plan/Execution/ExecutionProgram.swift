/// What one batch does on the machine: tasks with the resources they occupy, and what must come before what.
///
/// It is derived from model, system and placement alone. The verifier adds its legs up, the simulator replays it.
///
/// Semantics of a task: when all predecessors are done it joins the queue of its first leg's resource. When that
/// resource grants it at time s, every other leg queues from s on its own resource (cut-through: a transfer enters
/// the second link while it leaves the first; an operator streams DRAM while it computes). The task is done when
/// its last leg ends. Each resource has `servers` servers and serves the oldest request first, and of one request what
/// came first.
public struct ExecutionProgram: Sendable, Hashable {
  public var resources: [Resource]
  public var devices: [Device]
  /// Names of tables that ``Task/tables`` refers to.
  public var tables: [Table]
  /// One per replica of the replicated part; request r runs a variant by ``Variant/share``. At least one.
  public var variants: [Variant]
  /// Of padding buckets, ascending: a request runs a variant of the first that is as long as it. Empty where lengths do not matter.
  public var bucketLengths: [Double] = []

  public init(resources: [Resource], devices: [Device], tables: [Table], variants: [Variant]) {
    self.resources = resources
    self.devices = devices
    self.tables = tables
    self.variants = variants
  }

  public enum ResourceKind: String, Sendable, Hashable, Codable {
    case hostCores, hostDRAM, sparseCores, denseCores, dram, linkIn, linkOut, uplinkIn, uplinkOut
    /// Of a card's link to other cards, where it has one of its own.
    case peerIn, peerOut
  }

  public struct Resource: Sendable, Hashable {
    public var name: String
    public var kind: ResourceKind
    /// Index into ``ExecutionProgram/devices``.
    public var device: Int
    public var servers: Int

    public init(name: String, kind: ResourceKind, device: Int, servers: Int) {
      self.name = name
      self.kind = kind
      self.device = device
      self.servers = servers
    }
  }

  /// The host (index 0) or a card.
  public struct Device: Sendable, Hashable {
    public var name: String
    public var isHost: Bool
    public var memoryBytes: Int
    /// Bytes held whatever the load: weights, tables, code.
    public var staticBytes: Int
    /// Bytes each request holds there from its first task on the device to its last.
    public var activationBytes: Int
    /// Requests in flight on the device at once; more wait.
    public var inFlightLimit: Int
    public var idleWatts: Double
    public var busyWatts: Double

    public init(
      name: String, isHost: Bool, memoryBytes: Int, staticBytes: Int, activationBytes: Int,
      inFlightLimit: Int, idleWatts: Double, busyWatts: Double
    ) {
      self.name = name
      self.isHost = isHost
      self.memoryBytes = memoryBytes
      self.staticBytes = staticBytes
      self.activationBytes = activationBytes
      self.inFlightLimit = inFlightLimit
      self.idleWatts = idleWatts
      self.busyWatts = busyWatts
    }
  }

  public struct Table: Sendable, Hashable {
    public var name: String
    public var averageLookups: Double
    public var maximumLookups: Int
    public init(name: String, averageLookups: Double, maximumLookups: Int) {
      self.name = name
      self.averageLookups = averageLookups
      self.maximumLookups = maximumLookups
    }
  }

  public struct Variant: Sendable, Hashable {
    /// The card that holds the replica; `nil` when nothing is replicated.
    public var card: Int?
    /// Fraction of requests; the shares of all variants sum to 1.
    public var share: Double
    /// In a topological order.
    public var tasks: [Task]
    /// Index into ``ExecutionProgram/bucketLengths``.
    public var bucket = 0

    public init(card: Int?, share: Double, tasks: [Task]) {
      self.card = card
      self.share = share
      self.tasks = tasks
    }
  }

  public struct Leg: Sendable, Hashable {
    public var resource: Int
    public var seconds: Double
    public init(resource: Int, seconds: Double) {
      self.resource = resource
      self.seconds = seconds
    }
  }

  /// The part of a task's time that scales with the look-ups into one table.
  public struct TablePart: Sendable, Hashable {
    public var table: Int
    /// Fraction of every leg's seconds at average look-ups.
    public var fraction: Double
    public init(table: Int, fraction: Double) {
      self.table = table
      self.fraction = fraction
    }
  }

  public struct Task: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable { case host, sparse, dense, transfer }
    public var name: String
    public var kind: Kind
    /// Where it runs; for a transfer, the receiving device.
    public var device: Int
    /// For a transfer, the sending device.
    public var source: Int?
    /// At least one; the first is the one it queues for.
    public var legs: [Leg]
    /// Indices of earlier tasks of the same variant.
    public var predecessors: [Int]
    /// Bytes moved by a transfer.
    public var bytes: Int
    /// What scales with look-ups; the rest is fixed.
    public var tables: [TablePart]

    public init(
      name: String, kind: Kind, device: Int, source: Int? = nil, legs: [Leg],
      predecessors: [Int] = [], bytes: Int = 0, tables: [TablePart] = []
    ) {
      self.name = name
      self.kind = kind
      self.device = device
      self.source = source
      self.legs = legs
      self.predecessors = predecessors
      self.bytes = bytes
      self.tables = tables
    }
  }
}
