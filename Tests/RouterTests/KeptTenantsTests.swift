import Foundation
import Model
import Testing

@testable import Router
@testable import Routing

/// What the keeper reads when, without a database.
@Suite struct KeptTenantsTests {
    private static func versions(
        _ tenant: Int32, rules: Int64 = 1, numbers: Int64 = 1, directory: Int64 = 1, reload: Int64 = 1, people: Int32 = 1,
        settings: Int32 = 0
    ) -> RouteStateStore.Versions {
        RouteStateStore.Versions(
            tenant: tenant, name: "t\(tenant)", rules: rules, numbers: numbers, directory: directory, directoryReload: reload,
            people: people, settings: settings, scope: .init())
    }

    private static func basics(_ versions: RouteStateStore.Versions, people: [UUID: E164] = [:]) -> TenantBasics {
        TenantBasics(versions: versions, own: [], people: people, rulings: [:], policy: MatchPolicy())
    }

    private static func numbers(_ versions: RouteStateStore.Versions, people: [UUID: E164] = [:], owner: UUID? = nil) throws
        -> TenantNumbers
    {
        var builder = NumberIndexBuilder(expecting: 4)
        try builder.add(E164(value: 358_401_234_567), try builder.meaning(of: NumberRecord(kind: .contact, owner: owner)))
        return TenantNumbers(versions: versions, people: people, rulings: [:], index: try builder.finish(people: people))
    }

    private static let start = Date(timeIntervalSince1970: 1_000_000)
    private static func kept(_ tenants: Int32...) throws -> KeptTenants {
        var kept = KeptTenants(usesDatabaseIndex: false, limit: .seconds(60))
        _ = kept.note(tenants.map { versions($0) }, at: start)
        for tenant in tenants {
            kept.take(basics(versions(tenant)), started: start)
            kept.take(try numbers(versions(tenant)), started: start)
        }
        return kept
    }

    @Test func `a new tenant is read in two parts, and answered by neither before`() throws {
        var kept = KeptTenants(usesDatabaseIndex: false, limit: .seconds(60))
        let (readings, isOther) = kept.note([Self.versions(1)], at: Self.start)
        #expect(isOther && Set(readings.map(\.part)) == [.basics, .numbers])
        #expect(kept.routes[1]?.isRead == false && kept.unread == ["t1"] && kept.oldest(at: Self.start) == nil)
        // What is being read is not asked for again.
        #expect(kept.note([Self.versions(1)], at: Self.start).readings.isEmpty)
        kept.take(Self.basics(Self.versions(1)), started: Self.start)
        #expect(kept.routes[1]?.isRead == true)
        guard case .missing? = kept.routes[1]?.numbers else {
            Issue.record("its numbers are not there yet")
            return
        }
    }

    @Test func `rules that change while numbers are read for long count at once`() throws {
        var kept = try Self.kept(1, 2)
        let reload = Self.versions(1, directory: 2, reload: 2)
        #expect(kept.note([reload, Self.versions(2)], at: Self.start + 1).readings.map(\.part) == [.numbers])
        // The numbers of tenant 1 are on their way; meanwhile both tenants get rules.
        let newer = Self.versions(1, rules: 2, directory: 2, reload: 2)
        let readings = kept.note([newer, Self.versions(2, rules: 2)], at: Self.start + 2).readings
        #expect(readings.map(\.part) == [.basics, .basics] && readings.map(\.routes.id) == [1, 2])
        for versions in [newer, Self.versions(2, rules: 2)] {
            var read = Self.basics(versions)
            read.ruleVersion = 7
            kept.take(read, started: Self.start + 2)
        }
        #expect(kept.routes.values.allSatisfy { $0.ruleVersion == 7 })
        #expect(kept.routes[1]?.numberVersions?.directory == 1)
    }

    @Test func `a tenant that can't be read grows old alone`() throws {
        var kept = try Self.kept(1, 2)
        func isStale(_ tenant: Int32, at time: Date) -> Bool {
            kept.routes[tenant]?.freshness.isStale(at: Int64(time.timeIntervalSince1970 * 1000)) ?? true
        }
        for second in 1...100 {
            let now = Self.start + Double(second)
            for reading in kept.note([Self.versions(1, rules: 2), Self.versions(2)], at: now).readings {
                #expect(reading.routes.id == 1 && reading.part == .basics)
                #expect(kept.fail(.basics, of: 1, "no") == (second == 1))
            }
        }
        #expect(isStale(1, at: Self.start + 100) && !isStale(2, at: Self.start + 100))
        #expect(kept.failing == ["t1"] && kept.oldest(at: Self.start + 100) == Self.start)
        // Once it can be read it counts again.
        _ = kept.note([Self.versions(1, rules: 2), Self.versions(2)], at: Self.start + 101)
        kept.take(Self.basics(Self.versions(1, rules: 2)), started: Self.start + 101)
        #expect(!isStale(1, at: Self.start + 150) && kept.failing.isEmpty)
    }

    @Test func `numbers that change all the time stay fresh`() throws {
        var kept = try Self.kept(1)
        for second in 1...100 {
            let versions = Self.versions(1, directory: Int64(second + 1))
            #expect(kept.note([versions], at: Self.start + Double(second)).readings.map(\.part) == [.numbers])
            kept.take(try Self.numbers(versions), started: Self.start + Double(second))
        }
        #expect(kept.oldest(at: Self.start + 200) == Self.start + 100)
        #expect(kept.routes[1]?.freshness.isStale(at: Int64(Self.start.timeIntervalSince1970 + 150) * 1000) == false)
    }

    @Test func `people that change while numbers are read are in the numbers all the same`() throws {
        let (user, old, new) = (UUID(), E164(value: 358_931_001), E164(value: 358_931_002))
        var kept = KeptTenants(usesDatabaseIndex: false, limit: .seconds(60))
        _ = kept.note([Self.versions(1)], at: Self.start)
        kept.take(Self.basics(Self.versions(1, people: 2), people: [user: new]), started: Self.start)
        kept.take(try Self.numbers(Self.versions(1), people: [user: old], owner: user), started: Self.start)
        guard case .memory(let index)? = kept.routes[1]?.numbers else { return }
        #expect(index.facts(of: E164(value: 358_401_234_567)).owner == new)
        // And when only people change.
        kept.take(Self.basics(Self.versions(1, people: 3), people: [user: old]), started: Self.start)
        guard case .memory(let index)? = kept.routes[1]?.numbers else { return }
        #expect(index.facts(of: E164(value: 358_401_234_567)).owner == old)
    }

    @Test func `a tenant that is gone is forgotten`() throws {
        var kept = try Self.kept(1, 2)
        #expect(kept.note([Self.versions(2)], at: Self.start).isOther)
        #expect(Array(kept.routes.keys) == [2])
        kept.take(Self.basics(Self.versions(1)), started: Self.start)
        #expect(Array(kept.routes.keys) == [2])
    }

    @Test func `after days without the database numbers are read anew, because what changed is not kept for so long`() throws {
        var kept = try Self.kept(1)
        let soon = kept.note([Self.versions(1, numbers: 2)], at: Self.start + 86_400).readings
        #expect(soon.map(\.part) == [.numbers] && soon[0].numbers != nil)
        kept.take(try Self.numbers(Self.versions(1, numbers: 2)), started: Self.start + 86_400)
        let late = kept.note([Self.versions(1, numbers: 3)], at: Self.start + 86_400 * 4).readings
        #expect(late.map(\.part) == [.numbers] && late[0].numbers == nil)
    }
}
