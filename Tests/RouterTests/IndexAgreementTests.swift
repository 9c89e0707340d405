import Foundation
import Postgres
import Routing
import Testing
import TestSupport

@testable import Router

/// The index in memory, the same after changes, and the database say the same of every number.
@Suite(.database) struct IndexAgreementTests {
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
        mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
    }

    private static let exact = (0..<12).map { "+35840123456\($0 % 10)\($0 / 10)" }
    /// Local forms of some of those, and of others.
    private static let local = ["401234560", "0123456", "1234561", "91234567", "234567", "40123"]
    private static let asked = exact + ["+4640123456", "+3585691234567", "+46401234560", "+358501234561", "+35840999999"]

    private static func change(_ tenant: Int32, _ dice: inout Dice) -> String {
        let id = Int.random(in: 1...9, using: &dice)
        switch Int.random(in: 0..<6, using: &dice) {
        case 0, 1:
            let number = dice.chance(70) ? dice.pick(exact) : dice.pick(local)
            let table = dice.pick(["contact", "account", "lead"])
            return RouterFixtures.entry(
                tenant, id, table, owner: dice.chance(50), segment: dice.chance(50) ? dice.pick(["VIP", "Gold"]) : nil,
                account: dice.chance(30) ? 1 : nil) + RouterFixtures.number(tenant, id, number)
                + "SELECT hub.directory_changed(\(tenant), ARRAY['\(RouterFixtures.id(id))']::uuid[]);"
        case 2:
            return """
                WITH gone AS (DELETE FROM hub.directory_number WHERE tenant_id = \(tenant) AND entry_id = '\(RouterFixtures.id(id))' RETURNING entry_id, number)
                SELECT hub.directory_changed(\(tenant), array_agg(DISTINCT entry_id), array_agg(entry_id), array_agg(number)) FROM gone HAVING count(*) > 0;
                """
        case 3:
            let number = dice.pick(exact)
            return """
                INSERT INTO hub.route_number (tenant_id, number, kind, blocked, segment, agent_number, agent_at, owner_number)
                VALUES (\(tenant), '\(number)', \(dice.pick(["NULL", "'contact'", "'lead'"])), \(dice.chance(50)), \(dice.pick(["NULL", "'Tin'"])),
                    \(dice.pick(["NULL", "'+358931005'"])), now() - interval '\(Int.random(in: 0...60, using: &dice)) days', \(dice.pick(["NULL", "'+358931006'"])))
                ON CONFLICT (tenant_id, number) DO UPDATE SET kind = excluded.kind, blocked = excluded.blocked, segment = excluded.segment;
                SELECT hub.route_changed(\(tenant), '{\(number)}');
                """
        case 4:
            let number = dice.pick(exact)
            return """
                DELETE FROM hub.route_number WHERE tenant_id = \(tenant) AND number = '\(number)';
                SELECT hub.route_changed(\(tenant), '{\(number)}');
                """
        default:
            let number = dice.pick(asked)
            return """
                DELETE FROM hub.directory_decision WHERE tenant_id = \(tenant) AND number = '\(number)';
                \(dice.chance(60) ? "INSERT INTO hub.directory_decision (tenant_id, number, chosen_id, chosen_table, decided_by) VALUES (\(tenant), '\(number)', \(dice.chance(40) ? "NULL, NULL" : "'\(RouterFixtures.id(id))', 'contact'"), 'test');" : "")
                SELECT hub.directory_changed(\(tenant));
                """
        }
    }

    @Test func `memory, changed memory and database agree on every number`() async throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            var dice = Dice(state: seed)
            try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
                for _ in 0..<8 {
                    let script = (0..<Int.random(in: 1...4, using: &dice)).map { _ in Self.change(router.tenant, &dice) }.joined(
                        separator: "\n")
                    try await router.database.withConnection { try await $0.run(script: script) }
                    try await Self.compare(router, script)
                }
            }
        }
    }

    private static func compare(_ router: TestRouter, _ script: String) async throws {
        let (tenant, database) = (router.tenant, router.database)
        let numbers = asked.compactMap { E164($0) }
        let (fresh, cards, people, versions) = try await database.withTransaction(.init(isolation: .repeatableRead)) {
            connection in
            let people = try await RouteStateStore.people(tenant: tenant, on: connection)
            let rulings = try await RouteStateStore.rulings(tenant: tenant, on: connection)
            let index = try await NumberLoader(on: connection, tenant: tenant, rulings: rulings, people: people).load()
            let cards = try await NumberLookup.cards(numbers, tenant: tenant, rulings: rulings) {
                try await connection.pipeline($0)
            }
            return (index, cards, people, try await RouteStateStore.all(on: connection).first { $0.tenant == tenant })
        }
        try await eventually("the router has read it") {
            let routes = try await router.routes()
            return routes?.versions == versions
        }
        guard case .memory(let changed)? = try await router.routes()?.numbers else { return }
        for number in numbers {
            let stored = cards[number]?.facts(people: people) ?? .unknown
            #expect(fresh.facts(of: number) == stored, "\(number) read anew, after \(script)")
            #expect(changed.facts(of: number) == stored, "\(number) changed, after \(script)")
        }
    }
}
