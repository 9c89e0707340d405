/// The vendor's words for how requests end, as far as something follows from them. Compared whatever their case.
package struct CallbackEndings: Sendable, Hashable {
    package let success: String
    package let expiry: String

    /// As long as nothing else is configured.
    package static let standard = CallbackEndings(success: "ClosedSuccessfully", expiry: "Expired")

    package init(success: String, expiry: String) {
        self.success = success
        self.expiry = expiry
    }

    /// Somebody has called back. False for nil.
    package func isSuccess(_ result: String?) -> Bool { result?.lowercased() == success.lowercased() }

    /// Nobody did in time. False for nil.
    package func isExpiry(_ result: String?) -> Bool { result?.lowercased() == expiry.lowercased() }
}
