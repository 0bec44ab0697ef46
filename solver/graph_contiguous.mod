# Throughput of a graph on devices whose quotient graph is acyclic, in the staged form: the devices stand in a given order
# (`stage`), and no net between ordered units leads to an earlier stage. Alike devices need no other order, so solving
# once for every place of the unlike ones gives the optimum.

set V;                                   # units
set D;                                   # devices
set N;                                   # nets (tensors)
param producer{N} symbolic in V;
set READERS{N} within V;
set SAME within V cross V;               # units of one colour, pairwise
set BEFORE within V cross V;             # ordered units joined by a net
param stage{D} integer;                  # place of the device in the order
param allowed{V, D} binary;
param load{V, D} >= 0;                   # seconds
param base{D} >= 0;                      # seconds
param memory{V, D} >= 0;                 # bytes
param capacity{D} >= 0;                  # bytes
param out{N, D} >= 0;                    # seconds
param incoming{N, D} >= 0;               # seconds

var x{V, D} binary;                      # unit on device
var sends{N, D} >= 0;                    # device has the producer, another a reader
var reads{N, D} >= 0;                    # device has a reader, another the producer
var T >= 0;                              # largest load

minimize largest: T;

s.t. placed{v in V}: sum{d in D} x[v, d] = 1;
s.t. supported{v in V, d in D}: x[v, d] <= allowed[v, d];
s.t. together{(u, v) in SAME, d in D}: x[u, d] = x[v, d];
s.t. staged{(u, v) in BEFORE, t in D}:
  sum{s in D: stage[s] <= stage[t]} x[v, s] <= sum{s in D: stage[s] <= stage[t]} x[u, s];
s.t. sending{n in N, r in READERS[n], d in D}: sends[n, d] >= x[producer[n], d] - x[r, d];
s.t. reading{n in N, r in READERS[n], d in D}: reads[n, d] >= x[r, d] - x[producer[n], d];
s.t. fits{d in D}: sum{v in V} memory[v, d] * x[v, d] <= capacity[d];
s.t. busy{d in D}:
  base[d] + sum{v in V} load[v, d] * x[v, d]
    + sum{n in N} (out[n, d] * sends[n, d] + incoming[n, d] * reads[n, d]) <= T;

end;
