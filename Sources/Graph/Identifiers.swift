/// Identifies a tensor by its position in ``Graph/tensors``.
public struct TensorID: Hashable, Comparable, Sendable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: TensorID, b: TensorID) -> Bool { a.index < b.index }
}

/// Identifies an operator by its position in ``Graph/operators``.
public struct OperatorID: Hashable, Comparable, Sendable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: OperatorID, b: OperatorID) -> Bool { a.index < b.index }
}
