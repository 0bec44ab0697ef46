/// Every unit on one device where it may go there, with its first option; both ways.
struct OneDevicePlans: SearchStep {
  let name = StepName.oneDevice

  func run(_ context: SplitContext, within clock: SearchClock) {
    for device in [1, 0] { context.incumbent.offer(Self.all(of: context.problem, on: device)) }
  }

  static func all(of problem: Problem, on device: Int) -> Assignment {
    Assignment(
      choices: problem.units.map { unit in
        let option = unit.options.firstIndex { $0.onlyDevice == device } ?? 0
        return .init(option: option, devices: [unit.options[option].onlyDevice])
      })
  }
}
