/// How the application proves who it is to the sign-in service.
public enum DynamicsCredential: Sendable, Hashable {
    /// A client secret in hand.
    case secret(String)
    /// A client secret in a file, read anew at each renewal; surrounding white space is dropped.
    case secretFile(String)
    /// A certificate and its RSA key, both PEM files, read anew at each renewal.
    case certificate(certificateFile: String, keyFile: String)
    /// A token of another issuer that the application trusts (Kubernetes, a cloud), in a file that is read anew at each renewal.
    case federatedTokenFile(String)
}

extension DynamicsCredential: CustomStringConvertible {
    /// Never shows the secret.
    public var description: String {
        switch self {
        case .secret: "secret"
        case .secretFile(let path): "secret in \(path)"
        case .certificate(let path, _): "certificate \(path)"
        case .federatedTokenFile(let path): "federated token \(path)"
        }
    }
}
