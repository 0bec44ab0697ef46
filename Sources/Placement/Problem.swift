/// A placement problem on given numbers: what every option of every unit loads, and where it may go.
///
/// Sets: units u, options o in O(u), devices d with lanes l (a device's own resources, for example its cores or
/// one direction of its link), shared resources s. Exactly one option of each unit is chosen and each of its
/// shards goes to one allowed device. The throughput objective is the largest load of any (device, lane) or
/// shared resource, in seconds per batch; memory is a hard limit per device.
///
/// Source: the P1 program of the project's formulation; without nets it is the sharding problem of TorchRec's
/// planner, with single-shard options and nets that of Tarnawski et al. 2020 (arXiv 2006.16423).
public struct Problem: Sendable, Hashable {
  public var name: String
  public var devices: [Device]
  /// Names of the resources that every device has, for example `["compute"]`.
  public var lanes: [String]
  /// Names of the resources that belong to no single device.
  public var shared: [String]
  public var units: [Unit]
  /// Tensors between units; empty for pure sharding problems.
  public var nets: [Net]
  public var order: Order
  /// For two devices: how often they may take turns, device 0 first, along any path of nets; `nil` when any number is
  /// allowed. With 3 the first device runs one net in front of the second's and one behind it.
  public var stages: Int?
  /// Sets of units of which no two may share a device.
  public var apart: [[Int]] = []
  public var limits: [Limit] = []
  public var objective: Objective

  public init(
    name: String, devices: [Device], lanes: [String], shared: [String] = [], units: [Unit],
    nets: [Net] = [], order: Order = .free, objective: Objective = .throughput
  ) {
    self.name = name
    self.devices = devices
    self.lanes = lanes
    self.shared = shared
    self.units = units
    self.nets = nets
    self.order = order
    self.objective = objective
  }

  /// At most `count` shards of the units on each of the devices.
  public struct Limit: Sendable, Hashable {
    public var units: [Int]
    public var devices: [Int]
    public var count: Int

    public init(units: [Int], devices: [Int], count: Int) {
      self.units = units
      self.devices = devices
      self.count = count
    }
  }

  public enum Objective: String, Sendable, Hashable, Codable {
    /// Minimise the largest load.
    case throughput
    /// Minimise the end-to-end time of one batch in an empty system, as ``LatencySchedule`` defines it.
    case latency
  }

  /// What is required of the quotient graph: one node a device, an edge wherever a net crosses.
  public enum Order: String, Sendable, Hashable, Codable {
    /// The runtime may interleave; any assignment is allowed.
    case free
    /// The quotient graph must be acyclic, so each device's part runs as one piece. Only nets between units with
    /// ``Unit/inOrder`` count, and with ``Objective/latency`` a device that runs ``Execution/asReady`` is not
    /// one node of the quotient: each of its units is.
    case acyclicQuotient
  }

  /// How a device runs its units when the latency of one batch counts.
  public enum Execution: String, Sendable, Hashable, Codable {
    /// One call: starts when all inputs of all its units are ready, then transfers in, computes, transfers out.
    case oneCall
    /// Every unit starts as soon as its own inputs are ready, with no limit to how many run at once (a host with
    /// as many cores as the graph is wide; Tarnawski et al. 2020, section on latency).
    case asReady
  }

  public struct Device: Sendable, Hashable {
    public var name: String
    /// Devices of one group are interchangeable: same memory, same costs, same net costs.
    public var group: Int
    /// Bytes; `.infinity` when unlimited.
    public var memory: Double
    /// Load already there per lane, seconds per batch; same length as ``Problem/lanes``.
    public var baseLoad: [Double]
    /// Only ``Objective/latency`` looks at it.
    public var execution: Execution

    public init(
      name: String, group: Int, memory: Double, baseLoad: [Double], execution: Execution = .oneCall
    ) {
      self.name = name
      self.group = group
      self.memory = memory
      self.baseLoad = baseLoad
      self.execution = execution
    }
  }

  /// An amount of one resource: a lane of whatever device it falls on, or a shared resource.
  public struct Amount: Sendable, Hashable {
    public var index: Int
    public var seconds: Double
    public init(_ index: Int, _ seconds: Double) {
      self.index = index
      self.seconds = seconds
    }
  }

  /// Part of an option that goes to one device; `count` identical ones are placed independently of each other.
  public struct Shard: Sendable, Hashable {
    public var count: Int
    /// Allowed devices, ascending.
    public var devices: [Int]
    /// Load on the device's lanes.
    public var loads: [Amount]
    /// Bytes.
    public var memory: Double

    public init(count: Int = 1, devices: [Int], loads: [Amount], memory: Double) {
      self.count = count
      self.devices = devices
      self.loads = loads
      self.memory = memory
    }
  }

  public struct Option: Sendable, Hashable {
    public var name: String
    public var shards: [Shard]
    /// Load on shared resources.
    public var shared: [Amount]
    /// Preferred among equals: less is better (for example bytes of precision given up).
    public var penalty: Double

    public init(name: String, shards: [Shard], shared: [Amount] = [], penalty: Double = 0) {
      self.name = name
      self.shards = shards
      self.shared = shared
      self.penalty = penalty
    }
  }

  public struct Unit: Sendable, Hashable {
    public var name: String
    public var options: [Option]
    /// Units of one colour go to the same device (co-location classes).
    public var colour: Int?
    /// Whether ``Order/acyclicQuotient`` looks at this unit's nets. Backward operators of a training graph are
    /// exempt: their forward part is contiguous and they follow it (Tarnawski et al. 2020).
    public var inOrder: Bool

    public init(name: String, options: [Option], colour: Int? = nil, inOrder: Bool = true) {
      self.name = name
      self.options = options
      self.colour = colour
      self.inOrder = inOrder
    }
  }

  /// One tensor from its producer to its readers. Only between units whose options have a single shard of count 1.
  ///
  /// When a reader is on another device than the producer, the producer's device pays `out` once, and every other
  /// device with a reader pays `incoming` once, by the group of the device that pays.
  public struct Net: Sendable, Hashable {
    public var producer: Int
    /// Ascending, without the producer.
    public var consumers: [Int]
    /// Indexed by device group.
    public var out: [[Amount]]
    /// Indexed by device group.
    public var incoming: [[Amount]]

    public init(producer: Int, consumers: [Int], out: [[Amount]], incoming: [[Amount]]) {
      self.producer = producer
      self.consumers = consumers
      self.out = out
      self.incoming = incoming
    }
  }
}
