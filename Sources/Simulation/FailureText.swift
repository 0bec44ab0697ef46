extension Failure {
  /// Reads `DEVICE@t=TIME[,back=TIME]`, for example `card3@t=2s,back=5s`.
  ///
  /// Whether the device exists is checked when the simulation starts.
  public init(parsing text: String) throws(SimulationError) {
    func refuse(_ reason: String) -> SimulationError {
      SimulationError(
        .failure, at: "failure '\(text)'", "\(reason); write it like card3@t=2s or card3@t=2s,back=5s")
    }
    let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty else { throw refuse("it names no device and time") }
    var at: Double?
    var back: Double?
    for field in halves[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, let seconds = DurationText.seconds(pair[1]) else {
        throw refuse("'\(field)' is not a name and a time with its unit")
      }
      switch pair[0] {
      case "t" where at == nil: at = seconds
      case "back" where back == nil: back = seconds
      case "t", "back": throw refuse("'\(pair[0])' is given twice")
      default: throw refuse("'\(pair[0])' is not known")
      }
    }
    guard let at else { throw refuse("it does not say when (t=)") }
    self.init(device: String(halves[0]), atSeconds: at, backSeconds: back)
  }
}
