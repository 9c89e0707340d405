import Foundation
import Postgres
import TestSupport
import Testing

/// The picture in docs/jobs.md against the functions of the schema: each arrow names the functions that move a job that way, and a
/// function must delete from the table the arrow comes from and insert into the one it goes to; and the other way round.
@Suite(.database) struct JobStateDiagramTests {
    struct Move: Hashable, CustomStringConvertible {
        var table: String
        var function: String
        var verb: String
        var description: String { "\(function) \(verb) \(table)" }
    }

    static let tables = ["job_ready", "job_lease", "job_later", "job_wait", "job_done", "job_dead"]

    private func diagram() throws -> Set<Move> {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/jobs.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let picture = try #require(text.firstMatch(of: /```mermaid\s+stateDiagram-v2([\s\S]*?)```/)).1
        var moves: Set<Move> = []
        for arrow in picture.matches(of: /(\S+) --> (\S+)\s*:\s*([^\n]+)/) {
            for function in arrow.3.split(separator: ",") {
                let function = function.trimmingCharacters(in: .whitespaces)
                if arrow.1 != "[*]" { moves.insert(Move(table: String(arrow.1), function: function, verb: "deletes from")) }
                if arrow.2 != "[*]" { moves.insert(Move(table: String(arrow.2), function: function, verb: "inserts into")) }
            }
        }
        return moves
    }

    @Test func thePictureIsWhatTheFunctionsDo() async throws {
        let database = try TestDatabase.current.connect()
        let functions = try await database.query(
            Statement(
                "", "SELECT proname::text, prosrc FROM pg_proc WHERE pronamespace = 'hub'::regnamespace AND proname ~ '^job_'"))
        var moves: Set<Move> = []
        for row in functions {
            let (name, source) = try row.decode(String.self, String.self)
            // Compaction and partitions move rows within one state.
            if ["job_compact", "job_partitions"].contains(name) { continue }
            for table in Self.tables {
                if source.contains(try Regex("DELETE FROM hub\\.\(table)\\b")) {
                    moves.insert(Move(table: table, function: name, verb: "deletes from"))
                }
                if source.contains(try Regex("INSERT INTO hub\\.\(table)\\b")) {
                    moves.insert(Move(table: table, function: name, verb: "inserts into"))
                }
            }
        }
        let drawn = try diagram()
        #expect(moves.subtracting(drawn).map(\.description).sorted() == [], "done by the functions and not in the picture")
        #expect(drawn.subtracting(moves).map(\.description).sorted() == [], "in the picture and not done by the functions")
        await database.close()
    }
}
