/// The sizes of one attention, from which its arithmetic follows.
///
/// Scores and weighted values take batch x heads x queries x keys x (query size + value size) multiply-accumulates, the
/// softmax five vector operations a score; masks are not counted as savings, as kernels skip whole blocks at best.
struct AttentionSizes {
  var batch: Int
  var heads: Int
  var queries: Int
  /// Keys that each query is compared with, the cached ones included.
  var keys: Int
  var querySize: Int
  var valueSize: Int

  var scores: Int { Saturating.product(batch, heads, queries, keys) }

  /// - Parameter projections: multiply-accumulates of projections that are part of the operator.
  func work(projections: Int = 0) -> OperatorWork {
    let products = Saturating.product(scores, Saturating.sum(querySize, valueSize))
    var work = OperatorWork.matrix(Saturating.sum(products, projections))
    work.vectorOperations = Saturating.product(5, scores)
    return work
  }
}
