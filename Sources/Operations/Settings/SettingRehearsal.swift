import CallSync
import Directory
package import Foundation
package import Model
package import Postgres
import Tenants

/// What a change of settings would have made of the calls of the last days.
package struct SettingRehearsal: Sendable {
    /// Most calls that are looked at.
    package static let most = 5000

    package struct Found: Sendable {
        package let call: UUID
        package let startedAt: Date?
        package let differences: [SettingDifference]
    }

    /// Calls that were judged.
    package let judged: Int
    /// There are more calls in these days than were looked at.
    package let isCut: Bool
    /// Start of the oldest of them.
    package let since: Date?
    /// Calls that would have been treated otherwise, newest first.
    package let found: [Found]

    package func count(where fits: (SettingDifference) -> Bool) -> Int { found.count { $0.differences.contains(where: fits) } }

    /// Judges the newest calls under both: reads only, and asks neither vendor.
    ///
    /// - Parameters:
    ///   - name: the setting that would change.
    ///   - value: its new value as stored; nil goes back to the default.
    ///   - days: how far back; 1 means since yesterday's midnight.
    package static func run(changing name: String, to value: String?, tenant: Tenant, days: Int, on database: Database)
        async throws -> SettingRehearsal
    {
        let stored = try await SettingStore(database: database).stored(tenant: tenant.id).map { (name: $0.name, value: $0.value) }
        let changed = stored.filter { $0.name != name } + (value.map { [(name: name, value: $0)] } ?? [])
        let old = Settings.reading(stored, version: tenant.settingVersion).settings
        let new = Settings.reading(changed, version: tenant.settingVersion).settings
        let calls = try await CallSampleStore(database: database).newest(tenant: tenant.id, days: days, limit: most + 1)
        let people = try await TenantPeople.read(tenant: tenant.id, on: database)
        let numbers = calls.prefix(most).map(\.facts.other)
        let (was, would) = try await sides(old, new, numbers, tenant, people, database)
        let found = calls.prefix(most).compactMap { call -> Found? in
            let differences = SettingDifference.all(for: call.facts, from: was, to: would, people: people)
            return differences.isEmpty ? nil : Found(call: call.id, startedAt: call.facts.startedAt, differences: differences)
        }
        return SettingRehearsal(
            judged: min(calls.count, most), isCut: calls.count > most,
            since: calls.prefix(most).compactMap(\.facts.startedAt).min(), found: found)
    }

    /// The directory is only asked when both would not find the same.
    private static func sides(
        _ old: Settings, _ new: Settings, _ numbers: [PhoneNumber], _ tenant: Tenant, _ people: People, _ database: Database
    ) async throws -> (SettingDifference.Side, SettingDifference.Side) {
        let isSame =
            old.regardingLookup == new.regardingLookup && MatchPolicy(old) == MatchPolicy(new)
            && old.defaultCrmAssignee == new.defaultCrmAssignee
        guard !isSame else { return (SettingDifference.Side(old) { _, _ in nil }, SettingDifference.Side(new) { _, _ in nil }) }
        return (
            try await side(old, numbers, tenant, people, database), try await side(new, numbers, tenant, people, database)
        )
    }

    private static func side(
        _ settings: Settings, _ numbers: [PhoneNumber], _ tenant: Tenant, _ people: People, _ database: Database
    ) async throws -> SettingDifference.Side {
        guard settings.regardingLookup else { return SettingDifference.Side(settings) { _, _ in nil } }
        let policy = MatchPolicy(settings)
        let findings = try await DirectoryLookup(database: database).find(numbers, tenant: tenant.id, policy: policy)
        return SettingDifference.Side(settings) { number, owner in
            policy.match(number, findings[number], agent: owner.systemUserID, people: people).row
        }
    }
}
