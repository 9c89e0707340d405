import Foundation
import Testing

@testable import Schema

@Suite struct MigrationPlanTests {
    static let known = (1...3).map { Migration(version: $0, name: "step\($0)", sql: "SELECT \($0);") }

    @Test(arguments: 0...3)
    func `runs what the database has not seen, in order`(seen: Int) throws {
        let plan = try MigrationPlan(known: Self.known, applied: Self.known.prefix(seen).map(\.applied))
        #expect(plan.pending.map(\.version) == Array((1...3).dropFirst(seen)))
    }

    @Test func `refuses a newer database`() throws {
        let newer = Migration(version: 4, name: "step4", sql: "SELECT 4;")
        let error = #expect(throws: SchemaMismatch.self) {
            try MigrationPlan(known: Self.known, applied: (Self.known + [newer]).map(\.applied))
        }
        #expect(error?.code == .newer)
        #expect(error?.description == "the schema is at version 4, this program knows 3: upgrade the program")
    }

    @Test func `refuses a migration that was edited after it was applied`() throws {
        let edited = Migration(version: 2, name: "step2", sql: "SELECT 'edited';")
        let error = #expect(throws: SchemaMismatch.self) {
            try MigrationPlan(known: Self.known, applied: [Self.known[0].applied, edited.applied])
        }
        #expect(error?.code == .edited)
        #expect(error?.description.hasPrefix("migration 2 step2 was edited after it was applied") == true)
    }

    @Test func `refuses another migration under the same number and names it`() throws {
        let other = Migration(version: 1, name: "elsewhere", sql: "SELECT 0;")
        let error = #expect(throws: SchemaMismatch.self) {
            try MigrationPlan(known: Self.known, applied: [other.applied])
        }
        #expect(error?.description.hasPrefix("migration 1 step1 was applied as elsewhere") == true)
    }
}

extension Migration {
    fileprivate var applied: AppliedMigration {
        AppliedMigration(
            version: version, name: name, checksum: checksum, appliedAt: Date(timeIntervalSince1970: 0), appliedBy: "dba",
            duration: .zero)
    }
}
