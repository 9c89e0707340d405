import Foundation
import Operations
import Postgres
import Privacy

extension ErasureStore {
    static let find = Statement(
        "command.erase.find",
        """
        SELECT requested_at, requested_by, why, keep_dynamics, number_digest, key_id, counts::text
        FROM hub.erasure WHERE tenant_id = $1 AND erasure_id = $2
        """)

    static let finish = Statement(
        "command.erase.finish", "SELECT hub.finish_erasure($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7)")

    static let lift = Statement(
        "command.erase.lift",
        """
        SELECT hub.lift_erasure(
            $1, ARRAY(SELECT decode(d, 'hex') FROM unnest($2::text[]) WITH ORDINALITY AS u (d, n) ORDER BY n), $3, $4)
        """)

    static let list = Statement(
        "command.erase.list",
        """
        SELECT e.erasure_id, t.name, e.state, e.requested_at, e.requested_by, e.why, e.finished_at,
            (SELECT coalesce(sum(n::bigint), 0)::bigint FROM jsonb_each_text(e.counts) c (place, n)),
            (SELECT coalesce(sum(n::bigint), 0)::bigint FROM jsonb_each_text(e.dynamics) c (outcome, n)), e.receipt::text
        FROM hub.erasure e JOIN hub.tenant t USING (tenant_id)
        WHERE e.tenant_id = coalesce($1, e.tenant_id) AND e.erasure_id = coalesce($2, e.erasure_id)
        ORDER BY e.requested_at DESC LIMIT $3
        """)

    /// Programs at work that say they have no key of that id. They tell it every few seconds.
    static let strangers = Statement(
        "command.erase.strangers",
        """
        SELECT program || ' on ' || host || ' (pid ' || pid || ')' FROM hub.instance
        WHERE stopped_at IS NULL AND seen_at > now() - interval '1 minute'
          AND state -> 'privacy' ->> 'text' IS NOT NULL AND position($1 IN state -> 'privacy' ->> 'text') = 0
        ORDER BY 1
        """)

    /// Ends the erasure with a signed receipt.
    func finish(_ erasure: UUID, _ key: PrivacyKey, who: String) async throws -> ErasureReceipt {
        let row = try await database.query(Self.find, [tenant.id, erasure])[0]
        let (requestedAt, requestedBy, why, keeps, digest, keyID, counts) = try row.decode(
            Date.self, String.self, String.self, Bool.self, [UInt8].self, String.self, String.self)
        // The one whose digest it is signs, even when a newer key was given meanwhile.
        guard keyID == key.id else {
            throw OperatorError.failed("the erasure was begun with privacy key \(keyID): give that one first")
        }
        var outcomes: [String: Int] = [:]
        for row in try await database.query(Self.outcomes, [tenant.id, erasure]) {
            let (outcome, number) = try row.decode(String?.self, Int.self)
            if let outcome, outcome != "none" { outcomes[outcome] = number }
        }
        // As exact as it is printed.
        let now = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1000).rounded(.down) / 1000)
        let receipt = try ErasureReceipt(
            id: erasure, tenant: tenant.name, requestedAt: requestedAt, finishedAt: now, requestedBy: requestedBy, why: why,
            numberDigest: digest, keyID: keyID, dynamicsRule: keeps ? "kept" : "erased", dynamics: outcomes,
            rows: try JSONDecoder().decode([String: Int].self, from: Data(counts.utf8))
        ).signed(by: key)
        let signature = Array(receipt.signature.flatMap { Data(base64Encoded: $0) } ?? Data())
        let dynamics = String(decoding: try JSONEncoder().encode(outcomes), as: UTF8.self)
        _ = try await database.query(
            Self.finish, [tenant.id, erasure, now, dynamics, try receipt.json(), signature, who])
        return receipt
    }
}
