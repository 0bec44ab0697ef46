/// The values of one scope by name while it is being resolved.
struct ValueTable {
  var values: [Scope.Value] = []
  var index: [String: Int] = [:]
  var inputs: [Int] = []
  /// Outer names captured so far, in the order of their values.
  var captured: [String] = []
  var declarations: [String: GraphDraft.Declaration] = [:]

  /// Makes room for so many values.
  mutating func reserve(_ count: Int) {
    values.reserveCapacity(count)
    index.reserveCapacity(count)
  }

  func origin(_ name: String) -> Scope.Value.Origin? { index[name].map { values[$0].origin } }

  /// Adds a value unless the name is taken; returns whether it was added.
  mutating func add(_ name: String, _ origin: Scope.Value.Origin) -> Bool {
    if let first = index.updateValue(values.count, forKey: name) {
      index[name] = first
      return false
    }
    values.append(Scope.Value(name: name, origin: origin, declared: declarations[name]))
    return true
  }

  /// The value of that name here, capturing it from a scope around when it is visible there.
  mutating func find(_ name: String, around: [Set<String>]) -> Int? {
    if let found = index[name] { return found }
    guard around.contains(where: { $0.contains(name) }) else { return nil }
    _ = add(name, .captured(captured.count))
    captured.append(name)
    return index[name]
  }
}

extension Scope {
  /// Replaces positions in the list of captured names by positions in the scope around.
  func rebasingCaptures(_ position: (String) -> Int?) -> Scope {
    var scope = self
    for index in scope.values.indices {
      if case .captured = scope.values[index].origin, let outer = position(scope.values[index].name) {
        scope.values[index].origin = .captured(outer)
      }
    }
    return scope
  }
}

/// Gives every node, or every value, a name of its own.
struct NodeNames {
  private var taken: Set<String> = []
  /// The last number tried for a name, so that many nodes of one name do not take quadratic time.
  private var lastNumber: [String: Int] = [:]

  /// Makes room for so many names.
  mutating func reserve(_ count: Int) { taken.reserveCapacity(taken.count + count) }

  mutating func reserve(_ name: String) { taken.insert(name) }

  /// The name itself where it is free, else with a number; unnamed nodes are called after their type.
  mutating func unique(_ name: String, type: String, index: Int) -> String {
    unique(name.isEmpty ? "\(type)_\(index)" : name)
  }

  mutating func unique(_ wanted: String) -> String {
    if taken.insert(wanted).inserted { return wanted }
    var number = (lastNumber[wanted] ?? 1) + 1
    while !taken.insert("\(wanted)#\(number)").inserted { number += 1 }
    lastNumber[wanted] = number
    return "\(wanted)#\(number)"
  }
}
