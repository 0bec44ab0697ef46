import Testing

@testable import CostModel

struct MeasurementFileTests {
  private static func read(_ text: String) throws -> MeasurementFile {
    try MeasurementFile(Array(text.utf8), name: "file")
  }

  @Test func rowsOfCSV() throws {
    let file = try Self.read(
      """
      \u{FEFF}operator, type, inputs, outputs, device, precision, microseconds
      "a ""b"", c",,,,host,,12.5

      ,Softmax,1x8x16,1x8x16,toy,fp16,3
      conv,Conv,1x3x8x8;4x3x3x3,1x4x8x8,,,0
      """)
    #expect(file.measurements.count == 3)
    #expect(file.measurements[0].names == ["a \"b\", c"])
    #expect(file.measurements[0].seconds == 12.5e-6 && file.measurements[0].device == "host")
    #expect(file.measurements[1].type == "Softmax" && file.measurements[1].precision == .fp16)
    #expect(file.measurements[1].outputs == [[1, 8, 16]] && file.measurements[1].place == "line 4")
    #expect(
      file.measurements[2].inputs == [[1, 3, 8, 8], [4, 3, 3, 3]] && file.measurements[2].device == nil)
    #expect(!file.isWholeRun && file.findings.isEmpty)
  }

  /// Times of AIConfigurator are in milliseconds; weights of 8 bits beside wider activations are no engine's precision.
  @Test func tablesOfMatrixProducts() throws {
    let file = try Self.read(
      """
      framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency
      TRTLLM,1.0,NVIDIA H100 80GB HBM3,gemm,torch_flow,bfloat16,8,16,32,1.5
      TRTLLM,1.0,NVIDIA H100 80GB HBM3,gemm,torch_flow,fp8_block,8,16,32,0.5
      TRTLLM,1.0,NVIDIA H100 80GB HBM3,gemm,torch_flow,int8_wo,8,16,32,0.5
      """)
    #expect(file.measurements.map(\.precision) == [.bf16, .fp8])
    #expect(file.measurements[0].product == .init(m: 8, n: 16, k: 32))
    #expect(file.measurements[0].seconds == 1.5e-3 && file.measurements[0].device == "NVIDIA H100 80GB HBM3")
    #expect(
      file.findings == ["file: 1 rows are in int8_wo, in which no engine here computes; they are not used"])
    #expect(try Self.read("precision,m,n,k,seconds\r\nint8,1,2,3,4e-6\r\n").measurements[0].seconds == 4e-6)
  }

  /// As spreadsheets and tables write them: other separators, decimal commas, whole numbers with a point, lines of remarks.
  @Test(arguments: [
    "operator;device;seconds\n\"a;b\";host;0,5\n",
    "\u{FEFF}# made by hand\n\n#\noperator\tdevice\tseconds\r\na;b\thost\t.5\r\n",
    "operator,device,seconds,\n\"a;b\",host,5e-1,,\n",
  ])
  func otherSeparators(text: String) throws {
    let file = try Self.read(text)
    #expect(file.measurements.map(\.names) == [["a;b"]] && file.measurements.map(\.device) == ["host"])
    #expect(file.measurements.map(\.seconds) == [0.5] && file.findings.isEmpty)
    let products = try Self.read("# AIConfigurator\nm,n,k,latency\n1.0,1e3,64,2\n")
    #expect(products.measurements[0].product == .init(m: 1, n: 1000, k: 64))
    #expect(products.measurements[0].place == "line 3")
  }

  /// What tables may say, rows in JSON may.
  @Test func rowsOfJSON() throws {
    let file = try Self.read(
      """
      {"rows": [
        {"name": "a", "device": "host", "milliseconds": 2},
        {"op_type": "Conv", "inputs": "1x3x8x8;?;4", "outputs": "1x4x8x8", "us": 3, "count": 2,
         "attributes": {"group": 1, "kernel_shape": [3, 3], "auto_pad": "VALID"}},
        {"type": "Conv", "inputs": [[1, 3, 8, 8], null], "outputs": [[1, 4, 8, 8]], "seconds": 1},
        {"m": 128.0, "n": 64, "k": 64, "gemm_dtype": "bfloat16", "latency": 0.5}
      ]}
      """)
    #expect(file.measurements.map(\.seconds) == [2e-3, 3e-6, 1, 0.5e-3])
    let conv = file.measurements[1]
    #expect(file.measurements[0].names == ["a"] && conv.type == "Conv" && conv.count == 2)
    #expect(conv.inputs == [[1, 3, 8, 8], [4]] && conv.inputsByPosition == [[1, 3, 8, 8], nil, [4]])
    #expect(conv.attributes == ["group": [1], "kernel_shape": [3, 3]])
    #expect(file.measurements[2].inputsByPosition == [[1, 3, 8, 8], nil])
    #expect(file.measurements[3].product == .init(m: 128, n: 64, k: 64))
    #expect(file.measurements[3].precision == .bf16)
  }

  @Test func transfers() throws {
    let file = try Self.read("from,to,bytes,seconds\nhost,card0,1000,1e-5\ncard0,host,2000,2e-5\n")
    #expect(file.transfers.map(\.bytes) == [1000, 2000] && file.measurements.isEmpty)
  }

  @Test(arguments: [
    ("operator,device,secnds\na,host,1", "file: line 1: column 'secnds' is not known; did you mean seconds?"),
    ("operator,device\na,host", "file: line 1: there is no column of times"),
    ("operator,seconds,ms\na,1,1", "file: line 1: there are columns in seconds and milliseconds; keep one"),
    ("device,seconds\nhost,1", "file: line 1: no column says what was measured"),
    ("type,seconds\nConv,1", "file: line 1: a column of types needs one of outputs"),
    ("operator,seconds\na,fast", "file: line 2: seconds: 'fast' is not a time of 0 or more"),
    ("operator,seconds\n\n\na,-1", "file: line 4: seconds: '-1' is not a time of 0 or more"),
    ("operator,seconds\na,nan", "file: line 2: seconds: 'nan' is not a time of 0 or more"),
    ("operator,seconds\na", "file: line 2: has 1 cells, fewer than the columns"),
    ("operator,seconds\na,0,001", "file: line 2: has 3 cells, more than the columns; put cells that hold"),
    ("operator,seconds\n", "file: has no rows under its line of names"),
    ("# nothing\n", "file: has no line of names"),
    (
      "[{\"operator\": \"a\", \"seconds\": 1, \"ms\": 1}]", "file: [0]: has times in seconds and ms; keep one"
    ),
    (
      "[{\"type\": \"Conv\", \"outputs\": \"1xa\", \"ms\": 1}]",
      "file: [0].outputs: '1xa' is not a shape; write it like"
    ),
    ("[{\"operator\": \"a\", \"ms\": 1, \"count\": 0}]", "file: [0].count: must be a whole number above 0"),
    ("m,n,k,seconds\n1,2,2.5,1", "file: line 2: k: '2.5' is not a whole number above 0"),
    ("type,outputs,seconds\nConv,1xx,1\nConv,a,1", "file: line 3: outputs: 'a' is not a shape"),
    ("from,to,bytes,seconds\nhost,card,x,1", "file: line 2: bytes: 'x' is not a whole number above 0"),
    ("operator,operator,seconds\na,b,1", "file: line 1: there are two columns of operator"),
    ("", "file: is empty"),
    ("[]", "file: holds no measurements"),
    ("{\"plan\": 1}", "file: holds no measurements"),
    ("[{\"operator\": \"a\"}]", "file: [0]: seconds (or milliseconds, or microseconds) must be given"),
    ("[{\"seconds\": 1}]", "file: [0]: give operator, or type with outputs"),
    ("[{\"operator\": \"a\", \"seconds\": \"1\"}]", "file: [0].seconds: expected a number"),
    ("[{\"m\": 0, \"n\": 1, \"k\": 1, \"seconds\": 1}]", "file: [0]: m, n and k must be above 0"),
  ])
  func whatIsWrongIsLocated(text: String, message: String) throws {
    let error = #expect(throws: MeasurementFile.Problem.self) { try Self.read(text) }
    #expect(error?.messages.contains { $0.hasPrefix(message) } == true, "\(error?.messages ?? [])")
  }

  @Test func everyBadLineIsListed() {
    let error = #expect(throws: MeasurementFile.Problem.self) {
      try Self.read("operator,seconds\na,x\nb,1\nc,y\n")
    }
    #expect(error?.messages.count == 2)
  }

  /// Rows as `costs --csv` prints them.
  @Test func whatCostsPrintsIsRead() throws {
    let names =
      "operator,type,device,precision,seconds,limit,bytes,operations,efficiency,fusedInto,resultPrecision"
    let file = try Self.read(names + "\na,Conv,host,fp32,0.5,compute,8,9,0.8,,fp32\n")
    #expect(file.findings.isEmpty && file.measurements.map(\.seconds) == [0.5])
  }

  @Test func unknownColumnsArePassedOver() throws {
    let file = try Self.read("operator,seconds,temperature\na,1,40\n")
    #expect(file.findings == ["file: line 1: columns that are not known are passed over: 'temperature'"])
  }

  /// The first run allocates; of the others the middle counts. Names of optimised kernels lead back to their operators.
  @Test func profilesOfONNXRuntime() throws {
    func event(_ name: String, _ type: String, _ time: Int) -> String {
      """
      {"cat": "Node", "dur": \(time), "name": "\(name)_kernel_time", "args": {"op_name": "\(type)",
      "provider": "CPUExecutionProvider", "node_index": "3", "input_type_shape": [{"float": [8, 64]}, {"float": [128]}],
      "output_type_shape": [{"float": [8, 128]}]}}
      """
    }
    let file = try Self.read(
      "[{\"cat\": \"Session\", \"dur\": 5, \"name\": \"model_run\", \"args\": {}}, "
        + [
          event("fused fc", "FusedGemm", 900), event("fused fc", "FusedGemm", 10),
          event("fused fc", "FusedGemm", 12),
          event("c2_nchwc", "Conv", 7),
        ].joined(separator: ",") + "]")
    #expect(file.isWholeRun && file.measurements.count == 2)
    #expect(abs(file.measurements[0].seconds - 11e-6) < 1e-12)
    #expect(file.measurements[0].names == ["fused fc", "fc"] && file.measurements[0].type == "Gemm")
    #expect(file.measurements[0].device == "CPUExecutionProvider")
    #expect(file.measurements[1].names == ["c2_nchwc"] && file.measurements[1].result == "c2")
  }

  @Test func profilesOfTrtexec() throws {
    let file = try Self.read(
      """
      [{ "count" : 100 },
       { "name" : "conv1 + relu1", "timeMs" : 10, "averageMs" : 0.1, "medianMs" : 0.09, "percentage" : 50 },
       { "name" : "PWN(PWN(sigmoid1), mul1)", "timeMs" : 10, "averageMs" : 0.1, "percentage" : 20 },
       { "name" : "{ForeignNode[first...last]}", "timeMs" : 10, "averageMs" : 0.1, "percentage" : 20 },
       { "name" : "Reformatting CopyNode for Input Tensor 0 to conv1", "timeMs" : 1, "averageMs" : 0.01, "percentage" : 10 }]
      """)
    #expect(
      file.measurements.map(\.names) == [["conv1", "relu1"], ["sigmoid1", "mul1"], ["first", "last"], []])
    #expect(file.measurements.map(\.isRange) == [false, false, true, false])
    #expect(
      abs(file.measurements[0].seconds - 0.09e-3) < 1e-12
        && abs(file.measurements[1].seconds - 0.1e-3) < 1e-12)
  }
}
