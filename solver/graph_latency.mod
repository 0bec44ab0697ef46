# Latency of one batch (Tarnawski et al. 2020): every accelerator runs its units as one call, which starts when all its
# inputs are ready and takes transfers in, units and transfers out together; host units run as soon as their inputs are
# ready. Loads must be positive: then no plan in which calls wait for each other has a finite schedule.

set V;                                   # units
set H;                                   # devices that run their units as ready
set C;                                   # devices that run one call
set D := H union C;
set N;                                   # nets (tensors)
param producer{N} symbolic in V;
set READERS{N} within V;
set SAME within V cross V;               # units of one colour, pairwise
param allowed{V, D} binary;
param load{V, D} >= 0;                   # seconds
param memory{V, D} >= 0;                 # bytes
param capacity{D} >= 0;                  # bytes
param out{N, C} >= 0;                    # seconds
param incoming{N, C} >= 0;               # seconds
param horizon >= 0;                      # seconds; no schedule is longer

var x{V, D} binary;                      # unit on device
var sends{N, C} >= 0, <= 1;              # call has the producer, another device a reader
var reads{N, C} >= 0, <= 1;              # call has a reader, another device the producer
var start{C} >= 0;                       # seconds
var finish{C} >= 0;                      # seconds
var ready{V} >= 0;                       # seconds; when the unit's output is available
var T >= 0;                              # latency

minimize latency: T;

s.t. placed{v in V}: sum{d in D} x[v, d] = 1;
s.t. supported{v in V, d in D}: x[v, d] <= allowed[v, d];
s.t. together{(u, v) in SAME, d in D}: x[u, d] = x[v, d];
s.t. sending{n in N, r in READERS[n], c in C}: sends[n, c] >= x[producer[n], c] - x[r, c];
s.t. reading{n in N, r in READERS[n], c in C}: reads[n, c] >= x[r, c] - x[producer[n], c];
s.t. fits{d in D}: sum{v in V} memory[v, d] * x[v, d] <= capacity[d];
s.t. begins{n in N, r in READERS[n], c in C}:
  start[c] >= ready[producer[n]] - horizon * (1 - x[r, c] + x[producer[n], c]);
s.t. runs{c in C}:
  finish[c] = start[c] + sum{v in V} load[v, c] * x[v, c]
    + sum{n in N} (out[n, c] * sends[n, c] + incoming[n, c] * reads[n, c]);
s.t. called{v in V, c in C}: ready[v] >= finish[c] - horizon * (1 - x[v, c]);
s.t. first{v in V}: ready[v] >= sum{h in H} load[v, h] * x[v, h];
s.t. follows{n in N, r in READERS[n]}:
  ready[r] >= ready[producer[n]] + sum{h in H} load[r, h] * x[r, h];
s.t. last{v in V}: T >= ready[v];

end;
