import CostModel
import Hardware
import ONNXImport
import Plan
@_exported import struct Sheets.DensePart
import Sheets

extension Partitioner {
  /// Loads a sheet of tables or layers in place of a model, from a file, or from standard input for `-`.
  ///
  /// Tables: `name,rows,dim,lookups,bytes,skew` in CSV, the same in JSON, or TorchRec's ModelArch. Layers: `name`, `seconds` or
  /// `flops`, `bytes`, `output_bytes`, `state_bytes`, `inputs`; see `SheetModel`.
  ///
  /// - Parameters:
  ///   - dense: The dense part behind tables.
  ///   - batch: Samples in a batch of tables; the figures of layers are those of a batch as it is.
  /// - Throws: `missingFile`; `badInput` with every problem, with its line and column; `usage` for what layers do not take.
  public static func loadSheet(
    _ form: PlanDocument.ModelReference.Form, path: String, dense: DensePart? = nil, batch: Int? = nil
  ) throws(PartitionError) -> Model {
    try sheet(
      form, bytes: read(path: path), name: name(ofInput: path), path: path == standardStream ? "" : path,
      dense: dense,
      batch: batch)
  }

  /// The same from bytes.
  ///
  /// - Parameter name: What the sheet is called in findings and errors.
  public static func loadSheet(
    _ form: PlanDocument.ModelReference.Form, bytes: [UInt8], name: String, dense: DensePart? = nil,
    batch: Int? = nil
  ) throws(PartitionError) -> Model {
    try sheet(form, bytes: bytes, name: name, path: "", dense: dense, batch: batch)
  }

  private static func sheet(
    _ form: PlanDocument.ModelReference.Form, bytes: [UInt8], name: String, path: String, dense: DensePart?,
    batch: Int?
  ) throws(PartitionError) -> Model {
    if let batch, batch < 1 { throw PartitionError(.usage, "batch is \(batch); give at least 1") }
    let file = name.split(separator: "/").last.map(String.init) ?? name
    let called =
      file.firstIndex(of: ".").map { String(file[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 } ?? file
    let sheet: SheetModel
    do {
      switch form {
      case .tables:
        sheet = try SheetModel.tables(bytes, file: name, name: called, dense: dense, batch: batch)
      case .layers:
        let unused = [dense == nil ? nil : "a dense part", batch == nil ? nil : "a batch"].compactMap(\.self)
        guard unused.isEmpty else {
          throw PartitionError(
            .usage, unused.map { "\($0) has no effect on layers, whose figures are of a batch" })
        }
        sheet = try SheetModel.layers(bytes, file: name, name: called)
      }
    } catch let error as SheetError {
      throw PartitionError(.badInput, error.problems)
    } catch {
      throw error as? PartitionError ?? PartitionError(.internalError, "\(name): \(error)")
    }
    return Model(
      sheet,
      .init(
        name: called, path: path, sha256: ModelDigest.sha256(of: bytes),
        dimensions: batch.map { [LoadOptions.batch: $0] } ?? [:], form: form, dense: dense))
  }

  /// Reads the dense part behind a sheet of tables, `-` for standard input.
  ///
  /// - Throws: `missingFile`; `badInput` with every problem.
  public static func densePart(path: String) throws(PartitionError) -> DensePart {
    let bytes = try read(path: path)
    do { return try SheetModel.dense(bytes, file: name(ofInput: path)) } catch {
      throw PartitionError(.badInput, error.problems)
    }
  }
}

extension Model {
  /// Measured costs with the times that a sheet states for its layers, where nothing else was measured.
  ///
  /// Where a sheet has no time of the host, it is the cards', longer by the ratio of sustained matrix peaks or of DRAM
  /// bandwidths, whichever is the larger.
  func stated(on system: System, precision: Precision, besides measured: MeasuredCosts) -> MeasuredCosts {
    guard !layerTimes.isEmpty else { return measured }
    var entries = measured.entries
    var models: [String] = []
    for card in system.cards where !models.contains(card.model) { models.append(card.model) }
    let slower = system.cards.map {
      Self.slowness(of: system.host.processor, against: $0.processor, precision)
    }
    for time in layerTimes {
      let seconds =
        models.map { ($0, time.cardSeconds) }
        + [("host", time.hostSeconds ?? time.cardSeconds * (slower.max() ?? 1))]
      for (device, seconds) in seconds where measured.seconds(of: time.layer, on: device) == nil {
        entries.append(.init(operator: time.layer, device: device, seconds: seconds, source: reference.name))
      }
    }
    // Times and names were checked where they were read.
    return (try? MeasuredCosts(entries)) ?? measured
  }

  private static func slowness(of host: Processor, against card: Processor, _ precision: Precision) -> Double
  {
    func peak(_ processor: Processor, _ wanted: Precision) -> Double? {
      wanted.choice(among: processor.matrix.keys).flatMap { processor.matrix[$0]?.sustained }
    }
    let arithmetic = peak(card, precision).flatMap { fast in peak(host, .fp32).map { fast / $0 } } ?? 1
    return max(1, arithmetic, card.dram.sustained / host.dram.sustained)
  }
}
