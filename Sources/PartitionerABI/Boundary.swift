import CPartitioner
import Glibc
import Partitioner

/// The edge between C and Swift: pointers in, copies out, errors as statuses.
enum Boundary {
  typealias Output = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// What a call leaves: text for the caller, and why it did not succeed, if it did not.
  struct Answer {
    var text: String
    var failure: PartitionError?
  }

  /// Runs a call, stores its text and its error, and answers its status.
  static func run(
    _ output: Output?, _ body: () throws(PartitionError) -> Answer
  ) -> partitioner_status {
    unsafe output?.pointee = nil
    guard let output = unsafe output else { return fail(noOutput) }
    let answer: Answer
    do { answer = try body() } catch { return fail(error) }
    guard let copy = unsafe strdup(answer.text) else {
      return fail(PartitionError(.internalError, "out of memory"))
    }
    unsafe output.pointee = unsafe copy
    if let failure = answer.failure { return fail(failure) }
    return succeed()
  }

  /// Runs a call and stores a handle of what it answers, which ``release(_:_:)`` takes back.
  static func run<Object: AnyObject>(
    handle output: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws(PartitionError) -> Object
  ) -> partitioner_status {
    unsafe output?.pointee = nil
    guard let output = unsafe output else { return fail(noOutput) }
    do { unsafe output.pointee = OpaquePointer(Unmanaged.passRetained(try body()).toOpaque()) } catch {
      return fail(error)
    }
    return succeed()
  }

  /// What a handle stands for.
  ///
  /// - Throws: `usage` for NULL.
  static func object<Object: AnyObject>(
    _ handle: OpaquePointer?, _ type: Object.Type, _ what: String
  ) throws(PartitionError) -> Object {
    guard let object = unsafe peek(handle, type) else { throw PartitionError(.usage, "the \(what) is NULL") }
    return object
  }

  /// What a handle stands for; `nil` for NULL.
  static func peek<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) -> Object? {
    guard let handle = unsafe handle else { return nil }
    return unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  static func release<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
    guard let handle = unsafe handle else { return }
    unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
  }

  private static var noOutput: PartitionError {
    PartitionError(.usage, "the pointer that receives the result is NULL")
  }

  private static func succeed() -> partitioner_status {
    error_slot_set(nil)
    return partitioner_status(PARTITIONER_OK)
  }

  /// A C string; `nil` for NULL. What is not UTF-8 is repaired, and so fails as JSON or as a name.
  static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  /// - Throws: `usage` for NULL with a size.
  static func bytes(_ pointer: UnsafeRawPointer?, _ size: Int) throws(PartitionError) -> [UInt8]? {
    guard let pointer = unsafe pointer else {
      if size == 0 { return nil }
      throw PartitionError(.usage, "the model is NULL but its size is \(size)")
    }
    guard size >= 0 else { throw PartitionError(.usage, "the model's size is more than memory can hold") }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: pointer, count: size))
  }

  private static func fail(_ error: PartitionError) -> partitioner_status {
    unsafe error_slot_set(error.description)
    return error.kind.rawValue
  }
}
