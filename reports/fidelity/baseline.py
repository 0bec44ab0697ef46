#!/usr/bin/env python3
"""Prints the seconds of all operators of each workload on each built-in system's host and cards, as tab-separated values.

    python3 reports/fidelity/baseline.py PARTITION > reports/fidelity/baseline.tsv

A record of what costs were before they change: differences are wanted, or they are mistakes.
"""
import csv
import glob
import io
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SYSTEMS = ("nnpi", "mtia1", "mtia2i", "cloud-ai-100-standard", "cloud-ai-100-pro", "t4", "l4", "a10", "h100")

print("model\tsystem\tprecision\tdevice\toperators\tseconds")
for model in sorted(glob.glob(os.path.join(ROOT, "models", "*.json"))):
    for system in SYSTEMS:
        for precision in ("int8", "fp16"):
            text = subprocess.run([sys.argv[1], "costs", model, "--system", system, "--precision", precision, "--csv"],
                                  check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
            sums = {}
            for row in csv.DictReader(io.StringIO(text)):
                count, seconds = sums.get(row["device"], (0, 0.0))
                sums[row["device"]] = (count + 1, seconds + float(row["seconds"]))
            name = os.path.basename(model)[:-len(".json")]
            for device, (count, seconds) in sums.items():
                print("%s\t%s\t%s\t%s\t%d\t%.9g" % (name, system, precision, device, count, seconds))
