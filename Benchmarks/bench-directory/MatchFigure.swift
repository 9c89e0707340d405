import Directory
import Model
import Postgres

/// Looking numbers up in batches of 1,000: four in five are somebody's.
struct MatchFigure {
    let run: DirectoryRun

    /// Numbers per second over one connection.
    func measure(numbers: Int, matches: Int) async throws -> Double {
        try await fill(numbers)
        let lookup = DirectoryLookup(database: run.database)
        let policy = MatchPolicy()
        var found = 0
        let batches = stride(from: 0, to: matches, by: 1000).map { start in
            (start..<start + 1000).map { number(($0 &* 6_700_417) % (numbers * 5 / 4)) }
        }
        // The first batches warm the caches and the plans.
        for batch in batches.prefix(20) { _ = try await lookup.find(batch, tenant: run.tenant, policy: policy) }
        let clock = ContinuousClock()
        let start = clock.now
        for batch in batches {
            let findings = try await lookup.find(batch, tenant: run.tenant, policy: policy)
            for number in batch where policy.match(number, findings[number], agent: nil, people: .nobody).row != nil {
                found += 1
            }
        }
        let time = clock.now - start
        precondition(found > matches * 7 / 10)
        return Double(matches) / (time / .seconds(1))
    }

    private func number(_ index: Int) -> PhoneNumber { PhoneNumber("+316\(10_000_000 + index)") }

    /// Two numbers an entry, as a full load leaves them.
    private func fill(_ numbers: Int) async throws {
        try await run.database.withConnection { connection in
            try await connection.run(
                script: """
                    INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, owner_id, generation)
                    SELECT \(run.tenant), md5('e' || i)::uuid, 'contact', 'Contact ' || i, md5('o' || i % 500)::uuid, 1
                    FROM generate_series(0, \(numbers / 2)) i;
                    INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
                    SELECT \(run.tenant), '+316' || 10000000 + i, md5('e' || i / 2)::uuid, 'telephone' || 1 + i % 2,
                        '06' || 10000000 + i, 'national', '6' || 10000000 + i
                    FROM generate_series(0, \(numbers) - 1) i;
                    """)
            try await connection.run(script: "VACUUM ANALYZE hub.directory_entry")
            try await connection.run(script: "VACUUM ANALYZE hub.directory_number")
        }
    }
}
