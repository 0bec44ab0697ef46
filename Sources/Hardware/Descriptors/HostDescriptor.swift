/// A host as its file describes it.
struct HostDescriptor: Sendable, Hashable {
  var host: Host

  /// Reads a host description.
  /// - Throws: Every problem in it.
  init(_ value: JSONValue, file: String, path: String = "") throws(SystemError) {
    var reader = ObjectReader(value.completedByFamily, file: file, path: path)
    try reader.requireObject()
    let name = reader.string("name")
    if reader.has("description") { _ = reader.string("description") }
    let processor = reader.processor()
    let reserved = reader.reservedBytes(of: processor?.dram)
    reader.reportUnknownFields()
    guard reader.findings.isEmpty, let name, let processor, let reserved
    else { throw SystemError(category: .badInput, findings: reader.findings) }
    host = Host(name: name, processor: processor, reservedBytes: reserved)
  }
}
