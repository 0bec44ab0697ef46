/// A self-contained page: one file, no network, light and dark, for screens of any width, for paper, keyboard and screen
/// reader.
///
/// A content security policy forbids everything from elsewhere, and scripts of any kind. Text goes through ``text(_:)``, which escapes it.
package struct HTMLPage {
  package struct Section {
    package var id: String
    package var title: String
    /// Markup.
    package var body: String

    package init(_ id: String, _ title: String, _ body: String) {
      self.id = id
      self.title = title
      self.body = body
    }
  }

  private let title: String
  private let sections: [Section]

  package init(title: String, sections: [Section]) {
    self.title = title
    self.sections = sections
  }

  /// Text as markup.
  package static func text(_ text: String) -> String { Escaping.xml(text) }

  package var html: String {
    let links = sections.map { "<li><a href=\"#\($0.id)\">\(Self.text($0.title))</a></li>" }.joined()
    let body = sections.map {
      "<section id=\"\($0.id)\" aria-labelledby=\"\($0.id)-title\"><h2 id=\"\($0.id)-title\">\(Self.text($0.title))</h2>\n\($0.body)\n</section>"
    }.joined(separator: "\n")
    return """
      <!DOCTYPE html>
      <!-- Partition -->
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,">
      <title>\(Self.text(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header><h1>\(Self.text(title))</h1>
      <nav aria-label="Sections"><ul>\(links)</ul></nav></header>
      <main id="content">
      \(body)
      </main>
      </body>
      </html>

      """
  }

  /// A table with a caption; wide ones scroll by themselves and can be reached by keyboard.
  ///
  /// - Parameters:
  ///   - columns: their heads, and whether they hold figures.
  ///   - rows: markup, a cell a column; the first is the row's head.
  package static func table(
    caption: String, columns: [(name: String, isFigure: Bool)], rows: [[String]]
  ) -> String {
    let head = columns.map { "<th scope=\"col\"\($0.isFigure ? " class=\"n\"" : "")>\(text($0.name))</th>" }
      .joined()
    let body = rows.map { row in
      "<tr>"
        + row.enumerated().map { index, cell in
          if index == 0 { return "<th scope=\"row\">\(cell)</th>" }
          return columns.indices.contains(index) && columns[index].isFigure
            ? "<td class=\"n\">\(cell)</td>" : "<td>\(cell)</td>"
        }.joined() + "</tr>"
    }.joined(separator: "\n")
    return """
      <div class="scroll" role="region" tabindex="0" aria-label="\(text(caption))"><table>
      <caption>\(text(caption))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)
      </tbody></table></div>
      """
  }

  /// A drawing with its description, which screen readers say in its place.
  package static func figure(_ svg: String, caption: String, summary: String = "") -> String {
    "<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(text(caption))\">\(svg)</div>"
      + "<figcaption>\(text(caption))\(summary.isEmpty ? "" : "<br>\(text(summary))")</figcaption></figure>"
  }

  /// Something long behind a line that opens it.
  package static func details(_ line: String, _ body: String) -> String {
    "<details><summary>\(text(line))</summary>\n\(body)\n</details>"
  }

  /// The beginning of a drawing of the page's colours; its end is `</svg>`.
  ///
  /// - Parameters:
  ///   - label: what it shows, in a sentence.
  ///   - hasLinks: whether parts of it lead somewhere, so that it is no single picture.
  package static func svg(width: Int, height: Int, label: String, hasLinks: Bool = false) -> String {
    "<svg role=\"\(hasLinks ? "group" : "img")\" aria-label=\"\(text(label))\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\">"
  }

  /// Colours told apart by the colour-blind too (Okabe and Ito 2008), as classes `c0` to `c7` in both schemes.
  package static let colours = 8

  private static let style = """
    :root{--ground:#fff;--ink:#1a1d21;--soft:#555b63;--line:#d4d8dd;--panel:#f5f6f8;--accent:#0b5cad;--good:#0a6b4b;--bad:#b02a1a;
    --c0:#0072b2;--c1:#d98200;--c2:#00845f;--c3:#b0568c;--c4:#3d97cc;--c5:#c24f00;--c6:#777d85;--c7:#8a7d00}
    @media screen and (prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#e8eaed;--soft:#aab1b9;--line:#3a4048;--panel:#1e2327;--accent:#7db8f2;
    --good:#5fd0a4;--bad:#ff9a8a;--c0:#4ea6dc;--c1:#f0ab3c;--c2:#34b58e;--c3:#d98fb8;--c4:#8ccbee;--c5:#f0803c;--c6:#9aa1a9;--c7:#d4c53c}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:76rem;padding:1rem 1.25rem 4rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
    h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}
    h2{font-size:1.2rem;margin:2.25rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
    h3{font-size:1rem;margin:1.25rem 0 .25rem}
    a{color:var(--accent)}
    a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
    .skip{position:absolute;left:-99rem}
    .skip:focus{left:1rem;background:var(--ground);padding:.5rem}
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:.5rem 0}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1rem 0;padding:0;list-style:none}
    .cards li{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
    .cards .k{display:block;color:var(--soft);font-size:.875rem}
    .cards .v{display:block;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
    .good{color:var(--good)}
    .bad{color:var(--bad)}
    .soft{color:var(--soft)}
    .scroll{overflow-x:auto;max-width:100%}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.5rem 0}
    caption{text-align:left;color:var(--soft);padding:.25rem 0}
    th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
    th[scope=row]{font-weight:600;overflow-wrap:break-word;min-width:8rem;max-width:22rem}
    .n{text-align:right;white-space:nowrap}
    figure{margin:1rem 0}
    figcaption{color:var(--soft);font-size:.9rem}
    summary{cursor:pointer;padding:.25rem 0}
    ul.notes{padding-left:1.25rem}
    .nested{padding-left:1.25rem}
    svg{max-width:none;height:auto;font:11px system-ui,sans-serif;fill:var(--ink)}
    svg .axis{stroke:var(--line);fill:none}
    svg .soft{fill:var(--soft)}
    svg .edge{stroke:var(--soft);fill:none}
    svg .box{fill:var(--panel);stroke:var(--line)}
    svg .hot{stroke:var(--bad)}
    svg path.hot{fill:none}
    svg .on{fill:#fff}
    svg .label{fill:var(--soft);paint-order:stroke;stroke:var(--ground);stroke-width:3px}
    svg .c0{fill:var(--c0)}svg .c1{fill:var(--c1)}svg .c2{fill:var(--c2)}svg .c3{fill:var(--c3)}
    svg .c4{fill:var(--c4)}svg .c5{fill:var(--c5)}svg .c6{fill:var(--c6)}svg .c7{fill:var(--c7)}
    svg .free{fill:var(--line)}
    svg .line0{stroke:var(--c0)}svg .line1{stroke:var(--c1)}svg .line2{stroke:var(--c2)}svg .line3{stroke:var(--c3)}
    svg .line4{stroke:var(--c4)}svg .line5{stroke:var(--c5)}svg .line6{stroke:var(--c6)}svg .line7{stroke:var(--c7)}
    svg [class^=line]{fill:none;stroke-width:2}
    .key{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:2px}
    .key.c0{background:var(--c0)}.key.c1{background:var(--c1)}.key.c2{background:var(--c2)}.key.c3{background:var(--c3)}
    .key.c4{background:var(--c4)}.key.c5{background:var(--c5)}.key.c6{background:var(--c6)}.key.c7{background:var(--c7)}
    .key.free{background:var(--line)}
    .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;font-size:.9rem}
    .paper{background:#fff;color:#000;color-scheme:light;width:max-content}
    .paper svg{fill:#000}
    fieldset{border:1px solid var(--line);border-radius:.5rem;display:inline-flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center}
    .zoom:has(#zoom0:checked) svg{width:100%}
    .zoom:has(#zoom2:checked) svg{zoom:2}
    .zoom:has(#zoom4:checked) svg{zoom:4}
    strong{font-weight:600}
    @media (max-width:40rem){body{padding:.75rem}.cards{grid-template-columns:1fr 1fr}.bar{width:6rem;height:12px}th[scope=row]{overflow-wrap:anywhere}}
    @media print{:root{--ground:#fff;--ink:#000;--soft:#444;--panel:#fff;--line:#bbb}nav,.skip{display:none}body{max-width:none;padding:0}
    .scroll{overflow:visible}svg{max-width:100%}section{break-inside:auto}figure,tr{break-inside:avoid}h2,h3,.legend{break-after:avoid}fieldset{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
