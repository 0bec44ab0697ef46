import Graph
import Rules

/// Embedding tables without a model: `name,rows,dim,lookups,bytes,skew` in CSV, the same in JSON, or TorchRec's `ModelArch`.
///
/// Needed are `rows` and `dim`. Further columns: `lookups`, on average a sample and feature (1); `max_lookups`, what a sample
/// is padded to (the average rounded up); `bytes` of an element, or of the whole table (4); `features` that share the table (1);
/// `pooling`: `sum`, `mean` or `none` (sum); `skew`, Zipf's exponent of the look-ups over rows.
struct TableSheet {
  /// One table.
  struct Table {
    var name: String
    var rows: Int
    var dimension: Int
    /// On average, of a sample and feature.
    var lookups: Double
    /// What a sample and feature are padded to.
    var maximumLookups: Int
    var type: ElementType
    var features: Int
    var isPooled: Bool
    /// Zipf's exponent of its look-ups over rows; `nil` where the sheet does not say.
    var skew: Double?
  }

  enum Column: String, SheetColumn {
    case name, rows, dim, lookups
    case maximumLookups = "max_lookups"
    case bytes, features, pooling, skew, type

    static let aliases: [String: Column] = [
      "table": .name, "num_embeddings": .rows, "hash_size": .rows, "vocabulary": .rows, "vocab_size": .rows,
      "embedding_dim": .dim, "dimension": .dim, "width": .dim, "pooling_factor": .lookups,
      "average_lookups": .lookups, "padded_lookups": .maximumLookups, "bytes_per_element": .bytes,
      "element_bytes": .bytes, "feature_names": .features, "num_features": .features,
      "pooling_type": .pooling, "alpha": .skew, "data_type": .type, "dtype": .type,
    ]

    static let passedOver: Set<String> = [
      "weight_init_max", "weight_init_min", "init_fn", "use_virtual_table",
    ]
  }

  private static let mostRows = 1 << 48
  private static let mostColumns = 1 << 20
  private static let mostLookups = 1 << 20

  private(set) var tables: [Table] = []
  private(set) var notes: [String] = []

  /// - Throws: every problem found, with line and column.
  init(_ bytes: [UInt8]) throws(FormatError) {
    var sheet = Sheet<Column>(bytes, list: "tables")
    let names = sheet.names(.name, prefix: "table_")
    for (name, row) in zip(names, sheet.rows) {
      let rows = sheet.required(sheet.whole(.rows, row, in: 1...Self.mostRows), .rows, row)
      let width = sheet.required(sheet.whole(.dim, row, in: 1...Self.mostColumns), .dim, row)
      let pooling = Self.pooling(row, &sheet)
      let lookups = sheet.number(.lookups, row, atMost: Double(Self.mostLookups)) ?? pooling.lookups ?? 1
      let padded = sheet.whole(.maximumLookups, row, in: 1...Self.mostLookups)
      if let padded, Double(padded) < lookups {
        sheet.problem(row, .maximumLookups, "\(padded) is below the average of \(lookups)")
      }
      let features = sheet.whole(.features, row, in: 1...1024) ?? 1
      let skew = sheet.number(.skew, row, atMost: 100)
      guard let rows, let width, let type = Self.type(row, rows: rows, width: width, &sheet) else { continue }
      tables.append(
        Table(
          name: name, rows: rows, dimension: width, lookups: lookups,
          maximumLookups: padded ?? max(1, Int(lookups.rounded(.up))), type: type, features: features,
          isPooled: pooling.isPooled, skew: skew))
    }
    guard sheet.problems.isEmpty else { throw FormatError(findings: sheet.problems) }
    if !sheet.has(.lookups), !sheet.has(.pooling) {
      notes.append("lookups: not given, so each table is looked up once a sample")
    }
  }

  /// How rows are summed; a number stands for the look-ups that are.
  private static func pooling(
    _ row: Sheet<Column>.Row, _ sheet: inout Sheet<Column>
  ) -> (isPooled: Bool, lookups: Double?) {
    guard let text = sheet.text(.pooling, row) else { return (true, nil) }
    switch text.lowercased().split(separator: ".").last.map(String.init) ?? text {
    case "sum", "mean": return (true, nil)
    case "none": return (false, nil)
    default:
      if Double(text) != nil { return (true, sheet.number(.pooling, row, atMost: Double(mostLookups))) }
      sheet.problem(row, .pooling, "'\(NameText.shown(text))' is not known; known are sum, mean, none")
      return (true, nil)
    }
  }

  private static let types: [(words: Set<String>, bytes: Double, type: ElementType)] = [
    (["fp32", "float32", "float", "f32"], 4, .float32), (["fp16", "float16", "half", "f16"], 2, .float16),
    (["bf16", "bfloat16"], 2, .bfloat16), (["int8", "uint8", "i8"], 1, .int8),
    (["fp8", "float8"], 1, .float8),
    (["int4", "uint4"], 0.5, .int4), (["fp64", "float64", "double"], 8, .float64),
  ]

  /// The type of `data_type`, or of so many bytes an element, or in all: a scale and a bias a row of up to 8 bytes beside.
  private static func type(
    _ row: Sheet<Column>.Row, rows: Int, width: Int, _ sheet: inout Sheet<Column>
  ) -> ElementType? {
    if let word = sheet.text(.type, row) {
      let last = word.lowercased().split(separator: ".").last.map(String.init) ?? ""
      if let known = types.first(where: { $0.words.contains(last) }) { return known.type }
      let words = types.flatMap { $0.words.sorted().prefix(1) }.joined(separator: ", ")
      sheet.problem(row, .type, "'\(NameText.shown(word))' is not a type of tables; known are \(words)")
      return nil
    }
    guard let text = sheet.text(.bytes, row) else { return .float32 }
    guard let bytes = sheet.number(.bytes, row, atMost: 0x1p60) else { return nil }
    let elements = Double(rows) * Double(width)
    let known = types.first { known in
      bytes == known.bytes
        || bytes > 8 && bytes >= elements * known.bytes && bytes <= elements * known.bytes + 8 * Double(rows)
    }
    if known == nil {
      sheet.problem(
        row, .bytes,
        "'\(text)' is neither the bytes of an element (0.5, 1, 2, 4 or 8) nor those of \(rows) rows of \(width)"
      )
    }
    return known?.type
  }
}
