import Foundation
import TestSupport
import Testing

/// The package in `Sources/Python`, installed as people install it.
@Suite struct PythonPackageTests {
  @Test func thePackageDoesWhatTheLibraryDoes() throws {
    let folder = try TemporaryFolder()
    // The build leaves files beside the sources.
    try FileManager.default.copyItem(
      at: Command.package.appendingPathComponent("Sources/Python"),
      to: folder.url.appendingPathComponent("source"))
    let installed = try TestPython.runModule(
      "pip",
      [
        "install", "--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-deps", "--target",
        folder.path("installed"), folder.path("source"),
      ])
    try #require(installed.status == 0, "\(installed.errors)")
    let result = try TestPython.run(
      "package.py", [TestPython.model("recommendation.onnx"), folder.url.path],
      environment: [
        "PYTHONPATH": folder.path("installed"), "PARTITIONER_LIBRARY": Command.path("libpartitioner.so"),
      ])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test func aLibraryThatIsNotThereIsSaid() throws {
    let result = try TestPython.runModule(
      "partitioner", [],
      environment: [
        "PYTHONPATH": Command.package.appendingPathComponent("Sources/Python").path,
        "PARTITIONER_LIBRARY": "/nowhere/libpartitioner.so", "PYTHONDONTWRITEBYTECODE": "1",
      ])
    #expect(result.status == 69)
    #expect(result.errors.contains("or name it in PARTITIONER_LIBRARY"), "\(result.errors)")
  }
}
