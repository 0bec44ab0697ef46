import ArgumentParser

/// `name=price` of the host, of a card, or of cards of a model.
struct PriceArgument {
  var name: String
  var value: Double

  @Sendable init(argument: String) throws {
    guard let equals = argument.lastIndex(of: "="), equals != argument.startIndex,
      let value = Double(argument[argument.index(after: equals)...]), value >= 0, value.isFinite
    else { throw ValidationError("'\(argument)' is not of the form NAME=PRICE") }
    name = String(argument[..<equals])
    self.value = value
  }

  static func checkNames(_ prices: [PriceArgument]) throws {
    if Set(prices.map(\.name)).count != prices.count {
      throw ValidationError("--price: a name is given twice")
    }
  }

  static func byName(_ prices: [PriceArgument]) -> [String: Double] {
    Dictionary(prices.map { ($0.name, $0.value) }) { first, _ in first }
  }
}
