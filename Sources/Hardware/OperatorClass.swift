/// Operators that reach alike shares of a device's peaks.
public enum OperatorClass: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  /// With one matrix of weights.
  case product
  /// The same, of weights that alone are in 8 or 4 bits and are widened as they are read.
  case product8BitWeights, product4BitWeights
  /// Of two stacks of matrices.
  case batchedProduct
  /// Dot products of all pairs of features: ``JointKernel/interaction``.
  case interaction
  case pointwiseConvolution, convolution, groupedConvolution, depthwiseConvolution
  /// Over three axes of space.
  case volumetricConvolution
  case transposedConvolution
  /// Products and convolutions of integers with scales.
  case integerProduct
  /// Of many queries.
  case attentionPrefill
  /// Of one query.
  case attentionDecode
  /// Recurrent layers, by step.
  case recurrent
  case softmax, normalisation, responseNormalisation
  case arithmetic, transcendental, pooling, reduction
  /// In which the last axis moves.
  case innerTransposition
  /// In which it does not.
  case outerTransposition
  /// Rows that are looked up, tables of embeddings aside.
  case rows
  case resampling, copy
  /// That only renames what it reads.
  case view
  case other
}
