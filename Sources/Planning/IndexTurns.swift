/// Goes whose indices leave the host one after the other.
///
/// Time is at least what the indices before a go take to leave, and what the go itself takes then; so it is at least any mean of that
/// over all goes. A table counts by the weight of its own go, and by its indices' way out in all later ones. The weights are a
/// geometric series, whose ratio makes a table of average figures count the same in whatever go it is: what a table counts is
/// then linear in the weight of its go, and least in the first or the last.
struct IndexTurns {
  /// By go, the first to leave first; of more goes than there are the last are empty.
  let weights: [Double]

  /// - Parameters:
  ///   - leaving: Seconds in which all indices leave the host.
  ///   - taking: Seconds of all goes one after the other.
  init(goes: Int, leaving: Double, taking: Double) {
    let ratio = taking > leaving ? 1 - leaving / taking : 0
    var weight = 1.0
    var last: [Double] = []
    for _ in 0..<goes {
      last.append(weight)
      weight *= ratio
    }
    let sum = last.reduce(0, +)
    weights = last.reversed().map { $0 / sum }
  }

  /// The least that something with these seconds counts.
  func least(leaving: Double, taking: Double) -> Double {
    guard let first = weights.first, let last = weights.last else { return 0 }
    return min(first * taking + (1 - first) * leaving, last * taking)
  }
}
