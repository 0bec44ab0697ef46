import Modeling
import Testing

@Suite struct LinearExpressionTests {
  @Test func mergesDuplicatesAndDropsZeros() {
    var program = Program()
    let x = program.addVariable("x")
    let y = program.addVariable("y")
    let sum = LinearExpression([.init(2, y), .init(1, x), .init(-2, y), .init(3, x)], constant: 1)
    #expect(sum.merged() == LinearExpression([.init(4, x)], constant: 1))
    #expect((2 * sum - LinearExpression(x)).merged().value(at: [1, 9]) == 9)
  }
}

@Suite struct ProgramErrorTests {
  @Test func namesNaNAndUnknownVariablesAndCrossedBounds() {
    var program = Program()
    let x = program.addVariable("x")
    program.addConstraint("row", LinearExpression([.init(.nan, x)]), upper: 1)
    #expect(
      throws: ProgramError.notFinite(
        place: "constraint 0 row", value: "coefficient nan of variable 0")
    ) { try program.validate() }

    var second = Program()
    second.addConstraint("row", LinearExpression(VariableID(index: 3)), upper: 1)
    #expect(throws: ProgramError.unknownVariable(place: "constraint 0 row", index: 3, count: 0)) {
      try second.validate()
    }

    var third = Program()
    third.addVariable("x", lower: 2, upper: 1)
    #expect(throws: ProgramError.crossedBounds(place: "variable 0 x", lower: 2, upper: 1)) {
      try third.validate()
    }

    var fourth = Program()
    fourth.addVariable("x", lower: 1e200, upper: .infinity)
    #expect(throws: ProgramError.outOfRange(place: "variable 0 x", value: 1e200)) {
      try fourth.validate()
    }
  }
}

@Suite struct FeasibilityTests {
  @Test func findsEveryKindOfViolation() {
    var program = Program()
    let x = program.addVariable("x", upper: 4, kind: .integer)
    let y = program.addVariable("y")
    let row = program.addConstraint("row", LinearExpression([.init(1, x), .init(1, y)]), upper: 3)
    #expect(program.violations(of: [2, 1]).isEmpty)
    #expect(
      program.violations(of: [4.5, -1]).map(\.place) == [
        .bound(x), .integrality(x), .bound(y), .constraint(row),
      ])
    #expect(program.violations(of: [.nan, 0]).count == 3)
    #expect(program.violations(of: [1]).map(\.place) == [.length(expected: 2)])
  }
}
