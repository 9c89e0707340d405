internal import CLibpq
import Glibc

/// What TLS has decrypted and libpq has not taken yet: who waits for the socket must ask, for the socket doesn't show it.
struct DecryptedInput {
    typealias Pending = @convention(c) (UnsafeMutableRawPointer) -> Int32

    /// OpenSSL's `SSL_pending`, which libpq has loaded but does not pass on.
    static let pending: Pending? = dlsym(nil, "SSL_pending").map { unsafeBitCast($0, to: Pending.self) }

    /// Nil on a connection without TLS.
    private let pending: Pending?

    /// - Throws: `misuse` on an encrypted connection that can't be asked: now and then an answer of it would stop in the middle.
    init(on handle: OpaquePointer, pending: Pending? = Self.pending) throws(PostgresError) {
        if PQgssEncInUse(handle) == 1 {
            throw PostgresError(.misuse, "encryption by GSSAPI is not supported: set gssencmode=disable, and use TLS")
        }
        let isEncrypted = PQsslInUse(handle) == 1
        if isEncrypted, pending == nil || PQgetssl(handle) == nil {
            throw PostgresError(.misuse, "TLS needs a libpq that has OpenSSL as a shared library: no SSL_pending was found")
        }
        self.pending = isEncrypted ? pending : nil
    }

    func isThere(on handle: OpaquePointer?) -> Bool {
        guard let pending, let session = PQgetssl(handle) else { return false }
        return pending(session) > 0
    }
}
