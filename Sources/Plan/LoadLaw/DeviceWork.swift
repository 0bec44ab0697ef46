/// Seconds in which something keeps a device's cores and its DRAM busy.
package struct DeviceWork: Hashable, Sendable {
  package var cores: Double
  package var dram: Double

  package init(cores: Double = 0, dram: Double = 0) {
    self.cores = cores
    self.dram = dram
  }

  package static func += (sum: inout DeviceWork, more: DeviceWork) {
    sum.cores += more.cores
    sum.dram += more.dram
  }

  package static func * (part: Double, work: DeviceWork) -> DeviceWork {
    DeviceWork(cores: part * work.cores, dram: part * work.dram)
  }
}
