"""The tables of the cluster report: 60 of a power law, made by a formula."""

import csv
import sys

rows = csv.writer(sys.stdout, lineterminator="\n")
rows.writerow(["name", "rows", "dim", "lookups"])
for i in range(60):
    rows.writerow([f"table_{i}", round(60e6 / (1 + i * 37 % 60) ** 0.8), 64, 1 + i % 7])
