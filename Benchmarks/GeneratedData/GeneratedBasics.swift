import Foundation

/// What everything else stands on: tenants, names, and the times at which things happened.
enum GeneratedBasics {
    /// Tenants with their share of the traffic in percent.
    static let tenants = [
        ("aurora", 40), ("borealis", 20), ("cirrus", 15), ("delta", 10), ("estuary", 6), ("fjord", 5), ("glacier", 3),
        ("harbour", 1),
    ]

    /// Kinds of jobs: queue, name, share in percent.
    static let kinds = [
        ("call-sync", "call.write", 52), ("call-sync", "call.read", 14), ("call-sync", "calls.poll", 9),
        ("call-sync", "calls.match", 3),
        ("call-sync", "call.relate", 3), ("callback-sync", "callback.write", 5), ("callback-sync", "callbacks.poll", 4),
        ("callback-sync", "callback.close", 3), ("user-sync", "directory.sync", 4), ("user-sync", "people.match", 1),
        ("user-sync", "settings.read", 1), ("call-sync", "hub.partitions", 1),
    ]

    static func script(end: Date) -> String {
        """
        CREATE SCHEMA bench;
        CREATE TABLE bench.kind AS
        SELECT share, hub.job_queue_id(queue) AS queue_id, hub.job_kind_id(kind) AS kind_id, place
        FROM (VALUES \(kinds.enumerated().map { "('\($1.0)', '\($1.1)', \($1.2), \($0))" }.joined(separator: ", "))) AS k (queue, kind, share, place);
        INSERT INTO hub.tenant (name, region, people_at, people_matched_at)
        SELECT name, 'FI', now(), now() FROM unnest(ARRAY[\(tenants.map { "'\($0.0)'" }.joined(separator: ", "))]) AS t (name);

        -- A hundred places for tenants and for kinds, as many as their share.
        CREATE FUNCTION bench.tenant(n bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
            SELECT ('{\(places(tenants.map(\.1)).map { String($0 + 1) }.joined(separator: ","))}'::integer[])[(n * 61) % 100 + 1] $$;
        CREATE FUNCTION bench.kind(n bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
            SELECT ('{\(places(kinds.map(\.2)).map(String.init).joined(separator: ","))}'::integer[])[(n * 37) % 100 + 1] $$;
        -- The moment after that share of the 24 hours that ended so many days ago; many at noon (UTC), few at night.
        CREATE FUNCTION bench.moment(days_ago integer, share double precision) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
            SELECT to_timestamp(\(steady(end.timeIntervalSince1970)) + (share - 1 - days_ago) * 86400
                + 10800 * sin(2 * pi() * (\(steady(end.timeIntervalSince1970)) + (share - 1 - days_ago) * 86400) / 86400)) $$;
        """
    }

    /// Each place's number as often as its share.
    private static func places(_ shares: [Int]) -> [Int] { shares.enumerated().flatMap { Array(repeating: $0, count: $1) } }

    /// The moment that the bend of the day moves to `end`: found by halving, since it grows with its result.
    private static func steady(_ end: Double) -> Double {
        var (low, high) = (end - 10_800, end + 10_800)
        while high - low > 0.001 {
            let middle = (low + high) / 2
            if middle + 10_800 * sin(2 * .pi * middle / 86_400) < end { low = middle } else { high = middle }
        }
        return low
    }
}
