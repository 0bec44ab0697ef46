import Foundation
import Testing

@testable import Accuracy

/// Bit for bit what ONNX Runtime gives, as recorded by `reports/numerics/vectors.py`.
@Suite struct LinearQuantisationTests {
  private struct Vectors: Decodable {
    struct Quantize: Decodable { var type: String, scale: Double, zero: Int32, x: [UInt32], q: [Int32] }
    struct Dequantize: Decodable { var type: String, scale: Double, zero: Int32, q: [Int32], y: [UInt32] }
    struct Product: Decodable {
      var type: String, rows: Int, inner: Int, columns: Int
      var a: [Int32], aScale: UInt32, aZero: Int32, b: [Int32], bScales: [UInt32]
      var yScale: UInt32, yZero: Int32, y: [Int32]
    }
    var quantizeLinear: [Quantize], dequantizeLinear: [Dequantize], qLinearMatMul: [Product]
  }

  private func vectors() throws -> Vectors {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Vectors/linear.json")
    return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
  }

  private func form(_ type: String, _ scale: Float, _ zero: Int32) throws -> LinearQuantisation {
    LinearQuantisation(kind: try #require(.init(rawValue: type)), scale: scale, zero: zero)
  }

  @Test func codesAreThoseOfONNXRuntime() throws {
    let vectors = try vectors().quantizeLinear
    #expect(vectors.count == 8)
    for vector in vectors {
      let form = try form(vector.type, Float(vector.scale), vector.zero)
      #expect(
        vector.x.map { form.code(of: Float(bitPattern: $0)) } == vector.q, "\(vector.type) \(vector.scale)")
    }
  }

  @Test func valuesAreThoseOfONNXRuntime() throws {
    for vector in try vectors().dequantizeLinear {
      let form = try form(vector.type, Float(vector.scale), vector.zero)
      #expect(
        vector.q.map { form.value(ofCode: $0).bitPattern } == vector.y, "\(vector.type) \(vector.scale)")
    }
  }

  @Test func productsAreThoseOfONNXRuntime() throws {
    let vectors = try vectors().qLinearMatMul
    #expect(vectors.count == 12)
    for vector in vectors {
      let product = LinearQuantisation.product(
        vector.a, try form(vector.type, Float(bitPattern: vector.aScale), vector.aZero), vector.b,
        bScales: vector.bScales.map { Float(bitPattern: $0) }, columns: vector.columns,
        to: try form(vector.type, Float(bitPattern: vector.yScale), vector.yZero))
      #expect(product == vector.y, "\(vector.type) \(vector.rows)x\(vector.inner)x\(vector.columns)")
    }
  }

  @Test func whatIsNoNumberHasTheZeroPoint() {
    let form = LinearQuantisation(kind: .uint8, scale: 1, zero: 7)
    #expect(form.code(of: .nan) == 7)
    #expect(form.code(of: .infinity) == 255)
  }
}
