import Graph

/// What a proof may tell cases apart by: on which side something is.
package enum BoundUnit: Hashable, Sendable {
  case op(OperatorID)
  case table(Int)
  /// Whether cards do anything that the response waits for.
  case cards
  /// Whether cards have tables of the reader.
  case cardTables
  /// Whether the host has tables of the reader.
  case hostTables
  /// Whether at most so many cards are holders: have tables of the reader by themselves, copies not counted.
  case holders(Int)
}

/// A unit, and that it is on the host, or on cards, in any way.
package struct BoundSide: Sendable {
  package var unit: BoundUnit
  package var isOnHost: Bool

  package init(_ unit: BoundUnit, isOnHost: Bool) {
    self.unit = unit
    self.isOnHost = isOnHost
  }
}

/// The placements that a bound is for, as sides of units.
package struct BoundScope {
  /// Of what is on one side or the other.
  var sides: [BoundSide] = []
  /// How many holders there are.
  package var holders: ClosedRange<Int>

  /// - Parameter most: Holders that there can be.
  /// - Returns: `nil` where no placement is left.
  package init?(_ sides: [BoundSide], most: Int) {
    var (least, most) = (0, most)
    for side in sides {
      if case .holders(let count) = side.unit {
        if side.isOnHost { most = min(most, count) } else { least = max(least, min(count, most) + 1) }
      } else {
        self.sides.append(side)
      }
    }
    guard least <= most else { return nil }
    holders = least...most
    if least > 0 { self.sides.append(BoundSide(.cardTables, isOnHost: false)) }
  }
}
