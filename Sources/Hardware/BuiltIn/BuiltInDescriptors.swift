/// The descriptions in `models/systems`, compiled in so that they need no files at run time.
enum BuiltInDescriptors {
  struct Entry: Sendable, Hashable {
    /// The file name without `.json`.
    var name: String
    var json: String
  }
}
