import Foundation

/// Distributions of the time in the system, from queueing theory; rates are per second.
enum ClosedForms {
  /// M/M/c: chance that a request is in the system for longer than t (Gross, Harris, section 2.3).
  static func mmcTail(arrivals: Double, service: Double, servers: Int, _ t: Double) -> Double {
    let offered = arrivals / service
    var term = 1.0
    var sum = 0.0
    for count in 0..<servers {
      sum += term
      term *= offered / Double(count + 1)
    }
    let queued = term * Double(servers) / (Double(servers) - offered)
    let waits = queued / (sum + queued)
    let drain = Double(servers) * service - arrivals
    // Waiting is 0 or exponential with rate `drain`, then comes a service.
    let both = (drain * exp(-service * t) - service * exp(-drain * t)) / (drain - service)
    return (1 - waits) * exp(-service * t) + waits * both
  }

  /// Two M/M/1 queues one after the other: times in them are independent and exponential (Reich 1957).
  static func tandemTail(_ a: Double, _ b: Double, _ t: Double) -> Double {
    (b * exp(-a * t) - a * exp(-b * t)) / (b - a)
  }

  /// M/D/1 (Erlang 1909): the sum alternates, but keeps ten digits up to some 15 services.
  static func md1Tail(arrivals: Double, serviceSeconds: Double, _ t: Double) -> Double {
    let wait = t - serviceSeconds
    guard wait >= 0 else { return 1 }
    var sum = 0.0
    for count in 0...Int(wait / serviceSeconds) {
      let x = arrivals * (Double(count) * serviceSeconds - wait)
      var term = exp(-x)
      for factor in stride(from: 1, through: count, by: 1) { term *= x / Double(factor) }
      sum += term
    }
    return 1 - (1 - arrivals * serviceSeconds) * sum
  }

  /// Where a falling tail reaches 1 - fraction.
  static func quantile(_ fraction: Double, _ tail: (Double) -> Double) -> Double {
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(middle) > 1 - fraction { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
