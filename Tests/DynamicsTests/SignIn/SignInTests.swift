import Dynamics
import Foundation
import Sandbox
import Testing
import TestSupport

@Suite struct SignInTests {
    private func refusal(_ body: () async throws -> Void) async -> DynamicsError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? DynamicsError
        }
    }

    @Test(arguments: [false, true]) func `a secret signs in`(discovery: Bool) async throws {
        try await withDynamics { dynamics in
            let me = try await dynamics.client { $0.usesDiscovery = discovery }.whoAmI()
            #expect(me.userID == UUID(uuidString: DataverseApplication.demo.userID ?? ""))
        }
    }

    @Test func `a certificate signs in`() async throws {
        let files = try ApplicationCertificate.files()
        try await withDynamics { configuration in
            configuration.dataverse.applications[0].certificates = [ApplicationCertificate.certificate]
        } _: { dynamics in
            let client = dynamics.client {
                $0.credentials = [.certificate(certificateFile: files.certificate, keyFile: files.key)]
            }
            _ = try await client.whoAmI()
        }
    }

    @Test(arguments: [-600.0, 1800]) func `a certificate signs in by a clock that is wrong`(seconds: Double) async throws {
        let files = try ApplicationCertificate.files()
        try await withDynamics { configuration in
            configuration.dataverse.applications[0].certificates = [ApplicationCertificate.certificate]
            // The sign-in service's clock is right, so ours is wrong by as much the other way. Ten minutes late an assertion still counts.
            configuration.start = Date().addingTimeInterval(seconds)
            configuration.dataverse.judgesAssertionsByItsClock = true
        } _: { dynamics in
            let client = dynamics.client {
                $0.credentials = [.certificate(certificateFile: files.certificate, keyFile: files.key)]
            }
            // Strikes each sign-in, and so counts them.
            dynamics.sandbox.faults.add(Fault(.slow, on: .signIn, seconds: 0))
            _ = try await client.whoAmI()
            #expect(dynamics.sandbox.faults.struck["signIn.slow"] == 2)
            // What was learnt holds for the next one.
            dynamics.sandbox.dataverse.expireTokens()
            _ = try await client.whoAmI()
            #expect(dynamics.sandbox.faults.struck["signIn.slow"] == 3)
        }
    }

    @Test func `a certificate that nobody uploaded is refused in operator's words`() async throws {
        let files = try ApplicationCertificate.files()
        try await withDynamics { dynamics in
            let client = dynamics.client {
                $0.credentials = [.certificate(certificateFile: files.certificate, keyFile: files.key)]
            }
            let error = await refusal { _ = try await client.whoAmI() }
            #expect(error?.code == .signIn)
            #expect(error?.operatorText.contains("certificate") == true)
        }
    }

    @Test func `a wrong secret is told by the vendor's code, and not tried again at once`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client { $0.credentials = [.secret("wrong")] }
            for _ in 0..<3 {
                let error = await refusal { _ = try await client.whoAmI() }
                #expect(error?.code == .signIn)
                #expect(error?.fault?.code == "AADSTS7000215")
            }
            let outcome = try await client.batch([TestCall().operation], lane: .live)[0].outcome
            #expect(outcome.name == "configuration")
            #expect(outcome.fault?.message.contains("secret") == true)
        }
    }

    @Test func `the second credential takes over when the first is refused`() async throws {
        try await withDynamics { configuration in
            configuration.dataverse.applications[0].expiredSecrets = ["old"]
        } _: { dynamics in
            let file = try ApplicationCertificate.file(DataverseApplication.demo.secrets[1] + "\n")
            _ = try await dynamics.client { $0.credentials = [.secret("old"), .secretFile(file)] }.whoAmI()
            _ = try await dynamics.client { $0.credentials = [.secretFile("/nowhere/secret"), .secretFile(file)] }.whoAmI()
            let error = await refusal { _ = try await dynamics.client { $0.credentials = [.secret("old")] }.whoAmI() }
            #expect(error?.fault?.code == "AADSTS7000222")
        }
    }

    @Test func `a secret rotates without a restart`() async throws {
        try await withDynamics { dynamics in
            let file = try ApplicationCertificate.file("wrong")
            let client = dynamics.client { $0.credentials = [.secretFile(file)] }
            #expect(await refusal { _ = try await client.whoAmI() }?.code == .signIn)
            try DataverseApplication.demo.secrets[0].write(toFile: file, atomically: true, encoding: .utf8)
            try await eventually("the new secret is used") { await refusal { _ = try await client.whoAmI() } == nil }
        }
    }

    @Test func `many callers make one sign-in`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            // Strikes each sign-in, and so counts them.
            dynamics.sandbox.faults.add(Fault(.slow, on: .signIn, seconds: 0.05))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await client.whoAmI() } }
                try await group.waitForAll()
            }
            #expect(dynamics.sandbox.faults.struck["signIn.slow"] == 1)
        }
    }

    @Test func `short-lived tokens are renewed before they end`() async throws {
        try await withDynamics { configuration in
            configuration.dataverse.tokenLifetime = 2
        } _: { dynamics in
            let client = dynamics.client
            let end = ContinuousClock.now + .seconds(3)
            while ContinuousClock.now < end { _ = try await client.whoAmI() }
        }
    }

    @Test func `a token that the environment drops is renewed once, unseen`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            _ = try await client.whoAmI()
            dynamics.sandbox.dataverse.expireTokens()
            _ = try await client.whoAmI()
            dynamics.sandbox.dataverse.expireTokens()
            #expect(try await client.batch([TestCall().operation], lane: .live)[0].outcome == .success)
        }
    }

    @Test func `an application without a user is told so`() async throws {
        try await withDynamics { configuration in
            configuration.dataverse.applications[0].userID = nil
        } _: { dynamics in
            let error = await refusal { _ = try await dynamics.client.whoAmI() }
            #expect(error?.code == .privilege)
            #expect(error?.operatorText.contains("application user") == true)
        }
    }

    @Test func `a sign-in service that does not answer is transient`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client { $0.authority = "http://127.0.0.1:9" }
            #expect(await refusal { _ = try await client.whoAmI() }?.isTransient == true)
            let outcome = try await client.batch([TestCall().operation], lane: .live)[0].outcome
            #expect(outcome.name == "transient")
        }
    }

    @Test(arguments: [
        "http://contoso.crm4.dynamics.com", "contoso.crm4.dynamics.com", "", "ftp://x", "https://",
        "http://127.0.0.1.example.com",
    ]) func `an address that is not https is refused`(url: String) {
        let configuration = DynamicsConfiguration(url: url, directoryID: "d", clientID: "c", credentials: [.secret("s")])
        #expect(throws: DynamicsError.self) { try configuration.validate() }
    }

    @Test func `files are checked before anything is sent`() throws {
        let files = try ApplicationCertificate.files()
        func check(_ credential: DynamicsCredential) throws {
            try DynamicsConfiguration(
                url: "https://contoso.crm4.dynamics.com", directoryID: "d", clientID: "c", credentials: [credential]
            ).validate()
        }
        try check(.certificate(certificateFile: files.certificate, keyFile: files.key))
        #expect(throws: DynamicsError.self) { try check(.certificate(certificateFile: files.key, keyFile: files.key)) }
        #expect(throws: DynamicsError.self) { try check(.certificate(certificateFile: files.certificate, keyFile: "/nowhere")) }
        #expect(throws: DynamicsError.self) { try check(.secretFile("/nowhere")) }
        #expect(throws: DynamicsError.self) { try check(.secret("")) }
        #expect("\(DynamicsCredential.secret("hush"))" == "secret")
    }
}
