import ArgumentParser
import Partitioner

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

  func validate() throws { try GivenOnce.checkStandardInput([("the plan", plan), ("--model", model)]) }

  /// What the plan is called in messages.
  var name: String { plan == Output.standard ? "standard input" : plan }

  func readPlan() throws(PartitionError) -> PlanDocument { try Partitioner.readPlan(path: plan) }

  /// Where the model that was planned is; its content is that of the plan.
  func modelPath(of document: PlanDocument) throws(PartitionError) -> String {
    try Partitioner.modelPath(of: document, planPath: plan, modelPath: model)
  }

  /// The model that was planned, and no other.
  func readModel(of document: PlanDocument) throws(PartitionError) -> Model {
    try Partitioner.model(of: document, planPath: plan, modelPath: model)
  }

  /// The same at the lengths of the plan's shorter buckets.
  func readBucketModels(of document: PlanDocument) throws(PartitionError) -> [Model] {
    if !document.bucketPlans.isEmpty, model == Output.standard {
      throw PartitionError(.usage, "a plan with buckets reads its model more than once; give it as a file")
    }
    return try Partitioner.bucketModels(of: document, planPath: plan, modelPath: model)
  }
}
