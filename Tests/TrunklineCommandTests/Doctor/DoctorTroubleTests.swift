import TestSupport
import Testing

@testable import TrunklineCommand

/// Each check with the thing broken that it looks at.
@Suite(.database, .timeLimit(.minutes(5))) struct DoctorTroubleTests {
    @Test(arguments: Trouble.all) func `what is broken is named, and what to do`(trouble: Trouble) async throws {
        try await TroubledHub.run { hub in
            let before = try await hub.findings(of: trouble.check)
            #expect(trouble.isSaidAnyway || !before.contains { $0.text.contains(trouble.text) }, "\(before)")
            try await confirmation("the doctor looks") { looks in
                try await trouble.breaking(hub) { database in
                    let findings = try await hub.findings(of: trouble.check, on: database)
                    let found = findings.first { $0.text.contains(trouble.text) }
                    #expect(found?.level == trouble.level, "\(findings)")
                    #expect((found?.remedy?.isEmpty == false) == trouble.hasRemedy, "\(findings)")
                    looks()
                }
            }
        }
    }

    @Test func `no check is without a trouble that it names`() {
        let checks = (DoctorRound.ofServer + DoctorRound.ofHub).map(\.name)
        #expect(Set(checks).count == checks.count)
        #expect(checks.filter { name in !Trouble.all.contains { $0.check.name == name } } == [])
    }
}
