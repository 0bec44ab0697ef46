// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else's that plans with this one. It depends on it by path; a package elsewhere names its address.
let package = Package(
  name: "example",
  dependencies: [.package(name: "partition", path: "../../..")],
  targets: [
    .executableTarget(
      name: "compiler-pass", dependencies: [.product(name: "Partitioner", package: "partition")])
  ]
)
