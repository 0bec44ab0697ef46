import CExchange

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts a folder in its place in one step, so that there is the old one or the new one at any moment.
package enum FolderExchange {
  /// - Parameter replacing: Whether something is there, which then goes to where the new folder was.
  /// - Returns: Whether it was done.
  package static func put(_ new: String, at place: String, replacing: Bool) -> Bool {
    unsafe (replacing ? partition_exchange(new, place) : rename(new, place)) == 0
  }
}
