import Foundation
import Simulation

/// What the simulator finds beside what theory knows, as Markdown.
enum TheoryPage {
  static func text() throws -> String {
    var lines = [
      "# The simulator beside closed forms",
      "",
      "Made by `make theory`, from a fixed seed. Eight replications of 200,000 requests each; ± is the half width of the 95 % interval",
      "(Student's t), so that one figure in twenty lies outside by chance. With fair sharing each link is shared by the transfers",
      "that are on it, whatever the other links on their way do.",
      "",
      "| system | source | figure | theory | this simulator | off by |",
      "|---|---|---|---|---|---|",
    ]
    for system in TheorySystem.all {
      let found = system.read(try Simulator(system.program).run(system.options))
      let (unit, scale) = system.figure.hasPrefix("lost") ? ("", 1.0) : (" ms", 1e3)
      let margin = found.halfWidth95.map { " ± \(String(format: "%.2g", $0 * scale))" } ?? ""
      lines.append(
        "| \(system.name) | \(system.source) | \(system.figure) | \(digits(system.exact * scale))\(unit) | "
          + "\(digits(found.value * scale))\(margin)\(unit) | \(String(format: "%.2f", 100 * (found.value / system.exact - 1))) % |"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func digits(_ value: Double) -> String { String(format: "%.4g", value) }
}
