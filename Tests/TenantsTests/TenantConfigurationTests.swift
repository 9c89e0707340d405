import Crypto
import Foundation
import Runtime
import Testing

@testable import Tenants

@Suite struct TenantConfigurationTests {
    /// One tenant with a line of its configuration changed.
    static func tenant(_ part: String, _ line: String) throws -> TenantConfiguration {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenant-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("secret".utf8).write(to: folder.appending(path: "secret"))
        try Data(Self.privateKey.utf8).write(to: folder.appending(path: "key.pem"))
        var enreach = ["username: u@x.example", "secret_key_file: secret"]
        var dynamics = ["directory_id: d", "client_id: c", "client_secret_file: secret"]
        if part == "enreach" { enreach.append(line) } else { dynamics.append(line) }
        if !dynamics.contains(where: { $0.hasPrefix("url:") }) { dynamics.append("url: https://demo.crm4.dynamics.com") }
        func lines(_ list: [String]) -> String { list.map { "      \($0)\n" }.joined() }
        let text =
            "database:\n  url: postgresql://h/d\ntenants:\n  - name: demo\n    enreach:\n\(lines(enreach))    dynamics:\n\(lines(dynamics))"
        let file = folder.appending(path: "call-sync.yaml").path()
        try Data(text.utf8).write(to: URL(filePath: file))
        let configuration = try ProgramConfiguration.load(
            schema: ConfigurationSchema.common.adding([], lists: [TenantKeys.list]), file: file, flags: [:], environment: [:])
        return try #require(try TenantConfiguration.all(configuration).first)
    }

    /// What reading it says; nil when it is accepted.
    private func refusal(_ part: String, _ line: String) throws -> String? {
        do {
            _ = try Self.tenant(part, line)
            return nil
        } catch let error as ConfigurationError {
            return "\(error)"
        }
    }

    private static let keys = [
        ("enreach", "discovery"), ("enreach", "api"), ("dynamics", "url"), ("dynamics", "authority"),
    ]

    @Test(
        "Secrets never go over http to another machine", arguments: keys,
        ["http://vendor.example", "http://127.0.0.1.example", "http://10.0.0.1:8080"])
    func plain(key: (part: String, name: String), address: String) throws {
        let refusal = try #require(try refusal(key.part, "\(key.name): \(address)"))
        #expect(refusal.contains("tenants.demo.\(key.part)."), "\(refusal)")
        #expect(refusal.contains("https"), "\(refusal)")
        #expect(!refusal.contains("\n"))
    }

    @Test(
        "https goes anywhere, http to this machine", arguments: keys,
        ["https://vendor.example", "http://127.0.0.1:8080", "http://localhost:1"])
    func accepted(key: (part: String, name: String), address: String) throws {
        #expect(try refusal(key.part, "\(key.name): \(address)") == nil)
    }

    @Test("A name of Enreach that can't be used is told with its own line", arguments: ["names", "requests"])
    func badName(section: String) throws {
        let refusal = try #require(try refusal("enreach", "\(section): {call.colour: Colour}"))
        #expect(refusal.contains("call-sync.yaml:8: tenants.demo.enreach.\(section).call.colour: "), "\(refusal)")
        #expect(!refusal.contains("\n"))
    }

    @Test("A certificate that can't be read is told with its own line")
    func badCertificate() throws {
        let refusal = try #require(try refusal("dynamics", "certificate_file: secret\n      key_file: key.pem"))
        #expect(refusal.contains("call-sync.yaml:12: tenants.demo.dynamics.certificate_file: "), "\(refusal)")
        #expect(refusal.contains("PEM"), "\(refusal)")
        #expect(!refusal.contains("\n"))
    }

    @Test("A secret's end is the day that stands beside it, or nothing")
    func secretEnds() throws {
        #expect(
            try Self.tenant("dynamics", "client_secret_ends: 2027-03-31").credentialEnds == [
                .secret(key: "dynamics.client_secret_ends", end: Date(timeIntervalSince1970: 1_806_451_200))
            ])
        let second = try Self.tenant("dynamics", "second_client_secret_file: secret\n      second_client_secret_ends: 2027-03-31")
        #expect(
            second.credentialEnds == [
                .secret(key: "dynamics.client_secret_ends", end: nil),
                .secret(key: "dynamics.second_client_secret_ends", end: Date(timeIntervalSince1970: 1_806_451_200)),
            ])
        #expect(try refusal("dynamics", "client_secret_ends: soon")?.contains("is no day") == true)
    }

    /// A key without a certificate: made for each run, so that none stands in the repository.
    private static let privateKey = P256.Signing.PrivateKey().pemRepresentation
}
