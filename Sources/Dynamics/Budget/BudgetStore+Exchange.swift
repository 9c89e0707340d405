import Postgres

extension BudgetStore {
    /// What an instance keeps between exchanges, so that it reads only what is new.
    struct Memory {
        var ledger: BudgetLedger
        /// The newest spend known; nil means that everything must be read.
        var newestSpend: Int64?
        var tidiedAt = -Double.infinity

        init(limits: BudgetLimits) { ledger = BudgetLedger(limits: limits) }
    }

    /// Brings the ledger up to date, lets it decide, and writes down what came of it, in one transaction under the tenant's lock.
    /// - Throws: what the database throws; `memory` must then be thrown away.
    func exchange(_ news: BudgetExchange, _ memory: inout Memory, on connection: Connection) async throws -> BudgetGrant {
        let answers = try await connection.pipeline([
            Request(Self.lock, [tenant]),
            Request(Self.spends, [tenant, memory.newestSpend ?? 0]),
            Request(Self.servers, [tenant]),
            Request(Self.leases, [tenant, instance]),
        ])
        guard let row = answers[0].first else { throw PostgresError(.decoding, "the tenant has no budget row") }
        let now = try row.decode(Double.self, at: 4)
        memory.ledger.pace = try Self.pace(row)
        try learn(answers, &memory)
        let tidied = now - memory.tidiedAt > memory.ledger.limits.windowSeconds / 10
        let grant = memory.ledger.exchange(instance, news, now: now)
        let written = try await connection.pipeline(requests(news, memory, now: now, tidy: tidied))
        if tidied { memory.tidiedAt = now }
        if !news.spends.isEmpty {
            for row in written[0] { memory.newestSpend = max(memory.newestSpend ?? 0, try row.decode(Int64.self, at: 0)) }
        }
        return grant
    }

    private static func pace(_ row: Row) throws -> Pace {
        Pace(
            width: try row.decode(Double.self, at: 0), isStarting: try row.decode(Bool.self, at: 1),
            cutAt: try row.decode(Double?.self, at: 2) ?? -.infinity,
            blockedUntil: try row.decode(Double?.self, at: 3) ?? -.infinity)
    }

    /// Takes in what the other instances wrote.
    private func learn(_ answers: [Rows], _ memory: inout Memory) throws {
        if memory.newestSpend == nil { memory.ledger.servers = [:] }
        for row in answers[1] {
            let (seq, server, at, seconds, requests) = try row.decode(
                Int64.self, String.self, Double.self, Double.self, Int32.self)
            memory.ledger.servers[server, default: ServerLedger()].spend(
                .init(at: at, seconds: seconds, requests: Int(requests)))
            memory.newestSpend = max(memory.newestSpend ?? 0, seq)
        }
        memory.newestSpend = memory.newestSpend ?? 0
        for row in answers[2] {
            let (server, at, seconds, requests) = try row.decode(String.self, Double.self, Double?.self, Int32?.self)
            memory.ledger.servers[server, default: ServerLedger()].take(
                .init(at: at, seconds: seconds, requests: requests.map(Int.init)))
        }
        memory.ledger.instances = [:]
        for row in answers[3] {
            let (name, count, seconds, squares, waiting, expiry) = try row.decode(
                String.self, Int32.self, Double.self, Double.self, [Int32].self, Double.self)
            var other = BudgetLedger.InstanceLedger()
            other.load = RequestLoad(count: Int(count), seconds: seconds, squares: squares)
            for (lane, count) in waiting.prefix(other.waiting.count).enumerated() { other.waiting[lane] = Int(count) }
            other.expiresAt = expiry
            memory.ledger.instances[name] = other
        }
    }

    /// What to write; the spends come first.
    private func requests(_ news: BudgetExchange, _ memory: Memory, now: Double, tidy: Bool) -> [Request] {
        var requests: [Request] = []
        if !news.spends.isEmpty {
            requests.append(
                Request(
                    Self.spend,
                    [
                        tenant, news.spends.map(\.server), news.spends.map { now - $0.age }, news.spends.map(\.seconds),
                        news.spends.map { Int32($0.requests) },
                    ]))
        }
        if !news.statements.isEmpty {
            requests.append(
                Request(
                    Self.tell,
                    [
                        tenant, news.statements.map(\.server), news.statements.map { now - $0.age },
                        news.statements.map(\.seconds), news.statements.map { $0.requests.map { Int32(clamping: $0) } },
                    ]))
        }
        let ledger = memory.ledger
        if let own = ledger.instances[instance] {
            requests.append(
                Request(
                    Self.lease,
                    [
                        tenant, instance, Int32(own.load.count), own.load.seconds, own.load.squares,
                        own.waiting.map { Int32($0) }, own.expiresAt,
                    ]))
        } else {
            requests.append(Request(Self.release, [tenant, instance]))
        }
        requests.append(
            Request(
                Self.pace,
                [
                    tenant, ledger.pace.width, ledger.pace.isStarting, ledger.pace.cutAt.finite, ledger.pace.blockedUntil.finite,
                ]))
        if tidy {
            let old = now - 2 * ledger.limits.windowSeconds
            requests.append(Request(Self.tidyLeases, [tenant, now]))
            requests.append(Request(Self.tidySpends, [tenant, old]))
            requests.append(Request(Self.tidyServers, [tenant, old]))
        }
        return requests
    }
}

extension Double {
    fileprivate var finite: Double? { isFinite ? self : nil }
}

extension Row {
    fileprivate func decode<T: PostgresDecodable>(_ type: T.Type, at column: Int) throws -> T { try self[column].decode(type) }
}
