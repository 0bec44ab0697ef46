#!/bin/bash
# A sweep as a job array on a real Slurm of one node, with a task killed and requeued in the middle: nothing may be lost or
# made twice.
#
#     reports/cluster/slurm.sh [PARTITION_COMMAND]
#
# Needs Debian's slurm-wlm and munge, and the right to start them (root). Everything lives in a temporary folder: munge has its
# own key and socket, slurmctld and slurmd listen on 127.0.0.1; no process group or file outside is touched.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
command=$(realpath "${1:-$(cd "$here/../.." && swift build -c release -Xswiftc -enable-testing --show-bin-path)/partition}")
tasks=30
folder=$(mktemp -d /tmp/partition-slurm.XXXXXX)
node=$(hostname -s)
user=$(id -un)
pids=()

stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

mkdir -m 755 "$folder/state" "$folder/spool" "$folder/run" "$folder/log"
chmod 755 "$folder"
head -c 1024 /dev/urandom > "$folder/munge.key"
chmod 400 "$folder/munge.key"

cat > "$folder/slurm.conf" <<CONF
ClusterName=partition
SlurmctldHost=$node(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,bf_interval=1
MpiDefault=none
ReturnToService=2
KillWait=2
MaxArraySize=10001
PluginDir=$(dirname "$(find /usr/lib -name 'proctrack_linuxproc.so' | head -1)")
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf

munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/run/munge.socket" \
  --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" --seed-file="$folder/run/munged.seed" &
pids+=($!)
for _ in $(seq 50); do [ -S "$folder/run/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -i > "$folder/log/ctld.out" 2>&1 &
pids+=($!)
slurmd -D -N "$node" > "$folder/log/slurmd.out" 2>&1 &
pids+=($!)
for _ in $(seq 100); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.2; done
sinfo -h -o %T | grep -q idle || { cat "$folder"/log/*; exit 1; }

cp "$here/tables.csv" "$here/sweep.json" "$folder/"
cd "$folder"

# What one run without parts writes.
"$command" sweep sweep.json -o whole.csv

cat > task.sh <<TASK
#!/bin/bash
"$command" sweep sweep.json -o out.csv --shard auto --threads 1
TASK
job=$(sbatch --parsable --requeue --array=0-$((tasks - 1)) --output=log/task-%a.out --open-mode=append task.sh)
echo "job $job: an array of $tasks tasks for $(($(wc -l < whole.csv) - 1)) points"

# Kill a task that has finished some of its points, and let it begin again.
killed=
for _ in $(seq 3000); do
  for file in out.*-of-$tasks.csv; do
    [ -f "$file" ] || continue
    number=${file#out.}
    number=${number%%-of-*}
    lines=$(wc -l < "$file")
    if [ "$lines" -ge 4 ] && [ "$lines" -le 9 ] && squeue -h -j "${job}_$number" -t R -o %i 2>/dev/null | grep -q .; then
      scontrol requeue "${job}_$number" && killed=$number && break 2
    fi
  done
  sleep 0.05
done
[ -n "$killed" ] || { echo "no task could be caught in the middle"; exit 1; }
echo "task $killed: killed and requeued with $((lines - 1)) of its points written"

# A requeued task waits until its node has cleaned up.
while squeue -h -j "$job" 2>/dev/null | grep -q .; do sleep 1; done

grep -h "were there already" log/task-"$killed".out
"$command" sweep merge out.csv
cmp whole.csv out.csv && echo "the merged parts are what one run writes, byte for byte"
