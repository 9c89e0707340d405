import Foundation
import Postgres

/// The server behind the connection: reachable, a primary, of a version the hub is made for.
struct ConnectionCheck: DoctorCheck {
    static let name = "connection"
    /// The oldest release the hub is tested on.
    var oldestMajor = 15

    func findings(_ patient: Patient) async throws -> [Finding] {
        let start = ContinuousClock.now
        let (number, version, database, user, isStandby, isEncrypted) = try await patient.database.query(Self.server)[0].decode(
            Int32.self, String.self, String.self, String.self, Bool.self, Bool.self)
        let milliseconds = start.duration(to: .now) / .milliseconds(1)
        return judge(
            major: Int(number) / 10_000, isStandby: isStandby,
            text: "PostgreSQL \(version), database \(database) as \(user), "
                + "\(isEncrypted ? "TLS" : "no TLS"), \(String(format: "%.1f", milliseconds)) ms a round trip")
    }

    func judge(major: Int, isStandby: Bool, text: String) -> [Finding] {
        if isStandby {
            return [
                .failure(name, "\(text); it is a standby", remedy: "add target_session_attrs=read-write to the connection string")
            ]
        }
        if major < oldestMajor {
            return [.failure(name, text, remedy: "upgrade the server: the hub needs PostgreSQL \(oldestMajor) or newer")]
        }
        return [.ok(name, text)]
    }

    static let server = Statement(
        "command.doctor.server",
        """
        SELECT current_setting('server_version_num')::integer, current_setting('server_version'), current_database()::text,
               session_user::text, pg_is_in_recovery(),
               coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
        """)
}
