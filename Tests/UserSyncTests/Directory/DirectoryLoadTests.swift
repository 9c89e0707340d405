import Directory
import Dynamics
import FoundationEssentials
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import UserSync

@Suite(.database) struct DirectoryLoadTests {
    @Test func `loads contacts, accounts and leads, then only what changes`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "020 555 01 01", "mobilephone": "+31 6 12345678"])
            let bob = try hub.seed(.contact, "Bob", ["telephone1": "nonsense"])
            try hub.seed(.account, "Acme", ["telephone1": "+31 20 555 0100"])
            try hub.seed(.lead, "Lee", ["telephone1": "0031205550199"])
            #expect(try await hub.isComplete() == false)
            try await hub.read()
            #expect(try await hub.isComplete())
            #expect(
                try await hub.numbers() == [
                    "Acme +31205550100", "Ann +31205550101", "Ann +31612345678", "Lee +31205550199",
                ])
            #expect(try await hub.count("SELECT unreadable FROM hub.directory_load WHERE entry_table = 'contact'") == 1)
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_change") == 0)

            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["telephone1": "020 555 01 02"])
            try hub.sandbox.dataverse.delete("contacts", id: bob.lowercase)
            let before = try await hub.count("SELECT sum(rows_read)::bigint FROM hub.directory_load")
            try await hub.read()
            #expect(try await hub.count("SELECT sum(rows_read)::bigint FROM hub.directory_load") == before + 2)
            #expect(
                try await hub.numbers() == [
                    "Acme +31205550100", "Ann +31205550102", "Ann +31612345678", "Lee +31205550199",
                ])
            #expect(
                try await hub.texts(
                    "SELECT entry_id || ' ' || numbers::text FROM hub.directory_change ORDER BY entry_id = '\(bob.lowercase)'")
                    == ["\(ann.lowercase) {+31205550101}", "\(bob.lowercase) {}"])
            #expect(try await hub.count("SELECT sum(entries)::bigint FROM hub.directory_load") == 3)
        }
    }

    @Test func `a deactivated record loses its numbers and gets them back`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "020 555 01 01"])
            try await hub.read()
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["statecode": 1])
            try await hub.read()
            #expect(try await hub.numbers() == [])
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_entry WHERE NOT is_active") == 1)
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["statecode": 0])
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550101"])
        }
    }

    @Test func `of two contacts that are merged the one left keeps the number`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            let anne = try hub.seed(.contact, "Anne", ["telephone1": "+31205550101"])
            try await hub.read()
            #expect(try await hub.numbers().count == 2)
            try hub.sandbox.dataverse.merge("contacts", loser: anne.lowercase, into: ann.lowercase)
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550101"])
            #expect(
                try await hub.texts("SELECT merged_into::text FROM hub.directory_entry WHERE NOT is_active") == [ann.lowercase])
        }
    }

    @Test func `goes on from the last page stored`() async throws {
        try await DirectoryHub.with { hub in
            for index in 10..<27 { try hub.seed(.contact, "C\(index)", ["telephone1": .string("+312055501\(index)")]) }
            // Each reader does one step and is gone, as if it had been killed after it.
            var steps = 0
            while try await hub.reader(.contact, stretch: .zero, pageSize: 5).work() == .more {
                steps += 1
                try #require(steps < 20)
            }
            #expect(steps == 1 + 4 + 1)
            #expect(try await hub.count("SELECT rows_read FROM hub.directory_load") == 17)
            #expect(try await hub.numbers().count == 17)
        }
    }

    @Test func `an expired link leads to a full load without a moment of an empty directory`() async throws {
        try await DirectoryHub.with { hub in
            var ids: [UUID] = []
            for index in 10..<22 {
                ids.append(try hub.seed(.contact, "C\(index)", ["telephone1": .string("+312055501\(index)")]))
            }
            try await hub.read()
            try hub.sandbox.dataverse.delete("contacts", id: ids[0].lowercase)
            try hub.sandbox.dataverse.edit("contacts", id: ids[1].lowercase, ["telephone1": "+31205550200"])
            try hub.sandbox.dataverse.expireDeltaTokens("contacts")
            var steps = 0
            while try await hub.reader(.contact, stretch: .zero, pageSize: 4).work() == .more {
                steps += 1
                try #require(steps < 20)
                #expect(try await hub.numbers().count >= 11)
                #expect(try await hub.isComplete())
            }
            #expect(try await hub.numbers().count == 11)
            #expect(try await hub.numbers().first == "C11 +31205550200")
            #expect(
                try await hub.texts("SELECT resync_reason FROM hub.directory_load WHERE entry_table = 'contact'") == [
                    "the link for changes has expired"
                ]
            )
            #expect(try await hub.count("SELECT max(generation) FROM hub.directory_load") == 2)
            // Who keeps a copy reads the two that changed, not all of them.
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_change") == 2)
        }
    }

    @Test func `the address of a page of changes that is refused later is done without`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try await hub.read()
            // A reader was killed between two pages of changes; what it had stored is no address any more.
            try await hub.database.execute(
                Statement("", "UPDATE hub.directory_load SET next_link = delta_link || '&$skiptoken=nonsense'"))
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["telephone1": "+31205550102"])
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550102"])
            #expect(try await hub.count("SELECT max(generation) FROM hub.directory_load") == 1, "nothing was read anew")
        }
    }

    @Test func `a link for changes that is refused under any code leads to a full load`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try await hub.read()
            try await hub.database.execute(
                Statement("", "UPDATE hub.directory_load SET delta_link = delta_link || '&$skiptoken=nonsense'"))
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["telephone1": "+31205550102"])
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550102"])
            #expect(
                try await hub.texts("SELECT resync_reason FROM hub.directory_load WHERE entry_table = 'contact'") == [
                    "the link for changes was refused"
                ])
        }
    }

    @Test func `a link for changes that is refused from the first has everything read again once a day only`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try await hub.read()
            // As a load leaves it whose link is good for nothing.
            try await hub.database.execute(
                Statement(
                    "",
                    """
                    UPDATE hub.directory_load SET delta_link = delta_link || '&$skiptoken=nonsense', tracked_at = started_at
                    WHERE entry_table = 'contact'
                    """))
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["telephone1": "+31205550102"])
            for _ in 0..<2 {
                await #expect(throws: DynamicsError.self) { _ = try await hub.reader(.contact).work() }
            }
            #expect(try await hub.count("SELECT max(generation) FROM hub.directory_load") == 1, "nothing was read anew")
            #expect(try await hub.numbers() == ["Ann +31205550101"])
            try await hub.database.execute(
                Statement("", "UPDATE hub.directory_load SET completed_at = now() - interval '25 hours'"))
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550102"])
            #expect(try await hub.count("SELECT max(generation) FROM hub.directory_load") == 2)
        }
    }

    @Test func `a page waits for who holds the directory before it locks any entry`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try await hub.read()
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["telephone1": "+31205550102"])
            let reader = try await hub.reader(.contact)
            let page = try await hub.database.withTransaction { connection in
                _ = try await connection.query(DirectoryNews.hold, [hub.tenant])
                let page = Task { _ = try await reader.work() }
                try await eventually("the page waits") {
                    try await hub.count(
                        """
                        SELECT count(*) FROM pg_locks
                        WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """) == 1
                }
                // That Ann was spoken with is noted beside what was decided; a page that had her row would be waited for.
                _ = try await connection.pipeline([InteractionStore.note([(ann, Date())], tenant: hub.tenant)])
                // Others go past it meanwhile.
                let held = try await hub.texts("SELECT coalesce(version::text, 'no') FROM hub.directory_hold(\(hub.tenant))")
                #expect(held == ["no"])
                return page
            }
            try await page.value
            #expect(try await hub.numbers() == ["Ann +31205550102"])
        }
    }

    @Test func `without leads in the environment the directory is complete all the same`() async throws {
        try await DirectoryHub.with { hub in
            try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            for table in [DirectoryTable.contact, .account] {
                while try await hub.reader(table, absent: [.lead]).work() == .more {}
            }
            #expect(try await hub.isComplete())
        }
    }

    @Test func `another region or another column is read anew`() async throws {
        try await DirectoryHub.with { hub in
            try hub.seed(.contact, "Ann", ["telephone1": "040 1234567", "telephone2": "+31 20 5550102"])
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31401234567"])
            try await hub.database.execute(Statement("", "UPDATE hub.tenant SET region = 'FI'"))
            try await hub.set("ContactNumberColumns", "telephone1,telephone2")
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550102", "Ann +358401234567"])
        }
    }

    @Test func `a table that is not wanted any more goes, and the others stay`() async throws {
        try await DirectoryHub.with { hub in
            try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try hub.seed(.lead, "Lee", ["telephone1": "+31205550102"])
            try await hub.read()
            try await hub.set("DirectoryTables", "contact, account")
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550101"])
            #expect(try await hub.isComplete())
            try await hub.set("DirectoryTables", "contact,account,lead")
            try await hub.read()
            #expect(try await hub.numbers() == ["Ann +31205550101", "Lee +31205550102"])
        }
    }

    @Test func `a contact with 20 numbers, and a number of 500 contacts`() async throws {
        try await DirectoryHub.with { hub in
            let columns = [
                "telephone1", "telephone2", "telephone3", "mobilephone", "business2", "home2", "company", "callback",
                "assistantphone", "managerphone", "pager", "fax", "address1_telephone1", "address1_telephone2",
                "address1_telephone3", "address2_telephone1", "address2_telephone2", "address2_telephone3",
                "address3_telephone1", "address3_telephone2",
            ]
            try await hub.set("ContactNumberColumns", columns.joined(separator: ","))
            var ann: [String: JSON] = [:]
            for (index, column) in columns.enumerated() { ann[column] = .string("+3120555\(1000 + index)") }
            let id = try hub.seed(.contact, "Ann", ann)
            for index in 0..<500 { try hub.seed(.contact, "C\(index)", ["telephone1": "+31205550500"]) }
            try await hub.read()
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_number WHERE entry_id = '\(id.lowercase)'") == 20)
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_number WHERE number = '+31205550500'") == 500)
            try hub.sandbox.dataverse.edit("contacts", id: id.lowercase, ["fax": .null])
            try await hub.read()
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_number WHERE entry_id = '\(id.lowercase)'") == 19)
        }
    }

    @Test func `of two readers at one table one gives way`() async throws {
        try await DirectoryHub.with { hub in
            for index in 10..<30 { try hub.seed(.contact, "C\(index)", ["telephone1": .string("+312055501\(index)")]) }
            let (first, second) = (try await hub.reader(.contact, pageSize: 3), try await hub.reader(.contact, pageSize: 3))
            async let one: Void = work(first)
            async let other: Void = work(second)
            _ = try await (one, other)
            try await hub.read()
            #expect(try await hub.numbers().count == 20)
            #expect(try await hub.count("SELECT entries FROM hub.directory_load WHERE entry_table = 'contact'") == 20)
        }
    }

    private func work(_ reader: DirectoryReader) async throws {
        do {
            while try await reader.work() == .more {}
        } catch is DirectoryConflict {}
    }

    @Test func `numbers that appear ask for earlier calls to be looked at`() async throws {
        try await DirectoryHub.with { hub in
            let ann = try hub.seed(.contact, "Ann", ["telephone1": "+31205550101"])
            try await hub.read()
            // Nobody works here: each job that is asked for has a number of its own.
            let newest = "SELECT coalesce(max(id), 0) FROM hub.jobs WHERE kind = 'calls.match'"
            let first = try await hub.count(newest)
            #expect(first > 0)
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["lastname": "Other"])
            try await hub.read()
            #expect(try await hub.count(newest) == first)
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["mobilephone": "+31205550102"])
            try await hub.read()
            let second = try await hub.count(newest)
            #expect(second > first)
            // A number that goes is nobody's reason to look.
            try hub.sandbox.dataverse.edit("contacts", id: ann.lowercase, ["mobilephone": .null])
            try await hub.read()
            #expect(try await hub.count(newest) == second)
        }
    }
}
