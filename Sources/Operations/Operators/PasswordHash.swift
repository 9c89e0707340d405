import Crypto
import CryptoExtras
import Foundation

/// A password as it is kept: an scrypt hash with its own salt, its parameters beside it, in the PHC string format
/// (`$scrypt$ln=15,r=8,p=3$salt$hash`). Parameters may be raised at any time: old hashes carry theirs.
package struct PasswordHash: Sendable, Equatable {
    /// What one hash costs: 128 · r · 2^ln bytes of memory, and time that grows with p.
    package struct Cost: Sendable, Equatable {
        package var logRounds: Int
        package var blockSize: Int
        package var parallelism: Int

        package init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MiB, and about a fifth of a second: one of the choices of OWASP's password storage cheat sheet.
        package static let standard = Cost(logRounds: 15, blockSize: 8, parallelism: 3)
        /// For tests alone.
        package static let least = Cost(logRounds: 4, blockSize: 8, parallelism: 1)

        /// What a stored hash may ask of us: a table that somebody wrote into must not take all memory.
        var isBearable: Bool { (1...20).contains(logRounds) && (1...32).contains(blockSize) && (1...16).contains(parallelism) }
    }

    private static let length = 32

    package let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Takes a noticeable time, and memory: not for an event loop's thread.
    package init(of password: String, cost: Cost = .standard) throws {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<2).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        self.cost = cost
        self.salt = salt
        hash = try Self.derive(password, salt, cost)
    }

    /// Nil for a text of another form.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]), cost.isBearable,
            let salt = Self.decoded(parts[3]), let hash = Self.decoded(parts[4]), hash.count == Self.length
        else { return nil }
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }

    package var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$\(Self.encoded(salt))$\(Self.encoded(hash))"
    }

    /// Whether it is this password. Takes as long as making a hash, right or wrong.
    package func fits(_ password: String) throws -> Bool {
        let other = try Self.derive(password, salt, cost)
        return zip(hash, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// One password can be typed in several ways that look the same; all of them are it.
    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.precomposedStringWithCompatibilityMapping.utf8), salt: salt, outputByteCount: length,
            rounds: 1 << cost.logRounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    private static func cost(_ text: Substring) -> Cost? {
        let values = text.split(separator: ",").compactMap { part -> Int? in
            let halves = part.split(separator: "=")
            return halves.count == 2 ? Int(halves[1]) : nil
        }
        guard values.count == 3, text.hasPrefix("ln="), text.contains(",r="), text.contains(",p=") else { return nil }
        return Cost(logRounds: values[0], blockSize: values[1], parallelism: values[2])
    }

    private static func encoded(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString().replacing("=", with: "") }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        Data(base64Encoded: String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)).map { Array($0) }
    }
}

/// What a new password has to be.
package enum PasswordRule {
    package static let shortest = 12
    package static let longest = 1000

    /// Why it can't be taken; nil when it can.
    package static func objection(to password: String, name: String) -> String? {
        if password.count < shortest { return "a password has at least \(shortest) characters" }
        if password.utf8.count > longest { return "a password has at most \(longest) bytes" }
        if Set(password).count < 5 { return "a password has at least five different characters" }
        if !name.isEmpty, password.lowercased().contains(name.lowercased()) { return "a password does not contain the name" }
        return nil
    }
}
