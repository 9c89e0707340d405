import Postgres
import Testing

@testable import TrunklineCommand

/// Something that is broken, and what the doctor is to say of it.
struct Trouble: Sendable, CustomTestStringConvertible {
    /// Has the doctor look while it is broken; at another database than the hub's where one is given.
    typealias Look = @Sendable (Database?) async throws -> Void

    let check: any DoctorCheck
    let level: Finding.Level
    /// What the finding says, in part.
    let text: String
    /// Whether it is said of a hub that is well, too: the check's bounds are set so, or nothing runs there.
    let isSaidAnyway: Bool
    /// Whether the finding itself says what to do, so that it has no remedy beside it.
    let hasRemedy: Bool
    let breaking: @Sendable (TroubledHub, Look) async throws -> Void

    init(
        _ check: any DoctorCheck, _ level: Finding.Level, _ text: String, isSaidAnyway: Bool = false,
        remedy hasRemedy: Bool = true,
        breaking: @escaping @Sendable (TroubledHub, Look) async throws -> Void
    ) {
        self.check = check
        self.level = level
        self.text = text
        self.isSaidAnyway = isSaidAnyway
        self.hasRemedy = hasRemedy
        self.breaking = breaking
    }

    /// - Parameter sql: what breaks it, run as the superuser.
    init(check: any DoctorCheck, sql: String, level: Finding.Level, text: String) {
        self.init(check, level, text) { hub, look in
            try await hub.run(sql)
            try await look(nil)
        }
    }

    var testDescription: String { "\(check.name): \(text)" }

    static let all = ofServer + ofHub + ofTenants + ofConfiguration + ofVendors
}
