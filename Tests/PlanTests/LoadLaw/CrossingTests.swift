import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

@Suite struct CrossingTests {
  private static let sites: [PlacementSite] = [.host, .card(0), .card(2), .everyCard]

  /// Every pair of sites, with and without peer to peer and links between cards, on alike and unlike ones: what the lowering has on
  /// each link is the crossing's part of the transfer.
  @Test(arguments: sites, sites) func theLoweringLoadsLinksByTheParts(
    from: PlacementSite, to: PlacementSite
  ) throws {
    for (peerToPeer, isUnlike, isLinked) in [
      (true, false, false), (false, false, false), (true, true, false), (false, true, false),
      (true, false, true), (true, true, true), (false, false, true),
    ] {
      var system = try SystemCatalog.system("nnpi", cards: 3)
      system.peerToPeer = peerToPeer
      if isUnlike {
        var card = try SystemCatalog.system("a10", cards: 1).cards[0]
        card.name = "other"
        system.cards[2] = card
      }
      if isLinked { system.linkCards(timesAsFast: 3) }
      #expect(system.hasPeerLinks == (isLinked && peerToPeer))
      var builder = GraphBuilder(name: "pair")
      let made = builder.add("Softmax", [builder.input("x", .float32, [64, 512])], name: "first")
      let scale = builder.constant("scale", .float32, [512])
      let middle = builder.add("LayerNormalization", [made, scale], name: "second")
      // The response takes a way of its own, which is the same in both.
      builder.output(builder.add("ReduceSum", [middle], name: "third"))
      let graph = try builder.build().graph
      let costs = CostModel(graph: graph, system: system)
      func lowered(_ sites: [PlacementSite]) -> ExecutionProgram {
        Lowering(
          graph: graph, system: system,
          placement: ModelPlacement(
            operators: sites, tables: [], sparseCores: system.cards.map { _ in 0 }), costs: costs
        ).program
      }
      let program = lowered([from, to, to])
      let shares = program.variants.map(\.share)
      func share(_ card: Int) -> Double { shares.count == 1 ? 0 : shares[card] }
      let loads = LoadSummary(program, followsTurns: false).loads
      // The tensor between the two, the request's to the first and the response of the last.
      let bytes = [graph.inputs[0], graph.operators[0].outputs[0]!, graph.outputs[0]].map {
        costs.transferBytes(of: $0)
      }
      let ways = [
        Crossing(from: .host, to: from), Crossing(from: from, to: to), Crossing(from: to, to: .host),
      ]
      for device in 0...system.cards.count {
        var (into, outOf, fromCards, toCards) = (0.0, 0.0, 0.0, 0.0)
        for (way, bytes) in zip(ways, bytes) {
          let link =
            device == 0
            ? system.uplink
            : way.isBetweenCards && system.hasPeerLinks
              ? system.cards[device - 1].peerLink! : system.cards[device - 1].link
          let seconds = costs.transferSeconds(bytes: bytes, commands: 1, link: link)
          if device > 0, way.isBetweenCards, system.hasPeerLinks {
            fromCards += way.entering(device - 1, share: share(device - 1)) * seconds
            toCards += way.leaving(device - 1, share: share(device - 1)) * seconds
          } else if device == 0 {
            into += way.enteringHost(peerToPeer: peerToPeer, share: share) * seconds
            outOf += way.leavingHost(peerToPeer: peerToPeer, share: share) * seconds
          } else {
            into += way.entering(device - 1, share: share(device - 1)) * seconds
            outOf += way.leaving(device - 1, share: share(device - 1)) * seconds
          }
        }
        #expect(isClose(loads[Lowering.resource(.linkIn, device: device)], into), "into \(device)")
        #expect(isClose(loads[Lowering.resource(.linkOut, device: device)], outOf), "out of \(device)")
        guard device > 0, system.hasPeerLinks else { continue }
        let own = [Lowering.PeerLane.peerIn, .peerOut].map {
          loads[Lowering.resource($0, card: device - 1, of: system)]
        }
        #expect(isClose(own[0], fromCards), "from cards into \(device)")
        #expect(isClose(own[1], toCards), "to cards out of \(device)")
      }
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(a, b) }

  @Test func groupsServeAPartOfTheRequestsEach() {
    let copies = Crossing(from: .card(1), to: .everyCard)
    #expect(copies.leaving(1, share: 0.125, of: 0.5) == 0.375)
    #expect(copies.entering(0, share: 0.125, of: 0.5) == 0.125)
    #expect(Crossing(from: .card(1), to: .host).leaving(1, share: 0.125, of: 0.5) == 0.5)
  }

  @Test func aTransferStopsOnTheHostWhereCardsCannotWriteToEachOther() {
    #expect(Crossing.stops(from: 1, to: 2, host: 0, peerToPeer: false) == [1, 0, 2])
    #expect(Crossing.stops(from: 1, to: 2, host: 0, peerToPeer: true) == [1, 2])
    #expect(Crossing.stops(from: 1, to: 0, host: 0, peerToPeer: false) == [1, 0])
    #expect(Crossing.stops(from: 2, to: 2, host: 0, peerToPeer: false) == [2])
  }
}
