import Testing

@testable import Planning

@Suite struct TableSitesTests {
  /// Every family without branches, as (cards, host, copies).
  private func leaves(_ sites: TableSites, countsCards: Bool) -> [TableSites] {
    let branches = sites.branches(countsCards: countsCards)
    return branches.isEmpty ? [sites] : branches.flatMap { leaves($0, countsCards: countsCards) }
  }

  @Test(arguments: [1, 2, 3, 6, 17, 24])
  func branchesCoverEveryCaseOnce(cards: Int) {
    let found = leaves(.all(cards: cards), countsCards: true)
    let copies: [TableSites.Use] = cards > 1 ? [.always, .never] : [.never]
    let wanted = (0...cards).flatMap { count in
      [TableSites.Use.always, .never].flatMap { host in
        copies.map { TableSites(cards: count...count, host: host, everyCard: $0) }
      }
    }
    #expect(found.count == wanted.count)
    #expect(Set(found) == Set(wanted))
  }

  @Test func cardsThatDifferAreNotCounted() {
    let found = leaves(.all(cards: 4), countsCards: false)
    #expect(found.count == 4)
    #expect(found.allSatisfy { $0.cards == 0...4 })
  }
}
