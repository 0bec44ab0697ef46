import CostModel
import Graph
import Hardware
import Modeling
import Placement
import Plan

/// A bound for cards of several kinds, as an integer program over the site of every operator and table.
///
/// Sets: nodes v, each at the host, at pools p of alike cards, or copied; tensors f with maker m(f) and readers R(f); rows r of
/// load, summed over the n(p) cards of a pool.
///
///     h[v,a], s[v,p,a]       alternative a of v is taken on the host, or on one card of pool p; binary, but for tables that
///                            may lie in parts, where a binary t[v,p] >= sum_a s[v,p,a] says that a part is there
///     q[p] >= 0              the part of the requests that the replicas of pool p serve;  sum_p q = 1
///     w[v,p,a] >= 0          the same of copies of v: sum_a w = q[p] where v is copied, which is binary, else 0
///     x[v,p] = sum_a s + w   what pool p has of v;  x[v,host] = sum_a h
///     i[f,p], o[f,p] >= 0    what goes over the links of the pool;  i[f] and o[f] over the uplink
///     c[p] in [0,1]          a command goes each way; with the reader of look-ups there are two in: indices, then results
///
///     minimise T, or weights of busy times for energy
///     sum_a h + sum_p x = 1                            every v
///     i[f,p] >= x[v,p] - x[m(f),p],  o[f,p] >= x[m(f),p] - x[v,p]    every f, p and v in R(f); the same for the host
///     with links of their own between cards, only what the host makes, or reads:
///     i[f,p] >= x[v,p] + x[m(f),host] - 1,  o[f,p] >= x[m(f),p] + x[v,host] - 1
///     c[p] >= x[v,p], t[v,p]                           every p and v between request and response; not with such links
///     load of r <= n(p) T,  memory within capacities
///
/// A copied table takes memory in each pool with w > 0, and what it loses of the accuracy once.
struct SiteProgram {
  private let choices: SiteChoices
  private var program: Program
  /// By pool: the part of the requests that its replicas serve.
  private let shares: [VariableID]
  /// By row: what is used.
  private var use: [LinearExpression]
  /// By node, then the host and each pool.
  private var present: [[LinearExpression]] = []
  /// By node and pool: whether it, or a part of it, is there by itself.
  private var parts: [[LinearExpression]] = []
  /// By node: where it may be and in which precision, with the variable that says how much of it is.
  private var options: [[Option]] = []
  /// Seconds that count as 1.
  private let scale: Double

  private struct Option {
    var site: PlacementSite
    var precision: Precision?
    var variable: VariableID
  }

  /// Nodes times sites at most: more take longer than they tell.
  private static let mostSites = 2000

  struct Answer {
    /// On the objective, seconds or joules; 0 where nothing was proven.
    var bound = 0.0
    /// What the program's best vector stands for, whether it fits or not.
    var placement: ModelPlacement?
    var ticks = 0
  }

  /// - Parameter enough: A bound this high is not raised further.
  static func solve(
    _ question: PlacementQuestion, solver: any MIPSolver, allowsSplits: Bool, enough: Double, workLimit: Int,
    isCancelled: @escaping @Sendable () -> Bool
  ) -> Answer {
    guard let choices = SiteChoices(question),
      choices.nodes.count * (choices.pools.count + 1) < mostSites
    else { return Answer() }
    var statement = SiteProgram(choices, allowsSplits: allowsSplits)
    return statement.solve(question, solver, enough: enough, workLimit: workLimit, isCancelled: isCancelled)
  }

  private init(_ choices: SiteChoices, allowsSplits: Bool) {
    self.choices = choices
    use = Array(repeating: LinearExpression(), count: choices.rows.count)
    var program = Program()
    shares = choices.pools.map { _ in program.addVariable(lower: 0, upper: 1) }
    program.addConstraint("", LinearExpression(shares.map { .init(1, $0) }), equals: 1)
    self.program = program
    // The longest thing that has to be somewhere gives the scale.
    scale = max(
      choices.nodes.map { node in
        (node.host + node.pools.flatMap(\.alternatives)).map { alternative in
          alternative.amounts.filter { choices.rows.loads.contains($0.row) }.map(\.value).max() ?? 0
        }.min() ?? 0
      }.max() ?? 0, choices.commandSeconds.max() ?? 0, 1e-12)
    for node in choices.nodes { add(node, allowsSplits: allowsSplits) }
    for flow in choices.flows { add(flow) }
    addCommands()
  }

  private mutating func add(_ node: SiteChoices.Node, allowsSplits: Bool) {
    let maySplit = node.isTable && allowsSplits
    func variable(_ kind: Program.Kind, _ program: inout Program) -> VariableID {
      program.addVariable(lower: 0, upper: 1, kind: kind)
    }
    var options: [Option] = []
    var sum = LinearExpression()
    var host = LinearExpression()
    for alternative in node.host {
      let chosen = variable(maySplit ? .continuous : .integer, &program)
      host.add(1, chosen)
      charge(alternative.amounts, chosen)
      options.append(.init(site: .host, precision: alternative.precision, variable: chosen))
    }
    var sites = [host]
    var parts: [LinearExpression] = []
    var copies = LinearExpression()
    var served: [LinearExpression] = []
    for (pool, site) in node.pools.enumerated() {
      var single = LinearExpression()
      var all = LinearExpression()
      var copy = LinearExpression()
      for alternative in site.alternatives {
        if site.maySingle {
          let chosen = variable(maySplit ? .continuous : .integer, &program)
          single.add(1, chosen)
          all.add(1, chosen)
          charge(alternative.amounts, chosen)
          options.append(
            .init(site: .card(choices.pools[pool].card), precision: alternative.precision, variable: chosen))
        }
        if site.mayCopy {
          let share = variable(.continuous, &program)
          copy.add(1, share)
          all.add(1, share)
          options.append(.init(site: .everyCard, precision: alternative.precision, variable: share))
          guard node.isTable else {
            charge(alternative.amounts, share)
            continue
          }
          // A copy takes its memory whatever part of the requests it serves.
          let isHere = variable(.integer, &program)
          program.addConstraint("", LinearExpression(isHere) - LinearExpression(share), lower: 0)
          let memory = choices.rows.memory(pool: pool)
          charge(alternative.amounts.filter { $0.row != memory }, share)
          charge(alternative.amounts.filter { $0.row == memory }, isHere)
        }
      }
      if maySplit, !single.terms.isEmpty {
        let part = variable(.integer, &program)
        program.addConstraint("", LinearExpression(part) - single, lower: 0)
        single = LinearExpression(part)
      }
      parts.append(single)
      sites.append(all)
      served.append(copy)
      copies = copies + copy
    }
    if !copies.terms.isEmpty {
      let isCopied = variable(.integer, &program)
      program.addConstraint("", copies - LinearExpression(isCopied), equals: 0)
      for (copy, share) in zip(served, shares) {
        program.addConstraint("", copy - LinearExpression(share), upper: 0)
        program.addConstraint("", copy - LinearExpression(share) - LinearExpression(isCopied), lower: -1)
      }
    }
    for site in sites { sum = sum + site }
    program.addConstraint("", sum, equals: 1)
    present.append(sites)
    self.parts.append(parts)
    self.options.append(options)
  }

  private mutating func charge(_ amounts: [BoundAmount], _ variable: VariableID) {
    for amount in amounts { use[amount.row].add(amount.value, variable) }
  }

  private mutating func add(_ flow: SiteChoices.Flow) {
    // The request is on the host, and so is whoever waits for the response.
    let outside = [LinearExpression(constant: 1)] + choices.pools.map { _ in LinearExpression() }
    let maker = flow.producer.map { present[$0] } ?? outside
    let readers = flow.readers.map { present[$0] } + (flow.isResponse ? [outside] : [])
    /// What of the tensor is where it is not in `from`, in any of `to`.
    func crossing(_ from: LinearExpression, _ to: [LinearExpression], _ program: inout Program) -> VariableID
    {
      let crossing = program.addVariable(lower: 0, upper: 1)
      for other in to { program.addConstraint("", LinearExpression(crossing) - other + from, lower: 0) }
      return crossing
    }
    let rows = choices.rows
    let out = program.addVariable(lower: 0, upper: 1)
    let back = program.addVariable(lower: 0, upper: 1)
    for reader in readers {
      program.addConstraint("", LinearExpression(out) - maker[0] + reader[0], lower: 0)
      program.addConstraint("", LinearExpression(back) + maker[0] - reader[0], lower: 0)
    }
    use[rows.row(.uplinkOut)].add(flow.uplinkOut, out)
    use[rows.row(.uplinkIn)].add(flow.uplinkIn, back)
    let isOfHostAlone = choices.hasPeerLinks
    for pool in choices.pools.indices {
      let notMade =
        isOfHostAlone ? LinearExpression(constant: 1) - maker[0] : maker[pool + 1]
      let into = crossing(notMade, readers.map { $0[pool + 1] }, &program)
      use[rows.row(.linkIn, pool: pool)].add(flow.into[pool], into)
      guard flow.producer != nil else { continue }
      let leaving = program.addVariable(lower: 0, upper: 1)
      for reader in readers {
        let notRead =
          isOfHostAlone ? LinearExpression(constant: 1) - reader[0] : reader[pool + 1]
        program.addConstraint("", LinearExpression(leaving) - maker[pool + 1] + notRead, lower: 0)
      }
      use[rows.row(.linkOut, pool: pool)].add(flow.outOf[pool], leaving)
      // Through the host's memory.
      guard !choices.isPeerToPeer else { continue }
      program.addConstraint("", LinearExpression(out) - LinearExpression(into), lower: 0)
      program.addConstraint("", LinearExpression(back) - LinearExpression(leaving), lower: 0)
    }
  }

  private mutating func addCommands() {
    let rows = choices.rows
    let any = program.addVariable(lower: 0, upper: 1)
    use[rows.row(.uplinkOut)].add(choices.uplinkCommandSeconds, any)
    use[rows.row(.uplinkIn)].add(choices.uplinkCommandSeconds, any)
    for pool in choices.pools.indices {
      let command = program.addVariable(lower: 0, upper: 1)
      let into = program.addVariable(lower: 0, upper: 2)
      use[rows.row(.linkIn, pool: pool)].add(choices.commandSeconds[pool], into)
      use[rows.row(.linkOut, pool: pool)].add(choices.commandSeconds[pool], command)
      program.addConstraint("", LinearExpression(into) - LinearExpression(command), lower: 0)
      if let reader = choices.reader {
        let indices = program.addVariable(lower: 0, upper: 1)
        let results = program.addVariable(lower: 0, upper: 1)
        program.addConstraint(
          "", LinearExpression(into) - LinearExpression(indices) - LinearExpression(results), lower: 0)
        for table in choices.read {
          let notSent =
            choices.hasPeerLinks
            ? LinearExpression(constant: 1) - present[table][0] : present[table][pool + 1]
          let away = present[reader][pool + 1] - notSent
          program.addConstraint("", LinearExpression(results) - away, lower: 0)
        }
        for table in choices.direct {
          program.addConstraint("", LinearExpression(indices) - parts[table][pool], lower: 0)
          program.addConstraint("", LinearExpression(indices) - present[table][pool + 1], lower: 0)
        }
      }
      // Over those links a card may be told and asked by others alone.
      for (node, entry) in choices.nodes.enumerated() where entry.isOnTheWay && !choices.hasPeerLinks {
        program.addConstraint("", LinearExpression(command) - present[node][pool + 1], lower: 0)
        program.addConstraint("", LinearExpression(command) - parts[node][pool], lower: 0)
      }
    }
    for (node, entry) in choices.nodes.enumerated() where entry.isOnTheWay {
      program.addConstraint("", LinearExpression(any) + present[node][0], lower: 1)
    }
  }

  private mutating func solve(
    _ question: PlacementQuestion, _ solver: any MIPSolver, enough: Double, workLimit: Int,
    isCancelled: @escaping @Sendable () -> Bool
  ) -> Answer {
    let (rows, weights) = (choices.rows, choices.weights)
    let unit = max(weights.bottleneck, weights.host, (weights.cards + weights.isOn).max() ?? 0, 1e-30)
    let bottleneck = program.addVariable("T")
    program.objective = LinearExpression([.init(weights.bottleneck / unit, bottleneck)])
    /// A time within another one, with a weight of its own.
    func time(_ weight: Double, within whole: VariableID, _ program: inout Program) -> VariableID {
      guard weight > 0 else { return whole }
      let time = program.addVariable()
      program.objective.add(weight / unit, time)
      program.addConstraint("", LinearExpression(time) - LinearExpression(whole), upper: 0)
      return time
    }
    func limit(_ row: Int, _ count: Double, _ time: VariableID, _ program: inout Program) {
      guard !use[row].terms.isEmpty else { return }
      program.addConstraint("", (1 / scale) * use[row] - count * LinearExpression(time), upper: 0)
    }
    let busy = time(weights.host, within: bottleneck, &program)
    limit(rows.row(.cores), 1, busy, &program)
    for row in [BoundRows.HostRow.dram, .uplinkIn, .uplinkOut] {
      limit(rows.row(row), 1, bottleneck, &program)
    }
    for (pool, entry) in choices.pools.enumerated() {
      let count = Double(entry.count)
      let isOn = time(count * weights.isOn[pool], within: bottleneck, &program)
      let busy = time(count * weights.cards[pool], within: isOn, &program)
      for row in BoundRows.CardRow.allCases {
        limit(rows.row(row, pool: pool), count, [.cores, .dense].contains(row) ? busy : isOn, &program)
      }
    }
    for (row, capacity) in zip(rows.memories, choices.capacities) where !use[row].terms.isEmpty {
      program.addConstraint("", (1 / max(1, capacity)) * use[row], upper: capacity / max(1, capacity))
    }
    guard
      let outcome = try? solver.solve(
        program,
        limits: SolveLimits(
          gap: 1e-3, workLimit: workLimit,
          cutoff: enough.isFinite ? enough / scale / unit * (1 + 1e-6) : nil, isCancelled: isCancelled))
    else { return Answer() }
    // Nothing is below the cutoff.
    if outcome.vector == .infeasible {
      return Answer(bound: enough.isFinite ? enough : 0, ticks: outcome.ticks)
    }
    let bound = outcome.bound * scale * unit * (1 - 1e-6)
    return Answer(
      bound: bound.isFinite ? max(0, min(bound, enough)) : 0,
      placement: outcome.values.isEmpty ? nil : placement(of: outcome.values, question), ticks: outcome.ticks)
  }

  /// Each node where most of it is; parts of a table and copies with unlike shares are gathered.
  ///
  /// - Returns: `nil` where cards that have something by themselves cannot run what is copied.
  private func placement(of values: [Double], _ question: PlacementQuestion) -> ModelPlacement? {
    let chosen = options.map { options in
      let sites = Dictionary(grouping: options, by: \.site).mapValues { options in
        options.reduce(0) { $0 + values[$1.variable.index] }
      }
      let most = options.max { sites[$0.site, default: 0] < sites[$1.site, default: 0] }
      return options.filter { $0.site == most?.site }.max {
        values[$0.variable.index] < values[$1.variable.index]
      }
    }
    let served = ServedLookups(graph: question.graph)
    var operators = question.graph.operators.map { _ in PlacementSite.host }
    var node = 0
    for op in operators.indices where served.table[op] == nil {
      operators[op] = chosen[node]?.site ?? .host
      node += 1
    }
    let tables = question.graph.embeddingTables.enumerated().map { index, table in
      let choice = chosen[node + index]
      return TablePlacement(
        format: TableFormat(precision: choice?.precision ?? question.tablePrecisions[0]), split: .whole,
        shards: [
          .init(site: choice?.site ?? .host, rows: 0..<table.rows, columns: 0..<table.dimension)
        ])
    }
    let copied = chosen.indices.filter { chosen[$0]?.site == .everyCard }
    let able = choices.pools.indices.filter { pool in
      copied.allSatisfy { !choices.nodes[$0].pools[pool].alternatives.isEmpty }
    }
    guard able.count < choices.pools.count else {
      return ModelPlacement(
        operators: operators, tables: tables, sparseCores: question.system.cards.map { _ in 0 })
    }
    // Copies are on the cards that can run all of them; the others idle.
    let used = able.flatMap { choices.pools[$0].alike }.sorted()
    let isApart = chosen.contains { choice in
      if case .card(let card) = choice?.site { !used.contains(card) } else { false }
    }
    return used.isEmpty || isApart
      ? nil
      : ModelPlacement(operators: operators, tables: tables, sparseCores: used.map { _ in 0 }, cards: used)
  }
}
