import Foundation
import Placement

/// An assignment from a file: what `partition solve --json` prints, the whole report or its `assignment` alone.
public struct StartFile: Sendable {
  private let path: String
  private let data: Data

  /// - Throws: `missingFile`.
  public init(path: String) throws(PartitionError) {
    data = Data(try Partitioner.read(path: path))
    self.path = path
  }

  private struct Report<Answer: Decodable>: Decodable { var assignment: Answer }
  private struct AnyReport: Decodable {
    var hasAssignment: Bool
    enum CodingKeys: CodingKey { case assignment, status }
    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      hasAssignment = fields.contains(.assignment) || fields.contains(.status)
    }
  }

  /// Decodes the assignment as a format writes it.
  ///
  /// - Throws: `badInput` with the place of what is wrong.
  func choices<Answer: Decodable>(_ type: Answer.Type) throws(PartitionError) -> Answer {
    try located { () throws(FormatError) in
      try FormatError.decode(AnyReport.self, from: data).hasAssignment
        ? FormatError.decode(Report<Answer>.self, from: data).assignment
        : FormatError.decode(type, from: data)
    }
  }

  /// Names the file in the findings of a format.
  func located<Result>(_ body: () throws(FormatError) -> Result) throws(PartitionError) -> Result {
    do { return try body() } catch {
      throw PartitionError(.badInput, error.findings.map { "\(path): \($0)" })
    }
  }
}
