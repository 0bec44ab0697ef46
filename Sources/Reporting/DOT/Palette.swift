/// Fill and line colours of a drawing, by what they stand for.
struct Palette {
  var fill: String
  var line: String

  static let host = Palette(fill: "#EAF0F8", line: "#4A6FA5")
  static let card = Palette(fill: "#F6F6F3", line: "#9A9A8C")
  static let lookups = Palette(fill: "#DDF0E0", line: "#3A7D44")
  static let dense = Palette(fill: "#FDE9D3", line: "#C26A1B")
  static let request = Palette(fill: "#FFFFFF", line: "#4A6FA5")
  static let transfer = Palette(fill: "#FFFFFF", line: "#5B6770")
  static let bottleneck = Palette(fill: "#FBE3E1", line: "#C62828")
}
