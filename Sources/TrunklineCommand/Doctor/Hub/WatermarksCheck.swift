import Foundation
import Operations
import Postgres

/// Whether each tenant's sources are read as often as they should be.
///
/// Judged by when the hub last read, not by how far: how far is told by the vendor's clock, which may be another one.
struct WatermarksCheck: DoctorCheck {
    static let name = "watermarks"
    /// Seconds without a poll beyond the tenant's own interval.
    static let late: TimeInterval = 300
    static let tooLate: TimeInterval = 3600

    struct Source: Sendable, Hashable {
        var tenant: String
        /// Nil: nothing of the tenant was ever read.
        var source: String?
        var polledAt: Date?
        var readUntil: Date?
        /// The tenant's PollInterval, where it was changed.
        var interval: Double?
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let sources = try await patient.database.query(Self.sources).map { row in
            let (tenant, source, polledAt, readUntil, interval) = try row.decode(
                String.self, String?.self, Date?.self, Date?.self, Double?.self)
            return Source(tenant: tenant, source: source, polledAt: polledAt, readUntil: readUntil, interval: interval)
        }
        return Self.judge(sources, now: patient.now)
    }

    static func judge(_ sources: [Source], now: Date) -> [Finding] {
        guard !sources.isEmpty else {
            return [.warning(name, "there is no enabled tenant", remedy: "add one: `trunkline tenants add NAME`")]
        }
        let remedy = "look at call-sync's /health/ready and at the failures of job kind calls.poll"
        let findings: [Finding] = sources.compactMap { source in
            guard let polledAt = source.polledAt, let name = source.source else {
                return .warning(Self.name, "\(source.tenant): nothing was read yet", remedy: remedy)
            }
            let age = now.timeIntervalSince(polledAt)
            let until = source.readUntil.map { ", up to \(PlainTime.seconds($0)) of the vendor's clock" } ?? ""
            let text = "\(source.tenant): \(name) last read \(PlainTime.span(age)) ago\(until)"
            let interval = source.interval ?? 0
            if age > tooLate + interval { return .failure(Self.name, text, remedy: remedy) }
            if age > late + interval { return .warning(Self.name, text, remedy: remedy) }
            return nil
        }
        let oldest = sources.compactMap(\.polledAt).min().map { PlainTime.span(now.timeIntervalSince($0)) } ?? "-"
        return findings.isEmpty ? [.ok(name, "\(sources.count) sources, each read within the last \(oldest)")] : findings
    }

    static let sources = Statement(
        "command.doctor.watermarks",
        """
        SELECT t.name, w.source, w.polled_at, w.modified_until,
               (SELECT s.value::float8 FROM hub.settings_at(t.tenant_id) s WHERE s.name = 'PollInterval' AND s.value ~ '^[0-9]+$')
        FROM hub.tenant t
        LEFT JOIN hub.watermark w USING (tenant_id)
        WHERE t.enabled
        ORDER BY t.name, w.source
        """)
}
