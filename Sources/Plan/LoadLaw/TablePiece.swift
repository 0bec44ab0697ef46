/// What a piece of a table, or all of it, brings to the device that holds it.
package struct TablePiece: Hashable, Sendable {
  /// Busy seconds of one core, which a group of cores shares out: of the look-ups, and of starting them once a request.
  package var lookupSeconds: Double
  package var launchSeconds: Double
  package var dramSeconds: Double
  /// Bytes into the device: what its look-ups are told to read.
  package var indexBytes: Double
  /// Bytes out of it, of all look-ups of the table together.
  package var resultBytes: Double
  /// Bytes that it takes however many requests there are.
  package var constantBytes: Double
  /// Bytes for each request in flight, and how many of these there are.
  package var bufferBytes: Double
  package var requests = 1

  package var coreSeconds: Double { lookupSeconds + launchSeconds }

  /// - Parameter cores: Those that look it up.
  package func work(cores: Double) -> DeviceWork {
    DeviceWork(cores: coreSeconds / cores, dram: dramSeconds)
  }

  /// Seconds that a part of its look-ups takes at least, on a group of cores that works on nothing else.
  ///
  /// - Parameter part: 0 to 1.
  package func leastSeconds(ofPart part: Double, cores: Double) -> Double {
    max((part * lookupSeconds + launchSeconds) / cores, part * dramSeconds)
  }

  /// Bytes with its requests in flight.
  package var memory: Double { constantBytes + bufferBytes * Double(requests) }
}
