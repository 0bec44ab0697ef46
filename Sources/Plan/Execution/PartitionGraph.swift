import CostModel
import Graph

/// The operators and table shards of one site that run as one compiled net.
public struct Partition: Hashable, Sendable {
  public enum Role: String, Hashable, Sendable, Codable { case dense, sparse }

  /// A shard of a table, for some of the table's look-ups.
  public struct ShardReference: Hashable, Sendable {
    public var table: Int
    public var shard: Int
    /// The look-ups that are served here, ascending. Each shard serves all of its table's, in one partition where their
    /// indices are there at the same level.
    public var lookups: [OperatorID]
  }

  public var site: PlacementSite
  public var role: Role
  /// Device crossings on the longest way from the request to here.
  public var level: Int
  /// Ascending; look-ups that its shards serve are not listed.
  public var operators: [OperatorID]
  public var shards: [ShardReference]
}

/// Bytes that move between two sites as one command.
public struct PartitionTransfer: Hashable, Sendable {
  public enum Content: String, Hashable, Sendable, Codable { case indices, activations }

  /// The partition that sends; `nil` for the request's inputs, which are in host memory.
  public var source: Int?
  /// The site that receives.
  public var destination: PlacementSite
  /// Partitions there that wait for it, ascending; empty for the response.
  public var receivers: [Int]
  public var bytes: Int
  /// Bytes of look-up indices by table: the part of `bytes` that scales with the look-ups.
  public var indexBytes: [Int: Int]
  /// Names of the tensors, in graph order.
  public var tensors: [String]

  /// Commands on a link: one for all tensors, or one for each.
  func commands(_ costs: CostModel) -> Int {
    costs.options.without.contains(.commandBatching) ? max(1, tensors.count) : 1
  }

  /// Busy seconds of the link of a device that it leaves or enters, the host being 0 and card k being k + 1.
  func seconds(onDevice device: Int, betweenCards: Bool, _ costs: CostModel) -> Double {
    costs.transferSeconds(
      bytes: bytes, commands: commands(costs),
      link: LoadLaw(costs).link(ofDevice: device, betweenCards: betweenCards))
  }
}

/// The quotient of a graph under a placement: partitions, what moves between them, and who waits for whom.
///
/// The level of an operator counts device crossings on its longest path from the inputs. Operators of one site and
/// level form a partition, and so do the shards there with the look-ups of that level: a table whose look-ups wait for
/// different values is served in rounds. An edge inside a level never crosses sites, so the quotient is acyclic
/// whatever the placement.
public struct PartitionGraph: Sendable {
  /// In order of level, site and role.
  public private(set) var partitions: [Partition] = []
  public private(set) var transfers: [PartitionTransfer] = []
  /// By partition: partitions of the same site that it reads from without a transfer, ascending.
  public private(set) var localPredecessors: [[Int]] = []
  /// By partition: whether it reads inputs of the request without a transfer, as those of the host do.
  public private(set) var readsRequest: [Bool] = []
  /// By partition: whether it makes outputs where the response is taken from, on the host.
  public private(set) var answers: [Bool] = []
  /// By partition: tables with row shards whose partial sums are added up there, with how many look-ups' sums these are.
  public private(set) var partialSums: [[Int: Int]] = []
  /// By operator: the partition that runs it; `nil` for look-ups that shards serve.
  public private(set) var partitionOfOperator: [Int?]

  public init(graph: Graph, placement: ModelPlacement, costs: CostModel) {
    let served = ServedLookups(graph: graph)
    partitionOfOperator = Array(repeating: nil, count: graph.operators.count)
    let levels = Self.levels(graph: graph, placement: placement, served: served)
    let servers = formPartitions(
      graph: graph, placement: placement, served: served, levels: levels)
    localPredecessors = Array(repeating: [], count: partitions.count)
    partialSums = Array(repeating: [:], count: partitions.count)
    readsRequest = Array(repeating: false, count: partitions.count)
    answers = readsRequest
    connect(
      graph: graph, placement: placement, costs: costs, served: served, servers: servers)
  }

  // MARK: Levels

  private static func levels(graph: Graph, placement: ModelPlacement, served: ServedLookups) -> [Int] {
    var levels = Array(repeating: 0, count: graph.operators.count)
    for index in graph.operators.indices {
      let isServed = served.table[index] != nil
      let site = placement.operators[index]
      var level = isServed || site != .host ? 1 : 0
      for case .some(let input) in graph.operators[index].inputs {
        guard let producer = graph[input].producer?.index else { continue }
        let stays = !isServed && served.table[producer] == nil && placement.operators[producer] == site
        level = max(level, levels[producer] + (stays ? 0 : 1))
      }
      levels[index] = level
    }
    return levels
  }

  // MARK: Partitions

  private struct Key: Hashable, Comparable {
    var level: Int
    var site: PlacementSite
    var isSparse: Bool

    static func < (a: Key, b: Key) -> Bool {
      if a.level != b.level { return a.level < b.level }
      if a.site != b.site { return a.site < b.site }
      return a.isSparse && !b.isSparse
    }
  }

  /// Groups operators and shards by site and level; answers the partitions that serve a look-up, by operator and shard.
  private mutating func formPartitions(
    graph: Graph, placement: ModelPlacement, served: ServedLookups, levels: [Int]
  ) -> [[Int]] {
    var keyOfOperator: [Key?] = []
    for index in graph.operators.indices {
      keyOfOperator.append(
        served.table[index] == nil
          ? Key(level: levels[index], site: placement.operators[index], isSparse: false) : nil)
    }
    var keys = Set(keyOfOperator.compactMap { $0 })
    for (entry, placed) in zip(graph.embeddingTables, placement.tables) {
      for lookup in entry.lookups {
        for shard in placed.shards {
          keys.insert(Key(level: levels[lookup.index], site: shard.site, isSparse: true))
        }
      }
    }
    let ordered = keys.sorted()
    var indexOfKey: [Key: Int] = [:]
    for (index, key) in ordered.enumerated() {
      indexOfKey[key] = index
      partitions.append(
        Partition(
          site: key.site, role: key.isSparse ? .sparse : .dense, level: key.level, operators: [],
          shards: []))
    }
    for index in graph.operators.indices {
      guard let key = keyOfOperator[index], let partition = indexOfKey[key] else { continue }
      partitions[partition].operators.append(OperatorID(index))
      partitionOfOperator[index] = partition
    }
    var servers: [[Int]] = Array(repeating: [], count: graph.operators.count)
    for (table, placed) in placement.tables.enumerated() {
      for (shard, piece) in placed.shards.enumerated() {
        for lookup in graph.embeddingTables[table].lookups where served.table[lookup.index] == table {
          let key = Key(level: levels[lookup.index], site: piece.site, isSparse: true)
          guard let partition = indexOfKey[key] else { continue }
          partitions[partition].serve(lookup, ofTable: table, shard: shard)
          servers[lookup.index].append(partition)
        }
      }
    }
    return servers
  }

  // MARK: Edges

  /// One reader of a tensor and the bytes it needs.
  private struct Reader {
    var partition: Int
    var bytes: Int
    /// The table when the bytes are look-up indices.
    var table: Int?
  }

  /// The readers of a tensor at one site, which it is sent to once.
  private struct ReaderGroup {
    var site: PlacementSite
    var readers: ArraySlice<Reader>
    /// The partition that needs it first.
    var first: Int { readers.reduce(.max) { min($0, $1.partition) } }
    /// What it is sent, where its source does not say.
    var bytes: Int {
      var (plain, indices) = (0, 0)
      for reader in readers {
        if reader.table == nil { plain = max(plain, reader.bytes) } else { indices += reader.bytes }
      }
      return plain + indices
    }
  }

  /// In order of site.
  private func groups(_ readers: [Reader]) -> [ReaderGroup] {
    func site(_ reader: Reader) -> PlacementSite { partitions[reader.partition].site }
    var rest = (readers.count > 1 ? readers.sorted { site($0) < site($1) } : readers)[...]
    var groups: [ReaderGroup] = []
    while let site = rest.first.map(site) {
      let group = rest.prefix { partitions[$0.partition].site == site }
      rest = rest[group.endIndex...]
      groups.append(ReaderGroup(site: site, readers: group))
    }
    return groups
  }

  private mutating func connect(
    graph: Graph, placement: ModelPlacement, costs: CostModel, served: ServedLookups, servers: [[Int]]
  ) {
    var indexOfKey: [Int: Int] = [:]
    var isOutput = Array(repeating: false, count: graph.tensors.count)
    for output in graph.responses { isOutput[output.index] = true }
    for index in graph.tensors.indices where graph.tensors[index].role.travels {
      let id = TensorID(index)
      if !isOutput[index], staysInPartition(id, graph, served) { continue }
      let sources = sourcesOf(
        id, graph: graph, placement: placement, costs: costs, served: served, servers: servers)
      let readers = readersOf(
        id, graph: graph, placement: placement, costs: costs, served: served, servers: servers)
      if sources.count > 1, let table = graph[id].producer.flatMap({ served.table[$0.index] }) {
        addUp(table, for: readers)
      }
      let groups = groups(readers)
      for source in sources {
        let output = isOutput[index] ? source.bytes ?? costs.transferBytes(of: id) : nil
        deliver(
          graph.tensors[index].name, from: source.partition, bytes: source.bytes, to: groups,
          outputBytes: output, indexOfKey: &indexOfKey)
      }
    }
    for partition in localPredecessors.indices {
      localPredecessors[partition] = localPredecessors[partition].distinct
    }
    for transfer in transfers.indices {
      transfers[transfer].receivers = transfers[transfer].receivers.distinct
    }
  }

  /// Whether a tensor is read where it is made alone: most are.
  private func staysInPartition(_ id: TensorID, _ graph: Graph, _ served: ServedLookups) -> Bool {
    guard let producer = graph[id].producer?.index, served.table[producer] == nil else { return false }
    let own = partitionOfOperator[producer]
    return graph[id].consumers.allSatisfy {
      served.table[$0.index] == nil && partitionOfOperator[$0.index] == own
    }
  }

  /// Where a tensor's bytes are made: one partition, or one per shard of the table that is looked up.
  private func sourcesOf(
    _ id: TensorID, graph: Graph, placement: ModelPlacement, costs: CostModel,
    served: ServedLookups, servers: [[Int]]
  ) -> [(partition: Int?, bytes: Int?)] {
    guard let producer = graph[id].producer else { return [(nil, nil)] }
    guard let table = served.table[producer.index] else {
      return [(partitionOfOperator[producer.index], nil)]
    }
    let entry = placement.tables[table]
    return entry.shards.enumerated().map { shard, piece in
      (
        servers[producer.index][shard],
        LoadLaw(costs).resultBytesOfOne(
          table, entry.format, split: entry.split, on: piece.site.representative)
      )
    }
  }

  private func readersOf(
    _ id: TensorID, graph: Graph, placement: ModelPlacement, costs: CostModel,
    served: ServedLookups, servers: [[Int]]
  ) -> [Reader] {
    var readers: [Reader] = []
    for consumer in graph[id].consumers {
      if let table = served.table[consumer.index] {
        // The bytes of all index inputs of a table come from one figure: charge them with its first index tensor.
        guard served.firstIndexTensor[table] == id else {
          readers += servers[consumer.index].map { Reader(partition: $0, bytes: 0, table: nil) }
          continue
        }
        let entry = placement.tables[table]
        for (shard, piece) in entry.shards.enumerated() {
          let bytes = LoadLaw(costs).indexBytes(
            table, entry.format, split: entry.split, on: piece.site.representative)
          readers.append(Reader(partition: servers[consumer.index][shard], bytes: bytes, table: table))
        }
      } else if let partition = partitionOfOperator[consumer.index] {
        readers.append(Reader(partition: partition, bytes: costs.transferBytes(of: id), table: nil))
      }
    }
    return readers
  }

  /// The partition of each site that needs a look-up's result first adds the shards' results up.
  private mutating func addUp(_ table: Int, for readers: [Reader]) {
    for group in Dictionary(grouping: readers, by: { partitions[$0.partition].site }).values {
      guard let first = group.map(\.partition).min() else { continue }
      partialSums[first][table, default: 0] += 1
    }
  }

  /// Sends a tensor once to every site that reads it, to the partition there that needs it first, and back to the
  /// host when it is an output.
  private mutating func deliver(
    _ name: String, from source: Int?, bytes: Int?, to groups: [ReaderGroup], outputBytes: Int?,
    indexOfKey: inout [Int: Int]
  ) {
    let sourceSite = source.map { partitions[$0].site } ?? .host
    for group in groups {
      guard group.site != sourceSite else {
        for reader in group.readers {
          guard let source else {
            readsRequest[reader.partition] = true
            continue
          }
          if reader.partition != source { localPredecessors[reader.partition].append(source) }
        }
        continue
      }
      let transfer = transferIndex(
        source: source, receiver: group.first, destination: group.site, indexOfKey: &indexOfKey)
      transfers[transfer].add(name, bytes: bytes ?? group.bytes)
      for reader in group.readers {
        if let table = reader.table { transfers[transfer].indexBytes[table, default: 0] += reader.bytes }
        transfers[transfer].receivers.append(reader.partition)
      }
    }
    guard let outputBytes, let source else { return }
    guard sourceSite != .host else {
      answers[source] = true
      return
    }
    let transfer = transferIndex(
      source: source, receiver: nil, destination: .host, indexOfKey: &indexOfKey)
    transfers[transfer].add(name, bytes: outputBytes)
  }

  private mutating func transferIndex(
    source: Int?, receiver: Int?, destination: PlacementSite, indexOfKey: inout [Int: Int]
  ) -> Int {
    // A pair of partitions, or none, as one number.
    let key = ((source ?? -1) + 1) * (partitions.count + 1) + (receiver ?? -1) + 1
    if let known = indexOfKey[key] { return known }
    indexOfKey[key] = transfers.count
    transfers.append(
      PartitionTransfer(
        source: source, destination: destination, receivers: [], bytes: 0, indexBytes: [:],
        tensors: []))
    return transfers.count - 1
  }
}

extension [Int] {
  /// Each once, ascending.
  fileprivate var distinct: [Int] { count > 1 ? Set(self).sorted() : self }
}

extension Partition {
  fileprivate mutating func serve(_ lookup: OperatorID, ofTable table: Int, shard: Int) {
    if let last = shards.indices.last, shards[last].table == table, shards[last].shard == shard {
      shards[last].lookups.append(lookup)
    } else {
      shards.append(.init(table: table, shard: shard, lookups: [lookup]))
    }
  }
}

extension PartitionTransfer {
  fileprivate mutating func add(_ tensor: String, bytes more: Int) {
    bytes += more
    if tensors.last != tensor { tensors.append(tensor) }
  }
}
