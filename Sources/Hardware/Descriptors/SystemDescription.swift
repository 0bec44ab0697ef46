import Rules

/// A system's description with the hosts and cards that it names in place: every figure with its source.
public struct SystemDescription: Sendable, Hashable {
  /// One figure.
  public struct Figure: Sendable, Hashable {
    /// For example `host.dramGigabytesPerSecond`, `card.cores` or, where there are several kinds, `cards[1].cores`.
    public var path: String
    /// As it would be typed.
    public var value: String
    /// Empty where the description does not say.
    public var source: String
    public var isAssumed: Bool
  }

  /// The built-in name or the file, for messages.
  public let file: String
  private var root: JSONValue

  /// - Throws: Every problem in the description and in what it refers to.
  init(_ value: JSONValue, file: String, library: DescriptorLibrary) throws(SystemError) {
    self.file = file
    // Problems are located where they stand, before anything is moved.
    _ = try SystemDescriptor(value, file: file, library: library)
    root = value
    root["host"] = try library.inPlace(value["host"], hosts: true)?.withFamilyInPlace
    guard case .array(var groups) = value["cards"] else { return }
    for index in groups.indices {
      groups[index]["card"] = try library.inPlace(groups[index]["card"], hosts: false)?.withFamilyInPlace
    }
    root["cards"] = .array(groups)
  }

  /// The system; see ``SystemCatalog/system(_:cards:)``.
  public func system(cards: Int? = nil) throws(SystemError) -> System {
    try SystemDescriptor(root, file: file, library: DescriptorLibrary(folder: nil)).system(cards: cards)
  }

  /// A system file that needs no other: reading it gives the same system.
  public var json: String { root.text() + "\n" }

  /// All figures: of the host, of the cards, of what they share.
  public var figures: [Figure] {
    leaves.map { leaf in
      Figure(
        path: shown(leaf.path), value: leaf.plain.typed, source: leaf.source ?? "", isAssumed: leaf.isAssumed)
    }
  }

  /// The description with one figure changed.
  ///
  /// - Throws: `badRequest` for a path that is not there, with those nearest to it, and for a value that the figure cannot
  ///   have.
  public func changed(by change: FigureChange) throws(SystemError) -> SystemDescription {
    let wanted = Self.normalised(change.path)
    let matching = leaves.filter { leaf in
      let path = Self.normalised(leaf.path)
      return path == wanted || Self.ofEveryCard(path) == wanted
    }
    func failure(_ message: String) -> SystemError {
      SystemError(
        category: .badRequest, finding: SystemFinding(file: file, field: change.path, message: message))
    }
    if matching.isEmpty {
      throw failure("no figure has this path; near are " + nearest(to: wanted).joined(separator: ", "))
    }
    var result = self
    for leaf in matching {
      guard let value = change.value(like: leaf.plain) else {
        throw failure("'\(change.value)' is not \(leaf.plain.kind), as \(leaf.plain.typed) is")
      }
      result.root.replace(
        leaf.keys[...],
        by: .object(["value": value, "source": .string(FigureChange.source), "assumed": .bool(true)]))
    }
    do { _ = try result.system() } catch {
      throw SystemError(category: .badRequest, findings: error.findings)
    }
    return result
  }

  /// The description with figures of classes of operators set, on the host or on every card of a model.
  ///
  /// - Parameter source: Where they come from.
  /// - Throws: `badRequest` where figures are out of range.
  public func setting(
    _ classes: [OperatorClass: ClassFigures], ofCards model: String?, source: String
  ) throws(SystemError) -> SystemDescription {
    var result = self
    if let model {
      guard case .array(var groups) = root["cards"] else { return self }
      for index in groups.indices where groups[index]["card"]?["model"]?.plain.string == model {
        groups[index]["card"] = groups[index]["card"]?.setting(classes, source: source)
      }
      result.root["cards"] = .array(groups)
    } else {
      result.root["host"] = root["host"]?.setting(classes, source: source)
    }
    do { _ = try result.system() } catch {
      throw SystemError(category: .badRequest, findings: error.findings)
    }
    return result
  }

  /// The description without figures of classes of operators: what is known of most.
  public var withoutClasses: SystemDescription {
    var result = self
    result.root["host"]?["classes"] = nil
    guard case .array(var groups) = root["cards"] else { return result }
    for index in groups.indices { groups[index]["card"]?["classes"] = nil }
    result.root["cards"] = .array(groups)
    return result
  }

  // MARK: Paths

  private struct Leaf {
    /// From the root: names of fields, and positions in lists.
    var keys: [JSONValue.Key]
    var plain: JSONValue
    var source: String?
    var isAssumed: Bool

    var path: String {
      keys.reduce(into: "") { path, key in
        switch key {
        case .name(let name): path += path.isEmpty ? name : ".\(name)"
        case .position(let index): path += "[\(index)]"
        }
      }
    }
  }

  /// Names and prose are no figures.
  private static let words: Set<String> = ["name", "model", "description"]

  private var leaves: [Leaf] {
    var leaves: [Leaf] = []
    func collect(_ value: JSONValue, _ keys: [JSONValue.Key]) {
      switch value {
      case .object(let fields):
        if let plain = fields["value"] {
          leaves.append(
            Leaf(
              keys: keys, plain: plain, source: fields["source"]?.string,
              isAssumed: fields["assumed"] == .bool(true)))
          return
        }
        let order = fields.keys.filter { !Self.words.contains($0) }.sorted { a, b in
          (rank(a), a) < (rank(b), b)
        }
        for name in order { fields[name].map { collect($0, keys + [.name(name)]) } }
      case .array(let entries) where keys == [.name("cards")]:
        for (index, entry) in entries.enumerated() { collect(entry, keys + [.position(index)]) }
      default: leaves.append(Leaf(keys: keys, plain: value, source: nil, isAssumed: false))
      }
    }
    /// The host first, then the cards.
    func rank(_ name: String) -> Int { name == "host" ? 0 : name == "cards" ? 1 : 2 }
    collect(root, [])
    return leaves
  }

  /// The path as it is shown: without the level between a group of cards and the card.
  private func shown(_ path: String) -> String {
    let path = Self.normalised(path)
    guard case .array(let groups) = root["cards"], groups.count == 1 else { return path }
    return Self.ofEveryCard(path)
  }

  /// `cards[0].card.cores` as `cards[0].cores`, `cards[*].cores` as `card.cores`, and no case.
  private static func normalised(_ path: String) -> String {
    var parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.last == "value" { parts.removeLast() }
    if parts.count > 2, parts[0].hasPrefix("cards"), parts[1] == "card" { parts.remove(at: 1) }
    if parts.count > 1, parts[0] == "cards" || parts[0] == "cards[*]" { parts[0] = "card" }
    return parts.joined(separator: ".")
  }

  /// `cards[1].cores` as `card.cores`.
  private static func ofEveryCard(_ path: String) -> String {
    guard path.hasPrefix("cards["), let end = path.firstIndex(of: "]") else { return path }
    return "card" + path[path.index(after: end)...]
  }

  private static let mostNear = 5

  /// The paths, or their last parts, whose beginnings take the fewest changes to become `path`.
  private func nearest(to path: String) -> [String] {
    let wanted = Array(path.lowercased())
    let last = Array(path.split(separator: ".").last.map { $0.lowercased() } ?? "")
    let ranked = figures.map(\.path).enumerated().map { index, known in
      let name = Array(known.split(separator: ".").last.map { $0.lowercased() } ?? "")
      let distance = min(
        EditDistance.toBeginning(wanted, of: Array(known.lowercased())),
        EditDistance.toBeginning(last, of: name) + 1)
      return (distance: distance, index: index, path: known)
    }
    return ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(Self.mostNear).map(
      \.path)
  }
}

extension DescriptorLibrary {
  /// What a name stands for; what is described in place stays.
  fileprivate func inPlace(_ value: JSONValue?, hosts: Bool) throws(SystemError) -> JSONValue? {
    guard case .string(let name) = value,
      let (text, file) = try text(name, among: hosts ? BuiltInDescriptors.hosts : BuiltInDescriptors.cards)
    else { return value }
    return try JSONValue.parse(text, file: file)
  }
}

extension JSONValue {
  /// A step from a value to one inside it.
  enum Key: Sendable, Hashable {
    case name(String)
    case position(Int)
  }

  /// A field of an object; `nil` where there is none.
  subscript(name: String) -> JSONValue? {
    get { if case .object(let fields) = self { fields[name] } else { nil } }
    set {
      guard case .object(var fields) = self else { return }
      fields[name] = newValue
      self = .object(fields)
    }
  }

  /// Without its source.
  fileprivate var plain: JSONValue { self["value"] ?? self }

  /// With the figures and classes of the family that it names in place of the name.
  fileprivate var withFamilyInPlace: JSONValue {
    get throws(SystemError) {
      guard let name = self["family"]?.plain.string else { return self }
      var result = completedByFamily
      result["family"] = nil
      var classes = try DescriptorLibrary.familyClasses(name)
      if case .object(let own) = self["classes"] { for (key, value) in own { classes[key] = value } }
      result["classes"] = classes
      return result
    }
  }

  fileprivate func setting(_ figures: [OperatorClass: ClassFigures], source: String) -> JSONValue {
    var result = self
    var classes = self["classes"] ?? .object([:])
    for (kind, figures) in figures { classes[kind.rawValue] = figures.described(source: source) }
    result["classes"] = classes
    return result
  }

  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }

  /// A figure as it would be typed.
  fileprivate var typed: String {
    switch self {
    case .array(let entries): entries.map(\.typed).joined(separator: ",")
    case .string(let text): text
    default: text()
    }
  }

  /// Puts `value` where `keys` lead.
  fileprivate mutating func replace(_ keys: ArraySlice<Key>, by value: JSONValue) {
    switch keys.first {
    case nil: self = value
    case .name(let name): self[name]?.replace(keys.dropFirst(), by: value)
    case .position(let index):
      guard case .array(var entries) = self, entries.indices.contains(index) else { return }
      entries[index].replace(keys.dropFirst(), by: value)
      self = .array(entries)
    }
  }
}
