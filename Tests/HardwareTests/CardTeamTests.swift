import Testing

@testable import Hardware

@Suite struct CardTeamTests {
  /// Ring algorithms: (n - 1) / n of the bytes for a gather, twice that for a sum.
  @Test func collectivesOnARing() {
    let team = CardTeam(cards: 4, latencySeconds: 1e-5, bytesPerSecond: 1e9)
    #expect(team.seconds(bytes: 0, isSum: true) == 1e-5)
    #expect(abs(team.seconds(bytes: 1e6, isSum: false) - (1e-5 + 0.75e-3)) < 1e-12)
    #expect(abs(team.seconds(bytes: 1e6, isSum: true) - (1e-5 + 1.5e-3)) < 1e-12)
  }

  @Test func teamsTakeThePlacesOfTheirCards() throws {
    let system = try SystemCatalog.system("h100", cards: nil)
    let teams = try #require(system.inTeams(of: 2))
    #expect(teams.cards.map(\.name) == ["card0-card1", "card2-card3"])
    #expect(teams.cards.allSatisfy { $0.team?.cards == 2 })
    #expect(teams.uplink.bytesPerSecond == system.uplink.bytesPerSecond / 2)
    #expect(teams.cards[0].processor.busyWatts == 2 * system.cards[0].processor.busyWatts)
    #expect(teams.cards[0].usableBytes == system.cards[0].usableBytes)
    #expect(teams.findings(file: "teams").isEmpty)
    #expect(teams.inTeams(of: 2) == nil)
    #expect(system.inTeams(of: 3) == nil)
    #expect(system.inTeams(of: 1) == nil)
  }

  @Test func unlikeCardsFormNoTeam() throws {
    var system = try SystemCatalog.system("h100", cards: nil)
    system.cards[1].reservedBytes += 1
    #expect(system.inTeams(of: 2) == nil)
  }

  /// All-reduce of 128 KiB, as measured: 57.7 us on four L40S, 11.4 us on four H100 with NVLink.
  @Test(arguments: [("l40s", 57.7e-6, 0.2), ("h100-sxm", 11.42e-6, 0.1)])
  func figuresAreNearTheMeasured(system: String, seconds: Double, tolerance: Double) throws {
    let team = try #require(try SystemCatalog.system(system, cards: nil).inTeams(of: 4)?.cards[0].team)
    #expect(abs(team.seconds(bytes: 131_072, isSum: true) / seconds - 1) < tolerance)
  }
}
