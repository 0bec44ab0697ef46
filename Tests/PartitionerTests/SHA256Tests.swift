import Testing

@testable import Partitioner

/// Vectors of FIPS 180-4 and NIST's example page.
@Suite struct SHA256Tests {
  private func digest(_ text: String, pieces: Int = 1, isPlain: Bool) -> String {
    var hash = SHA256(isPlain: isPlain)
    let bytes = Array(text.utf8)
    for piece in 0..<pieces {
      hash.update(bytes[(bytes.count * piece / pieces)..<(bytes.count * (piece + 1) / pieces)])
    }
    return hash.finish()
  }

  @Test(arguments: [false, true]) func agreesWithPublishedVectors(_ isPlain: Bool) {
    #expect(
      digest("", isPlain: isPlain) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      digest("abc", isPlain: isPlain) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", isPlain: isPlain)
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let million = String(repeating: "a", count: 1_000_000)
    for pieces in [1, 3, 1000] {
      #expect(
        digest(million, pieces: pieces, isPlain: isPlain)
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }
}
