/// `manifest.json`: what a folder of parts holds and how the parts fit together.
///
/// Run in their order, each part finds the tensors that it reads among the model's inputs and what parts before it wrote, by
/// name; the model's outputs are among what is written.
public struct PartsManifest: Codable, Hashable, Sendable {
  /// Tells the file apart from others.
  public static let formatName = "partition-parts"

  public var format = Self.formatName
  public var version = 1
  public var model: Model
  /// The model's, in its order.
  public var inputs: [String]
  public var outputs: [String]
  /// On a card, as planned.
  public var requestsInFlight: Int
  /// In an order in which they can run.
  public var parts: [Part]
  /// All that is handed between parts, or in or out, by name.
  public var tensors: [String: Tensor]
  /// What the plan says and the parts do not do, and why.
  public var losses: [String]

  public struct Model: Codable, Hashable, Sendable {
    public var name: String
    public var sha256: String
  }

  public struct Part: Codable, Hashable, Sendable {
    /// An ONNX model in the folder.
    public var file: String
    /// Its weights, in the folder; absent where the model holds them itself.
    public var weights: String?
    /// Of the plan; absent for what puts the model's outputs together behind all partitions.
    public var partition: Int?
    /// `host` or a card; of copies the first.
    public var device: String
    /// All devices that run a copy.
    public var devices: [String]
    /// `dense` or `sparse`.
    public var role: String
    public var level: Int
    /// Names of tensors, as the part's model declares them.
    public var inputs: [String]
    public var outputs: [String]
    public var weightBytes: Int
    public var tables: [Table]
  }

  /// A table or a shard of one in a part.
  public struct Table: Codable, Hashable, Sendable {
    public var name: String
    /// How its rows are stored in the part: a precision, or `as in the model`.
    public var stored: String
    public var firstRow: Int
    public var rows: Int
    public var firstColumn: Int
    public var columns: Int
  }

  public struct Tensor: Codable, Hashable, Sendable {
    /// Absent where it depends on data.
    public var shape: [Int]?
    /// An element type as ONNX names it, for example `float32`.
    public var type: String?
    /// Absent where the shape is.
    public var bytes: Int?
  }
}
