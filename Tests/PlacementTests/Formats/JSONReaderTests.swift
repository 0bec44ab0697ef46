import Foundation
import Rules
import TestSupport
import Testing

@Suite struct JSONReaderTests {
  /// Any JSON, as both readers can make it.
  private indirect enum Value: Decodable, Hashable {
    case none
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .none
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Value].self) {
        self = .list(value)
      } else {
        self = .object(try container.decode([String: Value].self).filter { $0.value != .none })
      }
    }

    /// Tries each kind on a copy.
    init(_ json: inout JSONReader) throws(FormatError) {
      func tried<Result>(_ read: (inout JSONReader) throws(FormatError) -> Result) -> Result? {
        var copy = json
        guard let result = try? read(&copy) else { return nil }
        json = copy
        return result
      }
      if let value = tried({ json throws(FormatError) in try json.bool() }) {
        self = .bool(value)
      } else if let value = tried({ json throws(FormatError) in try json.double() }) {
        self = .number(value)
      } else if let value = tried({ json throws(FormatError) in try json.string() }) {
        self = .text(value)
      } else if let value = tried({ json throws(FormatError) in try json.list(Value.init) }) {
        self = .list(value)
      } else if let value = tried({ json throws(FormatError) in try json.dictionary(Value.init) }) {
        self = .object(value)
      } else {
        try json.skip()
        self = .none
      }
    }
  }

  private static let words = [
    #""""#, #""a""#, #""maxFPGAs""#, #""\u00e9\n\/""#, #""\ud83d\ude00 😀""#, #""\\\"""#, "0", "-0", "17",
    "-2.50",
    "12345678901234567890", "0.1", "6.02E+2", "9007199254740993", "true", "false", "null",
  ]

  private static func text(_ random: inout SeededRandom, depth: Int) -> String {
    let space = [" ", "", "\n", "\t"][Int.random(in: 0..<4, using: &random)]
    let kind = depth > 0 ? Int.random(in: 0..<4, using: &random) : 2
    let parts = (0..<(depth > 0 ? Int.random(in: 0..<4, using: &random) : 0)).map { _ in
      text(&random, depth: depth - 1)
    }
    switch kind {
    case 0: return "[" + parts.joined(separator: "\(space),") + space + "]"
    case 1:
      return "{" + parts.enumerated().map { "\"k\($0)\"\(space):\($1)" }.joined(separator: ",") + "}" + space
    default: return space + words[Int.random(in: words.indices, using: &random)]
    }
  }

  @Test func readsWhatFoundationReads() throws {
    var random = SeededRandom(seed: 1)
    for _ in 0..<3000 {
      let text = Self.text(&random, depth: 4)
      let expected = try JSONDecoder().decode(Value.self, from: Data(text.utf8))
      #expect(try JSONReader.read(Array(text.utf8), Value.init) == expected, "\(text)")
    }
  }

  /// Texts with a byte taken out, doubled or changed: both readers take the same ones for JSON. Left alone is where
  /// Foundation is not strict, a comma before a bracket, or too strict, exponents as in `0e1`.
  @Test func refusesWhatFoundationRefuses() {
    var random = SeededRandom(seed: 2)
    let marks = Array(#"{}[],:"\0-.tn5 "#.utf8) + [0x01, 0xff]
    var refused = 0
    for _ in 0..<6000 {
      var bytes = Array(Self.text(&random, depth: 3).utf8)
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(bytes[place], at: place)
      default: bytes[place] = marks[Int.random(in: marks.indices, using: &random)]
      }
      let expected = try? JSONDecoder().decode(Value.self, from: Data(bytes))
      let text = String(decoding: bytes, as: UTF8.self)
      var value: Value?
      do throws(FormatError) { value = try JSONReader.read(bytes, Value.init) } catch {
        // A name that is given twice is refused here alone.
        if error.findings.contains(where: { $0.message == "is given twice" }) { continue }
      }
      if text.contains(/,\s*[\]}]/) { continue }
      #expect((value == nil) == (expected == nil), "\(text)")
      if expected == nil { refused += 1 }
    }
    #expect(refused > 1000)
  }

  private func message(
    _ text: String, _ read: (inout JSONReader) throws(FormatError) -> Void
  ) -> String? {
    do throws(FormatError) {
      try JSONReader.read(Array(text.utf8), read)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func errorsSayWhere() {
    func costs(_ json: inout JSONReader) throws(FormatError) {
      try json.object { field, json throws(FormatError) in
        _ = try json.list { json throws(FormatError) in
          var cost: Int?
          try json.object { field, json throws(FormatError) in cost = try json.integer() }
          return try cost.required("cost")
        }
      }
    }
    for (text, expected) in [
      (#"{"edges": [{"cost": 1}, {"cost": "2"}]}"#, "edges[1].cost: expected a whole number"),
      (#"{"edges": [{"cost": 1.5}]}"#, "edges[0].cost: expected a whole number, found 1.5"),
      (
        #"{"edges": [{"cost": 9223372036854775808}]}"#,
        "edges[0].cost: expected a whole number, found 9223372036854775808"
      ),
      (#"{"edges": [{"cost": null}]}"#, "edges[0].cost: is missing"),
      (#"{"edges": [null]}"#, "edges[0]: expected an object, found null"),
      (#"{"edges": {}}"#, "edges: expected a list"),
      ("[]", "the document: expected an object"),
      ("{\"edges\":\n [{\"cost\" 1}]}", "edges[0]: not JSON at line 2, column 11: expected a colon"),
      (#"{"edges": [{"cost": 1}"#, "edges: not JSON at line 1, column 23: expected a comma or ]"),
      ("", "the document: is empty"),
      ("{} x", "the document: not JSON at line 1, column 4: something follows after the end"),
    ] { #expect(message(text, costs) == expected) }
    #expect(message("{\"edges\": [{\"cost\": 1e0}, {\"cost\": 20.0}]}\n", costs) == nil)
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      message(deep) { json throws(FormatError) in try json.skip() }?.hasSuffix("nested too deep") == true)
    #expect(
      message("1e400") { json throws(FormatError) in _ = try json.double() }
        == "the document: 1e400 is out of range")
  }

  @Test func aRefusedNameIsLocated() {
    let error = #expect(throws: FormatError.self) {
      try JSONReader.read(Array(#"{"a": 1, "b": {"c": 2}}"#.utf8)) { json throws(FormatError) in
        try json.object { name, json throws(FormatError) in
          if name == "a" { return try json.skip() }
          try json.object { _, json throws(FormatError) in try json.refuse() }
        }
      }
    }
    #expect(error?.findings.map(\.description) == ["b.c: is not known"])
  }

  @Test func aNameThatIsGivenTwiceIsAnError() {
    func places(_ text: String) -> [String] {
      do throws(FormatError) {
        try JSONReader.read(Array(text.utf8)) { json throws(FormatError) in try json.skip() }
        return []
      } catch {
        return error.findings.map(\.description)
      }
    }
    #expect(
      places(#"{"a": 1, "b": [{"c": 1, "\u0063": {}, "d": 2, "d": 3}]}"#)
        == ["b[0].c: is given twice", "b[0].d: is given twice"])
    let many = (0..<100).map { "\"n\($0)\": 0" }.joined(separator: ", ")
    #expect(places("{\(many)}").isEmpty)
    #expect(places("{\(many), \"n3\": null, \"n99\": 1}") == ["n3: is given twice", "n99: is given twice"])
  }
}
