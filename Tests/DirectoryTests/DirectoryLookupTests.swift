import Directory
import Foundation
import Model
import Postgres
import TestSupport
import Testing

@Suite(.database) struct DirectoryLookupTests {
    private func with(_ body: (Database, Int32) async throws -> Void) async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo') RETURNING tenant_id"))[0][0].decode(Int32.self)
        try await body(database, tenant)
        await database.close()
    }

    @discardableResult
    private func add(
        _ name: String, _ number: String, _ form: String = "international", suffix: String? = nil, active: Bool = true,
        tenant: Int32, to database: Database
    ) async throws -> UUID {
        let id = UUID()
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, is_active, generation)
                VALUES ($1, $2, 'contact', $3, $4, 1)
                """), [tenant, id, name, active])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
                VALUES ($1, $2, $3, 'telephone1', $2, $4, $5)
                """), [tenant, number, id, form, suffix ?? String(number.drop { $0 == "+" })])
        return id
    }

    private func codes(
        _ numbers: [String], _ tenant: Int32, _ database: Database, floor: Int = 7
    ) async throws -> [String: String] {
        try await DirectoryLookup(database: database).match(
            numbers: numbers, tenant: tenant, policy: MatchPolicy(suffixDigits: floor)
        ).mapValues { ($0.row?.name ?? "-") + " " + $0.code }
    }

    @Test func `finds a whole batch, each tenant its own`() async throws {
        try await with { database, tenant in
            let other = try await database.query(
                Statement("", "INSERT INTO hub.tenant (name) VALUES ('other') RETURNING tenant_id"))[0][0].decode(Int32.self)
            try await add("Ann", "+31205550101", tenant: tenant, to: database)
            try await add("Bob", "+31205550102", tenant: tenant, to: database)
            try await add("Bill", "+31205550102", tenant: tenant, to: database)
            try await add("Gone", "+31205550103", active: false, tenant: tenant, to: database)
            try await add("Stranger", "+31205550104", tenant: other, to: database)
            let found = try await codes(
                ["+31205550101", "+31205550102", "+31205550103", "+31205550104", "anonymous"], tenant, database)
            #expect(
                found == [
                    "+31205550101": "Ann only_entry", "+31205550102": "- ambiguous", "+31205550103": "- unknown",
                    "+31205550104": "- unknown", "anonymous": "- no_number",
                ])
        }
    }

    @Test func `a number without its country is found by its end, when it is long enough and nothing fits better`() async throws {
        try await with { database, tenant in
            try await add("Local", "5550101", "local", tenant: tenant, to: database)
            try await add("National", "+31205550199", "national", suffix: "205550199", tenant: tenant, to: database)
            try await add("International", "+31205550102", suffix: "205550102", tenant: tenant, to: database)
            try await add("Exact", "+31205550103", suffix: "205550103", tenant: tenant, to: database)
            try await add("Worse", "5550103", "local", tenant: tenant, to: database)
            let found = try await codes(
                ["+31205550101", "+46205550199", "+46205550102", "+31205550103", "020 5550102", "+3120550101"], tenant, database)
            #expect(
                found == [
                    "+31205550101": "Local local_only_entry", "+46205550199": "National local_only_entry",
                    // Both have a country, and not the same.
                    "+46205550102": "- unknown", "+31205550103": "Exact only_entry",
                    "020 5550102": "International local_only_entry", "+3120550101": "- unknown",
                ])
            #expect(try await codes(["+31205550101"], tenant, database, floor: 8) == ["+31205550101": "- unknown"])
            #expect(try await codes(["020 5550102"], tenant, database, floor: 0) == ["020 5550102": "- unknown"])
        }
    }

    @Test func `a decision is kept, follows a merged record, and can be undone`() async throws {
        try await with { database, tenant in
            let number = "+31205550102"
            let bob = try await add("Bob", number, tenant: tenant, to: database)
            let bill = try await add("Bill", number, tenant: tenant, to: database)
            try await add("Third", number, tenant: tenant, to: database)
            let lookup = DirectoryLookup(database: database)
            try await database.withTransaction { connection in
                let note = AmbiguityStore.note([(number, 3, Date()), (number, 3, Date())], tenant: tenant)
                _ = try await connection.pipeline([note])
            }
            #expect(try await count("SELECT calls FROM hub.directory_ambiguity", database) == 2)
            try await database.withTransaction { connection in
                try await DecisionStore.decide(
                    number, .chosen(RowReference(.contact, bill)), by: "jane", why: "asked", tenant: tenant, on: connection)
            }
            #expect(try await codes([number], tenant, database) == [number: "Bill decided"])
            #expect(try await count("SELECT count(*) FROM hub.directory_ambiguity", database) == 0)
            let merge = "UPDATE hub.directory_entry SET is_active = false, merged_into = $1 WHERE entry_id = $2"
            try await database.execute(Statement("", merge), [bob, bill])
            #expect(try await codes([number], tenant, database) == [number: "Bob decided"])
            // Who was chosen is gone: the rules decide again.
            try await database.execute(Statement("", "DELETE FROM hub.directory_entry WHERE entry_id = $1"), [bill])
            #expect(try await codes([number], tenant, database) == [number: "- ambiguous"])
            try await database.withTransaction { connection in
                try await DecisionStore.decide(number, .nobody, by: "jane", why: nil, tenant: tenant, on: connection)
            }
            #expect(try await codes([number], tenant, database) == [number: "- decided_nobody"])
            var undone: [Bool] = []
            for _ in 0..<2 {
                undone.append(
                    try await database.withTransaction { connection in
                        try await DecisionStore.undo(number, tenant: tenant, on: connection)
                    })
            }
            #expect(undone == [true, false])
            #expect(try await codes([number], tenant, database) == [number: "- ambiguous"])
            #expect(try await lookup.isComplete(tenant: tenant) == false)
        }
    }

    @Test func `who was spoken with last comes first`() async throws {
        try await with { database, tenant in
            let number = "+31205550102"
            let bob = try await add("Bob", number, tenant: tenant, to: database)
            try await add("Bill", number, tenant: tenant, to: database)
            let note = InteractionStore.note(
                [(bob, Date(timeIntervalSince1970: 5)), (bob, Date(timeIntervalSince1970: 9))], tenant: tenant)
            _ = try await database.pipeline([
                note, InteractionStore.note([(bob, Date(timeIntervalSince1970: 7))], tenant: tenant),
            ])
            #expect(try await codes([number], tenant, database) == [number: "Bob last_interaction"])
            #expect(
                try await count("SELECT extract(epoch FROM max(last_interaction_at))::bigint FROM hub.directory_entry", database)
                    == 9)
        }
    }

    private func count(_ sql: String, _ database: Database) async throws -> Int64 {
        try await database.query(Statement("", sql))[0][0].decode(Int64.self)
    }
}
