// swift-format-ignore-file
// Made from models/systems by HardwareTests with RECORD_SNAPSHOTS=1; do not edit.

extension BuiltInDescriptors {
  /// The families described in `models/systems/families`, sorted by name.
  static let families: [Entry] = [
    Entry(
      name: "cpu-avx2",
      json: #"""
        {
          "name": "cpu-avx2",
          "description": "Servers with AVX2 that run ONNX Runtime",
          "figures": {
            "matrixSustainedFraction": {
              "int8": {"value": 0.6, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
              "bf16": {"value": 0.6, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
              "fp16": {"value": 0.6, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
              "fp32": {"value": 0.6, "source": "family cpu-avx2: as the built-in hosts", "assumed": true}
            },
            "vectorSustainedFraction": {"value": 0.3, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "dramSustainedFraction": {"value": 0.8, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "dramRandomFraction": {"value": 0.4, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "dramBurstBytes": {"value": 64, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "sramSustainedFraction": {"value": 0.6, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "launchMicroseconds": {"value": 2, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "lookupsPerCorePerSecond": {"value": 20000000, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
            "reservedGigabytes": {"value": 16, "source": "family cpu-avx2: as the built-in hosts", "assumed": true}
          },
          "idleShare": {"value": 0.3, "source": "family cpu-avx2: as the built-in hosts", "assumed": true},
          "classes": {
            "product": {
              "efficiency": {"value": 0.8858, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 8192, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.6621, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.1447, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "batchedProduct": {
              "efficiency": {"value": 0.7026, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.9367, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 1.708, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.07893, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "pointwiseConvolution": {
              "efficiency": {"value": 0.9922, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 512, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.5007, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 4.441, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.09809, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "convolution": {
              "efficiency": {"value": 0.9922, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.1423, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 26.47, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.1099, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "groupedConvolution": {
              "efficiency": {"value": 1.561, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 64, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 16, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.07076, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.8445, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "depthwiseConvolution": {
              "efficiency": {"value": 0.4488, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 4096, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.7614, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.1738, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "transposedConvolution": {
              "efficiency": {"value": 0.5215, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.6953, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2.301, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.3994, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "integerProduct": {
              "efficiency": {"value": 1.245, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.6621, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.8774, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "recurrent": {
              "efficiency": {"value": 0.7129, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.9506, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 1.683, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.6569, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "softmax": {
              "efficiency": {"value": 0.006776, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 1.455, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.6221, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "normalisation": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.1637, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2.842, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 2.971, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "responseNormalisation": {
              "efficiency": {"value": 0.003065, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.591, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "arithmetic": {
              "efficiency": {"value": 0.08199, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 16380, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 0.596, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.2437, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "transcendental": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.5007, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.334, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "pooling": {
              "efficiency": {"value": 0.5027, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 65540, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.6621, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 1.819, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.4953, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "reduction": {
              "efficiency": {"value": 0.2852, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 65540, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.7614, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.2819, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "innerTransposition": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.2863, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 1, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.3247, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "outerTransposition": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.5758, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 0.9313, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.6688, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "rows": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 10.84, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.3849, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "resampling": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.3786, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 6.939, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.8134, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "copy": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8757, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.1615, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            },
            "view": {
              "efficiency": {"value": 0.3, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfResults": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "halfDepth": {"value": 0, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "bandwidthShare": {"value": 0.8, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "launchMicroseconds": {"value": 2.933, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true},
              "error": {"value": 0.4134, "source": "as cpu-avx512: the same shares of engines half as wide", "assumed": true}
            }
          }
        }
        """#),
    Entry(
      name: "cpu-avx512",
      json: #"""
        {
          "name": "cpu-avx512",
          "description": "Servers with AVX-512 that run ONNX Runtime",
          "figures": {
            "matrixSustainedFraction": {
              "int8": {"value": 0.6, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
              "bf16": {"value": 0.6, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
              "fp16": {"value": 0.6, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
              "fp32": {"value": 0.6, "source": "family cpu-avx512: as the built-in hosts", "assumed": true}
            },
            "vectorSustainedFraction": {"value": 0.3, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "dramSustainedFraction": {"value": 0.8, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "dramRandomFraction": {"value": 0.4, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "dramBurstBytes": {"value": 64, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "sramSustainedFraction": {"value": 0.6, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "launchMicroseconds": {"value": 2, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "lookupsPerCorePerSecond": {"value": 20000000, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
            "reservedGigabytes": {"value": 16, "source": "family cpu-avx512: as the built-in hosts", "assumed": true}
          },
          "idleShare": {"value": 0.3, "source": "family cpu-avx512: as the built-in hosts", "assumed": true},
          "classes": {
            "product": {
              "efficiency": {"value": 0.8858, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 8192, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.6621, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.1447, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "batchedProduct": {
              "efficiency": {"value": 0.7026, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.9367, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 1.708, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.07893, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "pointwiseConvolution": {
              "efficiency": {"value": 0.9922, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 512, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.5007, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 4.441, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.09809, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "convolution": {
              "efficiency": {"value": 0.9922, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.1423, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 26.47, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.1099, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "groupedConvolution": {
              "efficiency": {"value": 1.561, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 64, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 16, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.07076, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.8445, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "depthwiseConvolution": {
              "efficiency": {"value": 0.4488, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 4096, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.7614, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.1738, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "transposedConvolution": {
              "efficiency": {"value": 0.5215, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.6953, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2.301, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.3994, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "integerProduct": {
              "efficiency": {"value": 1.245, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.6621, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.8774, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "recurrent": {
              "efficiency": {"value": 0.7129, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.9506, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 1.683, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.6569, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "softmax": {
              "efficiency": {"value": 0.006776, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 1.455, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.6221, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "normalisation": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.1637, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2.842, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 2.971, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "responseNormalisation": {
              "efficiency": {"value": 0.003065, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.591, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "arithmetic": {
              "efficiency": {"value": 0.08199, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 16380, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 0.596, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.2437, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "transcendental": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.5007, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.334, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "pooling": {
              "efficiency": {"value": 0.5027, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 65540, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.6621, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 1.819, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.4953, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "reduction": {
              "efficiency": {"value": 0.2852, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 65540, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.7614, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.2819, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "innerTransposition": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.2863, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 1, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.3247, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "outerTransposition": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.5758, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 0.9313, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.6688, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "rows": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 10.84, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.3849, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "resampling": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.3786, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 6.939, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.8134, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "copy": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8757, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.1615, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            },
            "view": {
              "efficiency": {"value": 0.3, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfResults": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "bandwidthShare": {"value": 0.8, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "launchMicroseconds": {"value": 2.933, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"},
              "error": {"value": 0.4134, "source": "reports/fidelity/host.md: every other model, ONNX Runtime 1.32 on one core of an AMD EPYC 9005"}
            }
          }
        }
        """#),
    Entry(
      name: "gpu",
      json: #"""
        {
          "name": "gpu",
          "description": "NVIDIA GPUs with the kernels of cuDNN and PyTorch; products of two matrices are each card's own",
          "figures": {
            "matrixSustainedFraction": {
              "int4": {"value": 0.65, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "int8": {"value": 0.65, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp8": {"value": 0.554, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp16": {"value": 0.726, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bf16": {"value": 0.726, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp32": {"value": 0.726, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "matrixHalfResults": {
              "int8": {"value": 590000, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp8": {"value": 228000, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp16": {"value": 150000, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bf16": {"value": 150000, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "matrixHalfDepth": {
              "int8": {"value": 272, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp8": {"value": 61, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp16": {"value": 136, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bf16": {"value": 136, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "matrixLaunchMicroseconds": {
              "int8": {"value": 2.42, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp8": {"value": 2.31, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp16": {"value": 2.66, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bf16": {"value": 2.66, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "matrixQuantiseMicroseconds": {
              "int8": {"value": 4.33, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "fp8": {"value": 9.91, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "vectorSustainedFraction": {"value": 0.5, "source": "family gpu: as the built-in GPUs", "assumed": true},
            "dramSustainedFraction": {"value": 0.793, "source": "family gpu: mean of a100-sxm, h100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
            "sramSustainedFraction": {"value": 0.7, "source": "family gpu: as the built-in GPUs", "assumed": true},
            "dramRandomFraction": {"value": 0.8, "source": "family gpu: as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
            "dramBurstBytes": {"value": 64, "source": "family gpu: as the built-in GPUs", "assumed": true},
            "dramLeastRowBytes": {"value": 112, "source": "family gpu: as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
            "launchMicroseconds": {"value": 1.5, "source": "family gpu: as an H100 SXM: reports/fidelity/gpu.md", "assumed": true},
            "lookupsPerCorePerSecond": {"value": 500000000, "source": "family gpu: as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
            "jointKernels": {"value": ["lookups", "interaction"], "source": "family gpu: as the built-in GPUs", "assumed": true},
            "reservedGigabytes": {"value": 1, "source": "family gpu: as the built-in GPUs", "assumed": true},
            "linkSustainedFraction": {"value": 0.87, "source": "family gpu: as the built-in GPUs", "assumed": true},
            "linkCommandMicroseconds": {"value": 3.6, "source": "family gpu: as an H100 SXM: reports/fidelity/gpu.md", "assumed": true},
            "unsupportedOperators": {"value": [], "source": "family gpu: as the built-in GPUs", "assumed": true}
          },
          "idleShare": {"value": 0.1, "source": "family gpu: a tenth of the design power", "assumed": true},
          "classes": {
            "product8BitWeights": {
              "efficiency": {"value": 0.754, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "halfResults": {"value": 1686, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "halfDepth": {"value": 104, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bandwidthShare": {"value": 0.776, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "launchMicroseconds": {"value": 6.8, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "error": {"value": 0.25, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "product4BitWeights": {
              "efficiency": {"value": 0.744, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "halfResults": {"value": 1999, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "halfDepth": {"value": 85, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "bandwidthShare": {"value": 0.784, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "launchMicroseconds": {"value": 6.41, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true},
              "error": {"value": 0.25, "source": "family gpu: means of a100-sxm and l40s in reports/fidelity/fit.py", "assumed": true}
            },
            "batchedProduct": {
              "efficiency": {"value": 0.4488, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 512, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 256, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.804, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.63, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.123, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "interaction": {
              "efficiency": {"value": 0.7, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"},
              "halfResults": {"value": 512, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"},
              "halfDepth": {"value": 256, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"},
              "bandwidthShare": {"value": 0.85, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"},
              "launchMicroseconds": {"value": 1.75, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"},
              "error": {"value": 0.078, "source": "reports/fidelity/recommendation.md: kernels in Triton on an H100 SXM"}
            },
            "pointwiseConvolution": {
              "efficiency": {"value": 0.789, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 2425, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 129, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.808, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.63, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.07882, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "convolution": {
              "efficiency": {"value": 0.7062, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 4096, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 256, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.3292, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 4.441, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1962, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "groupedConvolution": {
              "efficiency": {"value": 1.561, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 2048, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.804, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 5.551, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1676, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "depthwiseConvolution": {
              "efficiency": {"value": 0.01678, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 8192, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 2, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.6621, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.63, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.14, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "volumetricConvolution": {
              "efficiency": {"value": 0.6305, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 1024, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 512, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.5007, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 5.551, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.2622, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "transposedConvolution": {
              "efficiency": {"value": 0.563, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 8192, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 128, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.5007, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 6.939, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1353, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "attentionPrefill": {
              "efficiency": {"value": 0.563, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 8192, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 512, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.804, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 3.553, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1744, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "attentionDecode": {
              "efficiency": {"value": 1.245, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 2425, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 2048, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.8757, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 4.441, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.07805, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "recurrent": {
              "efficiency": {"value": 0.4007, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 2425, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 64, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.09358, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.63, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.5969, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "softmax": {
              "efficiency": {"value": 0.4488, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 1024, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.6611, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.842, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.3271, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "normalisation": {
              "efficiency": {"value": 0.0501, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"},
              "halfDepth": {"value": 781, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"},
              "bandwidthShare": {"value": 0.623, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.789, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"},
              "error": {"value": 0.105, "source": "reports/fidelity/language.md: LayerNormalization and RMSNormalization by PyTorch 2.11 on an H100 SXM"}
            },
            "arithmetic": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.922, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.455, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.04687, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "transcendental": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.9105, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.819, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.05004, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "pooling": {
              "efficiency": {"value": 0.00952, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 8, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.804, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 4.441, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.2165, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "reduction": {
              "efficiency": {"value": 0.1029, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 2048, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.804, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 2.274, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.09388, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "innerTransposition": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.1637, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.455, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1899, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "outerTransposition": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.4354, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.819, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1121, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "rows": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.2489, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.455, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.4738, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "resampling": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.1076, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.819, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.1609, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            },
            "copy": {
              "efficiency": {"value": 0.5, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfResults": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "halfDepth": {"value": 0, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "bandwidthShare": {"value": 0.8757, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "launchMicroseconds": {"value": 1.455, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"},
              "error": {"value": 0.05777, "source": "reports/fidelity/gpu.md: PyTorch 2.11 with cuDNN 9.19 on an H100 SXM"}
            }
          }
        }
        """#),
    Entry(
      name: "npu",
      json: #"""
        {
          "name": "npu",
          "description": "Inference cards with on-chip memory whose compilers start a kernel an operator",
          "figures": {
            "matrixSustainedFraction": {
              "int4": {"value": 0.68, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true},
              "int8": {"value": 0.68, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true},
              "fp8": {"value": 0.68, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true},
              "fp16": {"value": 0.6, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true},
              "bf16": {"value": 0.6, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true},
              "fp32": {"value": 0.6, "source": "family npu: as the Cloud AI 100, fitted to MLPerf in reports/fidelity/networks.md", "assumed": true}
            },
            "vectorSustainedFraction": {"value": 0.5, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "dramSustainedFraction": {"value": 0.8, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "dramRandomFraction": {"value": 0.5, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "dramBurstBytes": {"value": 64, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "sramSustainedFraction": {"value": 0.7, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "launchMicroseconds": {"value": 2, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "lookupsPerCorePerSecond": {"value": 70000000, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "reservedGigabytes": {"value": 1, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "linkSustainedFraction": {"value": 0.87, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "linkCommandMicroseconds": {"value": 5, "source": "family npu: as the built-in cards with on-chip memory", "assumed": true},
            "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "Scan", "Unique"], "source": "family npu: data-dependent sizes and control flow stay on the host", "assumed": true}
          },
          "idleShare": {"value": 0.25, "source": "family npu: a quarter of the design power", "assumed": true},
          "classes": {}
        }
        """#),
  ]
}
