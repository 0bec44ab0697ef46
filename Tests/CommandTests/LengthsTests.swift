import Foundation
import TestSupport
import Testing

@Suite struct LengthsTests {
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(SmallModels.perceptron(isDynamic: true), to: "model.json")
    _ = try folder.write("length,count\n4,70\n64,20\n4096,10\n", to: "lengths.csv")
    return folder
  }

  @Test func aPlanForEachBucketIsCheckedAndSimulated() throws {
    let folder = try Self.folder()
    let planned = try Command.run(
      [
        "plan", "model.json", "--cards", "1", "--lengths", "batch=lengths.csv", "--buckets", "2", "-o",
        "sub.json",
      ],
      in: folder)
    #expect(planned.status == 0, "\(planned.errors)")
    #expect(planned.output.contains("batch up to  requests"))
    let text = try Command.read("sub.json", in: folder)
    let path = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: path, encoding: .utf8)).problems(in: text) == [])
    #expect(try Command.run(["check", "sub.json"], in: folder).status == 0)
    let simulated = try Command.run(["simulate", "sub.json", "--requests", "500"], in: folder)
    #expect(simulated.status == 0, "\(simulated.errors)")
    // The plan of a shorter bucket is checked as well.
    let changed = text.replacingOccurrences(of: "\"longest\" : 64", with: "\"longest\" : 63")
    _ = try folder.write(changed, to: "changed.json")
    let refused = try Command.run(["check", "changed.json"], in: folder)
    #expect(refused.status == 3 && refused.errors.contains("buckets"), "\(refused.errors)")
    let schema = Command.package.appendingPathComponent("solver/schema/check.schema.json")
    #expect(
      try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(
        in: Command.run(["check", "changed.json", "--json"], in: folder).output) == [])
    // Again, byte for byte, whatever the number of threads.
    let again = try Command.run(
      [
        "plan", "model.json", "--cards", "1", "--lengths", "batch=lengths.csv", "--buckets", "2", "--threads",
        "1",
        "-o", "again.json",
      ], in: folder)
    #expect(again.status == 0)
    #expect(try Command.read("again.json", in: folder) == text)
  }

  /// Every command that takes a plan sees all buckets, or the one that is asked for.
  @Test func commandsSeeAllBucketsOrOne() throws {
    let folder = try Self.folder()
    func run(_ arguments: String...) throws -> ProgramResult { try Command.run(arguments, in: folder) }
    #expect(
      try run(
        "plan", "model.json", "--cards", "1", "--lengths", "batch=lengths.csv", "--buckets", "3", "-o",
        "alone.json", "--quiet", "--survive", "1"
      ).status == 0)
    #expect(
      try run(
        "plan", "model.json", "--cards", "2", "--lengths", "batch=lengths.csv", "--buckets", "3", "-o",
        "b.json", "--quiet", "--survive", "1"
      ).status == 0)
    for arguments in [["check"], ["simulate", "--requests", "200"], ["dot"], ["explain", "--no-what-if"]] {
      let (command, more) = (arguments[0], Array(arguments.dropFirst()))
      for bucket in [[], ["--bucket", "4"]] {
        let result = try Command.run([command, "b.json"] + bucket + more, in: folder)
        #expect(result.status == 0, "\(arguments) \(bucket): \(result.errors)")
      }
    }
    let explained = try run("explain", "b.json")
    #expect(explained.output.contains("one more card"), "\(explained.errors)")
    #expect(try run("replan", "b.json", "--cards", "1", "-o", "c.json").status == 0)
    #expect(try run("check", "c.json").status == 0)
    #expect(try run("compare", "b.json", "c.json").output.contains("padding buckets"))
    #expect(try run("report", "b.json", "-o", "b.html").status == 0)
    #expect(try Command.read("b.html", in: folder).contains("Requests of different lengths"))
    let refused = try run("export", "b.json", "--to", "mdp", "-o", "-")
    #expect(refused.status == 64 && refused.errors.contains("--bucket 4, --bucket 64"), "\(refused.errors)")
    #expect(try run("export", "b.json", "--bucket", "4", "--to", "glow", "-o", "-").status == 0)
    #expect(try run("check", "b.json", "--bucket", "5000").errors.contains("they end at"))
  }

  @Test(arguments: [
    (["--lengths", "batch=70-8"], 64, "the least first"), (["--lengths", "8-70"], 64, "is invalid"),
    (["--lengths", "batch=none.csv"], 66, "there is no such file"),
    (["--lengths", "other=8-70", "--batch", "4"], 64, "other"),
    (["--lengths", "batch=8-70", "--buckets", "65"], 64, "give 1 to 64"),
    (["--lengths", "batch=8-70", "--batch", "4"], 64, "--batch is of one length"),
    (["--buckets", "2"], 64, "no effect without --lengths"),
    (["--lengths", "batch=8-70", "--rate", "9", "--fewest-cards"], 64, "of one length"),
  ])
  func whatMakesNoSenseIsRefused(arguments: [String], status: Int32, words: String) throws {
    let result = try Command.run(["plan", "model.json"] + arguments, in: Self.folder())
    #expect(result.status == status)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
