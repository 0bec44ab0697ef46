import Foundation
import TestSupport
import Testing

/// Parts of plans that have weights alone in few bits.
@Suite struct ExportWeightsTests {
  /// Columns or rows stored first, blocks that are not full, a sum, weights of two readers; and what has to stay.
  @Test(arguments: [("w4a16", 4), ("w8a16", 8)]) func weightsAreWrittenInCodes(word: String, bits: Int) throws
  {
    let folder = try planned("narrow", ["--keep", word + ":*"])
    let result = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("the plan counts \(word)"), "\(result.errors)")
    #expect(result.errors.contains("but for the weights of 4 products"), "\(result.errors)")
    for (product, reason) in [
      ("scaled", "it turns or scales its operands"), ("shown", "its weights are read in another form too"),
      ("made", "its weights are no matrix of the file"),
    ] {
      #expect(
        result.errors.contains(
          "product '\(product)': its weights are kept as the model has them instead of int\(bits): \(reason)"),
        "\(product): \(result.errors)")
    }
    let same = try TestPython.run(
      "weights.py",
      [
        try TestPython.model("narrow.onnx"), folder.path("parts"), "\(bits)", "rows", "columns", "both",
        "again",
      ])
    #expect(same.status == 0, "\(same.output)\(same.errors)")
  }

  @Test func whatIsKeptInTheFilesPrecisionStaysSo() throws {
    let folder = try planned("narrow", ["--keep", "w4a16:rows"])
    let result = try Command.run(["export", "plan.json", "-o", "parts", "--keep-precision"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "the plan counts int8 and w4a16; the parts compute in the model's own precision, since"),
      "\(result.errors)")
    let same = try TestPython.run("equal.py", [try TestPython.model("narrow.onnx"), folder.path("parts")])
    #expect(same.status == 0, "\(same.output)\(same.errors)")
  }

  private func planned(_ model: String, _ arguments: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      """
      {"format": "placement-rules", "version": 1,
       "rules": [{"kind": "pin", "units": ["rows", "columns"], "devices": ["card0"]},
                 {"kind": "forbid", "units": ["*"], "devices": ["host"]}]}
      """, to: "rules.json")
    let result = try Command.run(
      [
        "plan", TestPython.model(model + ".onnx"), "--cards", "2", "--effort", "0.1", "--constraints",
        "rules.json",
      ]
        + arguments, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }
}
