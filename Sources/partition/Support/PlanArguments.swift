import ArgumentParser
import Partitioner
import Questions

/// A plan, and its model where the plan does not lead to it.
struct PlanArguments: ParsableArguments {
  @Argument(help: "A plan; - reads standard input.", completion: .file(extensions: ["json"]))
  var plan: String

  @Option(
    help: ArgumentHelp(
      "The plan's model, for a plan that was moved or names none; default: where the plan says. - reads standard input.",
      valueName: "model"),
    completion: .file(extensions: ["onnx", "json"]))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of a plan with padding buckets: the plan of requests of this length, in place of all.",
      valueName: "length"))
  var bucket: Int?

  func validate() throws { try GivenOnce.checkStandardInput([("the plan", plan), ("--model", model)]) }

  /// What the plan is called in messages.
  var name: String { plan == Output.standard ? "standard input" : plan }

  func readPlan() throws(PartitionError) -> PlanDocument {
    let document = try Partitioner.readPlan(path: plan)
    guard let bucket else { return document }
    return try Partitioner.bucket(ofLength: bucket, in: document, name: name)
  }

  /// Where the model that was planned is; its content is that of the plan.
  func modelPath(of document: PlanDocument) throws(PartitionError) -> String {
    try Partitioner.modelPath(of: document, planPath: plan, modelPath: model)
  }

  /// The model that was planned, and no other.
  func readModel(of document: PlanDocument) throws(PartitionError) -> Model {
    try Partitioner.model(of: document, planPath: plan, modelPath: model)
  }

  /// Loads the same at other lengths, for a plan with padding buckets.
  func lengthLoader(of document: PlanDocument, model path: String? = nil) -> LengthLoader? {
    guard document.buckets != nil else { return nil }
    let (planPath, modelPath) = (plan, model)
    return LengthLoader { length throws(PartitionError) in
      guard let path else {
        return try Partitioner.model(
          of: document, atLength: length, planPath: planPath, modelPath: modelPath)
      }
      return try Partitioner.loadModel(path: path, as: document.atLength(length).model)
    }
  }

  /// The same at the lengths of the plan's shorter buckets.
  func readBucketModels(of document: PlanDocument) throws(PartitionError) -> [Model] {
    if !document.bucketPlans.isEmpty, model == Output.standard {
      throw PartitionError(.usage, "a plan with buckets reads its model more than once; give it as a file")
    }
    return try Partitioner.bucketModels(of: document, planPath: plan, modelPath: model)
  }
}
