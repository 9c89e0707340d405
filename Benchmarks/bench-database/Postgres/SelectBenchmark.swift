import EmbeddedPostgres
import Logging
import Postgres
import Synchronization

/// One row by its key, prepared, from a table of 100,000 rows: `pgbench -M prepared -S` and the same from Swift.
struct SelectBenchmark {
    let server: EmbeddedPostgres
    let rounds: Int
    let seconds: Double
    let clients: Int
    let jobs: Int

    private static let select = Statement("account", "SELECT abalance FROM pgbench_accounts WHERE aid = $1")

    private enum Kind: CaseIterable {
        case pgbench, connection, pool, batchesOf8, batchesOf32

        var words: String {
            switch self {
            case .pgbench: "pgbench -M prepared -S"
            case .connection: "one statement at a time, a connection each"
            case .pool: "one statement at a time, through the pool"
            case .batchesOf8: "pipeline, 8 a batch"
            case .batchesOf32: "pipeline, 32 a batch"
            }
        }
    }

    func run(into figures: inout Figures) async throws {
        try await Tool(server: server, name: "pgbench").run("--initialize", "--quiet")
        var configuration = DatabaseConfiguration(server.connectionString(), applicationName: "bench")
        configuration.maximumConnections = clients
        let database = Database(configuration, logger: Logger(label: "bench"))
        say("SELECT by key, \(clients) clients, \(rounds) rounds of \(seconds) s in turn")
        var rates: [Kind: [Double]] = [:]
        var costs: [Kind: [Double]] = [:]
        // One round more, to warm up.
        for round in 0...rounds {
            for kind in Kind.allCases {
                let before = processorTime()
                let rate = try await rate(kind, database)
                guard round > 0 else { continue }
                rates[kind, default: []].append(rate)
                costs[kind, default: []].append((processorTime() - before) / (rate * seconds) * 1e6)
            }
        }
        await database.close()
        let medians = rates.mapValues(median)
        for kind in Kind.allCases {
            let cost = kind == .pgbench ? "" : ", \(Double(Int(median(costs[kind]!) * 10)) / 10) µs of our processor time each"
            say("  \(kind.words): \(Int(medians[kind]!))/s\(cost)")
        }
        figures.add("plain_ratio", medians[.connection]! / medians[.pgbench]!)
        figures.add("pool_ratio", medians[.pool]! / medians[.pgbench]!)
        figures.add("pipelined_ratio", medians[.batchesOf32]! / medians[.pgbench]!)
        figures.add("pipelined_8_ratio", medians[.batchesOf8]! / medians[.pgbench]!)
        figures.add("pgbench_per_s", medians[.pgbench]!)
        figures.add("plain_per_s", medians[.connection]!)
        figures.add("pool_per_s", medians[.pool]!)
        figures.add("pipelined_per_s", medians[.batchesOf32]!)
        figures.add("plain_cpu_us", median(costs[.connection]!))
    }

    /// Statements a second in one round.
    private func rate(_ kind: Kind, _ database: Database) async throws -> Double {
        switch kind {
        case .pgbench: try await pgbench()
        case .connection:
            try await tasks { deadline in
                try await database.withConnection { connection in
                    try await repeated(until: deadline) {
                        let rows = try await connection.query(Self.select, [Self.key()])
                        _ = try rows[0].decode(Int32.self)
                        return 1
                    }
                }
            }
        case .pool:
            try await tasks { deadline in
                try await repeated(until: deadline) {
                    let rows = try await database.query(Self.select, [Self.key()])
                    _ = try rows[0].decode(Int32.self)
                    return 1
                }
            }
        case .batchesOf8: try await pipelined(8, database)
        case .batchesOf32: try await pipelined(32, database)
        }
    }

    private func pipelined(_ size: Int, _ database: Database) async throws -> Double {
        try await tasks { deadline in
            try await database.withConnection { connection in
                try await repeated(until: deadline) {
                    let results = try await connection.pipeline((0..<size).map { _ in Request(Self.select, [Self.key()]) })
                    for rows in results { _ = try rows[0].decode(Int32.self) }
                    return size
                }
            }
        }
    }

    /// A random key. The standard generator would ask the kernel each time, which pgbench doesn't.
    private static func key() -> Int32 {
        var state = seed.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int32((state ^ (state >> 31)) % 100_000) + 1
    }

    private static let seed = Atomic<UInt64>(.random(in: 0...UInt64.max))

    /// As many tasks as clients; what they have done together, a second.
    private func tasks(_ work: @escaping @Sendable (ContinuousClock.Instant) async throws -> Int) async throws -> Double {
        let start = ContinuousClock.now
        let deadline = start + .milliseconds(Int64(seconds * 1_000))
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients { group.addTask { try await work(deadline) } }
            return try await group.reduce(0, +)
        }
        return Double(total) / (ContinuousClock.now - start).seconds
    }

    private func pgbench() async throws -> Double {
        let output = try await Tool(server: server, name: "pgbench").run(
            "--protocol=prepared", "--select-only", "--no-vacuum", "--client=\(clients)", "--jobs=\(jobs)",
            "--time=\(Int(seconds))")
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.split(separator: " ")[2])
        else { throw Tool.Failure(description: "pgbench said nothing of its rate: \(output)") }
        return rate
    }
}

private func repeated(until deadline: ContinuousClock.Instant, _ work: () async throws -> Int) async throws -> Int {
    var count = 0
    while ContinuousClock.now < deadline { count += try await work() }
    return count
}
