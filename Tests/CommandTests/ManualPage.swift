import Foundation

/// A manual page in the macros of man(7), made of what the command says of itself.
struct ManualPage {
  /// What `--experimental-dump-help` prints of a command.
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
    var shouldDisplay: Bool
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }

    var kind: String
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var defaultValue: String?
    var allValues: [String]?
    var isOptional: Bool
    var isRepeating: Bool
    var shouldDisplay: Bool
  }

  private let command: Command
  /// With those above it: `partition plan`.
  private let words: [String]

  init(_ command: Command, words: [String]) {
    self.command = command
    self.words = words
  }

  /// The command's own page, and those of its subcommands.
  static func pages(_ command: Command, above: [String] = []) -> [(name: String, text: String)] {
    let words = above + [command.commandName]
    let below = (command.subcommands ?? []).filter(\.shouldDisplay)
    return [(words.joined(separator: "-") + ".1", ManualPage(command, words: words).text)]
      + below.flatMap { pages($0, above: words) }
  }

  var text: String {
    let title = words.joined(separator: "-")
    var lines = [
      ".TH \(Self.escaped(title.uppercased())) 1 \"\" \"Partition\" \"Partition\"", ".SH NAME",
      "\(Self.escaped(title)) \\- \(Self.escaped(command.abstract ?? ""))", ".SH SYNOPSIS",
      ".B \(Self.escaped(words.joined(separator: " ")))",
      Self.escaped(synopsis),
    ]
    let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
    if let discussion = command.discussion, !discussion.isEmpty {
      lines += [".SH DESCRIPTION"] + Self.paragraphs(discussion)
    }
    if !arguments.isEmpty {
      lines.append(".SH OPTIONS")
      for argument in arguments {
        lines += [".TP", ".B \(Self.escaped(Self.head(argument)))", Self.escaped(Self.body(argument))]
      }
    }
    let below = (command.subcommands ?? []).filter(\.shouldDisplay)
    if !below.isEmpty {
      lines.append(".SH COMMANDS")
      for other in below {
        lines += [
          ".TP", ".BR \(Self.escaped((words + [other.commandName]).joined(separator: "-"))) (1)",
          Self.escaped(other.abstract ?? ""),
        ]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var synopsis: String {
    let places = (command.arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay }.map {
      argument in
      let name = "<\(argument.valueName ?? "")>"
      return argument.isOptional ? "[\(name)]" : name
    }
    let isGroup = !(command.subcommands ?? []).isEmpty
    return ((isGroup ? ["<command>"] : []) + ["[options]"] + places).joined(separator: " ")
  }

  private static func head(_ argument: Argument) -> String {
    if argument.kind == "positional" { return "<\(argument.valueName ?? "")>" }
    let names = (argument.names ?? []).map { $0.kind == "short" ? "-\($0.name)" : "--\($0.name)" }
    return names.joined(separator: ", ") + (argument.kind == "option" ? " <\(argument.valueName ?? "")>" : "")
  }

  private static func body(_ argument: Argument) -> String {
    var text = argument.abstract ?? ""
    if let values = argument.allValues, !values.isEmpty {
      text += " One of \(values.joined(separator: ", "))."
    }
    if let value = argument.defaultValue, argument.kind == "option" { text += " Default: \(value)." }
    return text
  }

  /// Text with its examples as they are.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let indented = line.hasPrefix("  ")
      if indented != isExample {
        lines.append(indented ? ".nf" : ".fi")
        isExample = indented
      }
      lines.append(line.isEmpty ? ".PP" : escaped(String(line)))
    }
    return lines + (isExample ? [".fi"] : [])
  }

  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
