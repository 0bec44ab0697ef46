# Placement of units without nets: one option a unit, each shard on an allowed device, least bottleneck.
# The same program as Sources/Placement solves for sharding; run with
#   glpsol --math solver/sharding.mod --data FILE
set DEVICES;
set LANES;
set SHARED;
set UNITS;
set OPTIONS, dimen 2;                      # unit, option
set SHARDS, dimen 3;                       # unit, option, shard
set ALLOWED, dimen 4;                      # unit, option, shard, device
param capacity{DEVICES};                   # bytes
param base{DEVICES, LANES}, default 0;     # seconds already there
param count{SHARDS}, default 1;
param load{SHARDS, LANES}, default 0;      # seconds, each shard
param bytes{SHARDS}, default 0;            # each shard
param common{OPTIONS, SHARED}, default 0;  # seconds on resources of no single device

var x{OPTIONS}, binary;
var n{ALLOWED}, integer, >= 0;
var T, >= 0;

minimize bottleneck: T;
s.t. one{u in UNITS}: sum{(u,o) in OPTIONS} x[u,o] = 1;
s.t. placed{(u,o,s) in SHARDS}: sum{(u,o,s,d) in ALLOWED} n[u,o,s,d] = count[u,o,s] * x[u,o];
s.t. lane{d in DEVICES, l in LANES}:
  base[d,l] + sum{(u,o,s,d) in ALLOWED} load[u,o,s,l] * n[u,o,s,d] <= T;
s.t. memory{d in DEVICES}: sum{(u,o,s,d) in ALLOWED} bytes[u,o,s] * n[u,o,s,d] <= capacity[d];
s.t. resource{r in SHARED}: sum{(u,o) in OPTIONS} common[u,o,r] * x[u,o] <= T;
solve;
printf "bottleneck %.12g\n", T;
end;
