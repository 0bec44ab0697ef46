import Hardware
import Partitioner
import Solvers
import SwiftProtobuf

/// Files to begin mutations from.
enum Samples {
  static let work = WorkBudget(effort: 0.0005)

  static let model: Model = {
    do {
      return try Partitioner.loadModel(bytes: SampleModels.all[1].serializedBytes(), name: "model")
    } catch { fatalError("the sample model does not load: \(error)") }
  }()

  static let machine: Hardware.System = {
    do { return try Partitioner.system(cards: 2) } catch {
      fatalError("the sample system does not load: \(error)")
    }
  }()

  static let plans: [String] = [PlanObjective.throughput, .latency].map { objective in
    do { return try Partitioner.encode(planned(for: objective)) } catch {
      fatalError("the sample plan has no text: \(error)")
    }
  }

  static let planned = planned(for: .throughput)

  private static func planned(for objective: PlanObjective) -> PlanDocument {
    do {
      return try Partitioner.plan(
        model, on: machine, options: PlanOptions(objective: objective, work: work, threads: 1))
    } catch { fatalError("the sample model has no plan: \(error)") }
  }

  static let rules = """
    {"format": "placement-rules", "version": 1, "rules": [
      {"kind": "pin", "units": ["Gemm_*"], "devices": ["card0", "card1"]},
      {"kind": "forbid", "units": ["table?"], "devices": ["host"]},
      {"kind": "together", "units": ["table0", "table1"]}, {"kind": "apart", "units": ["table0", "Sigmoid_6"]},
      {"kind": "options", "units": ["*"], "never": ["rows*", "*int4"]}, {"kind": "reserve", "devices": ["card*"], "bytes": 2e9},
      {"kind": "limit", "devices": ["card*"], "units": ["*"], "count": 4}]}
    """

  static let rulesOfProblem = """
    {"format": "placement-rules", "version": 1, "rules": [
      {"kind": "reserve", "devices": ["card0"], "bytes": 1}, {"kind": "forbid", "units": ["a"], "devices": ["card1"]}]}
    """

  static let problems = [
    """
    {"format": "placement-problem", "version": 1, "name": "small", "lanes": ["cores", "link"],
     "devices": [{"name": "host", "memory": 100, "group": 0, "baseLoad": {"cores": 1}}, {"name": "card0", "memory": 10, "group": 1},
                 {"name": "card1", "memory": 10, "group": 1}],
     "units": [{"name": "a", "options": [{"name": "host", "shards": [{"devices": ["host"], "loads": {"cores": 2}, "memory": 5}]},
                {"name": "card", "shards": [{"devices": ["card0", "card1"], "loads": {"cores": 1}, "memory": 5}]}]},
               {"name": "b", "options": [{"name": "any", "shards": [{"devices": ["host", "card0", "card1"], "loads": {"cores": 3}, "memory": 8}]}]}],
     "nets": [{"producer": "a", "consumers": ["b"], "out": [{"link": 1}, {"link": 0.5}], "incoming": [{"link": 1}, {"link": 0.5}]}]}
    """,
    """
    {"nodes": [{"id": 0, "supportedOnFpga": 1, "cpuLatency": 2, "fpgaLatency": 1, "isBackwardNode": 0, "size": 1, "colorClass": 1},
               {"id": 1, "supportedOnFpga": 1, "cpuLatency": 5, "fpgaLatency": 2, "isBackwardNode": 0, "size": 3}],
     "edges": [{"sourceId": 0, "destId": 1, "cost": 0.5}], "maxSizePerFPGA": 4, "maxFPGAs": 2, "maxCPUs": 1}
    """,
  ]

  static let system: String = {
    do { return try Partitioner.systemDescription(named: "nnpi").json } catch {
      fatalError("no sample system: \(error)")
    }
  }()

  static let costs = [
    """
    {"rows": [{"operator": "Gemm_0", "device": "card0", "seconds": 1e-5}, {"type": "Gather", "inputs": [[300, 16], [16, 4]],
      "outputs": [[16, 4, 16]], "device": "host", "seconds": 2e-5}], "transfers": [{"from": "host", "to": "card0", "bytes": 1000, "seconds": 1e-6},
      {"from": "card0", "to": "host", "bytes": 100000, "seconds": 1e-4}]}
    """,
    "operator,device,milliseconds\nGemm_0,host,0.1\nSigmoid_6,card0,0.2\n",
    "m,n,k,precision,microseconds\n16,16,13,int8,3\n32,16,13,int8,4\n",
  ]

  static let tables = [
    "name,rows,dim,lookups,bytes,skew\nuser,1000000,64,20,1,0.8\nad,500,16,1,,\n",
    "{\"tables\": [{\"name\": \"user\", \"rows\": 1000000, \"dim\": 64, \"lookups\": 20}]}",
  ]

  static let layers =
    "name,flops,bytes,output_bytes,state_bytes,inputs\nfirst,1e9,1000000,1000,,\nsecond,2e9,2000000,1000,64,first\n"

  static let sweep = """
    {"models": ["a.onnx", {"path": "b.onnx", "dimensions": {"N": 4}}], "systems": ["nnpi", "h100"], "cards": "1..12",
     "batches": [1, 8], "precisions": ["int8"], "objectives": ["throughput", "latency"], "set": {"card.dramGigabytes": [8, 16]},
     "latencyBudgetMilliseconds": 20, "gap": 0.02, "effort": 0.1, "seed": 3, "simulate": {"load": 0.7, "requests": 100},
     "prices": {"host": 8000, "h100-pcie": 28000}}
    """

  static let arrivals = "seconds,length,lookups\n0,,1\n0.001,,\n0.0025,,2\n1,,0.5\n"
}
