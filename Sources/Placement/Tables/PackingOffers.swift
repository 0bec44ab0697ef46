/// Packings as offers to an ``Incumbent``, and the packing behind the best of them.
final class PackingOffers {
  let incumbent: Incumbent
  /// Before its penalty was lowered.
  private(set) var best: PackingState?

  init(_ incumbent: Incumbent) { self.incumbent = incumbent }

  /// Takes the state when it is allowed and better; the verdict is the evaluator's, not the search's.
  @discardableResult
  func offer(_ state: PackingState) -> Bool {
    guard state.memoryExcess == 0, state.bottleneck < incumbent.objective,
      incumbent.offer(assignment(state))
    else { return false }
    best = state
    return true
  }

  /// Takes the state when it costs less penalty at no larger objective.
  func offerPolished(_ state: PackingState) -> Bool {
    guard let known = incumbent.assignment, state.memoryExcess == 0 else { return false }
    let candidate = assignment(state)
    return penalty(candidate) < penalty(known)
      && incumbent.exchange(for: candidate, within: incumbent.objective)
  }

  private func assignment(_ state: PackingState) -> Assignment {
    state.model.assignment(
      options: state.option, devices: state.places, unitCount: incumbent.problem.units.count)
  }

  private func penalty(_ assignment: Assignment) -> Double {
    zip(incumbent.problem.units, assignment.choices).reduce(0) { $0 + $1.0.options[$1.1.option].penalty }
  }
}
