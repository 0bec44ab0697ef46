import Rules

/// Why no assignment exists: a tree of causes, and what would help, each way tried by solving the changed problem.
public struct Infeasibility: Sendable, Hashable {
  /// One reason, and the reasons behind it.
  public struct Cause: Sendable, Hashable {
    public var kind: Kind
    public var because: [Cause]

    public init(_ kind: Kind, because: [Cause] = []) {
      self.kind = kind
      self.because = because
    }
  }

  public enum Kind: Sendable, Hashable {
    /// No option of the unit can be used, whatever the rest does.
    case unitFitsNowhere(unit: String)
    /// A shard needs more bytes than the roomiest device it may go to has.
    case shardTooLarge(option: String, bytes: Double, device: String, capacity: Double)
    /// A shard of the option is allowed on no device.
    case noDeviceAllowed(option: String)
    /// The unit has no option at all.
    case noOptions
    /// Units that may only go to some devices need more bytes than those have together.
    case memory(devices: [String], units: Int, bytes: Double, capacity: Double)
    /// A unit's share of that need, in its option of least memory.
    case need(unit: String, option: String, bytes: Double)
    /// The sums would do, but the pieces cannot be arranged.
    case arrangement(units: [String], devices: [String], bytes: Double, capacity: Double)
    /// Units that stay together need more bytes than the roomiest device that all of them may go to has.
    case togetherTooLarge(units: [String], bytes: Double, device: String, capacity: Double)
    /// Units that stay together have no device in common.
    case noCommonDevice(units: [String])
    /// A rule that counts units or keeps them apart cannot be kept, in words.
    case count(String)
    /// With all but rules that count units or keep them apart there is an assignment.
    case counting
    /// Only because each device's part must run as one piece.
    case order
    /// More causes of the same kind, left out.
    case more(count: Int)
  }

  /// A change after which an assignment exists.
  public enum Relaxation: Sendable, Hashable {
    /// More devices like one that is there.
    case devices(like: String, now: Int, needed: Int)
    /// More memory on each device of a group, bytes.
    case memory(like: String, now: Double, needed: Double)
    /// A change the caller proposed, in its own words.
    case proposed(String)
  }

  public var problem: String
  /// The step that proved it.
  public var provedBy: StepName
  public var causes: [Cause]
  public var relaxations: [Relaxation]
  /// Changes that were tried and did not help, in words.
  public var vain: [String]
}

extension Infeasibility: CustomStringConvertible {
  /// The explanation as prose, one reason a line, the reasons behind it indented.
  public var description: String {
    Self.prose(
      "no plan for \(problem) (proved by: \(provedBy))",
      causes: causes.map { (Self.sentence($0.kind), $0.because.map { Self.sentence($0.kind) }) },
      tried: "solving", relaxations: relaxations.map(Self.sentence), vain: vain)
  }

  /// Reasons and remedies as numbered lines.
  ///
  /// - Parameter tried: how the remedies were tried.
  public static func prose(
    _ head: String, causes: [(text: String, because: [String])], tried: String, relaxations: [String],
    vain: [String]
  ) -> String {
    var lines = [head]
    for (index, cause) in causes.enumerated() {
      lines.append("\(index + 1). \(cause.text)")
      for reason in cause.because { lines.append("   - \(reason)") }
    }
    if !relaxations.isEmpty {
      lines.append("each of these alone would do (tried by \(tried)):")
      for text in relaxations { lines.append("   - \(text)") }
    }
    if !vain.isEmpty {
      lines.append("tried and not enough alone:")
      for text in vain { lines.append("   - \(text)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sentence(_ kind: Kind) -> String {
    switch kind {
    case .unitFitsNowhere(let unit): "\(unit) fits on no device:"
    case .shardTooLarge(let option, let bytes, let device, let capacity):
      "\(option): needs \(ByteText.exact(bytes)) on one device; the roomiest allowed, \(device), has "
        + "\(ByteText.exact(capacity)), \(ByteText.exact(bytes - capacity)) too little"
    case .noDeviceAllowed(let option): "\(option): is allowed on no device"
    case .noOptions: "it has no option left"
    case .memory(let devices, let units, let bytes, let capacity):
      "\(units) units that may only go to \(listed(devices)) need at least \(ByteText.exact(bytes)); "
        + "there are \(ByteText.exact(capacity)), \(ByteText.exact(bytes - capacity)) too little; the largest:"
    case .need(let unit, let option, let bytes):
      "\(unit): \(ByteText.exact(bytes)) at least (\(option))"
    case .arrangement(let units, let devices, let bytes, let capacity):
      "\(listed(units)) need \(ByteText.exact(bytes)) of the \(ByteText.exact(capacity)) on \(listed(devices)), but no "
        + "arrangement of their pieces fits"
    case .togetherTooLarge(let units, let bytes, let device, let capacity):
      "\(listed(units)) stay together and need \(ByteText.exact(bytes)) on one device; the roomiest that all may go "
        + "to, \(device), has \(ByteText.exact(capacity)), \(ByteText.exact(bytes - capacity)) too little"
    case .noCommonDevice(let units): "\(listed(units)) stay together and have no device in common"
    case .count(let reason): reason
    case .counting: "what is left does not keep units apart, or within their number, on any device"
    case .order: "no plan lets each device's part run as one piece"
    case .more(let count): "and \(count) more"
    }
  }

  private static func sentence(_ relaxation: Relaxation) -> String {
    switch relaxation {
    case .devices(let like, let now, let needed): "\(needed) devices like \(like) instead of \(now)"
    case .memory(let like, let now, let needed):
      "\(ByteText.exact(needed)) on each device like \(like) instead of \(ByteText.exact(now))"
    case .proposed(let text): text
    }
  }

  private static func listed(_ names: [String]) -> String {
    names.count <= 6
      ? names.joined(separator: ", ")
      : names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
  }
}
