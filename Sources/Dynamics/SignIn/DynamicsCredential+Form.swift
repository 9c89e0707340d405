import Foundation

extension DynamicsCredential {
    /// The form fields that prove who the application is; files are read anew.
    func fields(clientID: String, endpoint: String, now: Date) async throws -> [(String, String)] {
        switch self {
        case .secret(let secret): return [("client_secret", secret)]
        case .secretFile(let path): return [("client_secret", try trimmed(path, "the client secret"))]
        case .certificate(let certificate, let key):
            let assertion = try ClientAssertion(certificateFile: certificate, keyFile: key)
            return Self.assertion(try await assertion.token(clientID: clientID, endpoint: endpoint, now: now))
        case .federatedTokenFile(let path): return Self.assertion(try trimmed(path, "the federated token"))
        }
    }

    private static func assertion(_ token: String) -> [(String, String)] {
        [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", token),
        ]
    }

    private func trimmed(_ path: String, _ what: String) throws -> String {
        let text = try ClientAssertion.read(path, what).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw DynamicsError(.configuration, "\(path) (\(what)) is empty.") }
        return text
    }
}
