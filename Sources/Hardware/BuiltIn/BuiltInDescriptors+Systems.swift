// swift-format-ignore-file
// Made from models/systems by HardwareTests with RECORD_SNAPSHOTS=1; do not edit.

extension BuiltInDescriptors {
  /// The systems described in `models/systems`, sorted by name.
  static let systems: [Entry] = [
    Entry(
      name: "a10",
      json: #"""
        {
          "name": "a10",
          "description": "Four A10 cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "a10", "count": {"value": 4, "source": "four cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "a100-sxm",
      json: #"""
        {
          "name": "a100-sxm",
          "description": "Eight A100 SXM 80 GB cards",
          "host": "server-2s-112",
          "cards": [
            {"card": "a100-sxm", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other; their links are NVLink", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 126.0, "source": "four switches of two cards, PCIe Gen4 x16 each after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "cloud-ai-100-pro",
      json: #"""
        {
          "name": "cloud-ai-100-pro",
          "description": "Eight Cloud AI 100 Pro cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "cloud-ai-100-pro", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "cloud-ai-100-standard",
      json: #"""
        {
          "name": "cloud-ai-100-standard",
          "description": "Eight Cloud AI 100 Standard cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "cloud-ai-100-standard", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "epyc-9005",
      json: #"""
        {
          "name": "epyc-9005",
          "description": "Two cores of an AMD EPYC 9005 that ONNX Runtime was measured on, with one T4",
          "host": "epyc-9005-2",
          "cards": [{"card": "t4", "count": {"value": 1, "source": "a small machine of a cloud", "assumed": true}}],
          "peerToPeer": {"value": false, "source": "one card"},
          "uplinkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen3 x16 after line coding"},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "counted at the cards' links", "assumed": true}
        }
        """#),
    Entry(
      name: "h100-sxm",
      json: #"""
        {
          "name": "h100-sxm",
          "description": "Eight H100 SXM cards",
          "host": "server-2s-112",
          "cards": [
            {"card": "h100-sxm", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other; their links are NVLink", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 252.0, "source": "four switches of two cards, PCIe Gen5 x16 each after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "h100",
      json: #"""
        {
          "name": "h100",
          "description": "Four H100 PCIe cards behind a PCIe switch",
          "host": "server-2s-112",
          "cards": [
            {"card": "h100-pcie", "count": {"value": 4, "source": "four cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 63.0, "source": "PCIe Gen5 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "h200-sxm",
      json: #"""
        {
          "name": "h200-sxm",
          "description": "Eight H200 SXM cards",
          "host": "server-2s-112",
          "cards": [
            {"card": "h200-sxm", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other; their links are NVLink", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 252.0, "source": "four switches of two cards, PCIe Gen5 x16 each after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "l4",
      json: #"""
        {
          "name": "l4",
          "description": "Eight L4 cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "l4", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "l40s",
      json: #"""
        {
          "name": "l40s",
          "description": "Eight L40S cards",
          "host": "server-2s-112",
          "cards": [
            {"card": "l40s", "count": {"value": 8, "source": "eight cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 126.0, "source": "four switches of two cards, PCIe Gen4 x16 each after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "mtia1",
      json: #"""
        {
          "name": "mtia1",
          "description": "Twelve MTIA 1 cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "mtia-1", "count": {"value": 12, "source": "twelve cards a system", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 31.5, "source": "PCIe Gen4 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "mtia2i",
      json: #"""
        {
          "name": "mtia2i",
          "description": "One socket of an MTIA 2i server: twelve chips behind one PCIe switch",
          "host": "mtia-2i-socket",
          "cards": [
            {"card": "mtia-2i", "count": {"value": 12, "source": "ISCA 2025, doi 10.1145/3695053.3731409"}}
          ],
          "peerToPeer": {"value": true, "source": "ISCA 2025, doi 10.1145/3695053.3731409: sharded models stay under one switch"},
          "uplinkGigabytesPerSecond": {"value": 63.0, "source": "PCIe Gen5 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "nnpi",
      json: #"""
        {
          "name": "nnpi",
          "description": "Six NNP-I 1100 modules on Glacier Point v2 behind a PCIe switch, one Twin Lakes host (Yosemite v2.5)",
          "host": "twin-lakes",
          "cards": [
            {"card": "nnp-i-1100", "count": {"value": 6, "source": "Anderson et al., \"Inference Accelerator Deployment at Meta\" (slides); OCP Virtual Summit 2020"}}
          ],
          "peerToPeer": {"value": true, "source": "Anderson et al., \"Inference Accelerator Deployment at Meta\" (slides); OCP Virtual Summit 2020"},
          "uplinkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen3 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
    Entry(
      name: "t4",
      json: #"""
        {
          "name": "t4",
          "description": "Four T4 cards behind a PCIe switch",
          "host": "server-1s-32",
          "cards": [
            {"card": "t4", "count": {"value": 4, "source": "four cards a server", "assumed": true}}
          ],
          "peerToPeer": {"value": true, "source": "cards write to each other through the switch", "assumed": true},
          "uplinkGigabytesPerSecond": {"value": 15.75, "source": "PCIe Gen3 x16 after line coding", "assumed": true},
          "uplinkSustainedFraction": {"value": 0.87, "source": "packet overhead of 13 %, in the usual range of 10-15 %", "assumed": true},
          "uplinkCommandMicroseconds": {"value": 0, "source": "a command is paid once, on the card's own port", "assumed": true}
        }
        """#),
  ]
}
