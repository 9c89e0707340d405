import Postgres
import TestSupport
import Testing

@Suite("A full disk", .database)
struct DiskFullTests {
    @Test func isTransientNamedInWordsAndOverWhenThereIsRoomAgain() async throws {
        let url = try TestDatabase.current.url
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            try await database.withConnection { try await $0.run(script: "CREATE TABLE written (i int)") }
            let disk = try await FullDisk.under(["written"], of: url)
            let insert = Statement("insert_written", "INSERT INTO written VALUES ($1)")
            // The pool's connections were ended; only then comes the disk.
            var error: PostgresError?
            try await eventually("the disk refuses") {
                error = try await postgresError { try await database.execute(insert, [1]) }
                return error?.code != .connection && error?.code != .adminShutdown
            }
            #expect(error?.code == .diskFull)
            #expect(error?.isTransient == true && error?.isServerTrouble == true)
            #expect(error?.operatorText.hasPrefix("disk full") == true)
            // Reading goes on, and so does a transaction that catches the failure.
            try await database.withTransaction { (connection) async throws in
                #expect(try await connection.query(.once("SELECT count(*) FROM written")).value(Int.self) == 0)
                let inside = try await postgresError { try await connection.withSavepoint { try await $0.execute(insert, [2]) } }
                #expect(inside?.code == .diskFull)
                _ = try await connection.query(.once("SELECT 1"))
            }
            let copied = try await postgresError {
                try await database.withConnection { try await $0.copyIn(into: "written", columns: ["i"]) { try await $0.row(3) } }
            }
            #expect(copied?.code == .diskFull)
            try await disk.free()
            try await eventually("it takes rows again") {
                try await postgresError { try await database.execute(insert, [4]) } == nil
            }
            #expect(try await database.query(.once("SELECT i FROM written")).value(Int.self) == 4)
        }
    }
}
