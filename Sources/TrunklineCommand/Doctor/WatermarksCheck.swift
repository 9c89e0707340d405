import Foundation
import Postgres

/// How far each tenant's sources were read.
struct WatermarksCheck: DoctorCheck {
    static let name = "watermarks"
    static let late: TimeInterval = 300
    static let tooLate: TimeInterval = 3600

    struct Source: Sendable, Hashable {
        var tenant: String
        /// Nil: nothing of the tenant was ever read.
        var source: String?
        var readUntil: Date?
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let sources = try await patient.database.query(Self.sources).map { row in
            let (tenant, source, readUntil) = try row.decode(String.self, String?.self, Date?.self)
            return Source(tenant: tenant, source: source, readUntil: readUntil)
        }
        return Self.judge(sources, now: patient.now)
    }

    static func judge(_ sources: [Source], now: Date) -> [Finding] {
        guard !sources.isEmpty else {
            return [.warning(name, "there is no enabled tenant", remedy: "add one: `trunkline tenants add NAME`")]
        }
        let remedy = "look at call-sync's /health/ready and at the failures of job kind calls.poll"
        let findings: [Finding] = sources.compactMap { source in
            guard let readUntil = source.readUntil, let name = source.source else {
                return .warning(Self.name, "\(source.tenant): nothing was read yet", remedy: remedy)
            }
            let age = now.timeIntervalSince(readUntil)
            let text = "\(source.tenant): \(name) read until \(PlainTime.span(age)) ago"
            if age > tooLate { return .failure(Self.name, text, remedy: remedy) }
            if age > late { return .warning(Self.name, text, remedy: remedy) }
            return nil
        }
        let oldest = sources.compactMap(\.readUntil).min().map { PlainTime.span(now.timeIntervalSince($0)) } ?? "-"
        return findings.isEmpty ? [.ok(name, "\(sources.count) sources, the oldest read until \(oldest) ago")] : findings
    }

    static let sources = Statement(
        "command.doctor.watermarks",
        """
        SELECT t.name, w.source, w.modified_until
        FROM hub.tenant t
        LEFT JOIN hub.watermark w USING (tenant_id)
        WHERE t.enabled
        ORDER BY t.name, w.source
        """)
}
