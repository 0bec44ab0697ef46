extension GraphStatistics {
  /// A page for people: totals first, then operators by type, tables, the largest operators and findings.
  public var text: String {
    var lines = ["\(NameText.shown(name)): \(nodes) nodes, \(operators) operators after folding", ""]
    if let incomplete { lines += ["  \(incomplete)", ""] }
    lines += totals
    lines += ["", "Operators by type"]
    lines += TextTable.render(
      [["type", "count", "operations"]]
        + operatorsByType.map {
          [NameText.shown($0.type), "\($0.count)", $0.isOpen ? "?" : Quantity.count($0.operations)]
        })
    if !embeddingTables.isEmpty { lines += ["", "Embedding tables"] + tableLines }
    if !largestOperators.isEmpty {
      lines += ["", "Largest operators"]
      lines += TextTable.render(
        [["name", "type", "operations", "weights"]]
          + largestOperators.map {
            [
              NameText.shown($0.name), NameText.shown($0.type), Quantity.count($0.operations),
              Quantity.bytes($0.weightBytes),
            ]
          })
    }
    if !findings.isEmpty { lines += ["", "Findings"] + findings.map { "  \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A figure that depends on the sizes of dimensions.
  private func open(_ figure: String) -> String { hasUnknownSizes ? "?" : figure }

  private var totals: [String] {
    var rows = [
      ["parameters", Quantity.count(parameters)],
      ["weights", Quantity.bytes(weightBytes)],
    ]
    if !embeddingTables.isEmpty {
      rows.append([
        "in tables",
        "\(Quantity.count(embeddingParameters)) parameters, \(Quantity.bytes(embeddingBytes)), "
          + "\(embeddingTables.count) \(embeddingTables.count == 1 ? "table" : "tables")",
      ])
    }
    rows += [
      [
        "operations",
        "\(open(Quantity.count(macFlops))) matrix, \(open(Quantity.count(vectorFlops))) vector per batch",
      ],
      [
        "activations",
        "\(open(Quantity.bytes(activationBytes))) written, \(open(Quantity.bytes(peakActivationBytes))) at peak",
      ],
      ["inputs", open(Quantity.bytes(inputBytes))],
      ["outputs", open(Quantity.bytes(outputBytes))],
      [
        "intensity",
        "\(open(Quantity.rounded(arithmeticIntensity))) operations per byte of weights and activations",
      ],
    ]
    if let states, let stateBytes {
      rows.append([
        "states",
        "\(states) of the inputs or outputs, \(open(Quantity.bytes(stateBytes))), come back in the next request and stay on a device",
      ])
    }
    if let batch { rows.append(["batch", "\(batch)"]) }
    if let budget = latencyBudgetMilliseconds {
      rows.append(["latency budget", "\(Quantity.rounded(budget)) ms"])
    }
    if let provenance { rows.append(["provenance", provenance]) }
    return TextTable.render(rows)
  }

  /// The largest tables, and the rest as one line.
  private var tableLines: [String] {
    let shown = 12
    let sorted = embeddingTables.enumerated()
      .sorted { ($1.element.bytes, $0.offset) < ($0.element.bytes, $1.offset) }.map(\.element)
    let header = ["name", "rows", "width", "type", "bytes", "look-ups", "at most"]
    let lines = TextTable.render(
      [header]
        + sorted.prefix(shown).map {
          [
            NameText.shown($0.name), Quantity.count($0.rows), "\($0.dimension)", $0.type,
            Quantity.bytes($0.bytes),
            Quantity.rounded($0.averageLookups), "\($0.maximumLookups)",
          ]
        })
    let rest = sorted.dropFirst(shown)
    guard !rest.isEmpty else { return lines }
    let bytes = rest.reduce(0) { Saturating.sum($0, $1.bytes) }
    return lines + ["  and \(rest.count) smaller ones of \(Quantity.bytes(bytes)) together"]
  }
}
