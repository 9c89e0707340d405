import Foundation

extension DynamicsConfiguration {
    /// Checks what can be checked without a network: addresses, ids, files.
    /// - Throws: ``DynamicsError`` with ``DynamicsError/Code/configuration``, naming what is wrong and where.
    public func validate() throws {
        guard Self.isAcceptable(url) else {
            throw DynamicsError(
                .configuration, "dynamics.url must be an https address such as https://contoso.crm4.dynamics.com.")
        }
        guard Self.isAcceptable(authority) else {
            throw DynamicsError(.configuration, "dynamics.authority must be an https address.")
        }
        guard !directoryID.isEmpty, !clientID.isEmpty else {
            throw DynamicsError(.configuration, "dynamics.directory_id and dynamics.client_id must be given.")
        }
        guard !credentials.isEmpty else {
            throw DynamicsError(.configuration, "dynamics needs a client_secret or a certificate_file with its key_file.")
        }
        for credential in credentials { try credential.validate() }
        _ = try TrustRoots(file: certificateAuthorityFile).configuration()
    }

    /// https anywhere, http only to this machine.
    package static func isAcceptable(_ address: String) -> Bool {
        guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
        default: return false
        }
    }

    /// The address of the service root, with the slash at the end.
    var serviceRoot: String { "\(url.trimmingSlashes)/api/data/\(apiVersion)/" }

    /// The path of the service root, for the requests inside a batch.
    var servicePath: String {
        let path = URLComponents(string: url)?.percentEncodedPath ?? ""
        return "\(path.trimmingSlashes)/api/data/\(apiVersion)/"
    }

    var tokenScope: String { scope ?? "\(url.trimmingSlashes)/.default" }
}

extension DynamicsCredential {
    /// Checks what can be checked without a network.
    /// - Throws: ``DynamicsError`` with ``DynamicsError/Code/configuration``.
    package func validate() throws {
        switch self {
        case .secret(let secret):
            if secret.isEmpty { throw DynamicsError(.configuration, "The client secret is empty.") }
        case .secretFile(let path): _ = try ClientAssertion.read(path, "the client secret")
        case .certificate(let certificate, let key): _ = try ClientAssertion(certificateFile: certificate, keyFile: key)
        case .federatedTokenFile(let path): _ = try ClientAssertion.read(path, "the federated token")
        }
    }
}

extension String {
    var trimmingSlashes: String {
        var text = self[...]
        while text.last == "/" { text.removeLast() }
        return String(text)
    }
}
