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
    private static let local = ["401234560", "0123456", "1234561", "91234567", "234567", "40123", "4012345600000"]
    private static let asked = exact + ["+4640123456", "+3585691234567", "+46401234560", "+358501234561", "+35840999999"]

    private static func change(_ tenant: Int32, _ dice: inout Dice) -> String {
        let id = Int.random(in: 1...9, using: &dice)
        switch Int.random(in: 0..<9, using: &dice) {
        case 0, 1:
            let number = dice.chance(70) ? dice.pick(exact) : dice.pick(local)
            let table = dice.pick(["contact", "account", "lead"])
            return RouterFixtures.entry(
                tenant, id, table, owner: dice.chance(50), segment: dice.chance(50) ? dice.pick(["VIP", "Gold"]) : nil,
                account: dice.chance(30) ? 1 : nil) + RouterFixtures.number(tenant, id, number)
                + "SELECT hub.directory_changed(\(tenant), ARRAY['\(RouterFixtures.id(id))']::uuid[]);"
        case 6:
            let rules = [
                "own_field,switchboard,customer_before_lead", "contact_before_account,last_interaction", "", "open_activity", nil,
            ]
            let value = dice.pick(rules).map { "'\($0)'" } ?? "NULL"
            return "SELECT hub.change_setting(\(tenant), 'MatchRules', \(value), 'test');"
        case 7: return "SELECT hub.change_setting(\(tenant), 'MatchSuffixDigits', '\(dice.pick([0, 5, 6, 7, 9]))', 'test');"
        case 8:
            // Whoever notes a talk or a callback has routers look at the number again.
            let number = dice.pick(exact)
            return """
                UPDATE hub.directory_entry SET last_interaction_at = now() - interval '\(Int.random(in: 1...90, using: &dice)) minutes'
                WHERE tenant_id = \(tenant) AND entry_id IN (SELECT entry_id FROM hub.directory_number WHERE tenant_id = \(tenant) AND number = '\(number)' ORDER BY entry_id LIMIT 1);
                \(RouterFixtures.callback(tenant, id, number, regarding: id, isOpen: dice.chance(50)))
                SELECT hub.gather_route_callbacks(\(tenant));
                SELECT hub.route_changed(\(tenant), ARRAY(SELECT DISTINCT number FROM hub.directory_number WHERE tenant_id = \(tenant)));
                """
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

    @Test func `whichever index a router has, it answers every question alike`() async throws {
        var dice = Dice(state: 77)
        // Every fact shows in an answer.
        let rules = """
            rules:
              - {name: blocked, when: {blocked: true}, to: disconnect}
              - {name: ambiguous, when: {caller: ambiguous}, to: '+358931100'}
              - {name: callback, when: {open_callback: true}, to: '+358931101'}
              - {name: vip, when: {segment: VIP}, to: '+358931102', fail: owner}
              - {name: gold, when: {segment: [Gold, Tin]}, to: [last-agent, '+358931103'], fail: owner}
              - {name: agent, when: {last_agent_within_days: 30}, to: last-agent}
              - {name: contact, when: {caller: contact}, to: [owner, '+358931104']}
              - {name: account, when: {caller: account}, to: [owner, '+358931105']}
              - {name: lead, when: {caller: lead}, to: [owner, '+358931106']}
            """
        try await TestRouter.run(rules: rules, prepare: RouterFixtures.known) { memory async throws in
            try await memory.beside(.init(usesDatabaseIndex: true)) { database async throws in
                for _ in 0..<6 {
                    let script = (0..<4).map { _ in Self.change(memory.tenant, &dice) }.joined(separator: "\n")
                    try await memory.database.withConnection { try await $0.run(script: script) }
                    let versions = try await memory.database.withConnection {
                        try await RouteStateStore.one(memory.tenant, on: $0)
                    }
                    // Numbers are read anew in what time the processors have left; where they have none, after half a minute at low priority.
                    try await eventually(within: .seconds(300), "both have read it") {
                        let (one, other) = (try await memory.hasRead(versions), try await database.hasRead(versions))
                        return one && other
                    }
                    // Many at once, so that they share round trips.
                    let answers = try await withThrowingTaskGroup(of: (String, String, String).self) { group in
                        for number in Self.asked {
                            group.addTask {
                                (number, try await memory.ask(number).body, try await database.ask(number).body)
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    for (number, one, other) in answers { #expect(one == other, "\(number) after \(script)") }
                }
            }
        }
    }

    @Test func `memory, changed memory, compared memory and database agree on every number`() async throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            var dice = Dice(state: seed)
            try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
                var before: NumberIndex?
                for _ in 0..<8 {
                    let script = (0..<Int.random(in: 1...4, using: &dice)).map { _ in Self.change(router.tenant, &dice) }.joined(
                        separator: "\n")
                    try await router.database.withConnection { try await $0.run(script: script) }
                    try await Self.compare(router, script, &before)
                }
            }
        }
    }

    /// - Parameter before: numbers as they were some changes ago.
    private static func compare(_ router: TestRouter, _ script: String, _ before: inout NumberIndex?) async throws {
        let (tenant, database) = (router.tenant, router.database)
        let numbers = asked.compactMap { E164($0) }
        let (fresh, cards, people, rulings, policy, versions) = try await database.withTransaction(
            .init(isolation: .repeatableRead)
        ) {
            connection in
            let people = try await RouteStateStore.people(tenant: tenant, on: connection)
            let rulings = try await RouteStateStore.rulings(tenant: tenant, on: connection)
            let policy = try await RouteStateStore.policy(tenant: tenant, on: connection)
            let index = try await NumberLoader(
                on: connection, tenant: tenant, rulings: rulings, people: people, policy: policy
            ).load()
            let cards = try await NumberLookup.cards(numbers, tenant: tenant, rulings: rulings, policy: policy) {
                try await connection.pipeline($0)
            }
            let versions = try await RouteStateStore.one(tenant, on: connection)
            return (index, cards, people, rulings, policy, versions)
        }
        try await eventually(within: .seconds(300), "the router has read it") {
            try await router.hasRead(versions)
        }
        let changed = try #require(try await router.routes()?.index)
        let compared = try await database.withTransaction(.init(isolation: .repeatableRead)) { connection in
            try await NumberLoader(
                on: connection, tenant: tenant, rulings: rulings, people: people, policy: policy
            ).load(insteadOf: before ?? changed)
        }
        for number in numbers {
            let stored = cards[number]?.facts(people: people) ?? .unknown
            #expect(fresh.facts(of: number) == stored, "\(number) read anew, after \(script)")
            #expect(changed.facts(of: number) == stored, "\(number) changed, after \(script)")
            #expect(compared.facts(of: number) == stored, "\(number) compared with what was before, after \(script)")
        }
        #expect(compared.count == fresh.count, "after \(script)")
        before = compared
    }
}
