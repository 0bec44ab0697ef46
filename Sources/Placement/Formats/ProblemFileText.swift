import Rules

/// From text to the file as it is written; what its names mean is for ``ProblemFileReader``.
extension ProblemFile.Document {
  init(_ json: inout JSONReader) throws(FormatError) {
    var (format, version): (String?, Int?)
    var name: String?
    var objective: Problem.Objective?
    var order: Problem.Order?
    var (lanes, shared): ([String]?, [String]?)
    var devices: [Device]?
    var units: [Unit]?
    var nets: [Net]?
    var apart: [[String]]?
    var limits: [Limit]?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "format": format = try json.string()
      case "version": version = try json.integer()
      case "name": name = try json.string()
      case "objective": objective = try json.choice([.throughput, .latency])
      case "order": order = try json.choice([.free, .acyclicQuotient])
      case "lanes": lanes = try json.strings()
      case "shared": shared = try json.strings()
      case "devices": devices = try json.list(Device.init)
      case "units": units = try json.list(Unit.init)
      case "nets": nets = try json.list(Net.init)
      case "apart": apart = try json.list { json throws(FormatError) in try json.strings() }
      case "limits": limits = try json.list(Limit.init)
      default: try json.refuse()
      }
    }
    self.init(
      format: try format.required("format"), version: try version.required("version"), name: name,
      objective: objective, order: order, lanes: try lanes.required("lanes"), shared: shared,
      devices: try devices.required("devices"), units: try units.required("units"), nets: nets,
      apart: apart, limits: limits)
  }
}

extension ProblemFile.Document.Device {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var name: String?
    var group: Int?
    var memory: Double?
    var baseLoad: [String: Double]?
    var execution: Problem.Execution?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "name": name = try json.string()
      case "group": group = try json.integer()
      case "memory": memory = try json.double()
      case "baseLoad": baseLoad = try json.amounts()
      case "execution": execution = try json.choice([.oneCall, .asReady])
      default: try json.refuse()
      }
    }
    self.init(
      name: try name.required("name"), group: group, memory: memory, baseLoad: baseLoad,
      execution: execution)
  }
}

extension ProblemFile.Document.Unit {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var name: String?
    var colour: Int?
    var inOrder: Bool?
    var options: [ProblemFile.Document.Option]?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "name": name = try json.string()
      case "colour": colour = try json.integer()
      case "inOrder": inOrder = try json.bool()
      case "options": options = try json.list(ProblemFile.Document.Option.init)
      default: try json.refuse()
      }
    }
    self.init(
      name: try name.required("name"), colour: colour, inOrder: inOrder,
      options: try options.required("options"))
  }
}

extension ProblemFile.Document.Option {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var name: String?
    var shards: [ProblemFile.Document.Shard]?
    var shared: [String: Double]?
    var penalty: Double?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "name": name = try json.string()
      case "shards": shards = try json.list(ProblemFile.Document.Shard.init)
      case "shared": shared = try json.amounts()
      case "penalty": penalty = try json.double()
      default: try json.refuse()
      }
    }
    self.init(
      name: try name.required("name"), shards: try shards.required("shards"), shared: shared,
      penalty: penalty)
  }
}

extension ProblemFile.Document.Shard {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    self.init()
    try json.object { field, json throws(FormatError) in
      switch field {
      case "count": count = try json.integer()
      case "devices": devices = try json.strings()
      case "loads": loads = try json.amounts()
      case "memory": memory = try json.double()
      default: try json.refuse()
      }
    }
  }
}

extension ProblemFile.Document.Net {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var producer: String?
    var consumers: [String]?
    var (out, incoming): ([[String: Double]]?, [[String: Double]]?)
    try json.object { field, json throws(FormatError) in
      switch field {
      case "producer": producer = try json.string()
      case "consumers": consumers = try json.strings()
      case "out": out = try json.list { json throws(FormatError) in try json.amounts() }
      case "incoming": incoming = try json.list { json throws(FormatError) in try json.amounts() }
      default: try json.refuse()
      }
    }
    self.init(
      producer: try producer.required("producer"), consumers: try consumers.required("consumers"),
      out: try out.required("out"), incoming: try incoming.required("incoming"))
  }
}

extension ProblemFile.Document.Limit {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var (units, devices): ([String]?, [String]?)
    var count: Int?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "units": units = try json.strings()
      case "devices": devices = try json.strings()
      case "count": count = try json.integer()
      default: try json.refuse()
      }
    }
    self.init(
      units: try units.required("units"), devices: try devices.required("devices"),
      count: try count.required("count"))
  }
}

extension JSONReader {
  fileprivate mutating func strings() throws(FormatError) -> [String] {
    try list { json throws(FormatError) in try json.string() }
  }

  /// Seconds by name of a resource.
  fileprivate mutating func amounts() throws(FormatError) -> [String: Double] {
    try dictionary { json throws(FormatError) in try json.double() }
  }
}
