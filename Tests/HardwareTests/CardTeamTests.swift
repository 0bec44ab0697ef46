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
    #expect(system.inTeams(of: 5) == nil)
    #expect(system.inTeams(of: 1) == nil)
    // One card is left over.
    let three = try #require(system.inTeams(of: 3))
    #expect(three.cards.map(\.name) == ["card0-card2"])
    #expect(three.uplink.bytesPerSecond == system.uplink.bytesPerSecond / 3)
  }

  @Test func teamsAreTakenApart() throws {
    let system = try SystemCatalog.system("h100", cards: 4)
    #expect(system.inTeams(of: 2)?.withoutTeams == system)
    #expect(system.inTeams(of: 3)?.withoutTeams.cards.map(\.name) == ["card0", "card1", "card2"])
    #expect(system.withoutTeams == system)
  }

  /// A team answers to the names of its cards, also of those in between and of cards with names of their own.
  @Test func aTeamHasTheNamesOfItsCards() throws {
    var system = try SystemCatalog.system("nnpi", cards: 8)
    for (index, name) in ["left-a", "right-b"].enumerated() { system.cards[index + 6].name = name }
    let teams = try #require(system.inTeams(of: 2))
    #expect(teams.member(named: "card3")?.name == "card2-card3")
    #expect(teams.member(named: "left-a")?.name == "left-a-right-b")
    #expect(teams.member(named: "card0-card1")?.name == "card0-card1")
    #expect(teams.member(named: "card8") == nil && teams.member(named: "card") == nil)
    let four = try #require(try SystemCatalog.system("nnpi", cards: 8).inTeams(of: 4))
    #expect(four.member(named: "card5")?.name == "card4-card7")
    #expect(system.member(named: "card2")?.name == "card2")
  }

  @Test func widerLinksExchangeFasterUnlessThatIsMeasured() throws {
    let teams = try #require(try SystemCatalog.system("nnpi", cards: 4).inTeams(of: 2))
    let wide = teams.withLinks(timesAsWide: 2)
    let (before, after) = (try #require(teams.cards[0].team), try #require(wide.cards[0].team))
    #expect(after.bytesPerSecond > 1.5 * before.bytesPerSecond)
    #expect(teams.withLinks(timesAsWide: 1) == teams)
    let measured = try #require(try SystemCatalog.system("l40s", cards: 4).inTeams(of: 2))
    #expect(measured.withLinks(timesAsWide: 2).cards[0].team == measured.cards[0].team)
  }

  @Test func unlikeCardsFormNoTeam() throws {
    var system = try SystemCatalog.system("h100", cards: 4)
    system.cards[1].reservedBytes += 1
    let teams = try #require(system.inTeams(of: 2))
    #expect(teams.cards.map(\.name) == ["card2-card3"])
    #expect(teams.withoutTeams.cards == Array(system.cards[2...]))
    #expect(system.inTeams(of: 3) == nil)
    system.cards[0].reservedBytes += 1
    #expect(
      system.eachKindInTeams(of: 2).map { $0.cards.map(\.name) } == [["card0-card1"], ["card2-card3"]])
    system.cards[2].reservedBytes += 2
    #expect(system.eachKindInTeams(of: 2).map { $0.cards.map(\.name) } == [["card0-card1"]])
  }

  /// All-reduce of 128 KiB, as measured: 57.7 us on four L40S, 11.4 us on four H100 with NVLink.
  @Test(arguments: [("l40s", 57.7e-6, 0.2), ("h100-sxm", 11.42e-6, 0.1)])
  func figuresAreNearTheMeasured(system: String, seconds: Double, tolerance: Double) throws {
    let team = try #require(try SystemCatalog.system(system, cards: nil).inTeams(of: 4)?.cards[0].team)
    #expect(abs(team.seconds(bytes: 131_072, isSum: true) / seconds - 1) < tolerance)
  }
}

extension System {
  /// Of the first kind that forms such teams.
  fileprivate func inTeams(of count: Int) -> System? { eachKindInTeams(of: count).first }
}
