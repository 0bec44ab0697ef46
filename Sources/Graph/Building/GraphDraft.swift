/// A model as written, before its names are resolved and its shapes inferred: what loaders and
/// ``GraphBuilder`` hand over. Values are named; an empty name is an optional input or output left out.
package struct GraphDraft: Sendable {
  /// A named value with what is declared of it. A `nil` dimension is not known.
  package struct Declaration: Sendable {
    package var name: String
    package var type: ElementType?
    package var shape: [Int?]?
    /// Whether the value is a sequence; type and shape are then those of its items.
    package var isSequence: Bool

    package init(name: String, type: ElementType?, shape: [Int?]?, isSequence: Bool = false) {
      self.name = name
      self.type = type
      self.shape = shape
      self.isSequence = isSequence
    }
  }

  package struct Constant: Sendable {
    package var name: String
    package var type: ElementType
    package var shape: [Int]
    package var values: ConstantValues?
    /// Where the loader has the tensor as written; `nil` for constants that no file states.
    package var origin: Int?

    package init(
      name: String, type: ElementType, shape: [Int], values: ConstantValues? = nil, origin: Int? = nil
    ) {
      self.name = name
      self.type = type
      self.shape = shape
      self.values = values
      self.origin = origin
    }
  }

  package struct Node: Sendable {
    package var name: String
    package var type: String
    package var domain: String
    package var inputs: [String]
    package var outputs: [String]
    package var attributes: [String: Attribute]
    /// Attributes that hold a tensor, by attribute name.
    package var tensors: [String: Constant]
    /// Subgraphs, by attribute name.
    package var bodies: [(attribute: String, draft: GraphDraft)]
    /// Inside a function: attributes whose value is an attribute of the call.
    package var attributeReferences: [String: String]
    /// Tells local functions of one name apart; empty for most.
    package var overload: String
    /// Where the loader has the node as written; `nil` for nodes that no file states.
    package var origin: Int?

    package init(
      name: String, type: String, domain: String = "", overload: String = "", inputs: [String],
      outputs: [String], attributes: [String: Attribute] = [:], tensors: [String: Constant] = [:],
      bodies: [(attribute: String, draft: GraphDraft)] = [],
      attributeReferences: [String: String] = [:]
    ) {
      self.name = name
      self.type = type
      self.domain = domain
      self.overload = overload
      self.inputs = inputs
      self.outputs = outputs
      self.attributes = attributes
      self.tensors = tensors
      self.bodies = bodies
      self.attributeReferences = attributeReferences
    }
  }

  /// What a node calls a local function by.
  package struct FunctionKey: Sendable, Hashable, CustomStringConvertible {
    package var domain: String
    package var name: String
    package var overload: String

    package init(domain: String, name: String, overload: String = "") {
      self.domain = domain
      self.name = name
      self.overload = overload
    }

    package var description: String {
      (domain.isEmpty ? "" : domain + "::") + name + (overload.isEmpty ? "" : ":" + overload)
    }
  }

  /// A local function: an operator defined by a body.
  package struct Function: Sendable {
    /// Inputs, outputs and nodes.
    package var body: GraphDraft
    /// Carries the attributes that have a default, and nothing else.
    package var defaults: Node

    package init(body: GraphDraft, defaults: Node) {
      self.body = body
      self.defaults = defaults
    }
  }

  package var name: String
  /// What the caller feeds; constants of the same name are left out.
  package var inputs: [Declaration]
  package var constants: [Constant]
  package var nodes: [Node]
  package var outputs: [Declaration]
  /// Shapes the file states for values in between.
  package var declarations: [Declaration]
  package var serving: Serving
  package var functions: [FunctionKey: Function]
  /// Passes of loops whose count depends on data, as the caller states them, by the loop's name.
  package var tripCounts: [String: Int]
  /// The batch the caller asks for, where the model may be written for another; see ``BatchRewriter``.
  package var batch: Int?
  /// Which inputs and outputs stay on a device between requests.
  package var states = StateChoice.none
  /// Where the loader has the graph as written: for the types of a body's values.
  package var origin: Int?

  package init(
    name: String, inputs: [Declaration] = [], constants: [Constant] = [], nodes: [Node] = [],
    outputs: [Declaration] = [], declarations: [Declaration] = [], serving: Serving = Serving(),
    functions: [FunctionKey: Function] = [:], tripCounts: [String: Int] = [:],
    batch: Int? = nil
  ) {
    self.name = name
    self.inputs = inputs
    self.constants = constants
    self.nodes = nodes
    self.outputs = outputs
    self.declarations = declarations
    self.serving = serving
    self.functions = functions
    self.tripCounts = tripCounts
    self.batch = batch
  }
}
