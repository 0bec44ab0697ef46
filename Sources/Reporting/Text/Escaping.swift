/// Names as parts of files.
package enum Escaping {
  /// Text or an attribute of XML: blanks become spaces, other characters that XML 1.0 forbids become `forbidden`.
  package static func xml(_ text: String, forbidden: String = " ") -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value & 0xFFFE == 0xFFFE:
        result += forbidden
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
