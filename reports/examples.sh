#!/usr/bin/env bash
# The worked examples of README.md, run in a temporary folder.
#
#     reports/examples.sh [PARTITION_COMMAND]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
partition=$(realpath "${1:-$(swift build -c release -Xswiftc -enable-testing --show-bin-path)/partition}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$root/models" "$folder/models"
ln -s "$partition" "$folder/partition"
cp "$root/reports/cluster/tables.csv" "$folder/"
cd "$folder"
export PATH=$folder:$PATH

# The lines of the examples: indented, under the heading, without their prose.
sed -n '/^## Three worked examples/,/^## The command/p' "$root/README.md" | grep '^    ' | sed 's/^    //' > examples
test "$(grep -c '^partition' examples)" -ge 9
set -x
# shellcheck disable=SC1091
source ./examples
test -s less.html && test -s options.html && test -s five.json
