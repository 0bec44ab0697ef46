import Graph
import Hardware

/// Fits the figures of classes of operators to the kernels of profiles, on every kind of device that they were measured on.
public struct Calibrator {
  private let system: System
  private let options: CostOptions

  /// - Parameter precision: In which kernels were measured on cards whose rows do not say so; rows that do and differ are not used.
  public init(_ system: System, precision: Precision = .fp16) {
    self.system = system
    options = CostOptions(cardMatrixPrecision: precision)
  }

  public func calibration(of files: [MeasurementFile]) -> Calibration {
    let places = CostModel(graph: Graph(name: ""), system: system, options: options)
      .kindsOfDevice
    var result = Calibration(findings: files.flatMap(\.findings))
    let names = DeviceNames(places, system: system)
    for (index, place) in places.enumerated() {
      var sampled: [SampledFile] = []
      for file in files {
        let rows = file.measurements.filter { row in
          guard case .success(index) = names.place(of: row.device) else { return false }
          return row.precision.map { $0.isComputedLike(precisions(place).matrix) } ?? true
        }
        let found = SampledFile(name: file.name, rows: rows, index: sampled.count)
        if found.unknown > 0 {
          result.findings.append(
            "\(file.name): of \(found.unknown) kernels on \(place.name) the work is not known; they are not used"
          )
        }
        if !found.samples.isEmpty { sampled.append(found) }
      }
      if !sampled.isEmpty { result.devices.append(device(place, sampled)) }
    }
    for file in files {
      let strange = file.measurements.filter {
        if case .failure = names.place(of: $0.device) { true } else { false }
      }
      if let first = strange.first, case .failure(let refusal) = names.place(of: first.device) {
        result.findings.append("\(file.name): \(strange.count) rows are not used: \(refusal.reason)")
      }
    }
    return result
  }

  private func processor(_ place: CostModel.KindOfDevice) -> Processor {
    system.processor(at: place.location) ?? system.host.processor
  }

  private func precisions(_ place: CostModel.KindOfDevice) -> DevicePrecisions {
    let isCard = place.location != .host
    return DevicePrecisions(
      processor: processor(place), matrix: isCard ? options.cardMatrixPrecision : options.hostMatrixPrecision,
      activation: isCard ? options.cardActivationPrecision : options.hostActivationPrecision)
  }

  private func device(_ place: CostModel.KindOfDevice, _ files: [SampledFile]) -> Calibration.Device {
    let before = KernelPredictor(
      formula: KernelFormula(processor: processor(place), precisions: precisions(place)),
      isCard: place.location != .host)
    let task = Task(files: files, predictor: before)
    let fitted = task.fit(leavingOut: nil, from: [:])
    let after = before.with(fitted)
    var leftOut: [KernelPredictor?] = files.map { _ in nil }
    if files.count > 1 {
      for index in files.indices { leftOut[index] = before.with(task.fit(leavingOut: index, from: fitted)) }
    }
    var errors = Errors(task: task, before: before, after: after, leftOut: leftOut)
    var figures = fitted
    for kind in fitted.keys { figures[kind]?.error = errors.of(kind).expected }
    return Calibration.Device(
      name: place.name, model: place.location == .host ? nil : place.model, figures: figures,
      classes: OperatorClass.allCases.compactMap { figures[$0] == nil ? nil : errors.of($0) },
      models: files.indices.map { errors.of(file: $0) })
  }
}

extension KernelPredictor {
  fileprivate func with(_ figures: [OperatorClass: ClassFigures]) -> KernelPredictor {
    var copy = self
    for kind in OperatorClass.allCases {
      if let figures = figures[kind] { copy.formula.setFigures(figures, of: kind) }
    }
    return copy
  }
}

/// The kernels of one kind of device.
private struct Task {
  let files: [SampledFile]
  let predictor: KernelPredictor
  let shares: [Double]

  init(files: [SampledFile], predictor: KernelPredictor) {
    self.files = files
    self.predictor = predictor
    shares = files.map { $0.residentShare(predictor) }
  }

  /// - Parameter first: Where a fit begins that leaves a file out, so that it is near its end.
  func fit(
    leavingOut left: Int?, from first: [OperatorClass: ClassFigures]
  ) -> [OperatorClass: ClassFigures] {
    var result: [OperatorClass: ClassFigures] = [:]
    for kind in OperatorClass.allCases {
      let samples = files.indices.filter { $0 != left }.flatMap { file in
        files[file].samples.filter { $0.shape.operatorClass == kind }
      }
      // A file that has none of a class changes nothing in it.
      if let left, let known = first[kind],
        !files[left].samples.contains(where: { $0.shape.operatorClass == kind })
      {
        result[kind] = known
        continue
      }
      guard !samples.isEmpty else { continue }
      let fit = ClassFit(
        kind: kind, samples: samples, residentShares: samples.map { shares[$0.file] },
        weights: samples.map { ($0.seconds * $0.count / files[$0.file].seconds).squareRoot() },
        predictor: predictor)
      result[kind] = fit.figures(from: start(kind), near: first[kind])
    }
    return result
  }

  /// What the device has for the class, else what it says of any kernel.
  private func start(_ kind: OperatorClass) -> ClassFigures {
    let (processor, precisions) = (predictor.formula.processor, predictor.formula.precisions)
    if let known = processor.classes?[kind] { return known }
    let isMatrix = files.contains { file in
      file.samples.contains { $0.shape.operatorClass == kind && $0.matrixOperations > 0 }
    }
    let efficiency =
      isMatrix
      ? precisions.matrixPeak / precisions.matrixDataSheetPeak
      : precisions.vectorPeak / precisions.vectorDataSheetPeak
    let products = isMatrix ? precisions.products : nil
    return ClassFigures(
      efficiency: efficiency.isFinite ? efficiency : 1,
      halfResults: (products?.halfResults ?? 0) / Double(max(1, processor.cores)),
      halfDepth: products?.halfDepth ?? 0, bandwidthShare: processor.dram.sustainedFraction,
      launchSeconds: products?.launchSeconds ?? processor.launchSeconds)
  }
}

/// How far predictions are from what was measured.
private struct Errors {
  let task: Task
  let before: KernelPredictor
  let after: KernelPredictor
  let leftOut: [KernelPredictor?]

  mutating func of(_ kind: OperatorClass) -> Calibration.ClassErrors {
    var ratios: (before: [Double], after: [Double], leftOut: [Double]) = ([], [], [])
    var (kernels, seconds) = (0.0, 0.0)
    for (index, file) in task.files.enumerated() {
      for sample in file.samples where sample.shape.operatorClass == kind {
        kernels += sample.count
        seconds += sample.seconds * sample.count
        func error(_ predictor: KernelPredictor) -> Double {
          abs(predictor.seconds(sample, residentShare: task.shares[index]) / sample.seconds - 1)
        }
        ratios.before.append(error(before))
        ratios.after.append(error(after))
        if let predictor = leftOut[index] { ratios.leftOut.append(error(predictor)) }
      }
    }
    return Calibration.ClassErrors(
      operatorClass: kind, kernels: Int(kernels), shapes: ratios.before.count, seconds: seconds,
      before: .init(ratios.before), after: .init(ratios.after),
      leftOut: ratios.leftOut.isEmpty ? nil : .init(ratios.leftOut))
  }

  mutating func of(file index: Int) -> Calibration.ModelErrors {
    let file = task.files[index]
    func ratio(_ predictor: KernelPredictor) -> Double {
      file.samples.reduce(0) {
        $0 + predictor.seconds($1, residentShare: task.shares[index]) * $1.count
      } / file.seconds
    }
    return Calibration.ModelErrors(
      name: file.name, kernels: Int(file.samples.reduce(0) { $0 + $1.count }), seconds: file.seconds,
      before: ratio(before), after: ratio(after), leftOut: leftOut[index].map(ratio))
  }
}
