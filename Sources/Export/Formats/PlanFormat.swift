/// Formats of other tools that a plan can be written in.
public enum PlanFormat: String, Codable, CaseIterable, Sendable, Hashable {
  /// ONNX models of the partitions with a manifest.
  case parts
  /// A copy of the model with the multi-device annotations of ONNX's IR version 11.
  case onnxDevices = "onnx-devices"
  /// A copy of the model with the layer annotations of ONNX Runtime, and the session option that goes with them.
  case ort
  /// The partition configuration of Qualcomm's Cloud AI 100 compiler.
  case mdp
  /// A sharding plan for TorchRec, read by `reports/exports/torchrec_plan.py`.
  case torchrec
  /// The partition configuration of Glow.
  case glow
  /// Affinities for OpenVINO's HETERO device.
  case openvino
  /// A `device_map` of Hugging Face's Accelerate.
  case deviceMap = "device-map"
  /// Arguments of llama.cpp.
  case llamaCPP = "llama.cpp"
  /// The environment of vLLM.
  case vllm
  /// `shard_matrix` and `shard_strategy` of HugeCTR.
  case hugectr
  /// A model repository for a Triton server.
  case triton

  /// Whether a folder of several files is written rather than one file.
  public var isFolder: Bool {
    switch self {
    case .parts, .onnxDevices, .ort, .triton: true
    default: false
    }
  }
}

/// A plan in another format, with what the format cannot say.
public struct FormattedPlan: Sendable, Hashable {
  public var text: String
  public var losses: [String]
}
