import Dynamics
import Enreach
import Jobs
import Logging
import Postgres
import Runtime
import Testing

@testable import Tenants

@Suite struct TenantHealthTests {
    private static let health = TenantHealth(
        readiness: Readiness(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private static let bodies = [
        (#"[{"ANum":"+358401234567","N":7}]"#, #"[{"ANum":"+############","N":7}]"#),
        ("call 0401234 at 12:30", "call ####### at 12:30"),
        ("+358 40 123-45.67, room 123", "+### ## ###-##.##, room 123"),
        ("no number, 99 of 100", "no number, 99 of 100"),
    ]

    /// What of an answer is kept with the job.
    private func kept(_ outcome: JobOutcome) throws -> String? {
        guard case .retry(_, let failure) = outcome else { return nil }
        return try failure.detail?.decode([String: String].self)["body_start"]
    }

    @Test("The beginning of Enreach's answer is kept without numbers", arguments: bodies)
    func enreach(body: (received: String, kept: String)) throws {
        let error = EnreachError(.malformed, route: "GET calls", message: "can't be read", bodyStart: body.received)
        #expect(try kept(Self.health.failed("demo", error)) == body.kept)
    }

    @Test("The beginning of Dynamics' answer is kept without numbers", arguments: bodies)
    func dynamics(body: (received: String, kept: String)) throws {
        let error = DynamicsError(.malformed, "can't be read", fault: DynamicsFault(status: 200, bodyStart: body.received))
        #expect(try kept(Self.health.failed("demo", error)) == body.kept)
    }

    @Test func anErrorWithoutAnAnswerHasNoDetail() throws {
        #expect(try kept(Self.health.failed("demo", DynamicsError(.transient, "no answer"))) == nil)
    }
}
