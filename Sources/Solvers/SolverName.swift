import Modeling

#if COIN
  import COINSolver
#endif
#if GLPK
  import GLPKSolver
#endif

#if !GLPK && !COIN
  #error("this build has no solver: enable a package trait, GLPK or COIN")
#endif

/// The solvers that this build has, by package trait.
public enum SolverName: String, Sendable, Hashable, CaseIterable, Codable {
  #if GLPK
    /// The GNU Linear Programming Kit.
    case glpk
  #endif
  #if COIN
    /// COIN-OR Clp and Cbc.
    case coin
  #endif

  /// What is taken where none is named.
  #if GLPK
    public static let standard = SolverName.glpk
  #else
    public static let standard = SolverName.coin
  #endif

  public var solver: any MIPSolver {
    switch self {
    #if GLPK
      case .glpk: GLPKSolver()
    #endif
    #if COIN
      case .coin: COINSolver()
    #endif
    }
  }
}
