import ArgumentParser
import Partitioner
import Reporting

/// How requests arrive.
struct LoadArguments: ParsableArguments {
  enum Pattern: String, ExpressibleByArgument, CaseIterable { case poisson, constant, bursty }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Batches a second; default: back to back, the saturated rate.", valueName: "qps"))
  var rate: Double?

  @Option(help: "How batches at a rate arrive; default: poisson.")
  var pattern: Pattern?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rate within bursts, for --pattern bursty; --rate is the calm one.", valueName: "qps"))
  var burstRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Mean length of a burst, for --pattern bursty.", valueName: "time"),
    transform: TimeSpan.withUnit)
  var burstTime: TimeSpan?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Mean time between bursts, for --pattern bursty.", valueName: "time"),
    transform: TimeSpan.withUnit)
  var calmTime: TimeSpan?

  @Option(
    parsing: .unconditional,
    help: "Closed loop: this many clients, each sends its next batch after an answer.")
  var clients: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time a client waits before its next batch.", valueName: "time"),
    transform: TimeSpan.withUnit)
  var think: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Recorded arrivals: CSV of time in seconds, and optionally length and look-up scale.", valueName: "file"
    ),
    completion: .file(extensions: ["csv"]))
  var arrivals: String?

  mutating func validate() throws {
    let given = [
      rate.map { _ in "--rate" }, clients.map { _ in "--clients" }, arrivals.map { _ in "--arrivals" },
    ]
    .compactMap { $0 }
    if given.count > 1 {
      throw ValidationError("\(given.joined(separator: " and ")) contradict each other; give one")
    }
    if think != nil, clients == nil { throw ValidationError("--think needs --clients") }
    let hasBurst = burstRate != nil || burstTime != nil || calmTime != nil
    if pattern == .bursty, rate == nil || burstRate == nil || burstTime == nil || calmTime == nil {
      throw ValidationError("--pattern bursty needs --rate, --burst-rate, --burst-time and --calm-time")
    }
    if hasBurst, pattern != .bursty { throw ValidationError("options of bursts need --pattern bursty") }
  }

  /// - Parameter openRate: the rate where none is given but one is needed, for a search; `nil`: back to back.
  func load(openRate: Double? = nil) throws(PartitionError) -> Load {
    if let arrivals {
      let bytes = try Partitioner.read(path: arrivals)
      do {
        return .trace(try ArrivalTrace.parse(String(decoding: bytes, as: UTF8.self), name: arrivals))
      } catch {
        throw PartitionError(error)
      }
    }
    if let clients { return .closedLoop(clients: clients, thinkSeconds: think?.seconds ?? 0) }
    guard let rate = rate ?? openRate else { return .backToBack }
    switch pattern ?? .poisson {
    case .poisson: return .poisson(requestsPerSecond: rate)
    case .constant: return .constant(requestsPerSecond: rate)
    case .bursty:
      return .bursty(
        BurstyLoad(
          calmRate: rate, burstRate: burstRate ?? rate, meanCalmSeconds: calmTime?.seconds ?? 1,
          meanBurstSeconds: burstTime?.seconds ?? 1))
    }
  }

  /// The load in words.
  func words(_ load: Load) -> String {
    switch load {
    case .poisson(let rate): "Poisson arrivals at \(Figures.number(rate)) a second"
    case .constant(let rate): "evenly spaced arrivals at \(Figures.number(rate)) a second"
    case .bursty(let bursty):
      "bursts of \(Figures.number(bursty.burstRate)) a second over \(Figures.number(bursty.calmRate)) a second"
    case .closedLoop(let clients, let think):
      Figures.counted(clients, "client")
        + (think > 0 ? " that wait \(Figures.seconds(think)) between batches" : "")
    case .backToBack: "back to back"
    case .trace(let arrivals): "\(Figures.counted(arrivals.count, "recorded arrival"))"
    }
  }
}
