import Foundation
import Routing

/// What the keeper has of the tenants, and what of it has to be read: a value, so that what it decides can be tested without a database.
struct KeptTenants: Sendable {
    enum Part: Sendable, Hashable { case basics, numbers }

    /// Something to read.
    struct Reading: Sendable {
        var part: Part
        var routes: TenantRoutes
        /// The numbers there are, for ``Part/numbers``; nil when they have to be read anew.
        var numbers: TenantNumbers?
    }

    /// What changed is kept for three days: who was away for longer can't catch up by it.
    private static let longestGap: TimeInterval = 2 * 86_400

    private struct Kept: Sendable {
        var routes: TenantRoutes
        var numbers: TenantNumbers?
        var underWay: Set<Part> = []
        /// When each part was last known to be current.
        var current: [Part: Date] = [:]
        var problems: [Part: String] = [:]
    }

    private let usesDatabaseIndex: Bool
    private let limit: Duration
    private var kept: [Int32: Kept] = [:]

    /// - Parameter limit: how long what is known of a tenant may be trusted.
    init(usesDatabaseIndex: Bool, limit: Duration) {
        (self.usesDatabaseIndex, self.limit) = (usesDatabaseIndex, limit)
    }

    private var parts: [Part] { usesDatabaseIndex ? [.basics] : [.basics, .numbers] }

    var routes: [Int32: TenantRoutes] { kept.mapValues(\.routes) }

    /// Takes note of the versions that are there now; what is older has to be read. True when tenants came or went.
    mutating func note(_ versions: [RouteStateStore.Versions], at now: Date) -> (readings: [Reading], isOther: Bool) {
        let ids = Set(versions.map(\.tenant))
        var isOther = !Set(kept.keys).isSubset(of: ids)
        kept = kept.filter { ids.contains($0.key) }
        var readings: [Reading] = []
        for version in versions {
            if kept[version.tenant] == nil {
                isOther = true
                let routes = TenantRoutes(
                    version, numbers: usesDatabaseIndex ? .database : .missing, freshness: Freshness(limit: limit))
                kept[version.tenant] = Kept(routes: routes)
            }
            guard var tenant = kept[version.tenant] else { continue }
            for part in parts where !tenant.underWay.contains(part) {
                if isCurrent(part, tenant, version) {
                    tenant.current[part] = now
                    tenant.problems[part] = nil
                } else {
                    tenant.underWay.insert(part)
                    let canCatchUp = tenant.current[.numbers].map { now.timeIntervalSince($0) < Self.longestGap } ?? false
                    readings.append(Reading(part: part, routes: tenant.routes, numbers: canCatchUp ? tenant.numbers : nil))
                }
            }
            settle(&tenant)
            kept[version.tenant] = tenant
        }
        return (readings, isOther)
    }

    private func isCurrent(_ part: Part, _ tenant: Kept, _ version: RouteStateStore.Versions) -> Bool {
        switch part {
        case .basics:
            let known = tenant.routes.versions
            return tenant.routes.isRead && known.rules == version.rules && known.people == version.people
                && known.settings == version.settings && known.name == version.name && known.scope == version.scope
                && (!usesDatabaseIndex || known.directory == version.directory)
        case .numbers:
            guard let known = tenant.numbers?.versions else { return false }
            return known.directory == version.directory && known.numbers == version.numbers && known.settings == version.settings
                && known.directoryReload == version.directoryReload
        }
    }

    /// - Parameter started: before it was read.
    mutating func take(_ basics: TenantBasics, started: Date) {
        let id = basics.versions.tenant
        guard var tenant = kept[id] else { return }
        tenant.routes.versions = basics.versions
        tenant.routes.isRead = true
        (tenant.routes.program, tenant.routes.ruleVersion) = (basics.program, basics.ruleVersion)
        (tenant.routes.own, tenant.routes.rulings, tenant.routes.policy) = (basics.own, basics.rulings, basics.policy)
        tenant.routes.people = basics.people
        if let numbers = tenant.numbers, numbers.people != basics.people {
            tenant.numbers?.people = basics.people
            tenant.numbers?.index = numbers.index.resolved(people: basics.people)
        }
        finish(.basics, &tenant, started)
        kept[id] = tenant
    }

    mutating func take(_ numbers: TenantNumbers, started: Date) {
        let id = numbers.versions.tenant
        guard var tenant = kept[id] else { return }
        var numbers = numbers
        // People may have been read anew meanwhile.
        if tenant.routes.isRead, tenant.routes.versions.people > numbers.versions.people {
            numbers.index = numbers.index.resolved(people: tenant.routes.people)
            numbers.people = tenant.routes.people
        }
        tenant.numbers = numbers
        finish(.numbers, &tenant, started)
        kept[id] = tenant
    }

    private func finish(_ part: Part, _ tenant: inout Kept, _ started: Date) {
        tenant.underWay.remove(part)
        tenant.problems[part] = nil
        tenant.current[part] = max(started, tenant.current[part] ?? started)
        if let numbers = tenant.numbers {
            tenant.routes.numbers = .memory(numbers.index)
            tenant.routes.numberVersions = numbers.versions
        }
        settle(&tenant)
    }

    private func settle(_ tenant: inout Kept) {
        guard parts.allSatisfy({ tenant.current[$0] != nil }), let oldest = tenant.current.values.min() else { return }
        tenant.routes.freshness.set(oldest)
    }

    /// A part could not be read: what is known stays, and the next look tries again. True when it is news.
    mutating func fail(_ part: Part, of tenant: Int32, _ problem: String) -> Bool {
        guard kept[tenant] != nil else { return false }
        kept[tenant]?.underWay.remove(part)
        return kept[tenant]?.problems.updateValue(problem, forKey: part) != problem
    }

    // MARK: How it stands

    /// Names of tenants of which something could not be read, or was not yet.
    var failing: [String] { names { !$0.problems.isEmpty } }
    var unread: [String] { names { tenant in parts.contains { tenant.current[$0] == nil } && tenant.problems.isEmpty } }
    var withoutRules: [String] { names { $0.routes.isRead && $0.routes.program == nil } }

    private func names(_ fits: (Kept) -> Bool) -> [String] { kept.values.filter(fits).map(\.routes.name).sorted() }

    /// Since when everything that is there is known to be current; nil while something was never read.
    ///
    /// - Parameter now: for when there is no tenant.
    func oldest(at now: Date) -> Date? {
        var oldest = now
        for tenant in kept.values {
            for part in parts {
                guard let current = tenant.current[part] else { return nil }
                oldest = min(oldest, current)
            }
        }
        return oldest
    }
}
