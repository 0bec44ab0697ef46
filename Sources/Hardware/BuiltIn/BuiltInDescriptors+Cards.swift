// swift-format-ignore-file
// Made from models/systems by HardwareTests with RECORD_SNAPSHOTS=1; do not edit.

extension BuiltInDescriptors {
  /// The cards described in `models/systems/cards`, sorted by name.
  static let cards: [Entry] = [
    Entry(
      name: "a10",
      json: #"""
        {
          "model": "a10",
          "description": "NVIDIA A10",
          "cores": {"value": 72, "source": "A10 data sheet: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 250, "source": "A10 data sheet"},
            "fp16": {"value": 125, "source": "A10 data sheet"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.56, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
            "fp16": {"value": 0.52, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 31.2, "source": "A10 data sheet; fp16 as fp32"},
            "fp32": {"value": 31.2, "source": "A10 data sheet; fp16 as fp32"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 24, "source": "A10 data sheet"},
          "dramGigabytesPerSecond": {"value": 600, "source": "A10 data sheet"},
          "dramSustainedFraction": {"value": 0.85, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "GDDR6: two 32-byte sectors of one line", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "sramMebibytes": {"value": 6, "source": "A10 data sheet: L2 cache"},
          "sramGigabytesPerSecond": {"value": 2500, "source": "L2 cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 20, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 150, "source": "A10 data sheet: design power"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "a100-sxm",
      json: #"""
        {
          "model": "a100-sxm",
          "description": "NVIDIA A100 SXM 80 GB",
          "family": {"value": "gpu", "source": "shares of the peaks as an H100 SXM: reports/fidelity/gpu.md", "assumed": true},
          "cores": {"value": 108, "source": "A100 80GB data sheet, SXM column: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 624, "source": "A100 80GB data sheet, SXM column, dense"},
            "fp16": {"value": 312, "source": "A100 80GB data sheet, SXM column, dense"},
            "bf16": {"value": 312, "source": "A100 80GB data sheet, SXM column, dense"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.852, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 0.828, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 0.828, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfResults": {
            "int8": {"value": 489728, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 162437, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 162437, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfDepth": {
            "int8": {"value": 386, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 176, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 176, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixLaunchMicroseconds": {
            "int8": {"value": 3.45, "source": "as bf16, the rest of the fitted time is what quantises", "assumed": true},
            "fp16": {"value": 3.45, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 3.45, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixQuantiseMicroseconds": {
            "int8": {"value": 6.39, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, less the launch in bf16"}
          },
          "classes": {
            "product8BitWeights": {
              "efficiency": {"value": 0.849, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 2700, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 134, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.797, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 9.72, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.052, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "product4BitWeights": {
              "efficiency": {"value": 0.813, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 3114, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 107, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.753, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 9.33, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.064, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "attentionPrefill": {
              "efficiency": {"value": 0.495, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 12213, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 606, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.248, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 3.14, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.036, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "attentionDecode": {
              "efficiency": {"value": 0.092, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 16, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 685, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.847, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 14.75, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.262, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            }
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 78, "source": "A100 80GB data sheet, SXM column"},
            "fp32": {"value": 19.5, "source": "A100 80GB data sheet, SXM column"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 80, "source": "A100 80GB data sheet, SXM column"},
          "dramGigabytesPerSecond": {"value": 2039, "source": "A100 80GB data sheet, SXM column"},
          "dramSustainedFraction": {"value": 0.79, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "HBM2e pseudo-channel access", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "cacheMebibytes": {"value": 40, "source": "A100 80GB data sheet, SXM column: L2 cache"},
          "cacheSpeedup": {"value": 1, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 60, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 400, "source": "A100 80GB data sheet, SXM column"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "peerLinkGigabytesPerSecond": {"value": 300, "source": "A100 80GB data sheet, SXM column: NVLink, a direction"},
          "peerLinkSustainedFraction": {"value": 0.41, "source": "NCCL's all-gather between two cards in the tables of AIConfigurator, half of its bytes a direction; off by 16 % in the median"},
          "peerLinkCommandMicroseconds": {"value": 10.8, "source": "NCCL's all-gather between two cards in the tables of AIConfigurator, half of its bytes a direction; off by 16 % in the median"},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "cloud-ai-100-pro",
      json: #"""
        {
          "model": "cloud-ai-100-pro",
          "description": "Qualcomm Cloud AI 100 Pro",
          "cores": {"value": 16, "source": "Qualcomm Cloud AI SDK documentation"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 375, "source": "Qualcomm Cloud AI SDK documentation"},
            "fp16": {"value": 125, "source": "Qualcomm Cloud AI SDK documentation"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.68, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
            "fp16": {"value": 0.6, "source": "as int8", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 2.048, "source": "per core 64 lanes, multiply-add, 1 GHz", "assumed": true},
            "fp32": {"value": 1.024, "source": "half of fp16", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 32, "source": "Qualcomm Cloud AI SDK documentation"},
          "dramGigabytesPerSecond": {"value": 137, "source": "Qualcomm Cloud AI SDK documentation"},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.5, "source": "a page opened for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "LPDDR4x: a 32-bit channel times a burst of 16"},
          "sramMebibytes": {"value": 144, "source": "Qualcomm Cloud AI SDK documentation"},
          "sramGigabytesPerSecond": {"value": 6400, "source": "400 GB/s a core", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "classes": {
            "product": {
              "efficiency": {"value": 0.34, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
              "halfResults": {"value": 0, "source": "no curve is known", "assumed": true},
              "halfDepth": {"value": 0, "source": "no curve is known", "assumed": true},
              "bandwidthShare": {"value": 0.7, "source": "as other kernels", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as other kernels", "assumed": true},
              "error": {"value": 0.3, "source": "reports/fidelity/networks.md", "assumed": true}
            }
          },
          "launchMicroseconds": {"value": 2, "source": "a step of a compiled net that starts on all cores", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 70000000, "source": "half of the cores saturate DRAM with 128-byte rows", "assumed": true},
          "idleWatts": {"value": 19, "source": "a quarter of the design power", "assumed": true},
          "busyWatts": {"value": 75, "source": "Qualcomm Cloud AI SDK documentation: design power"},
          "reservedGigabytes": {"value": 1, "source": "firmware, compiled nets and command buffers", "assumed": true},
          "linkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen4 x8 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 5, "source": "doorbell, descriptor and completion", "assumed": true},
          "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "Scan", "Unique"], "source": "data-dependent sizes and control flow stay on the host", "assumed": true}
        }
        """#),
    Entry(
      name: "cloud-ai-100-standard",
      json: #"""
        {
          "model": "cloud-ai-100-standard",
          "description": "Qualcomm Cloud AI 100 Standard",
          "cores": {"value": 14, "source": "325/375 of the Pro card's 16", "assumed": true},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 325, "source": "Qualcomm Cloud AI SDK documentation"},
            "fp16": {"value": 110, "source": "Qualcomm Cloud AI SDK documentation"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.68, "source": "as the Pro card: reports/fidelity/networks.md", "assumed": true},
            "fp16": {"value": 0.6, "source": "as int8", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 1.792, "source": "per core 64 lanes, multiply-add, 1 GHz", "assumed": true},
            "fp32": {"value": 0.896, "source": "half of fp16", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 16, "source": "Qualcomm Cloud AI SDK documentation"},
          "dramGigabytesPerSecond": {"value": 137, "source": "Qualcomm Cloud AI SDK documentation"},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.5, "source": "a page opened for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "LPDDR4x: a 32-bit channel times a burst of 16"},
          "sramMebibytes": {"value": 126, "source": "Qualcomm Cloud AI SDK documentation"},
          "sramGigabytesPerSecond": {"value": 5600, "source": "400 GB/s a core", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "classes": {
            "product": {
              "efficiency": {"value": 0.34, "source": "as the Pro card: reports/fidelity/networks.md", "assumed": true},
              "halfResults": {"value": 0, "source": "no curve is known", "assumed": true},
              "halfDepth": {"value": 0, "source": "no curve is known", "assumed": true},
              "bandwidthShare": {"value": 0.7, "source": "as other kernels", "assumed": true},
              "launchMicroseconds": {"value": 2, "source": "as other kernels", "assumed": true},
              "error": {"value": 0.3, "source": "reports/fidelity/networks.md", "assumed": true}
            }
          },
          "launchMicroseconds": {"value": 2, "source": "a step of a compiled net that starts on all cores", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 70000000, "source": "half of the cores saturate DRAM with 128-byte rows", "assumed": true},
          "idleWatts": {"value": 19, "source": "a quarter of the design power", "assumed": true},
          "busyWatts": {"value": 75, "source": "Qualcomm Cloud AI SDK documentation: design power"},
          "reservedGigabytes": {"value": 1, "source": "firmware, compiled nets and command buffers", "assumed": true},
          "linkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen4 x8 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 5, "source": "doorbell, descriptor and completion", "assumed": true},
          "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "Scan", "Unique"], "source": "data-dependent sizes and control flow stay on the host", "assumed": true}
        }
        """#),
    Entry(
      name: "h100-pcie",
      json: #"""
        {
          "model": "h100-pcie",
          "description": "NVIDIA H100 PCIe",
          "cores": {"value": 114, "source": "H100 PCIe product brief PB-11133: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 1513, "source": "H100 PCIe product brief PB-11133", "assumed": true},
            "fp16": {"value": 756, "source": "H100 PCIe product brief PB-11133", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.54, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
            "fp16": {"value": 0.6, "source": "small-batch inference kernels", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 102.4, "source": "H100 data sheet, PCIe column"},
            "fp32": {"value": 51.2, "source": "H100 data sheet, PCIe column"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 80, "source": "H100 PCIe product brief PB-11133"},
          "dramGigabytesPerSecond": {"value": 2000, "source": "H100 PCIe product brief PB-11133"},
          "dramSustainedFraction": {"value": 0.85, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "HBM2e pseudo-channel access", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "sramMebibytes": {"value": 50, "source": "H100 PCIe product brief PB-11133: L2 cache"},
          "sramGigabytesPerSecond": {"value": 5500, "source": "L2 cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 50, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 350, "source": "H100 PCIe product brief PB-11133: design power"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 63.0, "source": "PCIe Gen5 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "h100-sxm",
      json: #"""
        {
          "model": "h100-sxm",
          "description": "NVIDIA H100 SXM 80 GB",
          "family": {"value": "gpu", "source": "fitted on this card: reports/fidelity/gpu.md"},
          "cores": {"value": 132, "source": "H100 data sheet, SXM column: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 1979, "source": "H100 data sheet, SXM column, dense"},
            "fp8": {"value": 1979, "source": "H100 data sheet, SXM column, dense"},
            "fp16": {"value": 989, "source": "H100 data sheet, SXM column, dense"},
            "bf16": {"value": 989, "source": "H100 data sheet, SXM column, dense"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.4, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 0.665, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, and of cuBLASLt without what quantises"},
            "fp16": {"value": 0.79, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 0.79, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfResults": {
            "int8": {"value": 800000, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 361558, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, and of cuBLASLt without what quantises"},
            "fp16": {"value": 320598, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 320598, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfDepth": {
            "int8": {"value": 256, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 179.7, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, and of cuBLASLt without what quantises"},
            "fp16": {"value": 129, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 129, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixLaunchMicroseconds": {
            "int8": {"value": 2, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 2.58, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, and of cuBLASLt without what quantises"},
            "fp16": {"value": 2.63, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 2.63, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixQuantiseMicroseconds": {
            "fp8": {"value": 9.96, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixQuantiseBytes": {
            "fp8": {"value": 3, "source": "read in 16 bits, written in 8"}
          },
          "classes": {
            "attentionPrefill": {
              "efficiency": {"value": 0.591, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 14085, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 1325, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.272, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 5.21, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.05, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "attentionDecode": {
              "efficiency": {"value": 0.043, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 11, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 922, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.808, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 9.46, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.141, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            }
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 133.8, "source": "H100 data sheet, SXM column"},
            "fp32": {"value": 66.9, "source": "H100 data sheet, SXM column"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 80, "source": "H100 data sheet, SXM column"},
          "dramGigabytesPerSecond": {"value": 3350, "source": "H100 data sheet, SXM column"},
          "dramSustainedFraction": {"value": 0.8, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "dramRandomFraction": {"value": 0.8, "source": "reports/fidelity/recommendation.md: one kernel for all tables"},
          "dramBurstBytes": {"value": 64, "source": "HBM3 pseudo-channel access", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "reports/fidelity/recommendation.md: rows of up to 64 bytes"},
          "cacheMebibytes": {"value": 50, "source": "H100 data sheet, SXM column: L2 cache"},
          "cacheSpeedup": {"value": 1, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "launchMicroseconds": {"value": 1.5, "source": "reports/fidelity/gpu.md: elementwise kernels of a captured graph"},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "reports/fidelity/recommendation.md: tables that lie in the L2 cache"},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "reports/fidelity/recommendation.md: kernels in Triton"},
          "idleWatts": {"value": 60, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 700, "source": "H100 data sheet, SXM column"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 63.0, "source": "PCIe Gen5 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "reports/fidelity/gpu.md: 55 GB/s, pinned memory"},
          "linkCommandMicroseconds": {"value": 3.6, "source": "reports/fidelity/gpu.md: copies of up to 32 KB in a row"},
          "peerLinkGigabytesPerSecond": {"value": 450, "source": "H100 data sheet, SXM column: NVLink, a direction"},
          "peerLinkSustainedFraction": {"value": 0.465, "source": "NCCL's all-gather between two cards in the tables of AIConfigurator, half of its bytes a direction; off by 13 % in the median"},
          "peerLinkCommandMicroseconds": {"value": 6, "source": "NCCL's all-gather between two cards in the tables of AIConfigurator, half of its bytes a direction; off by 13 % in the median"},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "h200-sxm",
      json: #"""
        {
          "model": "h200-sxm",
          "description": "NVIDIA H200 SXM 141 GB",
          "family": {"value": "gpu", "source": "of an H100 SXM, held against this card: reports/fidelity/gpu.md"},
          "cores": {"value": 132, "source": "H200 data sheet, SXM column: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 1979, "source": "H200 data sheet, SXM column, dense"},
            "fp8": {"value": 1979, "source": "H200 data sheet, SXM column, dense"},
            "fp16": {"value": 989, "source": "H200 data sheet, SXM column, dense"},
            "bf16": {"value": 989, "source": "H200 data sheet, SXM column, dense"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.4, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 0.665, "source": "as h100-sxm, whose chip it has", "assumed": true},
            "fp16": {"value": 0.79, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 0.79, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "matrixHalfResults": {
            "int8": {"value": 800000, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 361558, "source": "as h100-sxm, whose chip it has", "assumed": true},
            "fp16": {"value": 320598, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 320598, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "matrixHalfDepth": {
            "int8": {"value": 256, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 179.7, "source": "as h100-sxm, whose chip it has", "assumed": true},
            "fp16": {"value": 129, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 129, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "matrixLaunchMicroseconds": {
            "int8": {"value": 2, "source": "reports/fidelity/gpu.md, recommendation.md: cuBLASLt and Triton on an H100 SXM, what quantises operands not included"},
            "fp8": {"value": 2.58, "source": "as h100-sxm, whose chip it has", "assumed": true},
            "fp16": {"value": 2.63, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 2.63, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "matrixQuantiseMicroseconds": {
            "fp8": {"value": 9.96, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "matrixQuantiseBytes": {
            "fp8": {"value": 3, "source": "as h100-sxm, whose chip it has", "assumed": true}
          },
          "classes": {
            "attentionPrefill": {
              "efficiency": {"value": 0.591, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "halfResults": {"value": 14085, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "halfDepth": {"value": 1325, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "bandwidthShare": {"value": 0.272, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "launchMicroseconds": {"value": 5.21, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "error": {"value": 0.05, "source": "as h100-sxm, whose chip it has", "assumed": true}
            },
            "attentionDecode": {
              "efficiency": {"value": 0.043, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "halfResults": {"value": 11, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "halfDepth": {"value": 922, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "bandwidthShare": {"value": 0.808, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "launchMicroseconds": {"value": 9.46, "source": "as h100-sxm, whose chip it has", "assumed": true},
              "error": {"value": 0.141, "source": "as h100-sxm, whose chip it has", "assumed": true}
            }
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 133.8, "source": "H200 data sheet, SXM column"},
            "fp32": {"value": 66.9, "source": "H200 data sheet, SXM column"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 141, "source": "H200 data sheet, SXM column"},
          "dramGigabytesPerSecond": {"value": 4800, "source": "H200 data sheet, SXM column"},
          "dramSustainedFraction": {"value": 0.8, "source": "as h100-sxm, whose chip it has", "assumed": true},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "HBM3e pseudo-channel access", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "cacheMebibytes": {"value": 50, "source": "H200 data sheet, SXM column: L2 cache"},
          "cacheSpeedup": {"value": 1, "source": "as h100-sxm, whose chip it has", "assumed": true},
          "launchMicroseconds": {"value": 1.5, "source": "reports/fidelity/gpu.md: elementwise kernels of a captured graph"},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 60, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 700, "source": "H200 data sheet, SXM column"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 63.0, "source": "PCIe Gen5 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "reports/fidelity/gpu.md: 55 GB/s, pinned memory"},
          "linkCommandMicroseconds": {"value": 3.6, "source": "reports/fidelity/gpu.md: copies of up to 32 KB in a row"},
          "peerLinkGigabytesPerSecond": {"value": 450, "source": "H200 data sheet: NVLink, a direction"},
          "peerLinkSustainedFraction": {"value": 0.465, "source": "as h100-sxm, whose links it has", "assumed": true},
          "peerLinkCommandMicroseconds": {"value": 6, "source": "as h100-sxm, whose links it has", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "l4",
      json: #"""
        {
          "model": "l4",
          "description": "NVIDIA L4",
          "cores": {"value": 58, "source": "L4 data sheet, dense = half of the sparse figures: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 242, "source": "L4 data sheet, dense = half of the sparse figures"},
            "fp16": {"value": 121, "source": "L4 data sheet, dense = half of the sparse figures"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.5, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
            "fp16": {"value": 0.6, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 30.3, "source": "L4 data sheet; fp16 as fp32"},
            "fp32": {"value": 30.3, "source": "L4 data sheet; fp16 as fp32"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 24, "source": "L4 data sheet, dense = half of the sparse figures"},
          "dramGigabytesPerSecond": {"value": 300, "source": "L4 data sheet, dense = half of the sparse figures"},
          "dramSustainedFraction": {"value": 0.85, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "GDDR6: two 32-byte sectors of one line", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "sramMebibytes": {"value": 48, "source": "L4 data sheet, dense = half of the sparse figures: L2 cache"},
          "sramGigabytesPerSecond": {"value": 2500, "source": "L2 cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 13, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 72, "source": "L4 data sheet, dense = half of the sparse figures: design power"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "l40s",
      json: #"""
        {
          "model": "l40s",
          "description": "NVIDIA L40S",
          "family": {"value": "gpu", "source": "shares of the peaks as an H100 SXM: reports/fidelity/gpu.md", "assumed": true},
          "cores": {"value": 142, "source": "L40S data sheet: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 733, "source": "L40S data sheet, dense"},
            "fp8": {"value": 733, "source": "L40S data sheet, dense"},
            "fp16": {"value": 362, "source": "L40S data sheet, dense"},
            "bf16": {"value": 362, "source": "L40S data sheet, dense"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.809, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp8": {"value": 0.462, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 0.585, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 0.585, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfResults": {
            "int8": {"value": 525246, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp8": {"value": 143283, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 64362, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 64362, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixHalfDepth": {
            "int8": {"value": 204.2, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp8": {"value": 20.4, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
            "fp16": {"value": 110.1, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 110.1, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixLaunchMicroseconds": {
            "int8": {"value": 2.07, "source": "as bf16, the rest of the fitted time is what quantises", "assumed": true},
            "fp8": {"value": 2.07, "source": "as bf16, the rest of the fitted time is what quantises", "assumed": true},
            "fp16": {"value": 2.07, "source": "as bf16: the same engine at the same rate", "assumed": true},
            "bf16": {"value": 2.07, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
          },
          "matrixQuantiseMicroseconds": {
            "int8": {"value": 2.93, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, less the launch in bf16"},
            "fp8": {"value": 9.87, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator, less the launch in bf16"}
          },
          "classes": {
            "product8BitWeights": {
              "efficiency": {"value": 0.669, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 1053, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 81, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.755, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 4.75, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.083, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "product4BitWeights": {
              "efficiency": {"value": 0.681, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 1283, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 68, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.817, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 4.4, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.075, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            },
            "attentionPrefill": {
              "efficiency": {"value": 0.435, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfResults": {"value": 8581, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "halfDepth": {"value": 422, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "bandwidthShare": {"value": 0.459, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "launchMicroseconds": {"value": 0.82, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
              "error": {"value": 0.108, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"}
            }
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 91.6, "source": "L40S data sheet"},
            "fp32": {"value": 91.6, "source": "L40S data sheet"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 48, "source": "L40S data sheet"},
          "dramGigabytesPerSecond": {"value": 864, "source": "L40S data sheet"},
          "dramSustainedFraction": {"value": 0.791, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "GDDR6: two channels of 32 bytes", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "cacheMebibytes": {"value": 96, "source": "L40S data sheet: L2 cache"},
          "cacheSpeedup": {"value": 1.37, "source": "reports/fidelity/fit.py: measured kernels of AIConfigurator"},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 35, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 350, "source": "L40S data sheet"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
    Entry(
      name: "mtia-1",
      json: #"""
        {
          "model": "mtia-1",
          "description": "Meta MTIA 1",
          "cores": {"value": 64, "source": "ISCA 2025, doi 10.1145/3695053.3731409: processing elements"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 102.4, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
            "fp16": {"value": 51.2, "source": "ISCA 2025, doi 10.1145/3695053.3731409"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.56, "source": "int8 gains 1.6x on large FC where its peak is 2x (ISCA 2025, doi 10.1145/3695053.3731409): 0.8 of the fp16 fraction, which is assumed", "assumed": true},
            "fp16": {"value": 0.7, "source": "large FC", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 1.6, "source": "SIMD and vector cores, 1/32 of the fp16 matrix peak", "assumed": true},
            "fp32": {"value": 0.8, "source": "half of fp16", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 64, "source": "ISCA 2025, doi 10.1145/3695053.3731409: 32-64 GB, the larger", "assumed": true},
          "dramGigabytesPerSecond": {"value": 176, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "dramSustainedFraction": {"value": 0.7, "source": "0.8 for long streams, less 12.5 % for ECC, which ISCA 2025, doi 10.1145/3695053.3731409 puts at 10-15 %", "assumed": true},
          "dramRandomFraction": {"value": 0.45, "source": "a page opened for nearly every row; ECC as above", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "LPDDR5: a 32-bit channel times a burst of 16"},
          "sramMebibytes": {"value": 128, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "sramGigabytesPerSecond": {"value": 800, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 5, "source": "one job on the whole grid", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 40000000, "source": "a quarter of the elements saturates DRAM with 128-byte rows", "assumed": true},
          "idleWatts": {"value": 9, "source": "a quarter of the design power", "assumed": true},
          "busyWatts": {"value": 35, "source": "ISCA 2025, doi 10.1145/3695053.3731409: design power; 25 W typical"},
          "reservedGigabytes": {"value": 2, "source": "firmware, compiled nets and command buffers", "assumed": true},
          "linkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen4 x8 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 5, "source": "doorbell, descriptor and completion", "assumed": true},
          "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "Scan", "Unique"], "source": "data-dependent sizes and control flow stay on the host", "assumed": true}
        }
        """#),
    Entry(
      name: "mtia-2i",
      json: #"""
        {
          "model": "mtia-2i",
          "description": "Meta MTIA 2i",
          "cores": {"value": 64, "source": "ISCA 2025, doi 10.1145/3695053.3731409: processing elements"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 354, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
            "fp16": {"value": 177, "source": "ISCA 2025, doi 10.1145/3695053.3731409"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.56, "source": "int8 gains 1.6x on large FC where its peak is 2x (ISCA 2025, doi 10.1145/3695053.3731409): 0.8 of the fp16 fraction, which is assumed", "assumed": true},
            "fp16": {"value": 0.7, "source": "large FC", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 5.53, "source": "SIMD and vector cores, 1/32 of the fp16 matrix peak", "assumed": true},
            "fp32": {"value": 2.765, "source": "half of fp16", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 128, "source": "ISCA 2025, doi 10.1145/3695053.3731409: 64-128 GB, the larger", "assumed": true},
          "dramGigabytesPerSecond": {"value": 204.8, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "dramSustainedFraction": {"value": 0.7, "source": "0.8 for long streams, less 12.5 % for ECC, which ISCA 2025, doi 10.1145/3695053.3731409 puts at 10-15 %", "assumed": true},
          "dramRandomFraction": {"value": 0.45, "source": "a page opened for nearly every row; ECC as above", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "LPDDR5: a 32-bit channel times a burst of 16"},
          "sramMebibytes": {"value": 256, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "sramGigabytesPerSecond": {"value": 2700, "source": "ISCA 2025, doi 10.1145/3695053.3731409"},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 1, "source": "one job on the whole grid", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 45000000, "source": "a quarter of the elements saturates DRAM with 128-byte rows", "assumed": true},
          "idleWatts": {"value": 21, "source": "a quarter of the design power", "assumed": true},
          "busyWatts": {"value": 85, "source": "ISCA 2025, doi 10.1145/3695053.3731409: design power; 65 W typical"},
          "reservedGigabytes": {"value": 2, "source": "firmware, compiled nets and command buffers", "assumed": true},
          "linkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen5 x8 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 5, "source": "doorbell, descriptor and completion", "assumed": true},
          "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "Scan", "Unique"], "source": "data-dependent sizes and control flow stay on the host", "assumed": true}
        }
        """#),
    Entry(
      name: "nnp-i-1100",
      json: #"""
        {
          "model": "nnp-i-1100",
          "description": "Intel NNP-I 1100 (Spring Hill), M.2 module with 12 inference compute engines (ICE)",
          "cores": {"value": 12, "source": "WikiChip, Spring Hill; the two x86 cores that run the card's own driver are not counted"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 50, "source": "WikiChip, NNP-I 1100; AnandTech, Hot Chips 31"},
            "fp16": {"value": 6.25, "source": "one eighth of int8", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.7, "source": "dense convolution and FC on a compiled net; not fitted to any benchmark", "assumed": true},
            "fp16": {"value": 0.7, "source": "as int8", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 0.768, "source": "12 Tensilica Vision P6, 512 bits wide = 32 lanes, multiply-add, 1 GHz assumed", "assumed": true},
            "fp32": {"value": 0.384, "source": "half of fp16", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 16, "source": "WikiChip, Spring Hill; NNP-I 1100"},
          "dramGigabytesPerSecond": {"value": 67.2, "source": "WikiChip, Spring Hill: LPDDR4x-4200, 128 bits"},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.5, "source": "a page opened for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "LPDDR4x: a 32-bit channel times a burst of 16"},
          "sramMebibytes": {"value": 48, "source": "WikiChip, Spring Hill: deep SRAM, 4 MiB per ICE; the 24 MiB last-level cache is not counted"},
          "sramGigabytesPerSecond": {"value": 6800, "source": "WikiChip, Spring Hill: all deep SRAM together"},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts and halo reads", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "a step of a compiled net that starts on all ICE", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 40000000, "source": "six of twelve cores saturate DRAM with 128-byte rows", "assumed": true},
          "idleWatts": {"value": 3, "source": "a quarter of the design power", "assumed": true},
          "busyWatts": {"value": 12, "source": "WikiChip, NNP-I 1100: design power"},
          "reservedGigabytes": {"value": 1, "source": "firmware, compiled nets and command buffers", "assumed": true},
          "linkGigabytesPerSecond": {"value": 3.94, "source": "PCIe Gen3 x4 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 5, "source": "doorbell, descriptor and completion", "assumed": true},
          "unsupportedOperators": {"value": ["If", "Loop", "NonMaxSuppression", "NonZero", "RoiAlign", "Scan", "Unique"], "source": "Glow's NNPI backend (lib/Backends/NNPI/NNPI.cpp) has none of them; other operators that it lacks are taken to be lowered to ones that it has", "assumed": true}
        }
        """#),
    Entry(
      name: "t4",
      json: #"""
        {
          "model": "t4",
          "description": "NVIDIA T4",
          "cores": {"value": 40, "source": "T4 data sheet: streaming multiprocessors"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 130, "source": "T4 data sheet"},
            "fp16": {"value": 65, "source": "T4 data sheet"}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.47, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"},
            "fp16": {"value": 0.4, "source": "reports/fidelity/networks.md: fitted to MLPerf ResNet-50 and BERT-large"}
          },
          "vectorTeraOperationsPerSecond": {
            "fp16": {"value": 16.2, "source": "T4 data sheet"},
            "fp32": {"value": 8.1, "source": "T4 data sheet"}
          },
          "vectorSustainedFraction": {
            "fp16": {"value": 0.5, "source": "elementwise kernels and reductions", "assumed": true},
            "fp32": {"value": 0.5, "source": "as fp16", "assumed": true}
          },
          "dramGigabytes": {"value": 16, "source": "T4 data sheet"},
          "dramGigabytesPerSecond": {"value": 320, "source": "T4 data sheet"},
          "dramSustainedFraction": {"value": 0.85, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.8, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "GDDR6: two 32-byte sectors of one line", "assumed": true},
          "dramLeastRowBytes": {"value": 112, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "sramMebibytes": {"value": 4, "source": "T4 data sheet: L2 cache"},
          "sramGigabytesPerSecond": {"value": 1270, "source": "L2 cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.7, "source": "bank conflicts", "assumed": true},
          "launchMicroseconds": {"value": 3, "source": "kernel start inside a captured graph", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 500000000, "source": "as an H100 SXM: reports/fidelity/recommendation.md", "assumed": true},
          "jointKernels": {"value": ["lookups", "interaction"], "source": "general-purpose: FBGEMM and Triton have such kernels"},
          "idleWatts": {"value": 10, "source": "idle with a loaded context", "assumed": true},
          "busyWatts": {"value": 70, "source": "T4 data sheet: design power"},
          "reservedGigabytes": {"value": 1, "source": "driver context, kernels and workspaces", "assumed": true},
          "linkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen3 x16 after line coding"},
          "linkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "linkCommandMicroseconds": {"value": 7, "source": "copy command and completion", "assumed": true},
          "unsupportedOperators": {"value": [], "source": "general-purpose: every standard operator can be written"}
        }
        """#),
  ]
}
