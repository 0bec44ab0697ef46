/// What a device computes in one kernel though models have an operator for each of its parts.
public enum JointKernel: String, Sendable, Hashable, Codable, CaseIterable {
  /// The look-ups of all tables on a card, as FBGEMM's table-batched embedding does.
  case lookups
  /// The dot products of all pairs of features, with what joins the features before and picks the pairs after. With ``lookups``
  /// it reads features that are single rows from their tables.
  case interaction
}
