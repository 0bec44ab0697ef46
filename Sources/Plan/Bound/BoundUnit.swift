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
