/// Comparisons of an ensemble of decision trees (`ai.onnx.ml`), and products of support vectors and linear models.
enum EnsembleWork {
  /// For each row one comparison a level of each tree, along its longest way: which way a row takes depends on data.
  ///
  /// `nil` where the attributes do not say what the trees are.
  @Sendable static func comparisons(_ node: NodeContext, output: TensorFact) -> Int? {
    let levels =
      node.type == "TreeEnsemble"
      ? levelsByPosition(node.node.attributes) : levelsByName(node.node.attributes)
    return levels.flatMap { levels in rows(node).map { Saturating.product($0, levels) } }
  }

  /// A product of each row with each support vector, or with the coefficients of each class; `nil` where neither is given.
  @Sendable static func supportProducts(_ node: NodeContext, output: TensorFact) -> Int? {
    let figures = ["support_vectors", "coefficients"].compactMap { floats(node, $0)?.count }
    return figures.max().flatMap { figure in rows(node).map { Saturating.product($0, figure) } }
  }

  /// One product a coefficient of a linear model and row; `nil` where it has no coefficients.
  @Sendable static func linearProducts(_ node: NodeContext, output: TensorFact) -> Int? {
    floats(node, "coefficients").flatMap { values in rows(node).map { Saturating.product($0, values.count) } }
  }

  /// A vector is one row.
  static func rows(_ node: NodeContext) -> Int? {
    node.shape(0).map { $0.count == 1 ? 1 : $0.first ?? 1 }
  }

  private static func floats(_ node: NodeContext, _ name: String) -> [Double]? {
    if case .floats(let values)? = node.node.attributes[name], !values.isEmpty { values } else { nil }
  }

  /// Nodes of trees are named by tree and number; the first of each tree is its root.
  private static func levelsByName(_ attributes: [String: Attribute]) -> Int? {
    guard let trees = ints(attributes, "nodes_treeids"), let names = ints(attributes, "nodes_nodeids"),
      let yes = ints(attributes, "nodes_truenodeids"), let no = ints(attributes, "nodes_falsenodeids"),
      case .strings(let modes)? = attributes["nodes_modes"],
      [names.count, yes.count, no.count, modes.count].allSatisfy({ $0 == trees.count })
    else { return nil }
    var position: [[Int]: Int] = [:]
    var roots: [Int] = []
    var known: Set<Int> = []
    for index in trees.indices {
      position[[trees[index], names[index]]] = index
      if known.insert(trees[index]).inserted { roots.append(index) }
    }
    return levels(from: roots, count: trees.count) { index in
      modes[index] == "LEAF"
        ? nil : [yes[index], no[index]].map { position[[trees[index], $0]] }
    }
  }

  /// Nodes are named by their position; a flag tells whether what follows is a leaf.
  private static func levelsByPosition(_ attributes: [String: Attribute]) -> Int? {
    guard let roots = ints(attributes, "tree_roots"), let yes = ints(attributes, "nodes_truenodeids"),
      let no = ints(attributes, "nodes_falsenodeids"), let yesIsLeaf = ints(attributes, "nodes_trueleafs"),
      let noIsLeaf = ints(attributes, "nodes_falseleafs"),
      [no.count, yesIsLeaf.count, noIsLeaf.count].allSatisfy({ $0 == yes.count })
    else { return nil }
    return levels(from: roots.filter(yes.indices.contains), count: yes.count) { index in
      [yesIsLeaf[index] == 0 ? yes[index] : nil, noIsLeaf[index] == 0 ? no[index] : nil].map {
        $0.flatMap { yes.indices.contains($0) ? $0 : nil }
      }
    }
  }

  /// The comparisons on the longest way from each root, added up.
  ///
  /// - Parameter branches: What follows a node, `nil` for a leaf; `nil` for a node that is a leaf itself.
  private static func levels(from roots: [Int], count: Int, branches: (Int) -> [Int?]?) -> Int {
    var isSeen = [Bool](repeating: false, count: count)
    var sum = 0
    for root in roots {
      var deepest = 0
      var open = [(index: root, depth: 1)]
      while let (index, depth) = open.popLast() {
        // A node of two ways, or of a circle, counts once.
        guard !isSeen[index], let next = branches(index) else { continue }
        isSeen[index] = true
        deepest = max(deepest, depth)
        open += next.compactMap { $0.map { (index: $0, depth: depth + 1) } }
      }
      sum += deepest
    }
    return sum
  }

  private static func ints(_ attributes: [String: Attribute], _ name: String) -> [Int]? {
    if case .ints(let values)? = attributes[name] { values } else { nil }
  }
}
