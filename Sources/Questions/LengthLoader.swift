import Partitioner
import Synchronization

/// Loads a model at lengths of the dimension that padding buckets are of, each once: questions plan all buckets again and again.
public final class LengthLoader: Sendable {
  private let read: @Sendable (Int) throws(PartitionError) -> Model
  private let known = Mutex<[Int: Model]>([:])

  public init(_ read: @escaping @Sendable (Int) throws(PartitionError) -> Model) { self.read = read }

  func model(at length: Int) throws(PartitionError) -> Model {
    if let model = known.withLock({ $0[length] }) { return model }
    let model = try read(length)
    known.withLock { $0[length] = model }
    return model
  }
}
