import EmbeddedPostgres
import Foundation
import Logging
import Postgres

/// A million small rows into an empty table: `psql \copy` of a file, and from Swift values or from the same bytes.
struct CopyBenchmark {
    let server: EmbeddedPostgres
    let rounds: Int
    let rows: Int

    private enum Kind: CaseIterable {
        case psql, values, valuesAsText, bytes

        var words: String {
            switch self {
            case .psql: "psql \\copy of a file"
            case .values: "Swift values, binary"
            case .valuesAsText: "Swift values, text"
            case .bytes: "the file's bytes"
            }
        }
    }

    func run(into figures: inout Figures) async throws {
        let file = server.folder.appending(path: "rows.txt")
        try Self.lines(rows).write(to: file)
        let database = Database(
            DatabaseConfiguration(server.connectionString(), applicationName: "bench"), logger: Logger(label: "bench"))
        try await database.withConnection { connection in
            try await connection.run(
                script: "CREATE TABLE copied (id int8 NOT NULL, name text NOT NULL, at timestamptz NOT NULL)")
        }
        say("COPY of \(rows) rows of a number, a text and a time, \(rounds) rounds in turn")
        var times: [Kind: [Double]] = [:]
        for round in 0...rounds {
            for kind in Kind.allCases {
                // Each starts from the same state.
                try await database.withConnection { try await $0.run(script: "TRUNCATE copied; CHECKPOINT") }
                let start = ContinuousClock.now
                try await copy(kind, file, database)
                if round > 0 { times[kind, default: []].append((ContinuousClock.now - start).seconds) }
            }
        }
        await database.close()
        let medians = times.mapValues(median)
        for kind in Kind.allCases {
            say("  \(kind.words): \(Double(Int(medians[kind]! * 1_000)) / 1_000) s, \(Int(Double(rows) / medians[kind]!)) rows/s")
        }
        figures.add("copy_ratio", medians[.psql]! / medians[.values]!)
        figures.add("copy_text_ratio", medians[.psql]! / medians[.valuesAsText]!)
        figures.add("copy_bytes_ratio", medians[.psql]! / medians[.bytes]!)
        figures.add("psql_copy_rows_per_s", Double(rows) / medians[.psql]!)
        figures.add("copy_rows_per_s", Double(rows) / medians[.values]!)
    }

    private static func date(_ number: Int) -> Date { Date(timeIntervalSince1970: 1_795_000_000 + Double(number)) }

    /// The rows in COPY's text format.
    private static func lines(_ rows: Int) -> Data {
        var data = Data()
        let formatter = ISO8601DateFormatter()
        for number in 1...rows {
            data.append(contentsOf: "\(number)\tname of row \(number)\t\(formatter.string(from: date(number)))\n".utf8)
        }
        return data
    }

    private func copy(_ kind: Kind, _ file: URL, _ database: Database) async throws {
        switch kind {
        case .psql: try await Tool(server: server, name: "psql").run("--command", "\\copy copied FROM '\(file.path())'")
        case .values:
            try await database.withConnection { connection in
                try await connection.copyIn(into: "copied", columns: ["id", "name", "at"]) { writer in
                    for number in 1...rows { try await writer.row(number, "name of row \(number)", Self.date(number)) }
                }
            }
        case .valuesAsText:
            try await database.withConnection { connection in
                try await connection.copyIn("COPY copied FROM STDIN") { writer in
                    for number in 1...rows { try await writer.row(number, "name of row \(number)", Self.date(number)) }
                }
            }
        case .bytes:
            try await database.withConnection { connection in
                let handle = try FileHandle(forReadingFrom: file)
                try await connection.copyIn("COPY copied FROM STDIN") { writer in
                    while let chunk = try handle.read(upToCount: 64 * 1_024), !chunk.isEmpty {
                        try await writer.write([UInt8](chunk))
                    }
                }
                try handle.close()
            }
        }
    }
}
