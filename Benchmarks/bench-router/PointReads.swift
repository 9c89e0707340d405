import EmbeddedPostgres
import Foundation
import Postgres

/// `pgbench -M prepared -S` on the same server: the price of one look-up in PostgreSQL.
struct PointReads {
    let hub: BenchHub

    func prepare(rows: Int) async throws {
        _ = try run("pgbench", ["-i", "-q", "-s", "\(rows / 100_000)"])
    }

    /// Transactions a second of 64 clients.
    func rate(seconds: Int) throws -> Double {
        // Not by time: a child of a thread that blocks SIGALRM never hears that it is over.
        let text = try run("pgbench", ["-M", "prepared", "-S", "-n", "-c", "64", "-j", "2", "-t", "\(seconds * 1000)"])
        for line in text.split(separator: "\n") where line.hasPrefix("tps = ") {
            if let rate = Double(line.split(separator: " ")[2]) { return rate }
        }
        throw BenchError("pgbench told no rate:\n\(text)")
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = hub.postgres.binaries.appending(path: tool)
        process.arguments = arguments + [hub.postgres.connectionString(database: "trunkline")]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
