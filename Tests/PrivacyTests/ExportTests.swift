import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(15))) struct ExportTests {
    private struct Document: Decodable {
        struct Part: Decodable {
            let table: String
            let why: String
        }
        let format: String
        let tenant: String
        let number: String
        let parts: [Part]
    }

    @Test func `an export finds everything about a number, nothing about another, and is noted without the number`() async throws
    {
        try await PrivacyHub.with { hub in
            let call = hub.call(from: PrivacyHub.number)
            hub.call(from: "050 123 4567", seconds: 0, answered: false, ago: 700)
            let other = hub.call(from: PrivacyHub.other, ago: 500)
            let request = hub.request("050-123 4567", note: "about the \"invoice\", soon")
            try await hub.readDirectory()
            try await hub.sync()
            try await hub.execute(
                "INSERT INTO hub.route_number (tenant_id, number) VALUES ($1, $2)", [hub.tenant, PrivacyHub.number])

            let run = try await hub.command("export", "--number", "0501234567").outcome()
            #expect(run.status == 0, "\(run.errors)")
            let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
            #expect(document.number == PrivacyHub.number && document.tenant == "demo")
            let tables = Dictionary(grouping: document.parts, by: \.table).mapValues(\.count)
            #expect(tables["hub.call"] == 2 && tables["hub.callback"] == 1)
            #expect(tables["hub.directory_number"] == 1 && tables["hub.directory_entry"] == 1 && tables["hub.route_number"] == 1)
            #expect(tables["hub.timeline"] ?? 0 >= 5 && tables["hub.jobs"] ?? 0 >= 1)
            #expect(run.output.contains(call.uuidString.lowercased()) && run.output.contains(request.uuidString.lowercased()))
            #expect(!run.output.contains(other.uuidString.lowercased()))

            let note = try #require(try await hub.text("SELECT target FROM hub.operator_action WHERE action = 'number.export'"))
            #expect(note.count == 64 && !note.contains(PrivacyHub.digits))
            // Whatever the search finds, the export has: the row of each place is among its parts.
            for place in try await NumberSearch.places(PrivacyHub.digits, in: hub.database) {
                let table = place.prefix { $0 != ":" }.split(separator: ".")[1].replacing(/_\d{4}.*$/, with: "")
                #expect(document.parts.contains { $0.table.hasPrefix("hub.\(table)") }, "\(place)")
            }

            let csv = try await hub.command("export", "--number", PrivacyHub.number, "--format", "csv").outcome()
            #expect(csv.output.hasPrefix("part,table,why,field,value\r\n"))
            #expect(csv.output.contains("hub.callback,holds the number,note,\"about the \"\"invoice\"\", soon\""))
            let keyless = try await hub.command("export", "--number", PrivacyHub.number, key: nil).outcome()
            #expect(keyless.status == 0)
            #expect(
                try await hub.text(
                    "SELECT target FROM hub.operator_action WHERE action = 'number.export' ORDER BY action_id DESC LIMIT 1")
                    == "+358…67")
        }
    }

    @Test func `a number need not be an argument, which everybody on the machine can see`() async throws {
        try await PrivacyHub.with { hub in
            hub.call(from: PrivacyHub.number)
            try await hub.sync()
            let typed = "050 123 4567\n"
            for arguments in [[], ["--number", "-"]] {
                let run = try await hub.command(["export"] + arguments, input: typed).outcome()
                #expect(run.status == 0, "\(run.errors)")
                #expect(try JSONDecoder().decode(Document.self, from: Data(run.output.utf8)).number == PrivacyHub.number)
            }
            let nothing = try await hub.command(["export"]).outcome()
            #expect(nothing.status == 64 && nothing.errors.contains("give the number with its country"))

            let erased = try await hub.command(["erase", "--why", "test", "--yes"], input: typed).outcome()
            #expect(erased.status == 0, "\(erased.errors)")
            let file = FileManager.default.temporaryDirectory.appending(path: "receipt-\(UUID().uuidString).json")
            defer { try? FileManager.default.removeItem(at: file) }
            try Data(erased.output.utf8).write(to: file)
            let verified = try await hub.command(
                ["erase", "verify", file.path(), "--number", "-"], input: PrivacyHub.number + "\n"
            ).outcome()
            #expect(verified.output.hasSuffix("it is for this number"), "\(verified.errors)")
            #expect(try await hub.command(["erase", "lift", "--why", "test"], input: typed).outcome().status == 0)
        }
    }

    @Test func `after an erasure nothing is left to export but that it was erased`() async throws {
        try await PrivacyHub.with { hub in
            hub.call(from: PrivacyHub.number)
            try await hub.sync()
            #expect(try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test", "--yes").outcome().status == 0)
            let run = try await hub.command("export", "--number", PrivacyHub.number).outcome()
            let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
            #expect(document.parts.map(\.table) == ["hub.erasure"])
        }
    }

    @Test func `a receipt from the hub is verified with its public key anywhere, and for its number only`() async throws {
        try await PrivacyHub.with { hub in
            hub.call(from: PrivacyHub.number)
            try await hub.sync()
            let erased = try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test", "--yes").outcome()
            let folder = FileManager.default.temporaryDirectory.appending(path: "receipts-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "receipt.json").path()
            try Data(erased.output.utf8).write(to: URL(filePath: file))
            let publicKey = try await hub.command("erase", "public-key").outcome().output
            let valid = try await hub.command("erase", "verify", file, "--public-key", publicKey, key: nil).outcome()
            #expect(valid.status == 0 && valid.output.hasPrefix("valid: erasure"), "\(valid.errors)")
            let whose = try await hub.command("erase", "verify", file, "--number", PrivacyHub.number).outcome()
            #expect(whose.output.hasSuffix("it is for this number"))
            #expect(try await hub.command("erase", "verify", file, "--number", PrivacyHub.other).outcome().status == 1)
            try Data(erased.output.replacing("\"test\"", with: "\"toast\"").utf8).write(to: URL(filePath: file))
            let changed = try await hub.command("erase", "verify", file).outcome()
            #expect(changed.status == 1 && changed.errors.contains("the receipt was changed"))

            let id = try #require(try await hub.text("SELECT erasure_id::text FROM hub.erasure"))
            let list = try await hub.command("erase", "list", "--format", "json").outcome()
            #expect(list.output.contains(id) && !list.output.contains(PrivacyHub.digits))
            let shown = try await hub.command("erase", "list", id).outcome()
            try Data(shown.output.utf8).write(to: URL(filePath: file))
            #expect(try await hub.command("erase", "verify", file).outcome().status == 0)
        }
    }
}
