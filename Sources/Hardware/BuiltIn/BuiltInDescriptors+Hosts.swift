// swift-format-ignore-file
// Made from models/systems by HardwareTests with RECORD_SNAPSHOTS=1; do not edit.

extension BuiltInDescriptors {
  /// The hosts described in `models/systems/hosts`, sorted by name.
  static let hosts: [Entry] = [
    Entry(
      name: "epyc-9005-2",
      json: #"""
        {
          "name": "epyc-9005-2",
          "description": "Two cores of an AMD EPYC 9005 (Zen 5) in a virtual machine",
          "family": {"value": "cpu-avx512", "source": "fitted on this machine: reports/fidelity/host.md"},
          "cores": {"value": 2, "source": "the machine that reports/fidelity/host.md was measured on"},
          "matrixTeraOperationsPerSecond": {
            "fp32": {"value": 0.524, "source": "2 cores x 4.1 GHz x 64 (two AVX-512 units, multiply-add); products of 512 x 512 reach 261 GFLOPS a core"}
          },
          "matrixSustainedFraction": {
            "fp32": {"value": 0.6, "source": "library kernels at small batch", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp32": {"value": 0.262, "source": "half of the multiply-add rate", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp32": {"value": 0.3, "source": "operators run one after the other through the cache", "assumed": true}
          },
          "dramGigabytes": {"value": 24, "source": "the same machine"},
          "dramGigabytesPerSecond": {"value": 80, "source": "36 to 40 GB/s a core, measured by copying 256 MB", "assumed": true},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.4, "source": "one or two cache lines from a new page for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "one cache line"},
          "sramMebibytes": {"value": 32, "source": "last-level cache of a core complex, as the machine reports it"},
          "sramGigabytesPerSecond": {"value": 240, "source": "120 GB/s a core, measured by copying 8 MB"},
          "sramSustainedFraction": {"value": 0.6, "source": "shared with the rest of the process", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "dispatch of one operator by the runtime", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 20000000, "source": "ten misses in flight a core, dequantisation included", "assumed": true},
          "idleWatts": {"value": 8, "source": "a share of a socket", "assumed": true},
          "busyWatts": {"value": 20, "source": "a share of a socket", "assumed": true},
          "reservedGigabytes": {"value": 4, "source": "operating system and serving process", "assumed": true}
        }
        """#),
    Entry(
      name: "mtia-2i-socket",
      json: #"""
        {
          "name": "mtia-2i-socket",
          "description": "One socket of an MTIA 2i server and its memory",
          "cores": {"value": 96, "source": "8 host cores per chip x 12 chips on one socket (ISCA 2025, doi 10.1145/3695053.3731409)"},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 58.9824, "source": "VNNI: four times fp32", "assumed": true},
            "fp32": {"value": 14.7456, "source": "96 cores x 2.4 GHz x 64 (two AVX-512 units, multiply-add)", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.6, "source": "library kernels at small batch", "assumed": true},
            "fp32": {"value": 0.6, "source": "library kernels at small batch", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp32": {"value": 7.3728, "source": "half of the multiply-add rate", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp32": {"value": 0.3, "source": "operators run one after the other through the cache", "assumed": true}
          },
          "dramGigabytes": {"value": 1152, "source": "96 GB per chip x 12 (ISCA 2025, doi 10.1145/3695053.3731409)"},
          "dramGigabytesPerSecond": {"value": 456, "source": "38 GB/s per chip x 12 (ISCA 2025, doi 10.1145/3695053.3731409)"},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.4, "source": "one or two cache lines from a new page for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "one cache line"},
          "sramMebibytes": {"value": 384, "source": "last-level cache", "assumed": true},
          "sramGigabytesPerSecond": {"value": 1500, "source": "last-level cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.6, "source": "shared with the rest of the process", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "dispatch of one operator by the runtime", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 20000000, "source": "ten misses in flight a core, dequantisation included", "assumed": true},
          "idleWatts": {"value": 200, "source": "board without cards", "assumed": true},
          "busyWatts": {"value": 500, "source": "board without cards", "assumed": true},
          "reservedGigabytes": {"value": 32, "source": "operating system and serving process", "assumed": true}
        }
        """#),
    Entry(
      name: "server-1s-32",
      json: #"""
        {
          "name": "server-1s-32",
          "description": "Single-socket server with a 32-core Xeon of the Ice Lake generation",
          "cores": {"value": 32, "source": "a common single-socket choice", "assumed": true},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 19.6608, "source": "VNNI: four times fp32", "assumed": true},
            "fp32": {"value": 4.9152, "source": "32 cores x 2.4 GHz x 64 (two AVX-512 units, multiply-add)", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.6, "source": "library kernels at small batch", "assumed": true},
            "fp32": {"value": 0.6, "source": "library kernels at small batch", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp32": {"value": 2.4576, "source": "half of the multiply-add rate", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp32": {"value": 0.3, "source": "operators run one after the other through the cache", "assumed": true}
          },
          "dramGigabytes": {"value": 256, "source": "eight 32 GB modules", "assumed": true},
          "dramGigabytesPerSecond": {"value": 204.8, "source": "eight channels of DDR4-3200", "assumed": true},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.4, "source": "one or two cache lines from a new page for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "one cache line"},
          "sramMebibytes": {"value": 48, "source": "last-level cache", "assumed": true},
          "sramGigabytesPerSecond": {"value": 800, "source": "last-level cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.6, "source": "shared with the rest of the process", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "dispatch of one operator by the runtime", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 20000000, "source": "ten misses in flight a core, dequantisation included", "assumed": true},
          "idleWatts": {"value": 90, "source": "board without cards", "assumed": true},
          "busyWatts": {"value": 300, "source": "board without cards", "assumed": true},
          "reservedGigabytes": {"value": 16, "source": "operating system and serving process", "assumed": true}
        }
        """#),
    Entry(
      name: "server-2s-112",
      json: #"""
        {
          "name": "server-2s-112",
          "description": "Two-socket server with 56-core Xeons of the Sapphire Rapids generation",
          "cores": {"value": 112, "source": "a common choice for this card", "assumed": true},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 57.344, "source": "VNNI: four times fp32; AMX not counted", "assumed": true},
            "fp32": {"value": 14.336, "source": "112 cores x 2.0 GHz x 64 (two AVX-512 units, multiply-add)", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.6, "source": "library kernels at small batch", "assumed": true},
            "fp32": {"value": 0.6, "source": "library kernels at small batch", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp32": {"value": 7.168, "source": "half of the multiply-add rate", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp32": {"value": 0.3, "source": "operators run one after the other through the cache", "assumed": true}
          },
          "dramGigabytes": {"value": 1024, "source": "sixteen 64 GB modules", "assumed": true},
          "dramGigabytesPerSecond": {"value": 614.4, "source": "sixteen channels of DDR5-4800", "assumed": true},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.4, "source": "one or two cache lines from a new page for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "one cache line"},
          "sramMebibytes": {"value": 210, "source": "last-level cache", "assumed": true},
          "sramGigabytesPerSecond": {"value": 2000, "source": "last-level cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.6, "source": "shared with the rest of the process", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "dispatch of one operator by the runtime", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 20000000, "source": "ten misses in flight a core, dequantisation included", "assumed": true},
          "idleWatts": {"value": 250, "source": "board without cards", "assumed": true},
          "busyWatts": {"value": 900, "source": "board without cards", "assumed": true},
          "reservedGigabytes": {"value": 32, "source": "operating system and serving process", "assumed": true}
        }
        """#),
    Entry(
      name: "twin-lakes",
      json: #"""
        {
          "name": "twin-lakes",
          "description": "Single-socket Twin Lakes host of Yosemite v2: Intel Xeon D (Skylake)",
          "cores": {"value": 18, "source": "18-core Xeon D of the Skylake generation; the generation is from OCP Virtual Summit 2020, the model is assumed", "assumed": true},
          "matrixTeraOperationsPerSecond": {
            "int8": {"value": 2.4576, "source": "no VNNI: 4/3 of fp32", "assumed": true},
            "fp32": {"value": 1.8432, "source": "18 cores x 1.6 GHz x 64 (two AVX-512 units, multiply-add)", "assumed": true}
          },
          "matrixSustainedFraction": {
            "int8": {"value": 0.6, "source": "library kernels at small batch", "assumed": true},
            "fp32": {"value": 0.6, "source": "library kernels at small batch", "assumed": true}
          },
          "vectorTeraOperationsPerSecond": {
            "fp32": {"value": 0.9216, "source": "half of the multiply-add rate", "assumed": true}
          },
          "vectorSustainedFraction": {
            "fp32": {"value": 0.3, "source": "operators run one after the other through the cache", "assumed": true}
          },
          "dramGigabytes": {"value": 64, "source": "64 GB host DRAM", "assumed": true},
          "dramGigabytesPerSecond": {"value": 76.8, "source": "four channels of DDR4-2400", "assumed": true},
          "dramSustainedFraction": {"value": 0.8, "source": "long streams", "assumed": true},
          "dramRandomFraction": {"value": 0.4, "source": "one or two cache lines from a new page for nearly every row", "assumed": true},
          "dramBurstBytes": {"value": 64, "source": "one cache line"},
          "sramMebibytes": {"value": 24.75, "source": "last-level cache", "assumed": true},
          "sramGigabytesPerSecond": {"value": 300, "source": "last-level cache", "assumed": true},
          "sramSustainedFraction": {"value": 0.6, "source": "shared with the rest of the process", "assumed": true},
          "launchMicroseconds": {"value": 2, "source": "dispatch of one operator by the runtime", "assumed": true},
          "lookupsPerCorePerSecond": {"value": 20000000, "source": "ten misses in flight a core, dequantisation included", "assumed": true},
          "idleWatts": {"value": 40, "source": "board without cards", "assumed": true},
          "busyWatts": {"value": 120, "source": "board without cards", "assumed": true},
          "reservedGigabytes": {"value": 8, "source": "operating system and serving process", "assumed": true}
        }
        """#),
  ]
}
