// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
]

/// Tests drive code that is optimised. Their own is mostly expanded macros, which take longer to optimise than they run.
let ofTests: [SwiftSetting] = strict + [.unsafeFlags(["-Onone", "-no-emit-module-separately-wmo"])]

/// A library target and its test target, with the settings every target shares.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// - Parameter optimised: Whether the tests themselves try or draw so much that it pays after all.
func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], optimised: Bool = false
) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.target(name: name), "TestSupport"] + dependencies,
    exclude: ["Snapshots"] + exclude,
    swiftSettings: optimised ? strict : ofTests)
}

/// The commit that is built, for `--version`; sources without a repository have none.
let commit: [CSetting] =
  Context.gitInformation.map { git in
    [.define("PARTITION_COMMIT", to: String(git.currentCommit.prefix(10)))]
      + (git.hasUncommittedChanges ? [.define("PARTITION_CHANGED")] : [])
  } ?? []

let package = Package(
  name: "partition",
  products: [
    .executable(name: "partition", targets: ["partition"]),
    .library(name: "Partitioner", targets: ["Partitioner", "Questions", "Sweep", "Reporting"]),
    // libpartitioner.so: the same library for C, behind Sources/CPartitioner/include/partitioner.h.
    .library(name: "partitioner", type: .dynamic, targets: ["PartitionerABI"]),
  ],
  traits: [
    .trait(name: "GLPK", description: "The GNU Linear Programming Kit as a solver (GPL)."),
    .trait(name: "COIN", description: "COIN-OR Clp and Cbc as a solver (EPL)."),
    .default(enabledTraits: ["GLPK"]),
  ],
  dependencies: [
    // Protobuf decoding of ONNX, binary and JSON: the reference implementation for Swift.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.31.0"),
    // Command-line parsing, help and completion: the standard library for it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    // Ordered dictionaries and heaps with documented complexity.
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
  ],
  targets: [
    module("Graph", [.product(name: "HeapModule", package: "swift-collections")]),
    .target(
      name: "ONNXSchema",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["README.md"]),
    module(
      "ONNXImport",
      ["Graph", "ONNXSchema", "Rules", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    module("Hardware", ["Rules"]),
    // What precisions do to accuracy, and the kernels that store tables in them.
    module("Accuracy", ["Graph", "Hardware", "Rules"]),
    // How look-ups are spread over the rows of tables.
    module("Access", ["Rules"]),
    module("CostModel", ["Access", "Graph", "Hardware", "Rules"]),
    // Tables split by how often rows are looked up.
    module("Heat", ["Access", "Graph"]),
    // Tables and layers in CSV or JSON, for those who have no model.
    module("Sheets", ["Graph", "Rules"]),
    module("Rules"),
    // Lengths of requests, and the padding buckets of least expected time.
    module("Lengths", ["Rules"]),
    module("Modeling"),
    // Shared by the optimiser and the verifier, which see nothing else of each other.
    module("MinimumCut"),
    .systemLibrary(
      name: "CGLPK", path: "solver/CGLPK",
      providers: [.apt(["libglpk-dev"])]),
    .systemLibrary(
      name: "CCOIN", path: "solver/CCOIN",
      providers: [.apt(["coinor-libclp-dev", "coinor-libcbc-dev"])]),
    module(
      "GLPKSolver", ["Modeling", .target(name: "CGLPK", condition: .when(traits: ["GLPK"]))]),
    module(
      "COINSolver", ["Modeling", .target(name: "CCOIN", condition: .when(traits: ["COIN"]))]),
    module(
      "Plan",
      [
        "Accuracy", "Graph", "Hardware", "Heat", "CostModel", "MinimumCut", "Rules", "Sheets",
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      exclude: ["plan.schema.json"]),
    module(
      "Placement",
      [
        "Modeling", "MinimumCut", "Rules",
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    // From a model and its costs to placement problems and back.
    module("Planning", ["Graph", "Hardware", "CostModel", "Modeling", "Plan", "Placement", "Rules"]),
    // The solvers of this build by name, to hand to the optimiser, which knows none.
    module(
      "Solvers",
      [
        "Modeling", "Placement", .target(name: "GLPKSolver", condition: .when(traits: ["GLPK"])),
        .target(name: "COINSolver", condition: .when(traits: ["COIN"])),
      ]),
    module("Simulation", ["Plan"]),
    module(
      "Reporting",
      ["Accuracy", "Graph", "Hardware", "CostModel", "Numerics", "Plan", "Rules", "Simulation"]),
    // Models of single partitions, and plans in the formats of other tools.
    module(
      "Export",
      [
        "Accuracy", "Graph", "Hardware", "CostModel", "ONNXImport", "ONNXSchema", "Plan", "Rules",
        "CExchange",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(name: "CExchange"),
    .target(name: "CDigest"),
    // What a plan's precisions do to numbers: reference kernels on the CPU.
    module(
      "Numerics", ["Accuracy", "CostModel", "Export", "Graph", "Hardware", "ONNXImport", "Plan", "Rules"]),
    module(
      "Partitioner",
      [
        "Accuracy", "Graph", "ONNXImport", "Sheets", "Hardware", "CostModel", "Modeling", "Plan", "Planning",
        "Placement", "Lengths", "Rules",
        "Solvers",
        "Simulation", "Reporting", "Export", "Numerics", "CDigest",
      ]),
    // Many questions in one run: parts, outputs that are continued, Pareto pages.
    module("Sweep", ["CBuild", "Partitioner", "Reporting", "Rules"]),
    // Why a plan is as it is, what would change it, and what to do when the machine changes: by planning again.
    module("Questions", ["Partitioner", "Reporting", "Rules"]),
    .target(name: "CBuild", cSettings: commit),
    .executableTarget(
      name: "partition",
      dependencies: [
        "CBuild", "Partitioner", "Reporting", "Rules", "Sweep", "Questions",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["man"],
      swiftSettings: strict),
    .target(name: "CPartitioner", exclude: ["exports.map"]),
    .target(
      name: "PartitionerABI",
      dependencies: ["CPartitioner", "Partitioner", "Questions", "Reporting", "Rules", "Sweep"],
      swiftSettings: strict,
      linkerSettings: [
        // Only what the header declares is visible, so the library's Swift cannot clash with the program's own.
        .unsafeFlags([
          "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/CPartitioner/exports.map",
        ])
      ]),
    .executableTarget(
      name: "placement-benchmark", dependencies: ["Placement", "Solvers", "TestSupport"],
      swiftSettings: strict),
    // The simulator measured, and the systems that reports/simulator compares with SimPy.
    .executableTarget(
      name: "simulator-benchmark", dependencies: ["Simulation", "Plan"], swiftSettings: strict),
    // Loading and planning, measured by reports/speed.
    .executableTarget(name: "planning-benchmark", dependencies: ["Partitioner"], swiftSettings: strict),
    // Seeded mutations of every kind of input, and the entry of libFuzzer.
    .executableTarget(
      name: "partition-fuzz",
      dependencies: [
        "ONNXSchema", "Partitioner", "Hardware", "Placement", "Rules", "Solvers", "Sweep", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: strict),
    // Makes reports/workloads.md.
    .executableTarget(
      name: "workloads-report", dependencies: ["Partitioner", "Reporting"], swiftSettings: strict),
    // Makes reports/fidelity/kernels.md.
    .executableTarget(
      name: "fidelity-report", dependencies: ["Partitioner", "Reporting", "Rules"], swiftSettings: strict),
    module("TestSupport", ["Graph", "Hardware", "Modeling"]),
    tests("Graph"),
    tests("Hardware"),
    tests("Accuracy", ["Graph", "Hardware", "Rules"], exclude: ["Vectors"], optimised: true),
    tests("ONNXImport", ["ONNXSchema"]),
    tests("Access"),
    tests("Heat", ["Access", "Graph"]),
    tests("CostModel", ["Access"]),
    tests("Sheets", ["CostModel", "Hardware"]),
    tests("Lengths", ["Rules"]),
    tests("Modeling"),
    tests("GLPKSolver", ["Modeling"]),
    tests("Solvers", ["Modeling"]),
    tests("Placement", ["Modeling", "Rules", "Solvers"]),
    tests("Numerics", ["Export", "Graph", "Hardware", "CostModel"]),
    tests("Plan"),
    tests("Planning", ["Accuracy", "Modeling", "Plan", "Solvers"], optimised: true),
    tests("Simulation", ["Plan"]),
    tests("Reporting", ["Graph", "Hardware", "Plan", "Simulation"]),
    // Models of the ONNX project, read from where they lie.
    tests("Sweep", ["Partitioner"]),
    tests("Questions", ["Partitioner"]),
    tests("Partitioner", exclude: ["Models"]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["partition", "workloads-report", "fidelity-report", "TestSupport"],
      exclude: ["Snapshots"],
      swiftSettings: ofTests),
    .testTarget(
      name: "PartitionerABITests", dependencies: ["TestSupport"], exclude: ["Programs", "Snapshots"],
      swiftSettings: ofTests),
  ]
)
