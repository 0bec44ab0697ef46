import Graph
import Rules

/// A model that is described by a sheet and not by a file of ONNX.
public struct SheetModel: Sendable {
  public let graph: Graph
  /// What the reader assumed.
  public let findings: [Finding]
  /// Times of layers that the sheet states.
  public let times: [LayerTime]
  /// Zipf's exponents of tables whose sheet states them.
  public let skews: [TableSkew]

  /// How the look-ups of one table are spread over its rows.
  public struct TableSkew: Sendable {
    public var table: String
    public var exponent: Double
  }

  /// One layer's seconds of a batch on all cores, as a sheet states them.
  public struct LayerTime: Sendable {
    public var layer: String
    public var cardSeconds: Double
    /// `nil` where the sheet does not say.
    public var hostSeconds: Double?
  }

  /// Items in a batch where the caller does not say.
  public static let usualBatch = 64

  /// Reads a sheet of tables; see ``TableSheet`` and ``DensePart``.
  ///
  /// - Parameters:
  ///   - name: what the model is called.
  ///   - dense: the dense part behind the tables; without one their pooled rows are the answer.
  ///   - batch: samples in a batch; `nil` for ``usualBatch``.
  /// - Throws: every problem found, with its file.
  public static func tables(
    _ bytes: [UInt8], file: String, name: String, dense: DensePart? = nil, batch: Int? = nil
  ) throws(SheetError) -> SheetModel {
    let sheet = try SheetError.located(file) { () throws(FormatError) in try TableSheet(bytes) }
    var model = TableGraph(name: name, batch: batch ?? usualBatch)
    let built = try model.build(sheet, dense, file: file)
    return SheetModel(
      graph: built.graph, findings: notes(sheet.notes, file, batch) + built.findings, times: [],
      skews: sheet.tables.compactMap { table in table.skew.map { .init(table: table.name, exponent: $0) } })
  }

  /// Reads a dense part.
  ///
  /// - Throws: every problem found, with its file.
  public static func dense(_ bytes: [UInt8], file: String) throws(SheetError) -> DensePart {
    try SheetError.located(file) { () throws(FormatError) in
      try JSONReader.read(bytes) { reader throws(FormatError) in try DensePart.read(&reader) }
    }
  }

  /// Reads a sheet of layers; see ``LayerSheet``. Its figures are of one batch, whatever its size.
  ///
  /// - Throws: every problem found, with its file.
  public static func layers(_ bytes: [UInt8], file: String, name: String) throws(SheetError) -> SheetModel {
    let sheet = try SheetError.located(file) { () throws(FormatError) in try LayerSheet(bytes) }
    return SheetModel(
      graph: LayerGraph(sheet.layers, name: name).graph,
      findings: notes(sheet.notes, file, nil, isBatched: false),
      times: sheet.layers.compactMap { layer in
        layer.cardSeconds.map { .init(layer: layer.name, cardSeconds: $0, hostSeconds: layer.hostSeconds) }
      }, skews: [])
  }

  private static func notes(
    _ notes: [String], _ file: String, _ batch: Int?, isBatched: Bool = true
  ) -> [Finding] {
    let assumed =
      isBatched && batch == nil ? ["a batch has \(usualBatch) samples; --batch says otherwise"] : []
    return (notes + assumed).map { Finding(.warning, $0, file: file) }
  }
}

/// Why a sheet was refused: a line a problem, with file, line and column.
public struct SheetError: Error, Sendable {
  public let problems: [String]

  static func located<Value>(
    _ file: String, _ body: () throws(FormatError) -> Value
  ) throws(SheetError) -> Value {
    do { return try body() } catch { throw SheetError(problems: error.findings.map { "\(file): \($0)" }) }
  }
}
