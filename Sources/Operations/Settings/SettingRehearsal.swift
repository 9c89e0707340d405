import CallSync
import Directory
package import Foundation
package import Model
import PhoneNumbers
package import Postgres
import Tenants

/// What a change of settings would have made of the calls of the last days.
package struct SettingRehearsal: Sendable {
    /// So many calls and fewer are judged one and all; of more, a sample of about this size.
    package static let size = 5000

    package struct Found: Sendable {
        package let call: UUID
        package let startedAt: Date?
        package let differences: [SettingDifference]
    }

    /// Calls that were judged.
    package let judged: Int
    /// How many calls they stand for; nil: for themselves, they are all there are.
    package let outOf: Int?
    /// Those of them that would have been treated otherwise, newest first.
    package let found: [Found]

    package func count(where fits: (SettingDifference) -> Bool) -> Int { found.count { $0.differences.contains(where: fits) } }

    /// How many of all calls these are, when so many of the judged ones are.
    package func estimate(_ count: Int) -> Int {
        guard let outOf, judged > 0 else { return count }
        return Int((Double(count) * Double(outOf) / Double(judged)).rounded())
    }

    /// Judges calls of the last days under both: reads only, and asks neither vendor.
    ///
    /// - Parameters:
    ///   - name: the setting that would change.
    ///   - value: its new value as stored; nil goes back to the default.
    ///   - days: how far back; 1 means since yesterday's midnight.
    ///   - size: above how many calls a sample of so many is judged.
    package static func run(
        changing name: String, to value: String?, tenant: Tenant, days: Int, size: Int = size, on database: Database
    )
        async throws -> SettingRehearsal
    {
        let stored = try await SettingStore(database: database).stored(tenant: tenant.id).map { (name: $0.name, value: $0.value) }
        let changed = stored.filter { $0.name != name } + (value.map { [(name: name, value: $0)] } ?? [])
        let numbers = NumberReader(region: tenant.region)
        var old = Settings.reading(stored, version: tenant.settingVersion).settings
        var new = Settings.reading(changed, version: tenant.settingVersion).settings
        old.readNumbers(numbers)
        new.readNumbers(numbers)
        let sample = try await CallSampleStore(database: database, numbers: numbers).read(
            tenant: tenant.id, days: days, size: size)
        let people = try await TenantPeople.read(tenant: tenant.id, numbers: numbers, on: database)
        let (was, would) = try await sides(old, new, sample.calls.map(\.facts.other), tenant, people, database)
        let found = sample.calls.compactMap { call -> Found? in
            let differences = SettingDifference.all(for: call.facts, from: was, to: would, people: people)
            return differences.isEmpty ? nil : Found(call: call.id, startedAt: call.facts.startedAt, differences: differences)
        }
        return SettingRehearsal(judged: sample.calls.count, outOf: sample.outOf, found: found)
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
