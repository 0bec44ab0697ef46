"""python3 -m partitioner: says which library is used."""

import sys

from ._library import PartitionError, library_path, version

try:
    print(f"partitioner {version()} ({library_path()})")
except PartitionError as error:
    print(f"error: {error}", file=sys.stderr)
    sys.exit(error.status)
