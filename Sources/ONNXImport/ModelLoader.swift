import Graph
import ONNXSchema

/// Loads ONNX models, binary or JSON, told apart by content. Weights are never kept: memory follows the structure of
/// the model, not the size of its weights, and external data is never opened.
public enum ModelLoader {
  /// Loads the model in a file. A sidecar beside it is read too: see ``ServingSidecar``.
  ///
  /// - Throws: ``LoadError`` with every problem found.
  public static func load(
    path: String, options: LoadOptions = LoadOptions()
  ) throws(LoadError) -> LoadedModel {
    try load(path: path, options: options, keepsSource: false).loaded
  }

  /// Loads the model in a file with what it was made of.
  ///
  /// - Parameter change: What is changed in its message before.
  /// - Throws: ``LoadError`` with every problem found.
  package static func loadSource(
    path: String, options: LoadOptions = LoadOptions(), change: (inout Onnx_ModelProto) -> Void = { _ in }
  ) throws(LoadError) -> ModelSource {
    let (loaded, source) = try load(path: path, options: options, keepsSource: true, change: change)
    return source(loaded, .file(path))
  }

  /// The same from bytes in memory.
  package static func loadSource(
    bytes: [UInt8], name: String? = nil, options: LoadOptions = LoadOptions()
  ) throws(LoadError) -> ModelSource {
    var reader = ByteReader(bytes: bytes, name: name)
    let (loaded, source) = try load(
      &reader, file: name, sidecar: nil, options: options, keepsSource: true)
    return source(loaded, .bytes(bytes, name: name ?? "the model"))
  }

  private static func load(
    path: String, options: LoadOptions, keepsSource: Bool, change: (inout Onnx_ModelProto) -> Void = { _ in }
  ) throws(LoadError) -> Read {
    var reader = try ByteReader(path: path)
    let sidecar = try ServingSidecar.read(besideModel: path)
    return try load(
      &reader, file: path, sidecar: sidecar, options: options, keepsSource: keepsSource, change: change)
  }

  /// Loads a model from bytes in memory.
  ///
  /// - Parameter name: what the model is called in findings and errors.
  /// - Throws: ``LoadError`` with every problem found.
  public static func load(
    bytes: [UInt8], name: String? = nil, options: LoadOptions = LoadOptions()
  ) throws(LoadError) -> LoadedModel {
    var reader = ByteReader(bytes: bytes, name: name)
    return try load(&reader, file: name, sidecar: nil, options: options, keepsSource: false).loaded
  }

  /// A model, and what makes a source of it and of where its bytes are.
  private typealias Read = (
    loaded: LoadedModel, source: (LoadedModel, ModelSource.Place) -> ModelSource
  )

  private static func load(
    _ reader: inout ByteReader, file: String?, sidecar: ServingSidecar?, options: LoadOptions,
    keepsSource: Bool, change: (inout Onnx_ModelProto) -> Void = { _ in }
  ) throws(LoadError) -> Read {
    var model = try ModelDecoder.decode(&reader, locatesPayloads: keepsSource)
    change(&model)
    var (draft, binder, findings, messages) = translate(model, options.dimensions)
    if GraphName.isGeneric(draft.name) { draft.name = file.map(stem) ?? "model" }
    sidecar?.apply(to: &draft.serving)
    draft.states = options.states
    if draft.batch == nil, binder.used.contains(LoadOptions.batch) {
      draft.serving.batch = options.dimensions[LoadOptions.batch]
    }
    if !binder.unboundNames.isEmpty {
      binder.noteOpen(inTrialOf: model, options.dimensions)
      if let problem = binder.problem {
        findings.append(options.allowsUnknownSizes ? problem.asWarning : problem)
      }
    }
    try check(findings, file: file)
    let built: GraphDraft.Built
    do {
      built = try draft.build()
    } catch {
      throw LoadError(
        draft.batch != nil && error.problems.allSatisfy { $0.field == LoadOptions.batch }
          ? .fixedBatch : .invalidModel,
        (findings.filter { $0.severity == .error } + error.problems).located(in: file))
    }
    binder.noteUsed(built.openLoops.map(\.tripName))
    if binder.unboundNames.isEmpty {
      binder.noteOpen(loops: built.openLoops)
      findings += binder.hints(values: built.unresolved)
      if let problem = binder.problem {
        guard options.allowsUnknownSizes else {
          throw LoadError(.unboundDimensions, [problem].located(in: file))
        }
        findings.append(problem.asWarning)
      }
    }
    let hasUnknownSizes = !binder.unboundNames.isEmpty
    // What has no shape for want of a size is told by the finding that asks for the sizes.
    let unsized = hasUnknownSizes ? Set(built.unresolved) : []
    findings += binder.unusedBindings() + built.findings.filter { !unsized.contains($0.field ?? "") }
    let loaded = LoadedModel(
      graph: built.graph, findings: findings.located(in: file), hasUnknownSizes: hasUnknownSizes)
    return (
      loaded,
      { ModelSource(loaded: $0, place: $1, model: model, messages: messages, written: built.written) }
    )
  }

  /// The model as written with its dimensions bound, and what is wrong with that.
  private static func translate(
    _ model: Onnx_ModelProto, _ dimensions: [String: Int]
  ) -> (draft: GraphDraft, binder: DimensionBinder, findings: [Finding], messages: SourceMessages) {
    var translator = ModelTranslator(binder: DimensionBinder(dimensions))
    var draft = translator.translate(model)
    draft.tripCounts = translator.binder.tripCounts
    if let batch = dimensions[LoadOptions.batch], !translator.binder.used.contains(LoadOptions.batch) {
      let names = translator.binder.openLeadingNames
      if names.isEmpty {
        draft.batch = batch
        translator.binder.noteUsed([LoadOptions.batch])
      } else if names.count == 1 || names.allSatisfy(DimensionBinder.mayBeBatch) {
        // Nothing is called batch: the leading axis of the inputs is the batch, whatever its name.
        var aliased = translate(model, dimensions.merging(names.map { ($0, batch) }) { given, _ in given })
        aliased.draft.batch = nil
        aliased.binder.noteUsed([LoadOptions.batch])
        return aliased
      }
    }
    return (
      draft, translator.binder, translator.findings + translator.binder.impossibleBindings(),
      translator.messages
    )
  }

  /// The last component of a path without its extension.
  private static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }

  /// Throws when translating found errors; unbound dimensions alone have a reason of their own.
  private static func check(_ findings: [Finding], file: String?) throws(LoadError) {
    let errors = findings.filter { $0.severity == .error }
    guard !errors.isEmpty else { return }
    let isUnbound = errors.count == 1 && errors[0].field == DimensionBinder.field
    throw LoadError(isUnbound ? .unboundDimensions : .invalidModel, errors.located(in: file))
  }
}

extension DimensionBinder {
  private static let trialSize = 8

  /// Notes what else would be asked for if every unbound name were bound, so that all is asked at once.
  fileprivate mutating func noteOpen(inTrialOf model: Onnx_ModelProto, _ dimensions: [String: Int]) {
    let trial = Dictionary(uniqueKeysWithValues: unboundNames.map { ($0, Self.trialSize) })
    var translator = ModelTranslator(binder: DimensionBinder(dimensions.merging(trial) { given, _ in given }))
    var draft = translator.translate(model)
    draft.tripCounts = tripCounts
    // Sizes that are made up may contradict each other; then nothing more can be said.
    guard let built = try? draft.build() else { return }
    noteOpen(loops: built.openLoops)
  }
}

extension Finding {
  fileprivate var asWarning: Finding {
    var finding = self
    finding.severity = .warning
    return finding
  }
}

extension [Finding] {
  /// The same findings with the file they are in.
  func located(in file: String?) -> [Finding] {
    map { finding in
      var finding = finding
      if finding.file == nil { finding.file = file }
      return finding
    }
  }
}
