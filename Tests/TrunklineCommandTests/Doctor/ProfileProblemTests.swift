import Operations
import Postgres
import TestSupport
import Testing

@testable import TrunklineCommand

/// What is wrong with a callback profile is the same wherever it is asked.
@Suite(.database, .timeLimit(.minutes(5))) struct ProfileProblemTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What was found out about the profile's version.
        var check = "NULL, NULL, NULL, NULL, NULL"
        /// What changes afterwards.
        var change: String?
        let problem: String?
        var level = Finding.Level.failure
    }

    private static let queueGone = "'queue_gone', 'its queue is gone', NULL, NULL, NULL"
    private static let listForbidden = "NULL, NULL, 'list_forbidden', 'give access', 'poll'"
    private static let changesForbidden = "NULL, NULL, 'list_forbidden', 'give access', 'follow'"

    static let examples = [
        Example(testDescription: "works", problem: nil, level: .ok),
        Example(testDescription: "checked", check: queueGone, problem: "its queue is gone"),
        Example(testDescription: "read", change: "problem = 'no list'", problem: "no list"),
        Example(testDescription: "unread list", check: listForbidden, problem: "give access"),
        Example(testDescription: "unread changes", check: changesForbidden, problem: "give access", level: .warning),
        Example(testDescription: "refused", change: "refused = 'no queue'", problem: "no queue", level: .warning),
        Example(
            testDescription: "refused, with an unread list", check: listForbidden, change: "refused = 'no queue'",
            problem: "give access"),
        Example(testDescription: "older version", check: queueGone, change: "subject = 'Another'", problem: nil, level: .ok),
        Example(
            testDescription: "another list", check: listForbidden, change: "callback_list_id = gen_random_uuid()", problem: nil,
            level: .ok),
        Example(testDescription: "switched off", check: listForbidden, change: "enabled = false", problem: nil, level: .ok),
    ]

    @Test(arguments: examples) func `the doctor, the command and the report say the same of a profile`(
        example: Example
    ) async throws {
        try await TroubledHub.run { hub in
            try await hub.takeCallbacks()
            try await hub.run(
                """
                UPDATE hub.callback_profile SET callback_list_id = gen_random_uuid();
                INSERT INTO hub.callback_check (
                    tenant_id, profile_id, profile_version, read_list, problem, problem_text, read_problem, read_problem_text,
                    read_problem_of)
                SELECT tenant_id, profile_id, version, callback_list_id, \(example.check) FROM hub.callback_profile
                """)
            if let change = example.change { try await hub.run("UPDATE hub.callback_profile SET \(change)") }
            let findings = try await hub.findings(of: CallbackProfilesCheck())
            #expect(findings.map(\.level) == [example.level], "\(findings)")
            if let problem = example.problem { #expect(findings.first?.text.hasSuffix(": \(problem)") == true, "\(findings)") }
            let owner = hub.owner
            let tenant = try await owner.query(Statement("", "SELECT tenant_id FROM hub.tenant"))[0][0].decode(Int32.self)
            #expect(try await CallbackProfileStore(database: owner).all(tenant: tenant).map(\.problem) == [example.problem])
            let report = try await owner.query(Statement("", "SELECT problem FROM report.callback_profiles"))
            #expect(try report.map { try $0[0].decode(String?.self) } == [example.problem])
        }
    }
}
