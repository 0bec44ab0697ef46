import Graph

/// Gives dynamic dimensions the sizes the caller bound them to, and remembers those that are not bound.
struct DimensionBinder {
  /// What errors about unbound dimensions name as their field.
  static let field = "dim"

  private let bindings: [String: Int]
  private(set) var used: Set<String> = []
  /// Unbound names of leading axes of inputs, in order of appearance, without expressions.
  private(set) var openLeadingNames: [String] = []
  /// Inputs whose dimension is bound to what no dimension can be.
  private var impossible: [Finding] = []
  /// Unbound names in order of appearance, with the places they occur at.
  private var unbound: [(name: String, places: [String])] = []
  private var positionOfUnbound: [String: Int] = [:]
  /// Unbound names by the value that has them, for values whose shape may yet be inferred.
  private var openValues: [String: [String]] = [:]

  init(_ bindings: [String: Int]) {
    self.bindings = bindings
  }

  /// A dimension as the file states it.
  enum Dimension {
    case size(Int)
    case name(String)
    /// Neither a size nor a name.
    case unnamed
  }

  /// Whether the name of a leading axis leaves open that it is the batch: it says so, or was made up by an exporter, which
  /// calls the same size otherwise at each input (`unk__12` by tf2onnx, `s0` by torch's dynamo, `x_dynamic_axes_1` by its
  /// tracer, `DynamicDimension.0` by Paddle). One such as `sequence` says that it is not.
  static func mayBeBatch(_ name: String) -> Bool {
    if name.hasSuffix(":0") || name.lowercased().contains("batch") { return true }
    let stem = name.prefix { !$0.isNumber }
    let isNumbered = stem.count < name.count && name.dropFirst(stem.count).allSatisfy(\.isNumber)
    return isNumbered
      && (["unk__", "s", "DynamicDimension."].contains(stem) || stem.hasSuffix("_dynamic_axes_"))
  }

  /// The shape of an input that declares none, from bindings `value:0`, `value:1` and on; `nil` when there are none, in
  /// which case it counts as unbound.
  mutating func shape(ofUndeclared value: String) -> [Int]? {
    var shape: [Int] = []
    while let size = bindings["\(value):\(shape.count)"] {
      used.insert("\(value):\(shape.count)")
      shape.append(size)
    }
    guard shape.isEmpty else { return shape }
    add("\(value):0", place: "input '\(value)', which declares no shape: bind every axis of it")
    return nil
  }

  /// The size of one dimension; `nil` when it is not known.
  ///
  /// - Parameter isInput: graph inputs must be bound by the caller; other values may be inferred.
  mutating func bind(_ dimension: Dimension, value: String, axis: Int, isInput: Bool) -> Int? {
    if case .size(let size) = dimension, !isInput || bindings.isEmpty { return size }
    let position = "\(value):\(axis)"
    if isInput, let size = bindings[position] {
      used.insert(position)
      return size
    }
    let name: String
    switch dimension {
    case .size(let size): return size
    // What nobody named and nobody feeds can only be inferred.
    case .unnamed where !isInput && bindings[position] == nil: return nil
    case .unnamed: name = position
    case .name(let given): name = given
    }
    switch DimensionExpression.evaluate(name, bindings) {
    case .known(let size, let names):
      used.formUnion(names)
      return size
    case .unbound(let names, let bound):
      used.formUnion(bound)
      if isInput, axis == 0, names == [name], !openLeadingNames.contains(name) {
        openLeadingNames.append(name)
      }
      for name in names { note(name, value: value, axis: axis, isInput: isInput) }
      return nil
    case .impossible(let result, let names):
      used.formUnion(names)
      if isInput { refuse(name, result, names, value: value, axis: axis) }
      return nil
    }
  }

  private mutating func refuse(
    _ text: String, _ result: Rational?, _ names: [String], value: String, axis: Int
  ) {
    let given = names.map { "\($0)=\(bindings[$0] ?? 0)" }.joined(separator: " ")
    let outcome = result.map { "is \($0), which is no size" } ?? "cannot be computed"
    impossible.append(
      Finding(.error, "axis \(axis) of the input, '\(text)', \(outcome) with \(given)", field: value))
  }

  private mutating func note(_ name: String, value: String, axis: Int, isInput: Bool) {
    guard isInput else {
      openValues[value, default: []].append(name)
      return
    }
    add(name, place: "input '\(value)' axis \(axis)")
  }

  private mutating func add(_ name: String, place: String) {
    if let position = positionOfUnbound[name] {
      unbound[position].places.append(place)
    } else {
      positionOfUnbound[name] = unbound.count
      unbound.append((name, [place]))
    }
  }

  /// One error that lists every unbound name of the graph's inputs and where it occurs.
  var problem: Finding? {
    guard !unbound.isEmpty else { return nil }
    let shown = 6
    let list = unbound.map { name, places in
      let more = places.count > shown ? ["and \(places.count - shown) more places"] : []
      return "'\(name)' (\((places.prefix(shown) + more).joined(separator: ", ")))"
    }
    let advice = unbound.map { "--dim \(ShellText.quoted("\($0.name)=N"))" }.joined(separator: " ")
    let count = unbound.count == 1 ? "1 dynamic dimension is" : "\(unbound.count) dynamic dimensions are"
    return Finding(
      .error, "\(count) not bound: \(list.joined(separator: "; ")); give sizes: \(advice)",
      field: Self.field)
  }

  /// Unbound names of the graph's inputs, in order of appearance.
  var unboundNames: [String] { unbound.map(\.name) }

  /// Adds what inference needs as well: the trip counts of loops whose state grows.
  mutating func noteOpen(loops: [OpenLoop]) {
    for loop in loops where loop.isGrowing {
      add(loop.tripName, place: "the trip count of Loop '\(loop.name)', whose state grows with every pass")
    }
  }

  /// What would give values their shapes that inference left without one: sizes that the model names, but no input has.
  /// They need not be given.
  func hints(values: [String]) -> [Finding] {
    values.compactMap { value in
      guard let names = openValues[value] else { return nil }
      let advice = names.map { "--dim \(ShellText.quoted("\($0)=N"))" }.joined(separator: " ")
      return Finding(
        .note,
        "its shape cannot be inferred; where you know it, give the sizes that the model names: \(advice)",
        field: value)
    }
  }

  /// Trip counts of loops among the bindings.
  var tripCounts: [String: Int] { bindings.filter { $0.key.hasSuffix(OpenLoop.tripSuffix) } }

  mutating func noteUsed(_ names: some Sequence<String>) { used.formUnion(names) }

  /// Warnings for bindings that name nothing in the model.
  func unusedBindings() -> [Finding] {
    bindings.keys.sorted().filter { !used.contains($0) }.map {
      Finding(
        .warning, "no dimension of the model is called '\($0)'; --dim \(ShellText.quoted($0)) has no effect",
        field: Self.field)
    }
  }

  /// Errors for sizes that no dimension can have.
  func impossibleBindings() -> [Finding] {
    bindings.sorted { $0.key < $1.key }.filter { $0.value < 0 }.map {
      Finding(
        .error, "dimension '\($0.key)' is bound to \($0.value); a size must not be negative",
        field: Self.field)
    } + impossible
  }
}
