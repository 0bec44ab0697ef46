/// What a plan proves, and the prices that prove it.
extension PlanDocument {
  public struct CertificateEntry: Codable, Hashable, Sendable {
    /// `seconds` per batch, or `joules` for the energy objective.
    public var unit: Unit
    public var objective: Double
    /// Proven lower bound for every placement in ``scope``.
    public var bound: Double
    public var gap: Double
    public var status: Status
    public var provedBy: String
    /// What the bound ranges over.
    public var scope: String
    /// A bound over every placement, which the check works out again; absent in plans that were written without one.
    public var priceProof: PriceProof?
    /// Name and version of the solver of linear and integer programs; absent in plans that were written without it.
    public var solver: String?

    public enum Unit: String, Codable, Hashable, Sendable { case seconds, joules }
    public enum Status: String, Codable, Hashable, Sendable {
      /// Within the gap that was asked for.
      case proven
      /// The gap is larger than asked for.
      case open
      /// Costs are known to be too low, so that bound and gap say nothing of the model; ``reason`` says which.
      case incomplete
    }
    /// Why nothing is proven, where the status is ``Status/incomplete``.
    public var reason: String?

    public init(
      unit: Unit, objective: Double, bound: Double, gap: Double, status: Status, provedBy: String,
      scope: String, reason: String? = nil, priceProof: PriceProof? = nil, solver: String? = nil
    ) {
      self.unit = unit
      self.objective = objective
      self.bound = bound
      self.gap = gap
      self.status = status
      self.provedBy = provedBy
      self.scope = scope
      self.reason = reason
      self.priceProof = priceProof
      self.solver = solver
    }
  }

  /// A lower bound on the objective of every placement, with the prices that prove it: see ``PriceBound``.
  public struct PriceProof: Codable, Hashable, Sendable {
    /// Seconds or joules, as the certificate's.
    public var bound: Double
    /// The operator whose site tells the cases apart; absent where there is one case.
    public var reader: String?
    /// One of them holds for every placement in one group of cards. None for latency, which needs no prices.
    public var cases: [Case]
    /// For placements in several groups; absent where the plan could not have formed any.
    public var groups: [Grouped]?

    /// The same for a number of groups.
    public struct Grouped: Codable, Hashable, Sendable {
      public var groups: Int
      public var proof: PriceProof

      public init(groups: Int, proof: PriceProof) {
        self.groups = groups
        self.proof = proof
      }
    }

    /// Prices, or a split into two cases.
    public struct Case: Codable, Hashable, Sendable {
      /// Where ``PriceProof/reader`` is; a card stands for all that are like it. Absent where it may be anywhere, and in
      /// the branches of a split.
      public var site: String?
      /// Those above 0.
      public var prices: [Price]?
      public var split: Split?

      public init(site: String? = nil, prices: [Price]? = nil, split: Split? = nil) {
        self.site = site
        self.prices = prices
        self.split = split
      }
    }

    /// Something that is on the host or on cards.
    public struct Split: Codable, Hashable, Sendable {
      public var by: SplitKind
      /// Of the operator or table.
      public var name: String?
      /// Of holders.
      public var count: Int?
      /// For the host, then for cards; for at most so many holders, then for more.
      public var branches: [Case]

      public init(by: SplitKind, name: String? = nil, count: Int? = nil, branches: [Case]) {
        self.by = by
        self.name = name
        self.count = count
        self.branches = branches
      }
    }

    public enum SplitKind: String, Codable, Hashable, Sendable {
      case `operator`, table
      /// Whether cards do anything that the response waits for.
      case cards
      /// Whether cards have tables of the reader.
      case cardTables
      /// Whether the host has tables of the reader.
      case hostTables
      /// How many cards have tables of the reader by themselves, copies not counted.
      case holders
    }

    public struct Price: Codable, Hashable, Sendable {
      /// As in the predicted loads, or a device's memory; a card's name stands for all cards like it.
      public var resource: String
      /// Of a busy second, summed over the cards: a number for seconds, watts for joules. Of a byte of memory: seconds or
      /// joules.
      public var price: Double

      public init(resource: String, price: Double) {
        self.resource = resource
        self.price = price
      }
    }

    public init(bound: Double, reader: String? = nil, cases: [Case], groups: [Grouped]? = nil) {
      self.bound = bound
      self.reader = reader
      self.cases = cases
      self.groups = groups
    }
  }
}
