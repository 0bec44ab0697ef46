/// What kind of kernel computes an operator: kernels of one kind reach alike shares of a device's peaks.
package enum KernelKind: Sendable, Hashable {
  case product, convolution, transposedConvolution
  /// Products and convolutions of integers with scales.
  case integerProduct
  case attention, recurrent
  case softmax, normalisation
  /// Powers of sums over neighbouring channels.
  case responseNormalisation
  case arithmetic
  /// Exponentials and their kin.
  case transcendental
  case pooling, reduction, transposition
  /// Looks up or writes rows.
  case rows
  case resampling, copy, view
  /// Runs other operators, or nothing is known.
  case other
}

extension OperatorDefinition {
  package var kernel: KernelKind {
    if let named = Self.kernels[name] { return named }
    if traits.contains(.hasBodies) { return .other }
    return switch work {
    case .view: .view
    case .attention: .attention
    case .matrix, .matrixAndVector: .product
    case .movement: traits.contains(.rowLookup) ? .rows : .copy
    case .unknown: .other
    case .counted: traits.contains(.elementwise) ? .copy : .other
    case .perElement, .perOutput, .perInput, .vector:
      traits.contains(.elementwise) ? .arithmetic : .other
    }
  }

  /// Those that their work does not tell.
  private static let kernels: [String: KernelKind] = {
    let names: [(KernelKind, [String])] = [
      (.convolution, ["Conv", "FusedConv", "DeformConv", "NhwcConv", "NhwcFusedConv"]),
      (.transposedConvolution, ["ConvTranspose", "ConvTransposeWithDynamicPads"]),
      (
        .integerProduct,
        [
          "ConvInteger", "DynamicQuantizeLSTM", "DynamicQuantizeMatMul", "MatMulInteger", "MatMulInteger16",
          "MatMulIntegerToFloat", "QAttention", "QGemm", "QLinearConv", "QLinearConvTranspose",
          "QLinearMatMul",
          "QOrderedMatMul",
        ]
      ),
      (.recurrent, ["AttnLSTM", "GRU", "LSTM", "RNN"]),
      (.softmax, ["BiasSoftmax", "Hardmax", "LogSoftmax", "QLinearSoftmax", "Softmax"]),
      (
        .normalisation,
        [
          "BranchwiseRMSNorm", "EngramGate", "GatedRMSNorm", "GroupNorm", "GroupNormalization",
          "InstanceNormalization", "LayerNormalization", "LpNormalization", "MeanVarianceNormalization",
          "RMSNormRotary", "RMSNormalization", "SimplifiedLayerNormalization", "SkipGroupNorm",
          "SkipLayerNormalization", "SkipSimplifiedLayerNormalization",
        ]
      ),
      (.responseNormalisation, ["LRN"]),
      (
        .transcendental,
        [
          "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BiasGelu", "BiasSplitGelu", "Celu", "Cos",
          "Cosh",
          "Elu", "Erf", "Exp", "FastGelu", "Gelu", "Log", "Mish", "ParametricSoftplus", "Pow", "QuickGelu",
          "ScaledSiLU", "ScaledTanh", "Selu", "Sigmoid", "Silu", "Sin", "Sinh", "Softplus", "Softsign",
          "SwiGLU",
          "Swish", "Tan", "Tanh",
        ]
      ),
      (
        .pooling,
        [
          "AveragePool", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "LpPool", "MaxPool",
          "MaxRoiPool",
          "MaxpoolWithMask", "NhwcMaxPool", "QLinearAveragePool", "QLinearGlobalAveragePool", "RoiAlign",
        ]
      ),
      (
        .reduction,
        [
          "ArgMax", "ArgMin", "CumProd", "CumSum", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
          "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
        ]
      ),
      (.transposition, ["Transpose"]),
      (.rows, ["Scatter", "ScatterElements", "ScatterND"]),
      (.resampling, ["CropAndResize", "GridSample", "Resize", "Upsample"]),
      (.copy, ["Trilu"]),
    ]
    return Dictionary(
      names.flatMap { kind, names in names.map { ($0, kind) } }, uniquingKeysWith: { first, _ in first })
  }()
}
