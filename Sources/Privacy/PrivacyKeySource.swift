package import Runtime

/// Where a program has its privacy keys from.
package struct PrivacyKeySource: Sendable {
    private let secret: Secret?
    private let known: PrivacyKeyring

    /// No keys: for programs that were given none.
    package static let none = PrivacyKeySource(secret: nil, known: .none)

    private init(secret: Secret?, known: PrivacyKeyring) {
        self.secret = secret
        self.known = known
    }

    package init(_ text: String) throws(PrivacyKeyring.Unreadable) {
        self.init(secret: nil, known: try PrivacyKeyring(text))
    }

    /// As the program's configuration has it.
    ///
    /// - Throws: `ConfigurationError` when what is given holds no keys. None given is no error.
    package init(_ configuration: ProgramConfiguration) throws(ConfigurationError) {
        guard let secret = try configuration.optional(CommonKeys.privacyKey) else {
            self = .none
            return
        }
        do throws(PrivacyKeyring.Unreadable) {
            self.init(secret: secret, known: try PrivacyKeyring(secret.reveal()))
        } catch {
            throw configuration.error(CommonKeys.privacyKey, error.problem, remedy: PrivacyKeyring.Unreadable.remedy)
        }
    }

    /// The keys as their file holds them now; those of the start when it can't be read.
    package func keyring() -> PrivacyKeyring {
        guard let secret, secret.file != nil, let now = try? PrivacyKeyring(secret.current().reveal()) else { return known }
        return now
    }

    /// What a program says of its keys on `/health/ready`. Operators compare it; `trunkline erase` does.
    package var summary: String { known.keys.isEmpty ? "no key" : "keys \(known.keys.map(\.id).joined(separator: " "))" }

    /// The check's name on `/health/ready`.
    package static let check = "privacy"
}
