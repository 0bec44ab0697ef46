import CostModel
import Graph
import Hardware
@_exported import Heat
import Rules
import Sheets

/// `plan.json`: everything needed to check, simulate and draw a plan without any other argument.
///
/// The JSON Schema in `Sources/Plan/plan.schema.json` documents every field; keys carry their unit.
public struct PlanDocument: Codable, Hashable, Sendable {
  /// The version that this library writes and the newest one it reads.
  public static let currentVersion = 1

  public var version: Int
  public var model: ModelReference
  public var request: Request
  public var system: System
  public var cores: [CoreAllocation]
  /// The cards in use form so many alike groups, each with all that is on cards; sites name the first group's. Absent for one.
  public var groups: Int?
  public var partitions: [PartitionEntry]
  public var tables: [TableEntry]
  public var transfers: [TransferEntry]
  public var predicted: Prediction
  public var certificate: CertificateEntry
  /// Operators with matrix work by what they are computed in on cards, where that was a decision; absent where it was none. Others
  /// are in ``Request/precision``, or kept.
  public var layers: [LayerEntry]?
  /// What precisions do to accuracy; absent without tables and layers, and in plans that were written without it.
  public var accuracy: AccuracyEntry?
  /// Measured costs that the plan was made with, in place of the cost model's; absent where there are none.
  public var measured: [MeasuredCosts.Entry]?
  /// What a compiler said that it runs and fuses; absent where none was asked.
  public var compiler: CompilerFacts?
  /// How look-ups are spread over the rows of tables; absent where every row is taken to be like any other.
  public var access: TableAccess?
  /// What the errors of the costs do to the plan; absent where it was not asked for.
  public var uncertainty: UncertaintyEntry?
  /// How the machine was chosen; absent where it was given.
  public var sizing: SizingEntry?
  /// Plans for requests that are shorter than the plan's; absent where lengths do not vary.
  public var buckets: BucketsEntry?
  /// Decisions in prose: which tables were stored smaller and why, what stays on the host and why.
  public var notes: [String]

  /// The model a plan belongs to.
  public struct ModelReference: Codable, Hashable, Sendable {
    public var name: String
    /// Relative to the folder of the plan where possible; empty for a graph that was built in memory.
    public var path: String
    /// Of the model file, and of its sidecar where there is one, in hexadecimal.
    public var sha256: String
    /// Dynamic dimensions and what they were bound to.
    public var dimensions: [String: Int]
    /// Inputs that stay on a device between requests, with the outputs that they come back as; absent where there are none.
    public var states: [String: String]?
    /// Inputs that are sent in another form than the model declares: see `Graph.sending(_:)`; absent where there are none.
    public var inputs: [String: InputForm]?
    /// What the file is; absent for ONNX.
    public var form: Form?
    /// Behind the tables of a sheet; absent where there is none.
    public var dense: DensePart?
    /// Cards that act as one: the plan is of what each of them computes, see `Graph.cut(over:by:)`. Absent for a whole model.
    public var cut: Int?
    /// What they share out; absent for weights, and for a whole model.
    public var cutBy: GraphCut.Kind?
    /// What cards that act as one share out.
    package var cutKind: GraphCut.Kind { cutBy ?? .weights }
    /// Tables that are split in hot and cold rows: the plan is of the model with both as tables, see `Graph.split(byHeat:access:)`.
    /// Absent where none are.
    public var hot: [HotPart]?

    /// A sheet in place of a model.
    public enum Form: String, Codable, Hashable, Sendable, CaseIterable { case tables, layers }

    public init(
      name: String, path: String, sha256: String, dimensions: [String: Int], states: [String: String]? = nil,
      form: Form? = nil, dense: DensePart? = nil
    ) {
      self.states = states
      self.name = name
      self.path = path
      self.sha256 = sha256
      self.dimensions = dimensions
      self.form = form
      self.dense = dense
    }
  }

  /// What was asked for.
  public struct Request: Codable, Hashable, Sendable {
    public var objective: PlanObjective
    public var latencyBudgetMilliseconds: Double?
    public var requestedGap: Double
    /// Of the matrix engine on the cards.
    public var precision: Precision
    public var tablePrecisions: [Precision]
    /// Operators whose matrix work on cards is in another precision; absent where there are none.
    public var kept: [KeptPrecision]?
    /// What operators with matrix work that are not `kept` may be in on cards, best liked first; absent where that was no decision.
    public var layerPrecisions: [LayerPrecision]?
    public var requestsInFlight: Int
    /// Items in one batch, where the model says so.
    public var batch: Int?
    /// The user's own rules, in their order.
    public var rules: [PlacementRules.Rule]?
    /// Decisions that were left out, in order; absent where there are none.
    public var without: [Lever]?
    /// The most that ``AccuracyEntry/error`` may be; absent for none.
    public var accuracyBudget: Double?

    public init(
      objective: PlanObjective, latencyBudgetMilliseconds: Double? = nil, requestedGap: Double,
      precision: Precision, tablePrecisions: [Precision], requestsInFlight: Int, batch: Int? = nil,
      rules: [PlacementRules.Rule]? = nil, without: Set<Lever> = [], accuracyBudget: Double? = nil
    ) {
      self.objective = objective
      self.latencyBudgetMilliseconds = latencyBudgetMilliseconds
      self.requestedGap = requestedGap
      self.precision = precision
      self.tablePrecisions = tablePrecisions
      self.requestsInFlight = requestsInFlight
      self.batch = batch
      self.rules = rules
      self.without = without.isEmpty ? nil : Lever.allCases.filter(without.contains)
      self.accuracyBudget = accuracyBudget
    }

    /// Decisions that were left out.
    public var leftOut: Set<Lever> { Set(without ?? []) }
  }

  public struct CoreAllocation: Codable, Hashable, Sendable {
    public var card: String
    public var sparseCores: Int
    public var denseCores: Int

    /// Whether the card takes part; one without cores for either idles, and copies on every card leave it out.
    public var isInUse: Bool { sparseCores > 0 || denseCores > 0 }

    public init(card: String, sparseCores: Int, denseCores: Int) {
      self.card = card
      self.sparseCores = sparseCores
      self.denseCores = denseCores
    }
  }

  public struct PartitionEntry: Codable, Hashable, Sendable {
    public var id: Int
    /// `host`, `every card` or a card's name.
    public var site: String
    public var role: Partition.Role
    public var level: Int
    /// Operator names, in graph order.
    public var operators: [String]
    /// Busy seconds per batch of the cores that run it.
    public var coreSeconds: Double
    /// Busy seconds per batch of the DRAM.
    public var dramSeconds: Double
    /// Partitions of the same site that it reads from, which takes no transfer, ascending; absent for none, and in plans that
    /// were written without it.
    public var after: [Int]?
    /// Whether it reads inputs of the request where they are, on the host; absent for no.
    public var readsRequest: Bool?
    /// Whether it makes outputs where the response is taken from, on the host; absent for no.
    public var answers: Bool?

    public init(
      id: Int, site: String, role: Partition.Role, level: Int, operators: [String], coreSeconds: Double,
      dramSeconds: Double, after: [Int]? = nil, readsRequest: Bool? = nil, answers: Bool? = nil
    ) {
      self.id = id
      self.site = site
      self.role = role
      self.level = level
      self.operators = operators
      self.coreSeconds = coreSeconds
      self.dramSeconds = dramSeconds
      self.after = after
      self.readsRequest = readsRequest
      self.answers = answers
    }

    /// Whether it says how its site hands things over inside.
    var hasOrder: Bool { after != nil || readsRequest != nil || answers != nil }
  }

  public struct TableEntry: Codable, Hashable, Sendable {
    public var name: String
    public var precision: Precision
    public var rowScaleBytes: Int
    public var split: SplitKind
    public var shards: [ShardEntry]

    public init(
      name: String, precision: Precision, rowScaleBytes: Int, split: SplitKind, shards: [ShardEntry]
    ) {
      self.name = name
      self.precision = precision
      self.rowScaleBytes = rowScaleBytes
      self.split = split
      self.shards = shards
    }
  }

  public enum SplitKind: String, Codable, Hashable, Sendable { case whole, rows, columns }

  public struct ShardEntry: Codable, Hashable, Sendable {
    public var site: String
    public var firstRow: Int
    public var rows: Int
    public var firstColumn: Int
    public var columns: Int
    public var bytes: Int

    public init(site: String, firstRow: Int, rows: Int, firstColumn: Int, columns: Int, bytes: Int) {
      self.site = site
      self.firstRow = firstRow
      self.rows = rows
      self.firstColumn = firstColumn
      self.columns = columns
      self.bytes = bytes
    }
  }

  public struct TransferEntry: Codable, Hashable, Sendable {
    /// Partition that sends; absent for the request's own inputs.
    public var fromPartition: Int?
    public var from: String
    public var to: String
    /// Partitions that wait for it; empty for the response.
    public var toPartitions: [Int]
    public var bytes: Int
    public var commands: Int
    /// Per link crossed, in order, when sender and receiver are different devices.
    public var links: [LinkUse]
    /// How many tensors travel in the command.
    public var tensors: Int

    public init(
      fromPartition: Int? = nil, from: String, to: String, toPartitions: [Int], bytes: Int, commands: Int,
      links: [LinkUse], tensors: Int
    ) {
      self.fromPartition = fromPartition
      self.from = from
      self.to = to
      self.toPartitions = toPartitions
      self.bytes = bytes
      self.commands = commands
      self.links = links
      self.tensors = tensors
    }
  }

  public struct LinkUse: Codable, Hashable, Sendable {
    public var link: String
    public var seconds: Double

    public init(link: String, seconds: Double) {
      self.link = link
      self.seconds = seconds
    }
  }

  public struct Prediction: Codable, Hashable, Sendable {
    /// Largest load, seconds per batch.
    public var bottleneckSeconds: Double
    public var bottleneckResource: String
    /// Batches per second at saturation: 1 / bottleneck.
    public var throughputPerSecond: Double
    /// End-to-end time of one batch in an empty system; of the slowest replica.
    public var latencySeconds: Double
    public var meetsLatencyBudget: Bool?
    public var energyJoulesPerBatch: Double
    public var loads: [ResourceLoad]
    public var memory: [DeviceMemory]
    /// The operators that keep ``bottleneckResource`` busy longest; absent in plans of version 0.1.0.
    public var bottleneckOperators: [BottleneckEntry]?
    /// The part of the busy seconds of all partitions whose costs were measured; absent where none were.
    public var measuredShare: Double?

    public init(
      bottleneckSeconds: Double, bottleneckResource: String, throughputPerSecond: Double,
      latencySeconds: Double, meetsLatencyBudget: Bool? = nil, energyJoulesPerBatch: Double,
      loads: [ResourceLoad], memory: [DeviceMemory]
    ) {
      self.bottleneckSeconds = bottleneckSeconds
      self.bottleneckResource = bottleneckResource
      self.throughputPerSecond = throughputPerSecond
      self.latencySeconds = latencySeconds
      self.meetsLatencyBudget = meetsLatencyBudget
      self.energyJoulesPerBatch = energyJoulesPerBatch
      self.loads = loads
      self.memory = memory
    }
  }

  /// An operator, or all look-ups of a table under the name of the first, that keeps the bottleneck busy.
  public struct BottleneckEntry: Codable, Hashable, Sendable {
    public var `operator`: String
    public var type: String
    /// Of the bottleneck's busy seconds; on a link, by its part of the bytes.
    public var seconds: Double
    /// What limits it there; absent on a link.
    public var limit: OperatorCost.Limit?

    public init(operator name: String, type: String, seconds: Double, limit: OperatorCost.Limit? = nil) {
      self.operator = name
      self.type = type
      self.seconds = seconds
      self.limit = limit
    }
  }

  /// Behind a device's name: the time between two batches where its requests in flight are too few, see ``LoadSummary/turnSeconds``.
  public static let placesSuffix = "inflight"

  public struct ResourceLoad: Codable, Hashable, Sendable {
    public var resource: String
    public var seconds: Double

    public init(resource: String, seconds: Double) {
      self.resource = resource
      self.seconds = seconds
    }
  }

  public struct DeviceMemory: Codable, Hashable, Sendable {
    public var device: String
    /// Weights, tables and activations of all requests in flight.
    public var usedBytes: Int
    public var staticBytes: Int
    public var activationBytesPerRequest: Int
    public var capacityBytes: Int

    public init(
      device: String, usedBytes: Int, staticBytes: Int, activationBytesPerRequest: Int, capacityBytes: Int
    ) {
      self.device = device
      self.usedBytes = usedBytes
      self.staticBytes = staticBytes
      self.activationBytesPerRequest = activationBytesPerRequest
      self.capacityBytes = capacityBytes
    }
  }

  public init(
    version: Int = PlanDocument.currentVersion, model: ModelReference, request: Request,
    system: System, cores: [CoreAllocation], groups: Int? = nil, partitions: [PartitionEntry],
    tables: [TableEntry],
    transfers: [TransferEntry], predicted: Prediction, certificate: CertificateEntry,
    measured: [MeasuredCosts.Entry]? = nil, compiler: CompilerFacts? = nil, notes: [String]
  ) {
    self.version = version
    self.model = model
    self.request = request
    self.system = system
    self.cores = cores
    self.groups = groups
    self.partitions = partitions
    self.tables = tables
    self.transfers = transfers
    self.predicted = predicted
    self.certificate = certificate
    self.measured = measured
    self.compiler = compiler
    self.notes = notes
  }
}

/// What a plan minimises.
public enum PlanObjective: String, Codable, Hashable, Sendable, CaseIterable {
  /// The bottleneck within the latency budget, then latency.
  case throughput
  /// End-to-end time of one batch.
  case latency
  /// Joules per batch.
  case energy
}

extension PlanDocument {
  /// Of a card in use, the card of the first group that holds the same; the name itself where there is one group.
  public func counterpart(ofCard name: String) -> String {
    let used = cores.filter(\.isInUse).count
    guard let groups, groups > 1, used > 0, used % groups == 0,
      let index = system.cards.firstIndex(where: { $0.name == name }), index < used
    else { return name }
    return system.cards[index % (used / groups)].name
  }
}
