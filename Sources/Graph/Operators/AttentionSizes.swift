/// The sizes of one attention, from which its arithmetic follows.
///
/// Scores and weighted values take batch x heads x queries x keys x (query size + value size) multiply-accumulates, the
/// softmax five vector operations a score. Of causal attention the scores that are hidden by its form count nothing: kernels of
/// cards skip them, block by block. Masks that are tensors save nothing.
struct AttentionSizes {
  var batch: Int
  var heads: Int
  var queries: Int
  /// Keys that each query is compared with, the cached ones included.
  var keys: Int
  var querySize: Int
  var valueSize: Int
  /// Whether each query sees the keys up to its own position, and the last one all of them.
  var isCausal = false

  var scores: Int {
    let all = Saturating.product(batch, heads, queries, keys)
    guard isCausal else { return all }
    let steps = min(queries, keys)
    return all - min(all, Saturating.product(batch, heads, steps, max(0, steps - 1)) / 2)
  }

  /// - Parameter projections: multiply-accumulates of projections that are part of the operator.
  func work(projections: Int = 0) -> OperatorWork {
    let products = Saturating.product(scores, Saturating.sum(querySize, valueSize))
    var work = OperatorWork.matrix(Saturating.sum(products, projections))
    work.vectorOperations = Saturating.product(5, scores)
    return work
  }
}
