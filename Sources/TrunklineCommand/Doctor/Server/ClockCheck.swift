import Foundation
import Operations
import Postgres

/// This machine's clock beside the database's: leases, tokens and polls go by both.
struct ClockCheck: DoctorCheck {
    static let name = "clock"
    /// This machine's.
    var clock: @Sendable () -> Date = { Date() }
    static let noticeable: TimeInterval = 2
    static let tooFar: TimeInterval = 60

    func findings(_ patient: Patient) async throws -> [Finding] {
        let before = clock()
        let theirs = try await patient.database.query(Self.now)[0].decode(Date.self)
        let after = clock()
        return [Self.judge(theirs.timeIntervalSince(before.addingTimeInterval(after.timeIntervalSince(before) / 2)))]
    }

    /// - Parameter ahead: seconds that the database's clock is before this machine's.
    static func judge(_ ahead: TimeInterval) -> Finding {
        let remedy = "let both machines keep time with the same NTP servers (chrony, systemd-timesyncd)"
        let text = "the database's clock is \(PlainTime.span(ahead)) \(ahead > 0 ? "ahead of" : "behind") this machine's"
        if abs(ahead) >= tooFar { return .failure(name, text, remedy: remedy) }
        if abs(ahead) >= noticeable { return .warning(name, text, remedy: remedy) }
        return .ok(name, "this machine and the database agree to within 2 s")
    }

    static let now = Statement("command.doctor.clock", "SELECT clock_timestamp()")
}
