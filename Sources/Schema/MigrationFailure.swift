/// A migration's statements failed; its transaction was rolled back, the ones before it stay.
public struct MigrationFailure: Error, Sendable, CustomStringConvertible {
    /// The migration's number.
    public let version: Int
    /// The migration's name.
    public let name: String
    /// What the server or the connection said.
    public let cause: any Error

    public var description: String {
        "migration \(version) \(name) failed and was rolled back: \(cause)"
    }
}
