import NIOSSL

/// Whether a connection failed because the other side's certificate is not trusted.
enum TrustFailure {
    static func isOne(_ error: any Error) -> Bool {
        if let error = error as? NIOSSLError { return "\(error)".contains("CERTIFICATE_VERIFY_FAILED") }
        return error is NIOSSLExtraError
    }

    /// What an operator should read and do.
    static func operatorText(_ place: String) -> String {
        "The certificate of \(place) is not trusted: name its authority with dynamics.ca_file."
    }
}
